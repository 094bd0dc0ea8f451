"""Whether a confidence means what it says, and how well it tells right from wrong.

All functions take one value a question: ``confidence`` (n,) in 0 to 1 and ``right`` (n,) of 0 and 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Bin", "area_under_roc", "calibration_bins", "calibration_error", "risk_area", "risk_coverage"]

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions with confidence in one tenth: how many, their mean confidence, the share that is right."""

    count: int
    confidence: float
    accuracy: float


def calibration_bins(confidence: NDArray[np.float64], right: NDArray[np.float64]) -> list[Bin]:
    """The non-empty ones of ten bins of equal width; a confidence of 1 falls into the last."""
    places = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return [
        Bin(int(inside.sum()), float(confidence[inside].mean()), float(right[inside].mean()))
        for place in range(BINS)
        if (inside := places == place).any()
    ]


def calibration_error(confidence: NDArray[np.float64], right: NDArray[np.float64]) -> float | None:
    """Expected calibration error: the bins' gaps between confidence and accuracy, weighed by count."""
    if len(confidence) == 0:
        return None
    bins = calibration_bins(confidence, right)
    return sum(one.count * abs(one.confidence - one.accuracy) for one in bins) / len(confidence)


def area_under_roc(confidence: NDArray[np.float64], positive: NDArray[np.float64]) -> float | None:
    """Probability that a positive question has more confidence than a negative one, ties counted half.

    None when all questions are of one kind.
    """
    wanted, rest = confidence[positive > 0], confidence[positive == 0]
    if len(wanted) == 0 or len(rest) == 0:
        return None
    ordered = np.sort(rest)
    below = np.searchsorted(ordered, wanted, "left")
    not_above = np.searchsorted(ordered, wanted, "right")
    return float((below + not_above).mean() / 2.0 / len(rest))


def risk_coverage(confidence: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of wrong answers among the i surest questions, for i from 1 to n: (n,).

    Questions of equal confidence share their errors evenly, so the curve does not depend on their order.
    """
    order = np.argsort(-confidence, kind="stable")
    _, group = np.unique(-confidence[order], return_inverse=True)
    wrong = 1.0 - right[order]
    sizes = np.bincount(group)
    shared = (np.bincount(group, weights=wrong) / np.maximum(sizes, 1))[group]
    curve: NDArray[np.float64] = np.cumsum(shared) / np.arange(1, len(shared) + 1)
    return curve


def risk_area(confidence: NDArray[np.float64], right: NDArray[np.float64]) -> float | None:
    """Area under the risk-coverage curve: the mean of :func:`risk_coverage`, lower is better."""
    if len(confidence) == 0:
        return None
    return float(risk_coverage(confidence, right).mean())
