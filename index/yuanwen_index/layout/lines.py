"""Lines of a decoded file, and the public rule for removing the breaks that layout put between them.

A line break carries no text of its own.  Where a paragraph goes on over a break, the two sides are read
together: directly in scripts that write no spaces (``二`` + ``七区``), with one space between words of
scripts that do (``the`` + ``city``).  The rule looks at the two characters beside the break and at nothing
else, so that any slice of a file reads the same as it does inside its article.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from operator import add
from typing import NamedTuple

__all__ = ["Line", "columns", "gap", "pairs", "split_lines", "without_layout_breaks"]


class Line(NamedTuple):
    """One line that is not blank.

    ``start`` and ``end`` are offsets in the file of the stripped ``text``; ``number`` is 1-based and counts
    blank lines too; ``indent`` is how many characters of white space stood before it; ``blank_before`` tells
    whether a blank line (or the start of the file) stands above.
    """

    number: int
    start: int
    end: int
    text: str
    indent: int
    blank_before: bool


def split_lines(text: str) -> Iterator[Line]:
    """Yield the lines of ``text`` that hold more than white space, in order.

    A line ends at LF, CR LF or CR, as editors count them.
    """
    if "\r" in text:
        text = text.replace("\r\n", " \n").replace("\r", "\n")  # same length: offsets stay
    start = 0
    blank = True
    for number, raw in enumerate(text.split("\n"), 1):
        if stripped := raw.strip():
            indent = len(raw) - len(raw.lstrip()) if raw[0].isspace() else 0
            first = start + indent
            yield Line(number, first, first + len(stripped), stripped, indent, blank)
        blank = not stripped
        start += len(raw) + 1


def columns(text: str) -> int:
    """Return how wide ``text`` is in print: two for a Han character or full-width mark, one for a letter."""
    return len(text) if text.isascii() else len(text.encode("gbk", "replace"))


def pairs(text: str) -> set[str]:
    """Return the pairs of neighbouring characters in ``text``."""
    return set(map(add, text, text[1:]))


# What may stand beside a break: L letter of a spaced script, N number, P mark that a space follows,
# Q straight quote or emphasis, O opening mark, K closing mark, U curly quote, - anything else,
# D character of a script without spaces.
_MARKS = {
    **dict.fromkeys(".,;:!?،؛؟।", "P"),
    **dict.fromkeys("\"'`*_&", "Q"),
    **dict.fromkeys("([{<$€£#@«", "O"),
    **dict.fromkeys(")]}>%»", "K"),
    **dict.fromkeys("“”‘’", "U"),
}
_SPACED_PAIRS = frozenset(
    (
        *("LL", "LN", "LQ", "LO", "LU", "NL", "NQ", "NO", "PL", "PN", "PQ", "PO"),
        *("QL", "QN", "QO", "KL", "KQ", "UL"),
    )
)
_DENSE_RANGES = (
    (0x0E00, 0x109F),  # Thai, Lao, Tibetan, Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x312F),  # radicals, CJK marks, kana, bopomofo
    (0x31A0, 0xA4CF),  # kana and bopomofo extensions, Han, Yi
    (0xF900, 0xFAFF),
    (0xFE30, 0xFE4F),
    (0xFF00, 0xFFEF),
    (0x1AFF0, 0x1B16F),
    (0x20000, 0x3FFFF),
)


@lru_cache(maxsize=4096)
def _side(char: str) -> str:
    if char in _MARKS:
        return _MARKS[char]
    code = ord(char)
    if code >= 0x0E00 and any(low <= code <= high for low, high in _DENSE_RANGES):
        return "D"
    category = unicodedata.category(char)
    if category[0] in "LM":
        return "L"
    return "N" if category[0] == "N" else "-"


def gap(left: str, right: str) -> str:
    """Return what a layout break between ``left`` and ``right`` (characters) reads as: nothing or a space."""
    return " " if _side(left) + _side(right) in _SPACED_PAIRS else ""


def without_layout_breaks(text: str) -> str:
    """Return ``text`` read on over its line breaks.

    White space around a break goes with it; every other character stays.  For a slice of the file that an
    article maps a span of one of its paragraphs to, this is the article's own text of that span.
    """
    pieces = text.replace("\r", "\n").split("\n")
    if len(pieces) == 1:
        return text
    pieces = [pieces[0].rstrip(), *(piece.strip() for piece in pieces[1:-1]), pieces[-1].lstrip()]
    pieces = [piece for piece in pieces if piece]
    joined = pieces[:1]
    for before, after in pairwise(pieces):
        joined += (gap(before[-1], after[0]), after)
    return "".join(joined)
