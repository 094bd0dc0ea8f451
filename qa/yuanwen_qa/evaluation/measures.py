"""From outcomes to figures: what each measure counts for one question, and what is made of all of them.

A measure that is a mean gives every question a value, or None where it does not count; its figure is the mean
of the values. That is also what intervals are drawn from and what two systems are compared by.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..reading.calibration import area_under_roc, calibration_error, risk_area
from .intervals import Interval, bootstrap, mean_interval
from .outcomes import Outcome
from .ranking import discounted_gain, found_within, reciprocal_rank

__all__ = [
    "MEANS",
    "Figures",
    "figure_of",
    "figures_of",
    "group_figures",
    "is_lower_better",
    "judged",
    "known_measures",
    "values_of",
]

Value = Callable[[Outcome], float | None]


def _answers(value: Value) -> Value:
    """Count answerable questions that were put to a reader."""
    return lambda outcome: value(outcome) if outcome.answerable and outcome.read is not None else None


def _ranked(value: Callable[[int | None], float]) -> Value:
    return lambda outcome: value(outcome.rank) if outcome.answerable and outcome.searched else None


def _given(value: Value) -> Value:
    """Count answerable questions that were answered."""
    return lambda outcome: value(outcome) if outcome.answerable and outcome.answered else None


def _share(fact: bool | None) -> float | None:
    return None if fact is None else float(fact)


def _recalled(outcome: Outcome) -> float | None:
    if outcome.answered or outcome.prediction is None:
        return _share(outcome.answered and outcome.cites_article)
    return 0.0 if outcome.cites_article is not None else None


def _withheld(outcome: Outcome) -> float | None:
    return float(not outcome.answerable) if outcome.read is not None and not outcome.answered else None


def _unanswerable(outcome: Outcome) -> float | None:
    return float(not outcome.answered) if outcome.read is not None and not outcome.answerable else None


MEANS: Mapping[str, Value] = {
    "exact_match": _answers(lambda outcome: outcome.exact_match),
    "char_f1": _answers(lambda outcome: outcome.f1),
    "recall@1": _ranked(lambda rank: found_within(rank, 1)),
    "recall@3": _ranked(lambda rank: found_within(rank, 3)),
    "recall@5": _ranked(lambda rank: found_within(rank, 5)),
    "recall@10": _ranked(lambda rank: found_within(rank, 10)),
    "mrr@10": _ranked(lambda rank: reciprocal_rank(rank, 10)),
    "ndcg@10": _ranked(lambda rank: discounted_gain(rank, 10)),
    "answer_sentence": _answers(lambda outcome: float(outcome.answered and outcome.sentence_holds)),
    "citation_accuracy": _given(lambda outcome: _share(outcome.cites_article)),
    "citation.precision": _given(lambda outcome: _share(outcome.cites_evidence)),
    "citation.recall": _answers(_recalled),
    "abstention.precision": _withheld,
    "abstention.recall": _unanswerable,
}
CONFIDENCE_MEASURES: Mapping[str, Callable[[NDArray[np.float64], NDArray[np.float64]], float | None]] = {
    "auroc": area_under_roc,
    "aurc": risk_area,
    "ece": calibration_error,
}
LATENCIES: Mapping[str, float] = {"latency_ms.p50": 50.0, "latency_ms.p95": 95.0, "latency_ms.p99": 99.0}


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures by name, None where no question counts, with the intervals of those that have one.

    A name with a dot, ``citation.precision``, stands for a figure inside an object of the JSON.
    """

    n: int
    answerable: int
    values: Mapping[str, float | None]
    intervals: Mapping[str, Interval]

    def record(self) -> dict[str, Any]:
        """The figures as JSON, intervals as ``[low, high]``."""
        nested: dict[str, Any] = {"n": self.n, "answerable": self.answerable}
        for name, value in self.values.items():
            outer, _, inner = name.partition(".")
            if inner:
                nested.setdefault(outer, {})[inner] = value
            else:
                nested[name] = value
        nested["intervals"] = {name: [one.low, one.high] for name, one in self.intervals.items()}
        return nested


