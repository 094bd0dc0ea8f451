"""How far a figure may lie from its true value: bootstrap intervals over the questions.

Questions are drawn again with replacement, the figure computed anew each time, and the middle 95 % kept
(percentile bootstrap). Questions about one article are not independent, so the intervals are somewhat narrow
for sets that ask much about few articles.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["RESAMPLES", "SEED", "Difference", "Interval", "bootstrap", "mean_interval", "paired_difference"]

RESAMPLES = 2_000
SEED = 20_180
_LEVEL = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Interval:
    """The bounds of a 95 % interval, in the unit of its figure."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """By how much the second of two systems is better than the first on the same questions.

    ``p`` is the two-sided bootstrap probability of a difference this far from zero when there is none.
    """

    mean: float
    interval: Interval
    p: float

    @property
    def significant(self) -> bool:
        """Whether zero lies outside the 95 % interval."""
        return not self.interval.low <= 0.0 <= self.interval.high


def mean_interval(values: NDArray[np.float64], *, seed: int = SEED) -> Interval | None:
    """The interval of the mean of ``values`` (n,); None without values."""
    if len(values) == 0:
        return None
    low, high = np.percentile(_resampled_means(values, seed), _LEVEL)
    return Interval(float(low), float(high))


def bootstrap(
    n: int, figure: Callable[[NDArray[np.int64]], float | None], *, seed: int = SEED, resamples: int = 500
) -> Interval | None:
    """The interval of ``figure``, a function of question indices (n,); draws that have none are left out."""
    if n == 0:
        return None
    drawing = np.random.default_rng(seed)
    drawn = (figure(drawing.integers(n, size=n)) for _ in range(resamples))
    figures = [one for one in drawn if one is not None]
    if not figures:
        return None
    low, high = np.percentile(figures, _LEVEL)
    return Interval(float(low), float(high))


def paired_difference(
    first: NDArray[np.float64], second: NDArray[np.float64], *, seed: int = SEED
) -> Difference | None:
    """Mean of ``second - first`` over the same questions (n,), with its interval; None without questions.

    Raises:
        ValueError: the two do not hold the same number of questions.

    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} and {len(second)} questions cannot be paired")
    if len(first) == 0:
        return None
    gains = second - first
    means = _resampled_means(gains, seed)
    low, high = np.percentile(means, _LEVEL)
    tail = min(float(np.mean(means <= 0.0)), float(np.mean(means >= 0.0)))
    floor = 1.0 / RESAMPLES  # so many draws cannot show less
    return Difference(
        float(gains.mean()), Interval(float(low), float(high)), min(1.0, max(2.0 * tail, floor))
    )


def _resampled_means(values: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    drawing = np.random.default_rng(seed)
    n = len(values)
    means = np.empty(RESAMPLES)
    block = max(1, 2_000_000 // n)  # bounds the memory of one draw
    for start in range(0, RESAMPLES, block):
        stop = min(RESAMPLES, start + block)
        means[start:stop] = values[drawing.integers(n, size=(stop - start, n))].mean(axis=1)
    return means
