"""One writer at a time: an operating-system lock on a file that says who holds it."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from .errors import IndexLocked

LOCK = "LOCK"
_ATTEMPTS = 300
_PAUSE = 0.01  # seconds
_LOCKED_BYTE = 1 << 20  # beyond the text, so that Windows lets others read who holds it


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold the writers' lock of an index folder; IndexLocked at once when another process has it.

    The system drops the lock when the process ends, however it ends; the file itself stays and means nothing.
    """
    with os.fdopen(os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644), "r+b") as file:
        for attempt in range(_ATTEMPTS):
            if _acquire(file.fileno()):
                break
            file.seek(0)
            holder = file.read(500).decode("utf-8", "replace").strip()
            # Without a name its holder is just beginning or ending.
            if holder or attempt == _ATTEMPTS - 1:
                raise IndexLocked(
                    f"{folder} is being written by {holder or 'another process'}. Try again when that is done."
                )
            time.sleep(_PAUSE)
        file.truncate(0)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        file.write(f"process {os.getpid()} on {platform.node()} since {now}\n".encode())
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)
            _release(file.fileno())


if sys.platform == "win32":
    import msvcrt

    def _acquire(descriptor: int) -> bool:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)
        return True

    def _release(descriptor: int) -> None:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _acquire(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _release(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
