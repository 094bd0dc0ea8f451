from __future__ import annotations

from pathlib import Path

import jieba
import jieba.posseg
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from yuanwen_index import fold
from yuanwen_qa.reading.words import TAGS, cut_words, word_frequencies

SEEDS = Path(__file__).parents[3] / "seeds"
TEXT = st.text(alphabet=st.sampled_from("二七区召開會議,，。！ \n126.5%ABcd“”、９Ａ"), max_size=60)


@given(TEXT)
@settings(deadline=None)
def test_words_cover_every_character_that_is_no_blank_once(text: str) -> None:
    words = cut_words(text)
    covered = [at for start, end in zip(words.starts, words.ends, strict=True) for at in range(start, end)]
    blank = [at for at, char in enumerate(fold(text)) if char.isspace()]
    assert covered == sorted(set(covered))
    assert set(range(len(text))) - set(covered) <= set(blank)
    assert [fold(text)[a:b] for a, b in zip(words.starts, words.ends, strict=True)] == list(words.keys)


@given(TEXT)
@settings(deadline=None)
def test_clauses_and_sentences_count_up_one_by_one_and_sentences_hold_whole_clauses(text: str) -> None:
    words = cut_words(text)
    steps = np.diff(words.clauses), np.diff(words.sentences)
    assert all((step >= 0).all() for step in steps)
    assert (steps[1][steps[0] == 0] == 0).all()


def test_both_scripts_are_cut_alike() -> None:
    simplified, traditional = cut_words("区委召开会议"), cut_words("區委召開會議")
    assert simplified.keys == traditional.keys
    assert simplified.tags.tolist() == traditional.tags.tolist()


def test_a_comma_inside_a_number_ends_no_clause() -> None:
    words = cut_words("共有31,875人,分成两组")
    assert words.clauses[list(words.keys).index("人")] == 0
    assert words.clauses[-1] == 1


def test_single_digits_and_letters_are_told_from_marks() -> None:
    words = cut_words("7部。")
    assert TAGS[words.tags[0]] == "m"
    assert TAGS[words.tags[-1]] == "x"


def test_the_dictionary_is_the_one_that_jieba_makes() -> None:
    tokenizer = jieba.Tokenizer()
    assert word_frequencies(tokenizer) == tokenizer.gen_pfdict(tokenizer.get_dict_file())


def test_print_is_cut_as_jieba_cuts_it() -> None:
    plain = jieba.posseg.POSTokenizer(jieba.Tokenizer())
    for page in sorted(SEEDS.glob("*.txt")):
        text = fold(page.read_text("utf-8"))
        assert list(cut_words(text).keys) == [word for word, _ in plain.cut(text) if not word.isspace()]


def test_characters_that_the_tagger_never_saw_are_words_of_their_own_where_several_meet() -> None:
    assert cut_words("龘靐齉爩").keys == ("龘", "靐", "齉", "爩")
    assert cut_words("县里龘靐开会").keys == ("县里", "龘", "靐", "开会")
