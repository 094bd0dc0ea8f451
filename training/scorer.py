"""Fits the scorer of single candidates, the smaller part of the reader."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from training.reader_cloze import cloze_rows
from training.reader_data import DEPTH, Pool, Row, rows
from training.reader_examples import Wordings
from training.scorer_fit import Arrays, fit
from training.scorer_rows import N_TAG_SLOTS, Item, Rows

from yuanwen_qa.reading.scorer import Scorer
from yuanwen_qa.reading.spaces import WordSpace


@dataclass(frozen=True, slots=True)
class ScorerSize:
    """How many of people's questions, made and English ones, words with rows of their own, passes, candidates of a right
    passage and of any other.
    """

    asked: int
    cloze: int
    english: int
    common: int
    epochs: int
    right: int
    wrong: int


Questions = tuple[Pool, Sequence[Row], Wordings]


def fit_scorer(
    data: Path,
    space: WordSpace,
    asked: Questions,
    written: Questions,
    size: ScorerSize,
    log: Callable[[str], None],
) -> tuple[Arrays, Scorer]:
    """Fitted arrays and the scorer that uses them: a second round is fitted against what the first, on a third of the
    questions, took for right.
    """
    made = cloze_rows(data, size.cloze, random.Random(2))
    english = [row for row in rows(data, ("en",), size.english) if "amazon" not in row.dataset][
        : size.english
    ]
    pool, people, wordings = asked
    news, by_hand, other = written
    jobs = [
        (pool, [wordings.any(row) for row in people[: size.asked]]),
        (news, [row if row.dataset.endswith("en") else other.any(row) for row in by_hand if row.answers]),
        (Pool([row.context for row in made]), [wordings.any(row) for row in made]),
        (Pool([row.context for row in english]), english),
    ]
    scorer = None
    for share in (3, 1):
        items, words = _items([(pool, rows_[::share]) for pool, rows_ in jobs], space, size, scorer)
        log(
            f"scorer: {len(items)} questions, {np.mean([len(item.f1) for item in items]):.0f} candidates each"
        )
        places, common = _common_words(words, items, size.common)
        vectors = np.concatenate([space.look_up(words)[0], np.zeros((1, space.dim), np.float32)])
        arrays = fit(items, vectors, places, epochs=size.epochs, log=log)
        scorer = Scorer(arrays, {word: place for place, word in enumerate(common)})
    assert scorer is not None
    return arrays, scorer


def _items(
    jobs: Sequence[tuple[Pool, list[Row]]], space: WordSpace, size: ScorerSize, scorer: Scorer | None
) -> tuple[list[Item], list[str]]:
    """Items of all questions, and the words that their slots number."""
    words: dict[str, int] = {}
    maker = Rows(space, words, seed=1)
    found = (pool.example(row, DEPTH, keep_gold=True) for pool, asked in jobs for row in asked)
    items = [maker.item(example, size.right, size.wrong, scorer) for example in found if example]
    return items, list(words)


def _common_words(words: Sequence[str], items: Sequence[Item], n: int) -> tuple[NDArray[np.int64], list[str]]:
    """Row of each word among the ``n`` that stand most often at candidates' ends (n for the rest); those words."""
    counts = np.zeros(len(words) + 1, np.int64)
    for item in items:
        np.add.at(counts, item.slots[:, N_TAG_SLOTS:].ravel(), 1)
    top = np.argsort(-counts[:-1], kind="stable")[:n]
    places = np.full(len(words) + 1, len(top))
    places[top] = np.arange(len(top))
    return places, [words[place] for place in top]
