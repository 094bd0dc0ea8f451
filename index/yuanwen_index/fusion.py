"""One score from two: how much of the question's words a passage holds, and how near its meaning is.

Words decide where the articles know the words of the question; the more of them are unknown (a question in
another language, say), the more meaning decides. The best passages are then read, and what stands together in one
place of them counts once more. The weights are fitted by ``training/fusion.py``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WEIGHTS = Path(__file__).with_name("fusion.json")
_SHARPNESS = 4
_NEAREST = 8  # standard deviations that hardly any passage exceeds


@dataclass(frozen=True, slots=True)
class Weights:
    """What one standard deviation of nearness counts, the words of the question counting 1 together.

    ``familiar`` applies when all words of the question are known, ``strange`` is added when none is. Of passages that
    are read, ``together`` is what the words in one place count when all are known, and ``sentence`` what one standard
    deviation of the nearest sentence counts when none is.
    """

    familiar: float
    strange: float
    together: float = 0.0
    sentence: float = 0.0


@lru_cache(maxsize=1)
def fitted_weights() -> Weights:
    """The weights that ship with the package."""
    return Weights(**json.loads(WEIGHTS.read_text(encoding="ascii")))


def strangeness(known: float) -> float:
    """1 when no word of a question is known, near 0 as soon as half of them are; ``known`` is in 0..1."""
    return float((1 - known) ** _SHARPNESS)


def fuse(
    lexical: NDArray[np.float32],
    ideal: float,
    known: float,
    nearness: NDArray[np.float32],
    weights: Weights | None = None,
) -> NDArray[np.float32]:
    """Fused scores (m,) of m candidates, about 0..1, higher is better.

    ``lexical`` (m,) are BM25 scores, ``ideal`` what a passage holding every word of the question would get,
    ``known`` (0..1) how much of the question's words any passage holds, and ``nearness`` (m,) cosines in
    standard deviations above the usual.
    """
    weights = weights or fitted_weights()
    weight = weights.familiar + weights.strange * strangeness(known)
    found = lexical / ideal if ideal > 0 else lexical
    return np.asarray((found + weight * nearness) / (1 + weight * _NEAREST), np.float32)


def fuse_read(
    fused: NDArray[np.float32],
    known: float,
    together: NDArray[np.float32],
    sentence: NDArray[np.float32],
    weights: Weights | None = None,
) -> NDArray[np.float32]:
    """Scores (m,) of passages that were read, about 0..1, from their fused scores (m,).

    ``together`` (m,) in 0..1 is how much of the question's words stands in one place, ``sentence`` (m,) the nearest
    sentence's cosine in standard deviations above the usual; both are 0 for a passage that was not read.
    """
    weights = weights or fitted_weights()
    words, meaning = weights.together * known, weights.sentence * strangeness(known)
    added = words * together + meaning * sentence
    return np.asarray((fused + added) / (1 + words + meaning * _NEAREST), np.float32)
