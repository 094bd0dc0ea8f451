"""Word and PDF files read in a process apart, which may crash, hang or swell without harm to this one."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from typing import Literal

from ..errors import DocumentUnreadable, MissingExtra
from .pdf_text import pdf_text
from .word_text import word_text

__all__ = ["text_apart"]

SECONDS = 60
MEMORY = 2 << 30
"""Bytes of address space that reading one file may take (not limited on Windows)."""

_READERS = {"docx": word_text, "pdf": pdf_text}
_PACKAGES = {"docx": "docx", "pdf": "pypdfium2"}
_REFUSED = 65


def text_apart(kind: Literal["docx", "pdf"], data: bytes, *, seconds: float = SECONDS) -> str:
    """Return the text of a file, read within ``seconds`` and ``MEMORY``.

    Raises DocumentUnreadable (its message the reason), or MissingExtra without the extra "documents".
    """
    if not _is_installed(_PACKAGES[kind]):
        raise MissingExtra(f"reading .{kind}", "documents")
    # The same packages as here, but nothing from the current folder, which may hold anything.
    path = os.pathsep.join(entry for entry in sys.path if entry)
    environment = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-P", "-m", __name__, kind]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, and a kind of our own
            command, input=data, capture_output=True, timeout=seconds, env=environment, check=False
        )
    except subprocess.TimeoutExpired:
        raise DocumentUnreadable(f"takes more than {seconds:g} seconds to read") from None
    except OSError as error:
        raise DocumentUnreadable(f"cannot be read: no process could be started ({error.strerror})") from None
    if done.returncode == 0:
        return done.stdout.decode("utf-8", "surrogatepass")
    if done.returncode == _REFUSED:
        raise DocumentUnreadable(done.stdout.decode("utf-8", "replace"))
    raise DocumentUnreadable(f"cannot be read: its reader crashed, or needed more than {MEMORY >> 30} GB")


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ValueError:
        return False


def _limit() -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    """Read one file from standard input; write its text, or the reason why not."""
    _limit()
    try:
        text, code = _READERS[sys.argv[1]](sys.stdin.buffer.read()), 0
    except DocumentUnreadable as error:
        text, code = str(error), _REFUSED
    sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass"))
    return code


if __name__ == "__main__":
    sys.exit(main())
