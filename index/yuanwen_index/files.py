"""The user's own files: opened only when they are files, and whether they are still what was indexed."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

__all__ = ["FileState", "Origin", "open_regular", "settled"]

FileState = Literal["same", "changed", "gone", "unknown"]
"""Of a file, against what was indexed; ``unknown`` where it is not known where it was, or cannot be read."""

_SETTLED_NS = 2_000_000_000
"""A file written less than this before it was read could be written again under the same time stamp."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a document was read from, and what its file was like: ``size`` in bytes, ``modified_ns`` since 1970.

    ``modified_ns`` is None when the file was too young for its time stamp to prove anything. ``path`` is
    absolute and for this machine only: it is never shown.
    """

    path: Path
    size: int
    modified_ns: int | None

    @classmethod
    def of(cls, path: Path, about: os.stat_result) -> Origin:
        """The origin of a document that is being read from ``path``, which the system describes as ``about``."""
        settled = about.st_mtime_ns < time.time_ns() - _SETTLED_NS
        return cls(path.absolute(), about.st_size, about.st_mtime_ns if settled else None)

    @classmethod
    def from_record(cls, record: dict[str, Any] | None) -> Origin | None:
        """What ``record`` made."""
        if record is None:
            return None
        return cls(Path(record["path"]), record["size"], record["modified_ns"])

    def record(self) -> dict[str, Any]:
        """As JSON values."""
        return {"path": str(self.path), "size": self.size, "modified_ns": self.modified_ns}

    def state(self, sha256: str) -> FileState:
        """Whether the file still has the bytes with this sum; they are read only when size and time cannot tell."""
        try:
            about = self.path.stat()
            if stat.S_ISREG(about.st_mode) and about.st_size != self.size:
                return "changed"
            if stat.S_ISREG(about.st_mode) and about.st_mtime_ns == self.modified_ns:
                return "same"
            with open(self.path, "rb", opener=open_regular) as file:
                return "same" if hashlib.file_digest(file, "sha256").hexdigest() == sha256 else "changed"
        except (FileNotFoundError, NotADirectoryError):
            return "gone"
        except (OSError, ValueError):
            return "unknown"


def settled(record: dict[str, Any] | None, path: Path) -> bool:
    """Whether size and time prove that ``path`` is the file that ``Origin.record`` described, unchanged.

    Raises OSError where there is none.
    """
    if record is None or record["modified_ns"] is None:
        return False
    about = path.stat()
    same = (about.st_size, about.st_mtime_ns) == (record["size"], record["modified_ns"])
    return same and stat.S_ISREG(about.st_mode) and str(path.absolute()) == record["path"]


def open_regular(path: str, flags: int) -> int:
    """Open a regular file; anything else is an OSError (a pipe would block for ever). For ``open(opener=)``."""
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a regular file", path)
    return descriptor
