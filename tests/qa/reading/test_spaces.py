from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file
from tests.qa.passages import space_of

from yuanwen_qa.readers import SHIPPED_READER
from yuanwen_qa.reading.spaces import WordSpace

WORDS = ["学校", "会议", "室", "000", "school"]


def test_known_words_have_their_own_vector_and_unknown_latin_ones_none() -> None:
    space = space_of(WORDS)
    vectors, weights = space.look_up(["学校", "schools"])
    assert np.linalg.norm(vectors[0]) == pytest.approx(1.0, abs=1e-5)
    assert weights[0] == pytest.approx(0.2)
    assert not vectors[1].any()
    assert weights[1] == 1.0


def test_an_unknown_chinese_word_is_the_direction_of_its_longest_pieces() -> None:
    space = space_of(WORDS)
    vectors, _ = space.look_up(["会议室", "会议", "室"])
    together = vectors[1] + vectors[2]
    assert vectors[0] == pytest.approx(together / np.linalg.norm(together), abs=1e-5)


def test_numbers_of_one_length_are_one_word() -> None:
    vectors, _ = space_of(WORDS).look_up(["126", "349"])
    assert (vectors[0] == vectors[1]).all()
    assert vectors[0].any()


def test_a_written_space_reads_back(tmp_path: Path) -> None:
    vectors = np.array([[127, 0], [0, -64]], np.int8)
    (tmp_path / "words.txt").write_text("甲\n乙", encoding="utf-8")
    save_file(
        {"vectors": vectors, "weights": np.array([0.5, 1.0], np.float16)}, tmp_path / "words.safetensors"
    )
    rows, weights = WordSpace.load(tmp_path).look_up(["乙", "甲"])
    assert rows.tolist() == [[0.0, -1.0], [1.0, 0.0]]
    assert weights.tolist() == [1.0, 0.5]


def test_words_without_vectors_are_refused() -> None:
    with pytest.raises(ValueError, match="2 words, 1 vectors"):
        WordSpace(["甲", "乙"], np.ones((1, 2), np.float32), np.ones(2, np.float32))


def test_in_the_shipped_space_a_translation_is_nearer_than_another_word() -> None:
    vectors, _ = WordSpace.load(SHIPPED_READER).look_up(["学校", "school", "医院", "hospital"])
    likeness = vectors @ vectors.T
    assert likeness[0, 1] > likeness[0, 3]
    assert likeness[2, 3] > likeness[2, 1]
