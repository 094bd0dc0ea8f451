"""Finished questions of an evaluation, kept on disk so that an interrupted one goes on where it stopped."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from yuanwen_index import UsageError

from .outcomes import Outcome

__all__ = ["Journal", "journal_folder"]


class Journal:
    """One line a finished question, in a file named after ``settings``.

    Equal settings (the set's and the index's content among them) find the same file again. When the work is
    complete, :meth:`discard` removes it; so does closing it with nothing finished.
    """

    def __init__(self, folder: Path, settings: Mapping[str, Any]) -> None:
        key = hashlib.sha256(json.dumps(settings, sort_keys=True).encode("utf-8", "replace")).hexdigest()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._path = folder / f"{key[:32]}.jsonl"
            self.finished = _read(self._path)
            self._file: TextIO = self._path.open("a", encoding="utf-8")
            self._file.write("\n")  # the last line may have been cut off in writing
        except OSError as error:
            raise UsageError(f"cannot keep finished questions in {folder}: {error.strerror}") from error

    def add(self, outcome: Outcome) -> None:
        """Keep an outcome."""
        self.finished[outcome.id] = outcome
        self._file.write(json.dumps(outcome.record(), ensure_ascii=False) + "\n")
        self._file.flush()

    def discard(self) -> None:
        """Forget everything: the work is complete."""
        self._file.close()
        self._path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        if not self.finished:
            self._path.unlink(missing_ok=True)


def journal_folder() -> Path:
    """Where journals are kept: the user's cache folder."""
    home = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or str(Path.home() / ".cache")
    return Path(home) / "yuanwen" / "evaluations"


def _read(path: Path) -> dict[str, Outcome]:
    if not path.exists():
        return {}
    outcomes = {}
    for line in path.read_text("utf-8", "replace").split("\n"):
        try:
            outcome = Outcome.from_record(json.loads(line), "journal")
        except (ValueError, UsageError):  # the line that was being written when it stopped
            continue
        outcomes[outcome.id] = outcome
    return outcomes
