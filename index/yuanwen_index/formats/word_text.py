"""Word files (.docx) to text: paragraphs and tables in the order of the document."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from ..errors import DocumentUnreadable, MissingExtra

__all__ = ["word_text"]

MAX_UNPACKED = 256 * 1024 * 1024
"""Bytes that the parts of one file may unpack to together."""

_MAX_PARTS = 20_000
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MARKS = {f"{_WORD}tab": "\t", f"{_WORD}br": "\n", f"{_WORD}cr": "\n", f"{_WORD}noBreakHyphen": "-"}
_SKIPPED = frozenset(
    (f"{_WORD}del", f"{_WORD}moveFrom", f"{_WORD}instrText", _FALLBACK, f"{_WORD}rPr", f"{_WORD}pPr")
)


def word_text(data: bytes) -> str:
    """Return the visible text of a .docx file: blank lines between paragraphs, tabs between cells.

    Deleted and hidden text is left out. Raises DocumentUnreadable, or MissingExtra without the extra
    "documents".
    """
    try:
        import docx
    except ImportError as error:
        raise MissingExtra("reading .docx", "documents") from error
    _check_size(data)
    try:
        document = docx.Document(io.BytesIO(data))
        return "\n\n".join(_blocks(document))
    except DocumentUnreadable:
        raise
    except Exception as error:  # the library raises errors of many kinds on damaged files
        raise DocumentUnreadable(f"is not a Word file that can be read ({type(error).__name__})") from None


def _check_size(data: bytes) -> None:
    """Refuse what is no zip file or would unpack to too much."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise DocumentUnreadable("is an encrypted or old Word file; save it as .docx without a password")
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError):
        raise DocumentUnreadable("is not a Word file that can be read") from None
    if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise DocumentUnreadable(f"unpacks to more than {MAX_UNPACKED >> 20} MB")


def _blocks(container: Any) -> Iterator[str]:
    for block in container.iter_inner_content():
        if hasattr(block, "rows"):
            rows = (_row(row) for row in block.rows)
            text = "\n".join(row for row in rows if row.strip())
        else:
            text = _paragraph(block._p)
        if text.strip():
            yield text


def _row(row: Any) -> str:
    """The cells of a row, each once (a merged cell is listed again for each column)."""
    cells: list[str] = []
    seen: set[int] = set()
    for cell in row.cells:
        if id(cell._tc) not in seen:
            seen.add(id(cell._tc))
            cells.append(" ".join(text.replace("\n", " ") for text in _blocks(cell)))
    return "\t".join(cells)


def _paragraph(root: Any) -> str:
    """The text under the XML element ``root``, without recursion."""
    parts: list[str] = []
    waiting = [root]
    while waiting:
        element = waiting.pop()
        tag = element.tag
        if tag == f"{_WORD}t":
            parts.append(element.text or "")
        elif tag in _MARKS:
            parts.append(_MARKS[tag])
        elif tag not in _SKIPPED and not (tag == f"{_WORD}r" and _is_hidden(element)):
            waiting.extend(reversed(element))
    return "".join(parts)


def _is_hidden(run: Any) -> bool:
    mark = run.find(f"{_WORD}rPr/{_WORD}vanish")
    return mark is not None and mark.get(f"{_WORD}val") not in ("0", "false", "off")
