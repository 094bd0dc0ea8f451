"""Documents that visitors add to the index and take out again.

They are kept in a folder of their own, and the index takes them up beside what it was made from. A new
generation is published in one step, so others keep asking meanwhile.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from yuanwen_index import (
    Document,
    DocumentUnreadable,
    IndexLocked,
    MissingExtra,
    Retriever,
    UsageError,
    add_documents,
    delete_documents,
    read_document,
    update_documents,
)

from .reasons import reason_key

__all__ = ["LARGEST_DOCUMENT", "SUFFIXES", "Uploads"]

LARGEST_DOCUMENT = 20 * 1024 * 1024
MOST_DOCUMENTS = 500
LONGEST_NAME = 120
Kind = Literal["add", "remove"]
SUFFIXES = (".txt", ".md", ".html", ".htm", ".docx", ".pdf")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the index has come; ``problems`` are the files that could not be added, with the reason's phrase key.

    A problem without a file is one of the index.
    """

    state: Literal["idle", "working", "failed"] = "idle"
    done: int = 0
    total: int = 0
    problems: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of one document; a later change of the same kind is another one."""

    kind: Kind


class Uploads:
    """The folder of added documents, and the index that takes them up.

    What was added earlier and is not in the index (it was made anew since) is put into it again.
    Raises UsageError where ``folder`` cannot be written.
    """

    def __init__(self, folder: Path, index: str | Path, retriever: Retriever) -> None:
        self.progress = Progress()
        self._folder = folder
        self._index = index
        self._retriever = retriever
        self._sources: tuple[int, frozenset[str]] = (-1, frozenset())
        self._lock = threading.Lock()
        self._waiting: dict[str, Change] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"cannot keep added documents in {folder}: {error.strerror}") from error
        missing = set(self.names()) - self._indexed()
        if missing:
            self._change("add", *missing)

    def _indexed(self) -> frozenset[str]:
        """The sources of all documents in the index."""
        generation = self._retriever.generation
        if self._sources[0] != generation:
            self._sources = generation, frozenset(document.source for document in self._retriever.documents)
        return self._sources[1]

    def names(self) -> list[str]:
        """The documents added so far, without those that are on their way out."""
        kept = {file.name for file in self._folder.iterdir() if not file.name.startswith(".")}
        return sorted(
            kept - {name for name, change in dict(self._waiting).items() if change.kind == "remove"}
        )

    def check(self, name: str) -> None:
        """Raise UsageError, its message a phrase key, unless a document may be added under ``name``."""
        if not name.isprintable() or name.startswith(".") or "/" in name or "\\" in name:
            raise UsageError("add.name")
        if len(name) > LONGEST_NAME:
            raise UsageError("add.name")
        if Path(name).suffix.lower() not in SUFFIXES:
            raise UsageError("add.kind")
        names = self.names()
        if name not in names and name in {Path(source).name for source in self._indexed()}:
            raise UsageError("add.taken")
        if name not in names and len(names) >= MOST_DOCUMENTS:
            raise UsageError("add.many")

    async def receive(self, name: str, data: AsyncIterator[bytes]) -> None:
        """Write the bytes of a document to disk as they come in, whole or not at all, and then index it.

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
        self._change("add", name)

    def remove(self, name: str) -> None:
        """Take a document out; UsageError when it was not added here."""
        if name not in self.names():
            raise UsageError("add.unknown")
        self._change("remove", name)

    def _change(self, kind: Kind, *names: str) -> None:
        """Bring the index up to date in the background; changes that come meanwhile get their turn."""
        for name in names:
            self._waiting[name] = Change(kind)
        self.progress = Progress("working")
        threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        with self._lock:
            changes = dict(self._waiting)
            if not changes:
                return
            self.progress = Progress("working")
            try:
                problems = self._publish(
                    sorted(name for name, change in changes.items() if change.kind == "add"),
                    sorted(name for name, change in changes.items() if change.kind == "remove"),
                )
            except IndexLocked:
                self.progress = Progress("failed", problems=(("", "add.locked"),))
            except Exception:  # visitors get a sentence and whoever runs the server the traceback
                logging.getLogger(__name__).exception("the index could not be brought up to date")
                self.progress = Progress("failed", problems=(("", "add.failed"),))
            else:
                for name, change in changes.items():
                    if self._waiting.get(name) is change:
                        del self._waiting[name]
                self.progress = Progress("working" if self._waiting else "idle", problems=tuple(problems))

    def _publish(self, arrived: Sequence[str], leaving: Sequence[str]) -> list[tuple[str, str]]:
        """Index what arrived, forget what leaves; the names and reasons of what could not be read."""
        documents, problems = self._read(arrived)
        encoder, known = self._retriever.encoder, self._indexed()
        gone = known.intersection(leaving)
        new = [document for document in documents if document.source not in known]
        changed = [document for document in documents if document.source in known]
        if gone:
            delete_documents(gone, self._index, encoder=encoder, progress=self._tell)
        if changed:
            update_documents(changed, self._index, encoder=encoder, progress=self._tell)
        if new:
            add_documents(new, self._index, encoder=encoder, progress=self._tell)
        self._retriever.reload()
        for name in (*leaving, *(name for name, _ in problems)):
            (self._folder / name).unlink(missing_ok=True)
        return problems

    def _read(self, names: Sequence[str]) -> tuple[list[Document], list[tuple[str, str]]]:
        documents, problems = [], []
        for name in names:
            try:
                document = read_document(self._folder / name, name)
            except (DocumentUnreadable, MissingExtra) as error:
                problems.append((name, reason_key(str(error))))
                continue
            if document.text.strip():
                documents.append(document)
            else:
                problems.append((name, "add.no_text"))
        return documents, problems

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
