"""Questions to arrays: the features of right, near and wrong candidates, ready for fitting."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from training.reader_batches import overlap_f1
from training.reader_data import Example

from yuanwen_qa.reading.descriptions import describe, forms_of, hit_part
from yuanwen_qa.reading.features import Read, read_passage, take_apart
from yuanwen_qa.reading.scorer import (
    END_TAGS,
    END_WORDS,
    START_TAGS,
    START_WORDS,
    Scorer,
    question_vector,
    shifted,
)
from yuanwen_qa.reading.spaces import WordSpace
from yuanwen_qa.reading.words import TAGS

N_TAG_SLOTS = len(START_TAGS) + len(END_TAGS)
KEPT_READS = 4_000


@dataclass(frozen=True, slots=True)
class Item:
    """One question: its vector, and of n candidates the features (n, f) float16, the slots (n, 10) int32 (kinds of
    the words around, then numbers of the words themselves, -1 outside) and the F1 with the right span (n,).
    """

    question: NDArray[np.float16]
    features: NDArray[np.float16]
    slots: NDArray[np.int32]
    f1: NDArray[np.float16]


class Rows:
    """Makes items; ``words`` gets a number for every word met."""

    def __init__(self, space: WordSpace, words: dict[str, int], seed: int) -> None:
        self.words = words
        self._space = space
        self._random = np.random.default_rng(seed)
        self._reads: dict[str, tuple[Read, NDArray[np.float32], NDArray[np.int64]]] = {}

    def item(self, example: Example, right: int, wrong: int, scorer: Scorer | None = None) -> Item:
        """``right`` candidates of a passage that answers, ``wrong`` of any other; half of them the scorer's best."""
        asked = take_apart(example.question, self._space)
        golds = {at: (start, end) for at, start, end in example.gold}
        answers = {example.texts[at][start:end] for at, (start, end) in golds.items()}
        parts = []
        for at, text in enumerate(example.texts):
            read, forms, numbers = self._read(text)
            if not len(read.first):
                continue
            hit = hit_part(example.scores, at)
            f1 = _f1(read, golds.get(at))
            allowed = np.ones(len(f1), bool) if at in golds else _other_than(read, answers)
            best = np.zeros(0, np.int64)
            if scorer is not None:
                scores = np.where(allowed, scorer.score(asked, read, forms, hit), -np.inf)
                best = np.argsort(-scores)[: (right if at in golds else wrong) // 2]
            picked = self._pick(f1, allowed, right if at in golds else wrong, best)
            features = describe(asked, read, forms, hit)[picked].astype(np.float16)
            parts.append((features, _slots(read, numbers)[picked], f1[picked].astype(np.float16)))
        features, slots, f1 = (np.concatenate(part) for part in zip(*parts, strict=True))
        return Item(question_vector(asked).astype(np.float16), features, slots, f1)

    def _read(self, text: str) -> tuple[Read, NDArray[np.float32], NDArray[np.int64]]:
        if text not in self._reads:
            if len(self._reads) >= KEPT_READS:
                self._reads.clear()
            read = read_passage(text, self._space)
            numbers = [self.words.setdefault(key, len(self.words)) for key in read.words.keys]
            self._reads[text] = read, forms_of(read), np.array(numbers, np.int64)
        return self._reads[text]

    def _pick(
        self, f1: NDArray[np.float64], allowed: NDArray[np.bool_], n: int, best: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        near = np.flatnonzero(f1 >= 0.5)
        near = near[np.argsort(-f1[near], kind="stable")[:20]]
        pool = np.flatnonzero(allowed)
        some = self._random.choice(pool, min(len(pool), n - len(best)), replace=False)
        return np.unique(np.concatenate([near, some, best[allowed[best]]]).astype(np.int64))


def _f1(read: Read, span: tuple[int, int] | None) -> NDArray[np.float64]:
    starts, ends = read.words.starts[read.first], read.words.ends[read.last]
    return overlap_f1(starts, ends, np.array([span] if span else [], np.int64).reshape(-1, 2)).astype(
        np.float64
    )


def _other_than(read: Read, answers: set[str]) -> NDArray[np.bool_]:
    """Which candidates do not read as the answer does: it may stand in another passage too."""
    text = read.words.text
    if not any(answer in text for answer in answers):
        return np.ones(len(read.first), bool)
    spans = zip(read.words.starts[read.first].tolist(), read.words.ends[read.last].tolist(), strict=True)
    return np.array([text[start:end] not in answers for start, end in spans])


def _slots(read: Read, numbers: NDArray[np.int64]) -> NDArray[np.int32]:
    tags = read.words.tags
    columns = [shifted(tags, shift, len(TAGS))[read.first] for shift in START_TAGS]
    columns += [shifted(tags, shift, len(TAGS))[read.last] for shift in END_TAGS]
    columns += [shifted(numbers, shift, -1)[read.first] for shift in START_WORDS]
    columns += [shifted(numbers, shift, -1)[read.last] for shift in END_WORDS]
    return np.stack(columns, 1).astype(np.int32)
