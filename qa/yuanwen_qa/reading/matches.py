"""How far each word of a passage answers to each word of a question.

Two channels: the same word or part of one (``exact``), and a near one in the encoder's space (``near``), which is
shared by languages. Everything here is a small dense array; nothing loops over pairs of words.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Matches", "match_words", "proximity", "segment_coverage"]

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Matches:
    """``exact`` and ``near``, (n_units, n_words) in 0..1, and the units' ``weights``, (n_units,) summing to 1."""

    exact: Floats
    near: Floats
    weights: Floats


def match_words(
    units: tuple[str, ...], unit_vectors: Floats, weights: Floats, keys: tuple[str, ...], vectors: Floats
) -> Matches:
    """Compare question ``units`` with passage words; vectors are rows of length one, or zero when unknown."""
    exact = _shared_characters(units, keys)
    near = np.maximum(np.clip(unit_vectors @ vectors.T, 0.0, 1.0), exact)
    return Matches(exact, near.astype(np.float32), weights)


def _shared_characters(units: tuple[str, ...], keys: tuple[str, ...]) -> Floats:
    """1 for the same word; for words that share characters, half their Dice coefficient; Latin words all or none."""
    places: dict[str, list[int]] = {}
    for at, key in enumerate(keys):
        for char in key if not key.isascii() else (key,):
            places.setdefault(char, []).append(at)
    shared = np.zeros((len(units), len(keys)), np.float32)
    for row, unit in enumerate(units):
        for char in unit if not unit.isascii() else (unit,):
            shared[row, places.get(char, [])] += 1
    long = np.array([1 if unit.isascii() else len(unit) for unit in units], np.float32)[:, None]
    wide = np.array([1 if key.isascii() else len(key) for key in keys], np.float32)[None, :]
    dice = np.minimum(2 * shared / (long + wide), 1.0)
    return np.where(dice == 1.0, 1.0, 0.6 * dice).astype(np.float32)


def proximity(match: Floats, weights: Floats, reach: float) -> tuple[Floats, Floats]:
    """How much of the question stands close before, and close after, each word; both (n_words + 1,) in 0..1.

    A unit counts with its best match times ``exp(-distance / reach)``; place ``i`` looks before word ``i`` and
    after word ``i - 1``.
    """
    steps = np.arange(match.shape[1], dtype=np.float32) / np.float32(reach)
    logs = np.log(np.maximum(match, 1e-6))
    left = np.maximum.accumulate(logs + steps, axis=1) - steps
    right = np.maximum.accumulate((logs - steps)[:, ::-1], axis=1)[:, ::-1] + steps
    none = np.zeros(1, np.float32)
    return (
        np.concatenate([none, weights @ np.exp(left)]).astype(np.float32),
        np.concatenate([weights @ np.exp(right), none]).astype(np.float32),
    )


def segment_coverage(match: Floats, weights: Floats, segments: NDArray[np.int64], around: int = 0) -> Floats:
    """How much of the question the segment of each word holds, with ``around`` neighbours; (n_words,) in 0..1."""
    starts = np.flatnonzero(np.diff(segments, prepend=-1))
    best = np.maximum.reduceat(match, starts, axis=1)
    wide = best.copy()
    for shift in range(1, around + 1):
        wide[:, shift:] = np.maximum(wide[:, shift:], best[:, :-shift])
        wide[:, :-shift] = np.maximum(wide[:, :-shift], best[:, shift:])
    covered = weights @ wide
    return np.repeat(covered, np.diff(starts, append=len(segments))).astype(np.float32)
