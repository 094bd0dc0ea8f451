"""A file to its decoded text, and how it was decoded."""

from __future__ import annotations

import hashlib
import os
import stat
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .errors import DocumentUnreadable, UsageError
from .files import FileState, Origin, open_regular
from .filters import Metadata, check_metadata
from .formats.decoding import check_encoding, decode

__all__ = ["Document", "Skipped", "Span", "find_files", "read_document", "text_document"]

Span = tuple[int, int]
"""Half-open, in characters (code points)."""

SUFFIXES = frozenset({".txt", ".md", ".html", ".htm", ".docx", ".pdf"})
MAX_BYTES = 64 * 1024 * 1024
MAX_LINES = 1_000_000
LONGEST_SOURCE = 1_000


@dataclass(frozen=True, slots=True)
class Document:
    """A decoded file.

    ``source`` is its name as shown; ``text`` is untouched (CR LF stays; of a .docx, .pdf or .html file it is
    the text taken out of it); ``encoding`` says how it was decoded; ``sha256`` (hex) is of the file's bytes;
    ``origin`` is where they were read, None where that is not known; ``metadata`` is what its user says about it.
    """

    source: str
    text: str
    encoding: str
    sha256: str
    origin: Origin | None = field(default=None, repr=False, compare=False)
    metadata: Metadata = field(default_factory=dict, hash=False)
    _starts: list[int] = field(default_factory=list, init=False, repr=False, compare=False)

    def line_of(self, offset: int) -> int:
        """Return the 1-based line that the character at ``offset`` stands on."""
        if not self._starts:
            self._starts[:] = _line_starts(self.text)  # whole at once: other threads may be doing the same
        return bisect_right(self._starts, offset)

    def file_state(self) -> FileState:
        """Whether the file is still what this was read from; found out anew each time."""
        return "unknown" if self.origin is None else self.origin.state(self.sha256)


