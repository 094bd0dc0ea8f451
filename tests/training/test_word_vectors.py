"""The word list learned from sentence pairs, and sentences with words in the other language."""

from __future__ import annotations

import random
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from training.word_vectors import dictionary, switched, translation_table, with_administration, write_space

from yuanwen_qa.reading.spaces import WordSpace

WORDS = [
    ("猫", "cat"),
    ("狗", "dog"),
    ("看", "sees"),
    ("学校", "school"),
    ("会议", "meeting"),
    ("书", "book"),
]
PAIRS = [
    ([a[0], b[0], c[0]], [b[1], a[1], c[1]]) for a, b, c in product(WORDS, repeat=3) if len({a, b, c}) == 3
]


def test_words_that_keep_the_same_company_translate_each_other() -> None:
    found = dictionary(PAIRS)
    for chinese, english in WORDS:
        assert found[chinese][0][0] == english
        assert found[english][0][0] == chinese


def test_the_weights_of_a_word_sum_to_one() -> None:
    for choices in dictionary(PAIRS).values():
        assert sum(weight for _, weight in choices) == pytest.approx(1)


def test_probabilities_of_a_word_do_not_pass_one() -> None:
    totals: dict[str, float] = {}
    for chinese, _, probability in translation_table(PAIRS):
        totals[chinese] = totals.get(chinese, 0.0) + probability
    assert all(total <= 1 + 1e-6 for total in totals.values())


def test_a_sentence_switches_all_known_words_or_none() -> None:
    known = dictionary(PAIRS)
    words = ["猫", "不", "看", "书"]
    assert switched(words, known, 0.0, random.Random(0)) == words
    changed = switched(words, known, 1.0, random.Random(0))
    assert changed[1] == "不"
    assert all(
        new in {choice for choice, _ in known[old]}
        for old, new in zip(words, changed, strict=True)
        if old != "不"
    )


def test_words_of_local_news_are_known_whatever_the_pairs_say() -> None:
    known = with_administration({"district": [("河流", 1.0)]})
    assert known["district"] == [("区", 1.0)]
    assert [word for word, _ in known["opened"]] == ["开幕", "开业", "打开"]


def test_what_is_written_is_read_back_with_nearly_the_same_directions(tmp_path: Path) -> None:
    rows = np.random.default_rng(0).normal(size=(len(WORDS), 8)).astype(np.float32)
    write_space(tmp_path, [chinese for chinese, _ in WORDS], rows)
    read, weights = WordSpace.load(tmp_path).look_up([chinese for chinese, _ in WORDS])
    assert (read * rows).sum(1) == pytest.approx(np.linalg.norm(rows, axis=1), rel=1e-3)
    assert (np.diff(weights) > 0).all()