def known_measures() -> list[str]:
    """The names of all figures, as in ``exact_match`` or ``citation.recall``."""
    return [*MEANS, *CONFIDENCE_MEASURES, *LATENCIES]


def is_lower_better(measure: str) -> bool:
    """Whether a smaller figure is the better one."""
    return measure in {"aurc", "ece"} or measure in LATENCIES


def figure_of(outcomes: Sequence[Outcome], name: str) -> float | None:
    """One figure, None where no question counts."""
    if name in MEANS:
        counted = values_of(outcomes, name)
        known = counted[~np.isnan(counted)]
        return float(known.mean()) if len(known) else None
    if name in LATENCIES:
        times = _times(outcomes)
        return float(np.percentile(times, LATENCIES[name])) if len(times) else None
    return CONFIDENCE_MEASURES[name](*_judged_for(outcomes, name))


def figures_of(outcomes: Sequence[Outcome], *, seed: int) -> Figures:
    """Every figure of a group of outcomes, with its interval."""
    intervals = _mean_intervals(outcomes, seed)
    for name in CONFIDENCE_MEASURES:
        intervals[name] = _confidence_interval(outcomes, name, seed)
    times = _times(outcomes)
    for name, percent in LATENCIES.items():
        intervals[name] = bootstrap(len(times), _percentile(times, percent), seed=seed)
    return _figures(outcomes, intervals)


def group_figures(outcomes: Sequence[Outcome], *, seed: int) -> Figures:
    """Every figure of a group of outcomes, with the intervals of those that are means.

    The others' intervals take long to draw and say little about the few questions of a group.
    """
    return _figures(outcomes, _mean_intervals(outcomes, seed))


def values_of(outcomes: Sequence[Outcome], name: str) -> NDArray[np.float64]:
    """The value of each outcome for a measure of ``MEANS`` (n,), NaN where it does not count."""
    value = MEANS[name]
    found = (value(outcome) for outcome in outcomes)
    return np.array([np.nan if one is None else one for one in found], np.float64)


def judged(outcomes: Sequence[Outcome]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Confidence (n,) and whether the best candidate is right (n,), for the questions that were read.

    Right is an exact match; a candidate for an unanswerable question never is.
    """
    rows = [(one.confidence, one.candidate_exact_match or 0.0) for one in outcomes if one.read is not None]
    confidence, right = np.array(rows, np.float64).reshape(-1, 2).T
    return confidence, right


def _figures(outcomes: Sequence[Outcome], intervals: Mapping[str, Interval | None]) -> Figures:
    return Figures(
        len(outcomes),
        sum(outcome.answerable for outcome in outcomes),
        {name: figure_of(outcomes, name) for name in known_measures()},
        {name: one for name, one in intervals.items() if one is not None},
    )


def _mean_intervals(outcomes: Sequence[Outcome], seed: int) -> dict[str, Interval | None]:
    intervals = {}
    for name in MEANS:
        counted = values_of(outcomes, name)
        intervals[name] = mean_interval(counted[~np.isnan(counted)], seed=seed)
    return intervals


def _confidence_interval(outcomes: Sequence[Outcome], name: str, seed: int) -> Interval | None:
    figure = CONFIDENCE_MEASURES[name]
    confidence, right = _judged_for(outcomes, name)
    if figure(confidence, right) is None:
        return None
    return bootstrap(len(right), lambda drawn: figure(confidence[drawn], right[drawn]), seed=seed)


def _judged_for(outcomes: Sequence[Outcome], name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    confidence, right = judged(outcomes)
    if name == "auroc":  # answerable against unanswerable, whatever the answer
        right = np.array([float(one.answerable) for one in outcomes if one.read is not None])
    return confidence, right


def _times(outcomes: Sequence[Outcome]) -> NDArray[np.float64]:
    return np.array([one.latency_ms for one in outcomes if one.latency_ms is not None])


def _percentile(times: NDArray[np.float64], percent: float) -> Callable[[NDArray[np.int64]], float]:
    return lambda drawn: float(np.percentile(times[drawn], percent))