def _line_starts(text: str) -> list[int]:
    if "\r" in text:
        text = text.replace("\r\n", " \n").replace("\r", "\n")  # same length: offsets stay
    starts = [0]
    at = text.find("\n")
    while at >= 0:
        starts.append(at + 1)
        at = text.find("\n", at + 1)
    return starts


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was left out, and why."""

    source: str
    reason: str


def find_files(paths: Sequence[Path]) -> list[tuple[Path, str]]:
    """Return the files under ``paths`` with the source each is shown as, sorted by source.

    A folder gives its files of a supported kind, hidden ones aside; their sources are their paths inside it.
    A file named itself is always taken, under its name. Where two would share a source, the folder's name
    goes before it. A folder that cannot be listed is returned itself, for ``read_document`` to say why.
    Raises UsageError for a missing path.
    """
    found: dict[Path, tuple[str, str]] = {}
    for path in paths:
        try:
            is_folder = stat.S_ISDIR(path.stat().st_mode)
        except (OSError, ValueError):
            raise UsageError(f"no such file or folder: {_printable(str(path))}") from None
        if is_folder:
            folder = _folder_name(path)
            for file, inside in _files_in(path):
                found.setdefault(file, (_printable(inside), folder))
        else:
            found.setdefault(path, (_printable(path.name), _folder_name(path.parent)))
    return sorted(_with_own_sources(found), key=lambda item: item[1])


def _folder_name(path: Path) -> str:
    return _printable(path.name or path.resolve().name)


def _with_own_sources(found: dict[Path, tuple[str, str]]) -> Iterator[tuple[Path, str]]:
    counts: dict[str, int] = {}
    for source, _ in found.values():
        counts[source] = counts.get(source, 0) + 1
    taken: set[str] = set()
    for path, (source, folder) in found.items():
        name = own = source if counts[source] == 1 else f"{folder}/{source}"
        number = 1
        while own in taken:
            number += 1
            own = f"{name} ({number})"
        taken.add(own)
        yield path, own


def _files_in(top: Path) -> Iterator[tuple[Path, str]]:
    """Yield the supported files under ``top`` and where they stand in it, with ``/``.

    A folder reached twice through links is entered once.
    """
    seen: set[tuple[int, int]] = set()
    waiting = [(top, "")]
    while waiting:
        folder, above = waiting.pop()
        try:
            here = folder.stat()
            if (here.st_dev, here.st_ino) in seen and here.st_ino:
                continue
            seen.add((here.st_dev, here.st_ino))
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            yield folder, above.rstrip("/") or "."
            continue
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if _is(entry, folder=True):
                waiting.append((folder / entry.name, f"{above}{entry.name}/"))
            elif entry.name[entry.name.rfind(".") :].lower() in SUFFIXES and _is(entry, folder=False):
                yield Path(entry.path), f"{above}{entry.name}"


def _is(entry: os.DirEntry[str], *, folder: bool) -> bool:
    """Whether ``entry``, links followed, is a folder or a regular file; a link to nowhere is neither."""
    try:
        return entry.is_dir() if folder else entry.is_file()
    except OSError:
        return False


def _printable(name: str) -> str:
    """Return ``name`` with what cannot be shown (stray bytes, control characters) written as escapes."""
    if name.isprintable():
        return name
    return "".join(char if char.isprintable() else repr(char)[1:-1].replace("\\udc", "\\x") for char in name)


def text_document(source: str, text: str, metadata: Metadata | None = None) -> Document:
    """Return a document of a text that is in no file, known by the name ``source``.

    Raises UsageError for a name or metadata that cannot be kept and for a text of more lines than a file may have.
    """
    if not source or len(source) > LONGEST_SOURCE or not source.isprintable():
        raise UsageError(f"{source!r:.200} cannot name a document")
    data = text.encode("utf-8", "surrogatepass")
    if len(data) > MAX_BYTES or text.count("\n") + text.count("\r") > MAX_LINES:
        raise UsageError(f"{source}: has more than {MAX_BYTES >> 20} MB or {MAX_LINES:,} lines; split it")
    about = check_metadata(metadata or {})
    return Document(source, text, "text", hashlib.sha256(data).hexdigest(), metadata=about)


def read_document(
    path: Path, source: str, *, encoding: str | None = None, metadata: Metadata | None = None
) -> Document:
    """Return the decoded file at ``path``, known by the name ``source``.

    ``encoding`` names that of text files; without it, it is found out. Raises DocumentUnreadable where the
    file cannot be turned into text (its message is the reason, without the name), MissingExtra where that
    needs a package that is not installed, UsageError for an unknown ``encoding``.
    """
    if encoding is not None:
        check_encoding(encoding)
    data, about = _bytes_of(path)
    text, name = _text_of(data, path.suffix.lower(), encoding)
    if text.count("\n") + text.count("\r") > MAX_LINES:
        raise DocumentUnreadable(f"has more than {MAX_LINES:,} lines; split it")
    sha256 = hashlib.sha256(data).hexdigest()
    return Document(source, text, name, sha256, Origin.of(path, about), check_metadata(metadata or {}))


def _bytes_of(path: Path) -> tuple[bytes, os.stat_result]:
    """The bytes of a file and what it was like before they were read."""
    try:
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            os.scandir(path).close()
        if not stat.S_ISREG(about.st_mode):
            raise DocumentUnreadable("is not a regular file")
        if about.st_size <= MAX_BYTES:
            with open(path, "rb", opener=open_regular) as file:
                about = os.fstat(file.fileno())
                data = file.read(MAX_BYTES + 1)
            if len(data) <= MAX_BYTES:
                return data, about
    except OSError as error:
        raise DocumentUnreadable(f"cannot be opened: {error.strerror or error}") from None
    raise DocumentUnreadable(f"is larger than {MAX_BYTES >> 20} MB; split it")


def _text_of(data: bytes, suffix: str, encoding: str | None) -> tuple[str, str]:
    if suffix == ".docx":
        from .formats.apart import text_apart

        return text_apart("docx", data), "docx"
    if suffix == ".pdf":
        from .formats.apart import text_apart

        return text_apart("pdf", data), "pdf"
    if suffix in (".html", ".htm"):
        from .formats.html_text import html_text

        markup, name = decode(data, encoding or _known_charset(data))
        return html_text(markup), name
    return decode(data, encoding)


def _known_charset(data: bytes) -> str | None:
    """The encoding that an HTML file names, where that is one and reads it (pages also name wrong ones)."""
    from .formats.html_text import declared_charset

    declared = declared_charset(data)
    if declared is None or declared.lower() in ("utf-8", "utf8"):
        return None
    try:
        name = check_encoding("gb18030" if declared.lower() in ("gb2312", "gbk", "gb_2312-80") else declared)
        decode(data, name)
    except (UsageError, DocumentUnreadable):
        return None
    return name
