"""What a search finds, and how the candidates of both its sides become one ranking, whatever holds the index."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .closeness import read_best
from .encoders import Encoder
from .fusion import fuse
from .passages import Passage
from .terms import Asked
from .vectors import VectorIndex

__all__ = ["POOL", "Hit", "Mode", "Ranks", "fused_hits"]

Mode = Literal["hybrid", "lexical", "dense"]
POOL = 64
"""Candidates taken from each side before fusion."""

_READ_TOGETHER = 24


@dataclass(frozen=True, slots=True)
class Ranks:
    """Places of a passage in word and in vector search, 1-based; None when it was not among the best."""

    lexical: int | None
    dense: int | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found. Scores are comparable within one question; higher is better."""

    passage: Passage
    score: float
    ranks: Ranks


def fused_hits(
    candidates: NDArray[np.int64],
    lexical: NDArray[np.float32],
    asked: Asked,
    query: NDArray[np.float32],
    vectors: VectorIndex,
    encoder: Encoder,
    passages: Callable[[Sequence[int]], Mapping[int, Passage]],
    lexical_rank: Mapping[int, int],
    dense_rank: Mapping[int, int],
    k: int,
) -> list[Hit]:
    """The ``k`` best of the candidates (m,), by both scores of each and by reading the best of them.

    ``lexical`` (m,) are their BM25 scores, ``query`` (dim,) the question's vector; ``vectors`` and ``passages`` go by
    the candidates' numbers, and so do the ranks that each side gave. Most passages are asked for together, which
    saves time where they have to be fetched.
    """
    nearness = vectors.standard(query, vectors.cosines(query, candidates))
    fused = fuse(lexical, asked.ideal, asked.known, nearness)
    likely = np.argsort(-fused, kind="stable")[: max(k, _READ_TOGETHER)]
    made = dict(passages(candidates[likely].tolist()))

    def passage(number: int) -> Passage:
        if number not in made:
            made.update(passages([number]))
        return made[number]

    fused = read_best(candidates, fused, passage, asked, query, vectors, encoder)
    best = np.argsort(-fused, kind="stable")[:k]
    return [
        Hit(passage(number), score, Ranks(lexical_rank.get(number), dense_rank.get(number)))
        for number, score in zip(candidates[best].tolist(), fused[best].tolist(), strict=True)
    ]
