"""Figures that an evaluation must reach, for builds that stop when it does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yuanwen_index import UsageError

from .measures import is_lower_better, known_measures

__all__ = ["Demand", "falls_short", "parse_demands"]


@dataclass(frozen=True, slots=True)
class Demand:
    """A measure and the least figure that will do; the most, for measures of which less is better."""

    measure: str
    bound: float


def parse_demands(text: str) -> list[Demand]:
    """Read ``exact_match=0.5,recall@5=0.9``.

    Raises:
        UsageError: an unknown measure, or a bound that is no number.
    """
    demands = []
    for part in text.split(",") if text.strip() else []:
        measure, _, bound = (piece.strip() for piece in part.partition("="))
        if measure not in known_measures():
            raise UsageError(f'there is no measure "{measure}": choose {", ".join(known_measures())}')
        try:
            demands.append(Demand(measure, float(bound)))
        except ValueError as error:
            raise UsageError(f"{part.strip()}: write it as {measure}=0.5") from error
    return demands


def falls_short(record: Mapping[str, Any], demands: Sequence[Demand]) -> list[str]:
    """A sentence for each demand that the figures of ``record`` do not meet; a missing figure meets none."""
    found = []
    for demand in demands:
        outer, _, inner = demand.measure.partition(".")
        figure = record[outer][inner] if inner else record[outer]
        less = is_lower_better(demand.measure)
        if figure is None:
            found.append(f"{demand.measure} has no figure on this set, {demand.bound:g} was demanded")
        elif figure > demand.bound if less else figure < demand.bound:
            found.append(f"{demand.measure} is {figure:.4f}, {'over' if less else 'under'} {demand.bound:g}")
    return found
