"""The results of an evaluation: outcomes and what is computed from them, in memory and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yuanwen_index import UsageError

from .causes import cause_of, count_causes
from .intervals import SEED
from .measures import figures_of, group_figures
from .outcomes import Outcome

__all__ = ["BREAKDOWNS", "FORMAT", "Results", "group", "read_results"]

FORMAT = 1
MOST_GROUPS = 40
LARGEST_RESULTS = 512 * 1024 * 1024
BREAKDOWNS: Mapping[str, Callable[[Outcome], str]] = {
    "lang": lambda outcome: outcome.lang,
    "type": lambda outcome: outcome.type,
    "difficulty": lambda outcome: outcome.difficulty,
    "source": lambda outcome: outcome.evidence[0]["source"] if outcome.evidence else "",
}


@dataclass(frozen=True, slots=True)
class Results:
    """What came of asking a set: its name, the settings (JSON values), the outcomes in the set's order."""

    name: str
    settings: Mapping[str, Any]
    outcomes: tuple[Outcome, ...]

    def record(self, *, seed: int = SEED) -> dict[str, Any]:
        """Everything as JSON values; fractions of 1, times in milliseconds."""
        return {
            "format": FORMAT,
            "set": self.name,
            "settings": dict(self.settings),
            **figures_of(self.outcomes, seed=seed).record(),
            "causes": count_causes(self.outcomes),
            "by": {name: self._by(name, seed) for name in BREAKDOWNS if group(self.outcomes, name)},
            "questions": [{**one.record(), "cause": cause_of(one)} for one in self.outcomes],
        }

    def _by(self, name: str, seed: int) -> dict[str, Any]:
        return {
            key: {**group_figures(members, seed=seed).record(), "causes": count_causes(members)}
            for key, members in group(self.outcomes, name).items()
        }


def group(outcomes: Sequence[Outcome], name: str) -> dict[str, list[Outcome]]:
    """Outcomes by language, type, difficulty or source, in the order in which these first occur.

    Nothing where the set does not tell it, or where the groups would be too many to look at.
    """
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(BREAKDOWNS[name](outcome), []).append(outcome)
    if set(groups) == {""} or len(groups) > MOST_GROUPS:
        return {}
    return groups


def read_results(path: Path | str) -> Results:
    """Read results that were written as JSON.

    Raises:
        UsageError: the file cannot be read or does not hold results.
    """
    path = Path(path)
    try:
        if path.stat().st_size > LARGEST_RESULTS:
            raise UsageError(f"{path} is larger than {LARGEST_RESULTS // 2**20} MiB")
        record = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: not the JSON of an evaluation: {error}") from error
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise UsageError(
            f"{path}: not the JSON of an evaluation, as yuanwen eval QUESTIONS --out FILE.json makes it"
        )
    questions, settings = record.get("questions"), record.get("settings")
    if not isinstance(questions, list) or not isinstance(settings, dict):
        raise UsageError(f"{path}: questions or settings are missing; evaluate again")
    outcomes = []
    for number, one in enumerate(questions, 1):
        if not isinstance(one, dict):
            raise UsageError(f"{path}: question {number}: expected an object")
        outcomes.append(Outcome.from_record(one, f"{path}: question {number}"))
    return Results(str(record.get("set", path.stem)), settings, tuple(outcomes))
