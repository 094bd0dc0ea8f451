"""What visitors say about answers, kept on this machine, and as a question set for ``yuanwen eval``."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

__all__ = ["VERDICTS", "Feedback", "Verdict", "Word", "question_set"]

Word = Literal["right", "wrong", "unanswerable", "answerable", "rightly-none"]
VERDICTS: tuple[Word, ...] = get_args(Word)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One visitor's word on one reply; the place and texts are None where the reply was "not found"."""

    verdict: Word
    question: str
    source: str | None = None
    start: int | None = None
    end: int | None = None
    answer: str | None = None
    sentence: str | None = None


class Feedback:
    """Verdicts in a file of JSON lines, oldest first; every one is on disk before the visitor is thanked."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()

    def add(self, verdict: Verdict) -> None:
        """Append one verdict with the time (UTC)."""
        record = {"time": datetime.now(UTC).isoformat(timespec="seconds"), **asdict(verdict)}
        line = json.dumps(record, ensure_ascii=True) + "\n"
        with self._lock, self._file.open("a", encoding="ascii") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())

    def records(self) -> list[dict[str, Any]]:
        """All verdicts; a line that a crash cut short is passed over."""
        with self._lock:
            lines = self._file.read_text("ascii").splitlines() if self._file.exists() else []
        records = []
        for line in lines:
            try:
                records.append(json.loads(line))
            except ValueError:
                continue
        return records


def question_set(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The verdicts that say what a right reply is, as evaluation questions; of several the latest counts.

    A right answer becomes a gold answer with its sentence as evidence; "should not have been answered" and
    "rightly not found" become unanswerable questions. "Wrong" alone does not say what would be right.
    """
    latest = {record["question"]: record for record in records}
    return [
        _question(record, number)
        for number, record in enumerate(latest.values(), start=1)
        if record["verdict"] in ("right", "unanswerable", "rightly-none")
    ]


def _question(record: dict[str, Any], number: int) -> dict[str, Any]:
    right = record["verdict"] == "right"
    chinese = any("\u3400" <= char <= "\u9fff" for char in record["question"])
    return {
        "id": f"feedback-{number}",
        "question": record["question"],
        "lang": "zh" if chinese else "en",
        "type": "feedback",
        "answers": [record["answer"]] if right else [],
        "evidence": [{"file": record["source"], "quote": record["sentence"]}] if right else [],
        "answerable": right,
        "difficulty": "unknown",
    }
