"""Two or more evaluations of the same questions: which is better, by how much, and on which questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from yuanwen_index import UsageError

from .intervals import SEED, Difference, paired_difference
from .measures import MEANS, values_of
from .outcomes import Outcome
from .results import Results

__all__ = ["Change", "Comparison", "Pair", "compare_results", "differing_settings", "statement"]


@dataclass(frozen=True, slots=True)
class Change:
    """One measure in two evaluations: both figures over the questions that count in both."""

    measure: str
    first: float
    second: float
    n: int
    difference: Difference


@dataclass(frozen=True, slots=True)
class Pair:
    """A later evaluation against the first.

    ``won`` and ``lost`` are the questions whose score the later one raised or lowered, widest first: by F1
    where both answer, else by the rank of the evidence.
    """

    name: str
    changes: tuple[Change, ...]
    won: tuple[tuple[Outcome, Outcome], ...]
    lost: tuple[tuple[Outcome, Outcome], ...]

    @property
    def better(self) -> list[Change]:
        """The measures in which the later evaluation is significantly better."""
        return [one for one in self.changes if one.difference.significant and one.difference.mean > 0]

    @property
    def worse(self) -> list[Change]:
        """The measures in which the later evaluation is significantly worse."""
        return [one for one in self.changes if one.difference.significant and one.difference.mean < 0]

    def change(self, measure: str) -> Change | None:
        """The change of one measure, None where no question counts."""
        return next((change for change in self.changes if change.measure == measure), None)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Evaluations by name, the first being the one that the others are compared with.

    ``questions`` have an outcome in all of them; ``left_out`` counts those that have not.
    """

    names: tuple[str, ...]
    settings: tuple[Mapping[str, Any], ...]
    questions: int
    left_out: int
    pairs: tuple[Pair, ...]

    def worse(self, measures: Sequence[str]) -> list[str]:
        """A sentence for each of the measures in which a later evaluation is significantly worse."""
        found: list[str] = []
        for pair in self.pairs:
            found += [
                f"{pair.name} is worse than {self.names[0]}: {statement(change)}"
                for change in pair.worse
                if change.measure in measures
            ]
        return found

    def record(self) -> dict[str, Any]:
        """The comparison as JSON values; questions by id."""
        return {
            "names": list(self.names),
            "settings": [dict(one) for one in self.settings],
            "questions": self.questions,
            "left_out": self.left_out,
            "pairs": [_pair_record(pair) for pair in self.pairs],
        }


def compare_results(named: Sequence[tuple[str, Results]], *, seed: int = SEED) -> Comparison:
    """Compare evaluations of the same questions, matched by id; what not all of them have is left out.

    Raises:
        UsageError: fewer than two, no question in common, or an id that stands for different questions.
    """
    if len(named) < 2:
        raise UsageError("a comparison needs at least two evaluations")
    by_id = [{outcome.id: outcome for outcome in results.outcomes} for _, results in named]
    common = [key for key in by_id[0] if all(key in others for others in by_id[1:])]
    if not common:
        raise UsageError("the evaluations have no question in common")
    for key in common:
        if len({others[key].question for others in by_id}) > 1:
            raise UsageError(f'the id "{key}" stands for different questions in these evaluations')
    rows = [[outcomes[key] for key in common] for outcomes in by_id]
    everything = {key for outcomes in by_id for key in outcomes}
    return Comparison(
        tuple(name for name, _ in named),
        tuple(results.settings for _, results in named),
        len(common),
        len(everything) - len(common),
        tuple(_pair(name, rows[0], row, seed) for (name, _), row in zip(named[1:], rows[1:], strict=True)),
    )


def differing_settings(comparison: Comparison) -> list[str]:
    """The settings in which the evaluations differ, for a table of what was compared."""
    names = sorted({name for one in comparison.settings for name in one})
    return [name for name in names if len({repr(one.get(name)) for one in comparison.settings}) > 1]


def statement(change: Change) -> str:
    """One sentence: by how much a measure changed, with its interval, and whether that may be chance."""
    difference, interval = change.difference, change.difference.interval
    figures = f"{change.measure} {change.first:.3f} -> {change.second:.3f}"
    span = f"{difference.mean:+.3f} (95 % {interval.low:+.3f} to {interval.high:+.3f}, n={change.n})"
    if difference.mean == 0.0 and interval.low == interval.high == 0.0:
        return f"{figures}, the same on every question"
    if difference.significant:
        return f"{figures}, {span}, significant (p = {_probability(difference.p)})"
    return f"{figures}, {span}, not significant (p = {_probability(difference.p)})"


def _probability(p: float) -> str:
    return "0.001 or less" if p <= 0.001 else f"{p:.3f}"


def _pair(name: str, first: list[Outcome], second: list[Outcome], seed: int) -> Pair:
    changes = []
    for measure in MEANS:
        before, after = values_of(first, measure), values_of(second, measure)
        both = ~(np.isnan(before) | np.isnan(after))
        difference = paired_difference(before[both], after[both], seed=seed)
        if difference is not None:
            changes.append(
                Change(
                    measure,
                    float(before[both].mean()),
                    float(after[both].mean()),
                    int(both.sum()),
                    difference,
                )
            )
    gains = [(_gain(one, other), place) for place, (one, other) in enumerate(zip(first, second, strict=True))]
    won = sorted((-gain, place) for gain, place in gains if gain > 0)
    lost = sorted((gain, place) for gain, place in gains if gain < 0)
    return Pair(
        name,
        tuple(changes),
        tuple((first[place], second[place]) for _, place in won),
        tuple((first[place], second[place]) for _, place in lost),
    )


def _gain(first: Outcome, second: Outcome) -> float:
    if first.f1 is not None and second.f1 is not None:
        return (second.exact_match or 0.0) + second.f1 - (first.exact_match or 0.0) - first.f1
    return _reciprocal(second.rank) - _reciprocal(first.rank)


def _reciprocal(rank: int | None) -> float:
    return 1.0 / rank if rank else 0.0


def _pair_record(pair: Pair) -> dict[str, Any]:
    return {
        "name": pair.name,
        "changes": {
            change.measure: {
                "first": change.first,
                "second": change.second,
                "n": change.n,
                "difference": change.difference.mean,
                "interval": [change.difference.interval.low, change.difference.interval.high],
                "p": change.difference.p,
                "significant": change.difference.significant,
            }
            for change in pair.changes
        },
        "won": [_turn(*turn) for turn in pair.won],
        "lost": [_turn(*turn) for turn in pair.lost],
    }


def _turn(first: Outcome, second: Outcome) -> dict[str, Any]:
    return {
        "id": first.id,
        "question": first.question,
        "answers": first.answers,
        "first": _said(first),
        "second": _said(second),
    }


def _said(outcome: Outcome) -> dict[str, Any]:
    return {
        "prediction": outcome.prediction,
        "answered": outcome.answered,
        "exact_match": outcome.exact_match,
        "f1": outcome.f1,
        "rank": outcome.rank,
    }
