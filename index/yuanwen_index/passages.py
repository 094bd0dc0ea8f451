"""Article to passages: stretches of whole sentences, short enough to search and to read."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

import numpy as np

from .articles import Article
from .documents import Span

__all__ = ["SPLITTER", "Passage", "sentence_spans", "split_passages"]

TARGET: Final = 240
LONGEST: Final = 400
SHORTEST: Final = 80
SPLITTER: Final[dict[str, str | int]] = {
    "name": "sentences",
    "version": 1,
    "target": TARGET,
    "max": LONGEST,
}
"""How articles are split; sizes are widths: a Han character counts one, a Latin letter a third."""

_THIRDS = 3  # widths are counted in thirds of a Han character

# A sentence ends at a full stop and the marks that close it; at a Latin one only before a space.
_END = re.compile(
    r"[。！？｡؟।]+[!?！？…]*[”’」』）)】》〉\"']*|…{2,}[”’」』）)】》〉\"']*(?![，、；：,;])"
    r"|[!?]+[”’」』）)】》\"'\]]*(?=\s|$|[\u3400-\u9fff“「『（])|\.[)\]\"'”’]*(?=\s|$|[\u3400-\u9fff])|\n"
)
_ABBREVIATIONS = frozenset(
    (
        *(
            "mr",
            "mrs",
            "ms",
            "dr",
            "prof",
            "rev",
            "gen",
            "col",
            "capt",
            "lt",
            "sgt",
            "sen",
            "rep",
            "gov",
            "st",
        ),
        *(
            "mt",
            "jr",
            "sr",
            "vs",
            "inc",
            "ltd",
            "co",
            "corp",
            "dept",
            "univ",
            "approx",
            "ca",
            "cf",
            "al",
            "e.g",
        ),
        *("i.e", "u.s", "u.k", "u.n"),
    )
)
_BEFORE_NUMBERS = frozenset(
    (
        *(
            "no",
            "nos",
            "vol",
            "fig",
            "figs",
            "eq",
            "p",
            "pp",
            "ch",
            "sec",
            "art",
            "jan",
            "feb",
            "mar",
            "apr",
            "jun",
        ),
        *("jul", "aug", "sep", "sept", "oct", "nov", "dec"),
    )
)
_CLAUSE = re.compile(r"[；;，,、：:—]+[”’」』）)】》\"']*|\s+")


@dataclass(frozen=True, slots=True)
class Passage:
    """Characters ``start`` to ``end`` (half-open) of the text of an article."""

    article: Article
    start: int
    end: int

    @property
    def text(self) -> str:
        """The passage as it stands in the article."""
        return self.article.text[self.start : self.end]

    @property
    def search_text(self) -> str:
        """What is searched: the title of the article, if it has one, then the passage."""
        return f"{self.article.title}\n{self.text}" if self.article.title else self.text


def sentence_spans(text: str) -> list[Span]:
    """Return the half-open spans of the sentences of ``text``, in order, without the white space between.

    A sentence ends at its full stop (with the quotation marks and brackets that close there) or with its
    paragraph.  Dots of abbreviations, initials and numbers end none.
    """
    spans: list[Span] = []
    start = 0
    for end in _sentence_ends(text):
        span = _stripped(text, (start, end))
        if span[0] < span[1]:
            spans.append(span)
        start = end
    return spans


def _sentence_ends(text: str) -> Iterator[int]:
    for match in _END.finditer(text):
        if text[match.start()] != "." or not _inside_sentence(text, match.start(), match.end()):
            yield match.end()
    yield len(text)


def _inside_sentence(text: str, dot: int, end: int) -> bool:
    """Whether the dot at ``dot`` belongs to an abbreviation or initial, or the next word starts low."""
    window = text[max(0, dot - 12) : dot]
    word = window.split()[-1].lstrip("(\"'“‘[") if window and not window[-1].isspace() else ""
    following = text[end : end + 3].lstrip()[:1]
    if following.islower():
        return True
    if len(word) == 1 and word.isupper() and following.isupper():
        return True  # an initial
    if following.isdigit():
        return word.lower() in _BEFORE_NUMBERS
    return bool(following) and word.lower() in _ABBREVIATIONS


def _reach(text: str) -> list[int]:
    """Return the width, in thirds of a Han character, of the first 0, 1, 2, ... characters of ``text``."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    return [0, *np.cumsum(np.where(codes < 0x2E80, 1, _THIRDS)).tolist()]


def split_passages(article: Article) -> list[Passage]:
    """Return the passages of ``article``, in order, none overlapping, each of whole sentences.

    Sentences are taken up to the target width, beyond it only where the passage would be very short or the
    rest too short for one; a sentence longer than the longest passage is cut at its clauses.
    """
    text = article.text
    if len(text) < TARGET * 2 // 3:  # too short to be cut anywhere
        start, end = _stripped(text, (0, len(text)))
        return [Passage(article, start, end)] if start < end else []
    reach = _reach(text)
    pieces = [piece for span in sentence_spans(text) for piece in _short_enough(text, reach, span)]
    befores = [0, *(end for _, end in pieces)]
    widths = [
        reach[end] - reach[start] + start - before
        for (start, end), before in zip(pieces, befores, strict=False)
    ]
    passages: list[Passage] = []
    for first, last in _groups(widths, [text[start - 1 : start] == "\n" for start, _ in pieces]):
        passages.append(Passage(article, pieces[first][0], pieces[last - 1][1]))
    return passages


def _groups(widths: list[int], opens: list[bool]) -> Iterator[Span]:
    """Yield runs of pieces, by number; ``opens`` tells which pieces begin a paragraph."""
    target, longest, shortest = TARGET * _THIRDS, LONGEST * _THIRDS, SHORTEST * _THIRDS
    rest = [*accumulate(reversed(widths), initial=0)][::-1]
    first, width = 0, 0
    for at, piece in enumerate(widths):
        full = width + piece > target and width >= shortest
        ended = opens[at] and width >= target * 2 // 3  # a paragraph that nearly fills a passage
        tail = rest[first] <= longest and rest[at] < shortest  # what is left would be too short alone
        if at > first and (((full or ended) and not tail) or width + piece > longest):
            yield first, at
            first, width = at, 0
        width += piece
    if first < len(widths):
        yield first, len(widths)


def _short_enough(text: str, reach: list[int], span: Span) -> list[Span]:
    """Return ``span``, or where it is too long its parts, cut at clauses, else at any character."""
    start, end = span
    if reach[end] - reach[start] <= LONGEST * _THIRDS:
        return [span]
    cuts = [match.end() for match in _CLAUSE.finditer(text, start, end)]
    parts: list[Span] = []
    begin = start
    while begin < end:
        fits = bisect_right(reach, reach[begin] + TARGET * _THIRDS, lo=begin, hi=end + 1) - 1
        cut = cuts[bisect_right(cuts, fits) - 1] if cuts and cuts[0] <= fits < end else fits
        cut = cut if cut > begin else max(fits, begin + 1)
        parts.append(_stripped(text, (begin, cut)))
        begin = cut
    return [part for part in parts if part[0] < part[1]]


def _stripped(text: str, span: Span) -> Span:
    start, end = span
    piece = text[start:end]
    bare = piece.strip()
    if len(bare) == len(piece):
        return span
    start += piece.find(bare)
    return start, start + len(bare)
