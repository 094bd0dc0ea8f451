from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from yuanwen_index import terms as terms_module
from yuanwen_index.errors import IndexCorrupt
from yuanwen_index.terms import K1, B, Postings, TermIndex, common_words, merge, question_words, top
from yuanwen_index.tokens import token_keys

TEXTS = st.lists(st.text("二七区纪委ab12 。雙", max_size=30), max_size=8)
QUESTIONS = st.text("二七区纪委abc123 。双", max_size=12)


def counts_of(text: str) -> Counter[int]:
    return Counter(token_keys([text])[0].tolist())


def reference_scores(texts: list[str], question: str) -> tuple[list[float], float]:
    """BM25 as the textbook writes it, words of another language taken to be as common as there."""
    counts = [counts_of(text) for text in texts]
    mean = max(sum(sum(count.values()) for count in counts) / max(len(texts), 1), 1.0)

    def rarity(token: int) -> float:
        holding = sum(token in count for count in counts)
        usual = common_words().get(token, 0.0) * len(texts)
        at_home = min(1.0, holding / max(1.0, 0.05 * usual))
        taken = max(holding, (1 - at_home) * usual)
        return math.log(1 + (len(texts) - taken + 0.5) / (taken + 0.5))

    def score(count: Counter[int]) -> float:
        norm = K1 * (1 - B + B * sum(count.values()) / mean)
        return sum(
            weight * rarity(token) * count[token] * (K1 + 1) / (count[token] + norm)
            for token, weight in wanted.items()
        )

    wanted = {token: times * question_words().get(token, 1.0) for token, times in counts_of(question).items()}
    return [score(count) for count in counts], sum(weight * rarity(token) for token, weight in wanted.items())


@settings(deadline=None)
@given(TEXTS, QUESTIONS)
def test_scores_are_those_of_the_textbook(texts: list[str], question: str) -> None:
    terms = TermIndex.of(texts)
    asked = terms.ask(question)
    expected, expected_ideal = reference_scores(texts, question)
    np.testing.assert_allclose(terms.scores(asked), expected, rtol=1e-5, atol=1e-5)
    assert math.isclose(asked.ideal, expected_ideal, rel_tol=1e-6)


@settings(deadline=None)
@given(TEXTS, TEXTS, QUESTIONS)
def test_merged_postings_score_like_postings_made_at_once(
    old: list[str], new: list[str], question: str
) -> None:
    kept = [number for number in range(len(old)) if number % 3]
    numbers = np.full(len(old), -1, np.int32)
    numbers[kept] = len(new) + np.arange(len(kept))
    texts = [*new, *(old[number] for number in kept)]
    merged = merge(
        [(Postings.of(old), numbers), (Postings.of(new), np.arange(len(new), dtype=np.int32))], len(texts)
    )
    merged.check(len(texts))
    terms, at_once = TermIndex(merged), TermIndex.of(texts)
    np.testing.assert_array_equal(terms.scores(terms.ask(question)), at_once.scores(at_once.ask(question)))


def random_texts(seed: int, n: int) -> list[str]:
    """Texts of letters of which a few are common and most are rare, as in any language."""
    rng = np.random.default_rng(seed)
    return ["".join(chr(0x4E00 + int(z) % 400) for z in rng.zipf(1.3, rng.integers(1, 60))) for _ in range(n)]


