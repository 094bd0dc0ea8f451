"""How early the evidence stands among the passages found.

``rank`` is the 1-based place of the first passage that holds evidence, None when none does.
With one relevant passage a question, recall@k is the share of questions whose evidence is among the first k.
These are one line each, so the base install carries no ranking library; the tests hold them equal to one.
"""

from __future__ import annotations

import math

__all__ = ["discounted_gain", "found_within", "reciprocal_rank"]


def found_within(rank: int | None, k: int) -> float:
    """1 if the evidence is among the first ``k`` passages, else 0."""
    return float(rank is not None and rank <= k)


def reciprocal_rank(rank: int | None, k: int) -> float:
    """1 / rank among the first ``k`` passages, else 0."""
    return 1.0 / rank if rank is not None and rank <= k else 0.0


def discounted_gain(rank: int | None, k: int) -> float:
    """NDCG@k with one relevant passage: 1 / log2(rank + 1), which is 1 at rank 1."""
    return 1.0 / math.log2(rank + 1) if rank is not None and rank <= k else 0.0
