"""Find out from sentence pairs which piece translates which: IBM model 1 in both directions.

Every piece of a sentence was produced by some piece of its translation; expectation-maximisation finds
which is likely.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from .bags import Bags

Ids = NDArray[np.int32]
LONGEST = 40
LEAST = 0.01


@dataclass(frozen=True, slots=True)
class Links:
    """Every piece of every sentence (``left_word``) with every piece of its translation (``right_word``)."""

    left: Ids
    right: Ids
    left_word: Ids
    right_word: Ids


def links_of(left: Bags, right: Bags, skip: NDArray[np.bool_]) -> Links:
    """Return the links of all pairs without the pieces in ``skip`` and without long sentences."""
    sizes = np.maximum(left.sizes, right.sizes)
    pairs = np.flatnonzero((sizes <= LONGEST) & (left.sizes > 0) & (right.sizes > 0))
    (a, in_a), (b, in_b) = (_kept(skip, *bags.take(pairs)) for bags in (left, right))
    partners = np.bincount(in_b, minlength=len(pairs))
    first = np.cumsum(partners) - partners
    times = partners[in_a]
    left_word = np.repeat(np.arange(len(a), dtype=np.int32), times)
    ends = np.cumsum(times)
    right_word = np.arange(len(left_word)) + np.repeat(first[in_a] - ends + times, times)
    return Links(a[left_word], b[right_word], left_word, right_word.astype(np.int32))


def _kept(skip: NDArray[np.bool_], ids: Ids, text: NDArray[np.int64]) -> tuple[Ids, NDArray[np.int64]]:
    keep = ~skip[ids]
    return ids[keep], text[keep]


def join(parts: Sequence[Links]) -> Links:
    """Return the links of several sets of pairs as one."""
    words = [(int(p.left_word.max(initial=-1)) + 1, int(p.right_word.max(initial=-1)) + 1) for p in parts]
    lefts, rights = (np.cumsum([0, *column]) for column in zip(*words, strict=True))
    return Links(
        np.concatenate([p.left for p in parts]),
        np.concatenate([p.right for p in parts]),
        np.concatenate(
            [p.left_word + offset for p, offset in zip(parts, lefts[:-1].astype(np.int32), strict=True)]
        ),
        np.concatenate(
            [p.right_word + offset for p, offset in zip(parts, rights[:-1].astype(np.int32), strict=True)]
        ),
    )


def align(links: Links, size: int, rounds: int = 5) -> sparse.csr_matrix:
    """Return (size, size) for each right piece the left pieces that translate it, and how surely (0 to 1).

    The value is the geometric mean of the probabilities of the two directions; pairs below ``LEAST`` are
    dropped.
    """
    keys, slots = np.unique(links.left.astype(np.int64) * size + links.right, return_inverse=True)
    slots = slots.astype(np.int32)
    left, right = keys // size, keys % size
    forth = _expectation_maximisation(slots, links.left_word, right, size, rounds)
    back = _expectation_maximisation(slots, links.right_word, left, size, rounds)
    sure = np.sqrt(forth * back)
    keep = sure >= LEAST
    return sparse.csr_matrix((sure[keep].astype(np.float32), (right[keep], left[keep])), shape=(size, size))


def _expectation_maximisation(
    slots: Ids, word: Ids, given: NDArray[np.int64], size: int, rounds: int
) -> NDArray[np.float64]:
    """Return p(piece of ``word`` | piece ``given``) for every distinct link."""
    chance = np.ones(len(given))
    for _ in range(rounds):
        weight = chance[slots]
        weight /= np.bincount(word, weight)[word]
        chance = np.bincount(slots, weight, minlength=len(given)).astype(np.float64)
        # The added one keeps pieces seen once or twice from being sure of their translation.
        chance /= np.bincount(given, chance, minlength=size)[given] + 1.0
    return chance
