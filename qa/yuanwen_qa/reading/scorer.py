"""The fitted scorer of candidates: a small network in plain arrays.

A candidate's hidden layer is the sum of what its features, the words at and beside its two ends, their kinds and
their vectors say, each channel stretched and shifted by what the question asks for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .descriptions import describe
from .features import Asked, Read, question_features
from .words import TAGS

__all__ = ["START_TAGS", "Scorer", "question_vector"]

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

START_TAGS, START_WORDS = (-2, -1, 0), (-1, 0)
END_TAGS, END_WORDS = (0, 1, 2), (0, 1)


@dataclass(frozen=True, slots=True)
class Scorer:
    """``weights`` as ``training/reader.py`` writes them; ``common`` are the words that have a row of their own."""

    weights: Mapping[str, Floats]
    common: Mapping[str, int]

    def score(self, asked: Asked, read: Read, forms: Floats, hit: tuple[float, float]) -> Floats:
        """Scores (n_candidates,), higher is better, comparable over the passages of one question."""
        if not len(read.first):
            return np.zeros(0, np.float32)
        w = self.weights
        features = (describe(asked, read, forms, hit) - w["mean"]) * w["scale"]
        start = self._side(read, "start", START_TAGS, START_WORDS)
        end = self._side(read, "end", END_TAGS, END_WORDS)
        hidden = features @ w["features"] + start[read.first] + end[read.last]
        question = question_vector(asked)
        hidden *= 1 + question @ w["stretch"]
        hidden += question @ w["shift"] + w["bias"]
        np.maximum(hidden, 0, out=hidden)
        second = np.maximum(hidden @ w["second"] + w["second_bias"], 0)
        return np.asarray(second @ w["out"], np.float32)

    def _side(
        self, read: Read, side: str, tag_places: tuple[int, ...], word_places: tuple[int, ...]
    ) -> Floats:
        """What the words at and beside each place say of a span that starts (or ends) there, (n_words, hidden)."""
        tags = read.words.tags
        names = self.name_words(read)
        total = np.zeros((len(tags), self.weights["bias"].shape[-1]), np.float32)
        for slot, shift in enumerate(tag_places):
            total += self.weights[f"{side}_tags"][slot][shifted(tags, shift, len(TAGS))]
        for slot, shift in enumerate(word_places):
            total += self.weights[f"{side}_words"][slot][shifted(names, shift, len(self.common))]
            total += beside(read.vectors, shift) @ self.weights[f"{side}_vectors"][slot]
        return total

    def name_words(self, read: Read) -> Ints:
        """Row of each word, the number of common words for a rare one; (n_words,)."""
        rare = len(self.common)
        return np.array([self.common.get(key, rare) for key in read.words.keys], np.int64)


def question_vector(asked: Asked) -> Floats:
    """All that the scorer takes from the question."""
    return np.concatenate([question_features(asked), asked.asking, asked.after, asked.before, asked.whole])


def shifted(values: Ints, shift: int, outside: int) -> Ints:
    """``values[i + shift]`` at place ``i``, ``outside`` past the ends."""
    padded = np.concatenate([np.full(2, outside), values, np.full(2, outside)])
    return padded[2 + shift : 2 + shift + len(values)]


def beside(vectors: Floats, shift: int) -> Floats:
    """``vectors[i + shift]`` at place ``i``, zero past the ends."""
    if not shift:
        return vectors
    moved = np.zeros_like(vectors)
    if shift > 0:
        moved[:-shift] = vectors[shift:]
    else:
        moved[-shift:] = vectors[:shift]
    return moved