@pytest.mark.parametrize("eager", [True, False])
@pytest.mark.parametrize("filtered", [True, False])
@pytest.mark.parametrize("k", [1, 7, 64, 3000])
def test_the_best_are_those_that_scoring_every_passage_finds_to_the_last_bit(
    k: int, filtered: bool, eager: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if eager:  # look up as soon as it is possible at all, however many passages that means
        monkeypatch.setattr(terms_module, "_LOOK_UP_COST", 0)
        monkeypatch.setattr(terms_module, "_WORTH_PRUNING", 0)
    texts = random_texts(1, 3000)
    terms = TermIndex.of(texts)
    allowed = np.random.default_rng(2).random(len(texts)) < 0.3 if filtered else None
    for question in [*random_texts(3, 40), texts[5], "", "全无"]:
        asked = terms.ask(question)
        scores = terms.scores(asked)
        wanted = top(scores if allowed is None else np.where(allowed, scores, np.float32(0)), k)
        others = np.random.default_rng(4).integers(0, len(texts), 20)
        found = terms.best(asked, k, allowed, also=others)
        np.testing.assert_array_equal(found.passages, wanted)
        np.testing.assert_array_equal(found.scores, scores[wanted])
        np.testing.assert_array_equal(found.also, scores[others])
        np.testing.assert_array_equal(terms.scores(asked, wanted[::-1]), scores[wanted[::-1]])


def test_a_word_that_no_passage_holds_scores_nothing_and_counts_as_the_rarest() -> None:
    terms = TermIndex.of(["apple pie", "apple tart", "plum cake"])
    known, half_known = terms.ask("plum"), terms.ask("plum zebra")
    np.testing.assert_array_equal(terms.scores(known), terms.scores(half_known))
    assert half_known.ideal > 2 * known.ideal
    assert 1 == known.known > half_known.known > 0
    assert terms.ask("zebra").known == 0


def test_a_token_counted_more_than_255_times_still_scores_above_one_counted_less() -> None:
    terms = TermIndex.of(["a " * 1000, "b " * 1000, "a " * 10 + "b " * 990])
    scores = terms.scores(terms.ask("a"))
    assert scores[0] > scores[2] > scores[1] == 0


@pytest.mark.parametrize("part", ["keys", "starts", "passages", "counts", "lengths"])
def test_postings_whose_parts_do_not_fit_each_other_are_refused(part: str) -> None:
    postings = Postings.of(["一二三", "二三四"])
    fields: dict[str, NDArray[np.generic]] = {name: getattr(postings, name) for name in Postings.__slots__}
    postings.check(2)
    with pytest.raises(IndexCorrupt):
        Postings(**{**fields, part: fields[part][:-1]}).check(2)  # type: ignore[arg-type]
    backwards = postings.passages[::-1].copy()
    with pytest.raises(IndexCorrupt, match="order"):
        Postings(**{**fields, "passages": backwards}).check(2)  # type: ignore[arg-type]
    beyond = np.where(postings.passages == 1, 7, postings.passages).astype(np.int32)
    with pytest.raises(IndexCorrupt, match="does not exist"):
        Postings(**{**fields, "passages": beyond}).check(2)  # type: ignore[arg-type]


def test_words_that_only_ask_weigh_less_than_words_that_are_asked_for() -> None:
    passages = ["昨天学校放假。", "什么哪里怎么多少"]
    terms = TermIndex.of([*passages, *["别的新闻"] * 8])
    scores = terms.scores(terms.ask("学校放了多少天假？"))
    assert scores[0] > scores[1] > 0
    assert all(0 <= weight <= 0.8 for weight in question_words().values())


def test_every_word_of_the_tables_is_one_token() -> None:
    for table in (question_words(), common_words()):
        assert 0 not in table
        assert len(table) > 1000


def test_words_of_a_language_that_few_passages_are_written_in_are_not_rare_but_strange() -> None:
    chinese = [f"第{number}天的新闻说了很多别的事" for number in range(400)]
    english = "What was said of the river at the end of the week"
    mixed = TermIndex.of([*chinese, "The house at the end of the road was one of the oldest of the town."])
    at_home = TermIndex.of(["What was said of the river?", *["At the end of the week we rested."] * 3])
    assert mixed.ask(english).known < 0.4
    assert at_home.ask(english).known == 1
    assert mixed.ask("the").ideal < 0.1 * mixed.ask("oldest").ideal
    assert mixed.ask("天").known == mixed.ask("新闻").known == 1


@pytest.mark.parametrize("k", [1, 2, 3, 7])
def test_top_takes_the_best_above_zero_and_equal_ones_in_order(k: int) -> None:
    scores = np.array([1, 3, 0, 3, 2, 0], np.float32)
    assert top(scores, k).tolist() == [1, 3, 4, 0][:k]
    assert top(np.zeros(0, np.float32), k).tolist() == []
