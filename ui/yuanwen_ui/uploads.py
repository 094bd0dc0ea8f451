"""Documents that visitors add to the index and take out again.

They are kept in a folder of their own beside the files that the index was made from, and the index is made to
mirror both. A new generation is published in one step, so others keep asking meanwhile.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from yuanwen_index import Retriever, UsageError, YuanwenError, build_index

__all__ = ["LARGEST_DOCUMENT", "SUFFIXES", "Uploads"]

LARGEST_DOCUMENT = 20 * 1024 * 1024
MOST_DOCUMENTS = 500
LONGEST_NAME = 120
SUFFIXES = (".txt", ".md", ".html", ".htm", ".docx", ".pdf")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the index has come; ``problems`` are the files that could not be added, with the reason."""

    state: Literal["idle", "working", "failed"] = "idle"
    done: int = 0
    total: int = 0
    problems: tuple[tuple[str, str], ...] = ()


class Uploads:
    """The folder of added documents, and the index that mirrors it together with ``paths``."""

    def __init__(self, folder: Path, paths: Sequence[Path], index: Path, retriever: Retriever) -> None:
        self.progress = Progress()
        self._folder = folder
        self._paths = list(paths)
        self._index = index
        self._retriever = retriever
        self._lock = threading.Lock()
        self._wanted = threading.Event()
        folder.mkdir(parents=True, exist_ok=True)

    def names(self) -> list[str]:
        """The documents added so far."""
        return sorted(file.name for file in self._folder.iterdir() if not file.name.startswith("."))

    def check(self, name: str) -> None:
        """Raise UsageError, its message a phrase key, unless a document may be added under ``name``."""
        if not name.isprintable() or name.startswith(".") or "/" in name or "\\" in name:
            raise UsageError("add.name")
        if len(name) > LONGEST_NAME:
            raise UsageError("add.name")
        if Path(name).suffix.lower() not in SUFFIXES:
            raise UsageError("add.kind")
        names = self.names()
        taken = {Path(document.source).name for document in self._retriever.documents} - set(names)
        if name in taken:
            raise UsageError("add.taken")
        if name not in names and len(names) >= MOST_DOCUMENTS:
            raise UsageError("add.many")

    async def receive(self, name: str, data: AsyncIterator[bytes]) -> None:
        """Write the bytes of a document to disk as they come in, whole or not at all.

        Raises:
            UsageError: there are more than ``LARGEST_DOCUMENT`` of them, or none.

        """
        arriving = self._folder / f".arriving-{threading.get_ident()}-{id(data)}"
        size = 0
        try:
            with arriving.open("xb") as file:
                async for part in data:
                    size += len(part)
                    if size > LARGEST_DOCUMENT:
                        raise UsageError("add.large")
                    file.write(part)
            if not size:
                raise UsageError("add.empty")
            arriving.replace(self._folder / name)
        finally:
            arriving.unlink(missing_ok=True)

    def remove(self, name: str) -> None:
        """Take a document out; UsageError when it was not added here."""
        if name not in self.names():
            raise UsageError("add.unknown")
        (self._folder / name).unlink(missing_ok=True)

    def refresh(self) -> None:
        """Bring the index up to date in the background; changes that come meanwhile get their turn."""
        self._wanted.set()
        self.progress = Progress("working")
        threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        with self._lock:
            if not self._wanted.is_set():
                return
            self._wanted.clear()
            self.progress = Progress("working")
            try:
                self.progress = self._mirror()
            except YuanwenError as error:
                self.progress = Progress("failed", problems=(("", str(error)),))
            except Exception as error:
                logging.getLogger(__name__).exception("the index could not be brought up to date")
                self.progress = Progress("failed", problems=(("", type(error).__name__),))

    def _mirror(self) -> Progress:
        report = build_index(
            [*self._paths, self._folder],
            self._index,
            encoder=self._retriever.encoder,
            progress=self._tell,
        )
        self._retriever.reload()
        names = self.names()
        problems = tuple((skip.source, skip.reason) for skip in report.skipped if skip.source in names)
        for name, _ in problems:
            (self._folder / name).unlink(missing_ok=True)
        return Progress(problems=problems)

    def _tell(self, _stage: str, done: int, total: int) -> None:
        self.progress = replace(self.progress, done=done, total=total)

    def record(self) -> dict[str, Any]:
        """What the page shows of it all."""
        progress = self.progress
        return {
            "names": self.names(),
            "largest": LARGEST_DOCUMENT,
            "suffixes": list(SUFFIXES),
            "state": progress.state,
            "done": progress.done,
            "total": progress.total,
            "problems": [{"file": name, "reason": reason} for name, reason in progress.problems],
        }
