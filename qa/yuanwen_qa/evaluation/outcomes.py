"""What came of asking one question: what was said, what was found, and what is right about it.

An :class:`Outcome` keeps facts only; whether it counts as right follows from them and from ``answered``, so
that another threshold can be tried without asking again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from yuanwen_index import UsageError

__all__ = ["Outcome"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question with what was said to it.

    ``start`` and ``end`` are offsets in the cited file, ``marked`` those in ``passage``. ``candidate_*``
    judge the best candidate, withheld or not; None without accepted answers or without an answer step.
    ``sentence_holds``: the candidate's sentence holds an accepted answer. ``cites_article`` and
    ``cites_evidence``: it stands in the evidence's article, in its quotes. ``read_evidence``: its passage
    holds evidence.
    ``rank`` is the 1-based place of the first passage found that holds evidence, ``read`` how many were read
    (None: nothing reads here); ``searched`` is False where the passage was given. ``latency_ms`` is the time
    of search and answer together, None where other questions were asked at the same time.
    """

    id: str
    question: str
    lang: str
    type: str
    difficulty: str
    answerable: bool
    answers: list[str]
    evidence: list[dict[str, str]]
    rules: str
    prediction: str | None
    confidence: float
    answered: bool
    source: str | None
    title: str | None
    start: int | None
    end: int | None
    passage: str | None
    marked: list[int] | None
    candidate_exact_match: float | None
    candidate_f1: float | None
    sentence_holds: bool
    cites_article: bool | None
    cites_evidence: bool | None
    read_evidence: bool | None
    evidence_indexed: bool | None
    answer_indexed: bool | None
    rank: int | None
    searched: bool
    read: int | None
    latency_ms: float | None

    @property
    def exact_match(self) -> float | None:
        """1 for an accepted answer that was given, and for an unanswerable question left unanswered."""
        return self._counted(self.candidate_exact_match)

    @property
    def f1(self) -> float | None:
        """F1 of the answer given; as :attr:`exact_match` for an unanswerable question."""
        return self._counted(self.candidate_f1)

    def _counted(self, score: float | None) -> float | None:
        if self.read is None:
            return None
        if not self.answerable:
            return float(not self.answered)
        return score or 0.0 if self.answered else 0.0

    def record(self) -> dict[str, Any]:
        """The outcome as JSON values, with the scores that follow from its facts."""
        facts = {field.name: getattr(self, field.name) for field in fields(self)}
        return {**facts, "exact_match": self.exact_match, "f1": self.f1}

    @classmethod
    def from_record(cls, record: Mapping[str, Any], at: str) -> Outcome:
        """Read what :meth:`record` wrote.

        Raises:
            UsageError: a fact is missing or of the wrong kind; ``at`` says where.
        """
        facts = {}
        for field in fields(cls):
            if field.name not in record or not _fits(record[field.name], str(field.type)):
                raise UsageError(f'{at}, key "{field.name}": missing or not {field.type}; evaluate again')
            facts[field.name] = record[field.name]
        return cls(**facts)


def _fits(value: object, kind: str) -> bool:
    """Whether a JSON value is of the kind that an annotation names."""
    kinds: dict[str, type | tuple[type, ...]] = {
        "str": str,
        "bool": bool,
        "int": int,
        "float": (int, float),
        "list[str]": list,
        "list[int]": list,
        "list[dict[str, str]]": list,
        "None": type(None),
    }
    if isinstance(value, bool) and "bool" not in kind:
        return False
    if not any(isinstance(value, kinds[one]) for one in kind.split(" | ")):
        return False
    if not isinstance(value, list):
        return True
    item: tuple[type, ...] = (str,) if "list[str]" in kind else (int,) if "list[int]" in kind else (dict,)
    return all(isinstance(one, item) for one in value)
