from __future__ import annotations

import unicodedata
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from yuanwen_index.keys import fold
from yuanwen_index.tokens import KEY_BITS, keys_of_tokens, question_keys, token_keys

TEXTS = st.text(st.one_of(st.sampled_from("二七区纪委ab12 ,。\n東京カナ한글é"), st.characters()), max_size=40)


def reference_tokens(text: str) -> list[str]:
    """The rule in plain words: runs of unspaced script give characters and pairs, other runs give words."""
    tokens, run = [], ""
    for char in fold(text) + "\0":
        if run and kind(char) != kind(run[-1]):
            tokens += [*run, *map("".join, pairwise(run))] if kind(run) == 1 else [run[:64]]
            tokens += [run[:4]] if kind(run) == 2 and len(run) > 4 else []
            run = ""
        run = run + char if kind(char) else ""
    return tokens


def kind(text: str) -> int:
    code = ord(text[0])
    if 0x20000 <= code < 0x40000:
        return 1
    if code >= 0x20000 or unicodedata.category(text[0])[0] not in "LMN":
        return 0
    ranges = [(0xE00, 0x109F), (0x1100, 0x11FF), (0x1780, 0x17FF), (0x2E80, 0x2FDF), (0x3005, 0x9FFF)]
    ranges += [(0xA960, 0xA97F), (0xAC00, 0xD7FF), (0xF900, 0xFAFF), (0xFF66, 0xFFDC), (0x16FE0, 0x1B16F)]
    return 1 if any(start <= code <= end for start, end in ranges) else 2


def keys_of(text: str) -> list[int]:
    return sorted(token_keys([text])[0].tolist())


@settings(deadline=None)
@given(TEXTS)
def test_there_is_one_key_for_each_token_and_one_token_for_each_key(text: str) -> None:
    tokens = reference_tokens(text)
    keys = dict(zip(tokens, keys_of_tokens(tokens).tolist(), strict=True))
    assert len(set(keys.values())) == len(keys)
    assert keys_of(text) == sorted(keys[token] for token in tokens)


@settings(deadline=None)
@given(st.lists(TEXTS, max_size=6))
def test_texts_tokenised_together_are_texts_tokenised_alone(texts: list[str]) -> None:
    keys, owners = token_keys(texts)
    together = [sorted(keys[owners == number].tolist()) for number in range(len(texts))]
    assert together == [keys_of(text) for text in texts]


def test_a_question_in_other_width_case_or_script_has_the_same_keys() -> None:
    assert keys_of("雙擁ＡＢＣ１２３") == keys_of("双拥abc123")


def test_inflected_words_share_their_beginning() -> None:
    assert len(set(keys_of("plants")) & set(keys_of("planting"))) == 1
    assert not set(keys_of("plan")) & set(keys_of("pla"))


def test_of_a_question_it_is_known_which_tokens_are_no_parts() -> None:
    keys, singles = question_keys("双拥 planting")
    assert sorted(keys.tolist()) == keys_of("双拥 planting")
    assert singles.tolist() == keys_of_tokens(["双", "拥", "planting"]).tolist()


def test_words_that_differ_only_past_64_characters_are_one_token() -> None:
    assert keys_of("a" * 64 + "b") == keys_of("a" * 64 + "c") != keys_of("a" * 63 + "b")


def test_a_long_line_without_a_break_is_tokenised_whole() -> None:
    keys, owners = token_keys(["字" * 1_000_000, "a" * 1_000_000])
    assert len(np.unique(keys)) == 4
    assert np.bincount(owners).tolist() == [1_999_999, 2]
    assert int(keys.max()) < 1 << KEY_BITS
