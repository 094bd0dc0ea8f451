"""Cutting texts into pieces: exactly the cut of the tokenizers library, with places in the text."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from yuanwen_index.encoders import SHIPPED_FOLDER
from yuanwen_index.keys import fold
from yuanwen_index.pieces import Pieces, longest_first

SEEDS = Path(__file__).parents[2] / "seeds"
TOKENIZER = SHIPPED_FOLDER / "tokenizer.json"
SHIPPED = Pieces.from_file(TOKENIZER)
REFERENCE = Tokenizer.from_file(str(TOKENIZER))
WORDS = (
    "纪委监委",
    "開展",
    "監督檢查",
    "陈红民",
    "349次",
    "the super bowl",
    "Straße",
    "ｶﾀｶﾅ",
    "Москва",
    "서울",
    "哈哈哈",
)
MIXED = st.lists(
    st.sampled_from(WORDS) | st.text(st.characters(codec=None), max_size=6) | st.sampled_from(" 　\n\t，。“”")
).map("".join)


def known(ids: list[int]) -> list[int]:
    """The cut here leaves unknown pieces out."""
    return [i for i in ids if i]


def cut_by_hand(scores: dict[str, float], text: str) -> float:
    """The best total score of any cut of a text in which every character is a piece."""
    best = [0.0] + [-math.inf] * len(text)
    for end in range(1, len(text) + 1):
        for start in range(end):
            best[end] = max(best[end], best[start] + scores.get(text[start:end], -math.inf))
    return best[-1]


@settings(max_examples=200, deadline=None)
@given(st.lists(MIXED, max_size=5))
def test_the_cut_is_that_of_the_tokenizers_library(texts: list[str]) -> None:
    texts = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
    cut = SHIPPED.cut(texts)
    expected = [known(REFERENCE.encode(text, add_special_tokens=False).ids) for text in texts]
    assert cut.counts.tolist() == [len(ids) for ids in expected]
    assert cut.ids.tolist() == [i for ids in expected for i in ids]


@pytest.mark.parametrize("page", sorted(SEEDS.glob("*.txt")), ids=lambda page: page.name)
def test_whole_pages_are_cut_as_the_tokenizers_library_cuts_them(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert SHIPPED.cut([text]).ids.tolist() == known(REFERENCE.encode(text, add_special_tokens=False).ids)


@settings(deadline=None)
@given(st.lists(MIXED, max_size=5))
def test_every_piece_is_the_folded_text_at_its_place(texts: list[str]) -> None:
    cut = SHIPPED.cut(texts)
    text_of = np.repeat(np.arange(len(texts)), cut.counts)
    for number, piece, start, end in zip(text_of, cut.ids, cut.starts, cut.ends, strict=True):
        assert fold(texts[number])[start:end] == SHIPPED.texts[piece]


@settings(deadline=None)
@given(st.lists(MIXED, max_size=5))
def test_a_text_is_cut_the_same_alone_and_among_others(texts: list[str]) -> None:
    alone = [i for text in texts for i in SHIPPED.cut([text]).ids.tolist()]
    assert SHIPPED.cut(texts).ids.tolist() == alone


@settings(deadline=None)
@given(st.lists(MIXED, max_size=5))
def test_few_characters_are_cut_as_many_are(texts: list[str]) -> None:
    few, many = SHIPPED.cut(texts), SHIPPED.cut([*texts, "。" * 200])
    n = len(few.ids)
    for name in ("ids", "starts", "ends"):
        assert getattr(few, name).tolist() == getattr(many, name)[:n].tolist()
    assert few.counts.tolist() == many.counts[:-1].tolist()


@settings(deadline=None)
@given(
    st.dictionaries(st.text("abc", min_size=1, max_size=4), st.floats(-20, -1), max_size=12),
    st.text("abc", min_size=1, max_size=30),
)
def test_no_other_cut_scores_higher(pieces: dict[str, float], text: str) -> None:
    scores = {"a": -9.0, "b": -9.5, "c": -10.0} | pieces
    small = Pieces([("[UNK]", 0.0), *scores.items()])
    cut = small.cut([text])
    assert "".join(small.texts[i] for i in cut.ids) == text
    assert math.isclose(sum(scores[small.texts[i]] for i in cut.ids), cut_by_hand(scores, text), rel_tol=1e-9)


def test_one_stretch_of_four_thousand_characters_is_cut() -> None:
    small = Pieces([("[UNK]", 0.0), ("a", -3.0), ("aa", -4.0), ("aaa", -7.5)])
    cut = small.cut(["a" * 4_000, "aaa"])
    assert cut.counts.tolist() == [2_000, 2]


@pytest.mark.parametrize("longest", [3, 40_000], ids=["short", "longer than sixteen bits tell"])
def test_stretches_are_solved_longest_first(longest: int) -> None:
    sizes = np.array([2, longest, 2, longest - 1])
    assert longest_first(sizes).tolist() == ([1, 0, 2, 3] if longest == 3 else [1, 3, 0, 2])


def test_a_file_with_another_kind_of_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text('{"model": {"type": "WordPiece", "vocab": {}}}', encoding="utf-8")
    with pytest.raises(ValueError, match="WordPiece"):
        Pieces.from_file(path)
