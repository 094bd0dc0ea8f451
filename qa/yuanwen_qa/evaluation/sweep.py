"""Trying settings: every combination of a grid on one set, and the best by a chosen measure.

A set that settings were chosen on is no longer a test set: its figures are too good for the chosen setting.
With a tuning part, the setting is chosen on that part and the figures come from the rest.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from yuanwen_index import UsageError

from .measurement import Measurement, Setting
from .measures import figure_of, is_lower_better, known_measures
from .outcomes import Outcome
from .results import Results

__all__ = ["Sweep", "Trial", "grid_of", "split", "sweep_settings", "with_threshold"]

MOST_SETTINGS = 500


@dataclass(frozen=True, slots=True)
class Trial:
    """One setting, the results with it, and its figure by the chosen measure on the tuning part."""

    setting: Setting
    results: Results
    figure: float | None


@dataclass(frozen=True, slots=True)
class Sweep:
    """All trials in the grid's order, the best of them, and its results.

    These are of the part that was not tuned on, or of all questions where ``held_out`` is False.
    """

    measure: str
    trials: tuple[Trial, ...]
    best: Trial
    results: Results
    held_out: bool

    def record(self) -> dict[str, Any]:
        """The trials as JSON values, in the grid's order."""
        return {
            "measure": self.measure,
            "held_out": self.held_out,
            "best": _setting_record(self.best.setting),
            "trials": [{**_setting_record(one.setting), self.measure: one.figure} for one in self.trials],
        }


def grid_of(texts: Sequence[str], base: Setting) -> list[Setting]:
    """Settings for every combination of ``NAME=VALUE,VALUE...``; names are k, threshold and mode.

    Raises:
        UsageError: an unknown name, a value that is none, or more than 500 combinations.
    """
    choices: dict[str, list[Any]] = {}
    for text in texts:
        name, equals, values = text.partition("=")
        field, read = _field(name.strip())
        if not equals or not values.strip() or field in choices:
            raise UsageError(f"--set {text}: write it once as {name}=VALUE,VALUE,...")
        choices[field] = [_value(text, value.strip(), read) for value in values.split(",")]
    combinations = list(itertools.product(*choices.values()))
    if len(combinations) > MOST_SETTINGS:
        raise UsageError(f"{len(combinations)} combinations of settings; at most {MOST_SETTINGS} are tried")
    return [replace(base, **dict(zip(choices, values, strict=True))) for values in combinations]


def sweep_settings(
    measurement: Measurement,
    settings: Sequence[Setting],
    *,
    measure: str = "char_f1",
    tune: float | None = None,
    run: Callable[[Setting], Results] | None = None,
) -> Sweep:
    """Try every setting; questions are asked once for all settings that differ in the threshold alone.

    ``tune`` is the share (0 to 1) of the questions to choose on; the rest is reported. ``run`` replaces
    ``measurement.run``, for instance to show progress.

    Raises:
        UsageError: an unknown measure, or a share that leaves no questions on one side.
    """
    check_measure(measure)
    run = run or measurement.run
    asked: dict[Setting, Results] = {}
    trials = []
    chosen = split(measurement.questions.gold.questions, tune) if tune is not None else None
    for setting in settings:
        base = replace(setting, threshold=settings[0].threshold)
        if base not in asked:
            asked[base] = run(base)
        results = asked[base] if setting == base else with_threshold(asked[base], setting.threshold)
        counted = [one for one in results.outcomes if chosen is None or one.id in chosen]
        trials.append(Trial(setting, results, figure_of(counted, measure)))
    known = [trial for trial in trials if trial.figure is not None]
    if not known:
        raise UsageError(f"no setting has a figure for {measure} on this set")
    sign = -1.0 if is_lower_better(measure) else 1.0
    best = max(known, key=lambda trial: sign * (trial.figure or 0.0))
    rest = tuple(one for one in best.results.outcomes if chosen is None or one.id not in chosen)
    return Sweep(measure, tuple(trials), best, replace(best.results, outcomes=rest), chosen is not None)


def split(questions: Sequence[Any], share: float) -> frozenset[str]:
    """Ids of the share of questions to tune on: the same ones every time, whatever their order.

    Raises:
        UsageError: nothing would be left to tune on or to report on.
    """
    if not 0.0 < share < 1.0:
        raise UsageError(f"the share to tune on must lie between 0 and 1, not {share}")
    ids = sorted((question.id for question in questions), key=_hashed)
    count = round(share * len(ids))
    if not 0 < count < len(ids):
        raise UsageError(
            f"{len(ids)} questions cannot be divided at {share}; use a larger set or another share"
        )
    return frozenset(ids[:count])


def with_threshold(results: Results, threshold: float | None) -> Results:
    """What the results would be had answers been given from ``threshold`` on."""
    if threshold is None:
        raise UsageError("a threshold between 0 and 1 is needed")
    outcomes = tuple(_answered_from(one, threshold) for one in results.outcomes)
    return Results(results.name, {**results.settings, "threshold": threshold}, outcomes)


def check_measure(measure: str) -> None:
    """Raise UsageError unless there is a measure of this name."""
    names = known_measures()
    if measure not in names:
        raise UsageError(f'there is no measure "{measure}": choose {", ".join(names)}')


def _answered_from(outcome: Outcome, threshold: float) -> Outcome:
    return replace(outcome, answered=outcome.prediction is not None and outcome.confidence >= threshold)


def _field(name: str) -> tuple[str, Callable[[str], Any]]:
    fields: Mapping[str, tuple[str, Callable[[str], Any]]] = {
        "k": ("depth", int),
        "depth": ("depth", int),
        "threshold": ("threshold", float),
        "mode": ("mode", str),
    }
    if name not in fields:
        raise UsageError(f"--set {name}: choose k (passages read), threshold or mode")
    return fields[name]


def _value(text: str, value: str, read: Callable[[str], Any]) -> Any:
    try:
        return read(value)
    except ValueError as error:
        raise UsageError(f'--set {text}: "{value}" is not a number') from error


def _setting_record(setting: Setting) -> dict[str, Any]:
    return {"mode": setting.mode, "k": setting.depth, "threshold": setting.threshold}


def _hashed(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()
