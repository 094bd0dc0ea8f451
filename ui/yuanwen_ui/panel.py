"""The source panel: an article as it reads and its original file, with one span marked in both.

The panel is plain JSON; the page puts every text into the document as text, never as HTML.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from typing import Any

from yuanwen_index import Article, Document, Span

__all__ = ["article_span", "marked_lines", "marked_paragraphs", "source_view", "text_sum"]

LINES_AROUND = 200


def source_view(article: Article, start: int, end: int) -> dict[str, Any]:
    """The article and the part of its file around it, with file offsets ``start`` to ``end`` marked."""
    marked = article_span(article, start, end)
    lines = article.lines(*marked) if marked[0] < marked[1] else (None, None)
    return {
        "file": article.document.source,
        "file_state": article.document.file_state(),
        "title": article.title,
        "date": article.date,
        "date_iso": article.date_iso,
        "date_inferred": article.date_inferred,
        "reporters": list(article.reporters),
        "first_line": lines[0],
        "last_line": lines[1],
        "article_line": article.document.line_of(_whole(article)[0]),
        "text": article.text[marked[0] : marked[1]],
        "paragraphs": marked_paragraphs(article.text, marked),
        "lines": marked_lines(article.document, _whole(article), (start, end)),
    }


def text_sum(text: str) -> str:
    """What a link carries so that it never marks another text than the one it was made for."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def article_span(article: Article, start: int, end: int) -> Span:
    """The article offsets of the characters that stand in the file from ``start`` to ``end``."""
    offsets = range(len(article.text))
    return (
        bisect_left(offsets, start, key=article.file_offset),
        bisect_left(offsets, end, key=article.file_offset),
    )


def marked_paragraphs(text: str, marked: Span) -> list[list[dict[str, Any]]]:
    """Each paragraph of an article as pieces ``{"text", "mark"}``."""
    paragraphs = []
    at = 0
    for paragraph in text.split("\n"):
        paragraphs.append(_pieces(paragraph, marked[0] - at, marked[1] - at))
        at += len(paragraph) + 1
    return paragraphs


def marked_lines(document: Document, shown: Span, marked: Span) -> list[dict[str, Any]]:
    """The file's lines around the characters ``shown`` as ``{"number", "pieces"}``, numbered from 1."""
    text = document.text
    first = document.line_of(shown[0]) - LINES_AROUND
    last = document.line_of(max(shown[1] - 1, 0)) + LINES_AROUND
    lines = []
    start = 0
    for number, line in enumerate(_lines(text), start=1):
        if first <= number <= last:
            pieces = _pieces(line.rstrip("\r\n"), marked[0] - start, marked[1] - start)
            lines.append({"number": number, "pieces": pieces})
        start += len(line)
    return lines


def _pieces(text: str, start: int, end: int) -> list[dict[str, Any]]:
    """``text`` cut at ``start`` and ``end``, which may lie outside it; empty pieces are left out."""
    start, end = (min(max(offset, 0), len(text)) for offset in (start, end))
    cuts = ((text[:start], False), (text[start:end], True), (text[end:], False))
    return [{"text": piece, "mark": mark} for piece, mark in cuts if piece]


def _lines(text: str) -> list[str]:
    """The lines of a file with their ends, broken at LF, CR LF and CR as ``Document.line_of`` counts them."""
    return re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text)


def _whole(article: Article) -> Span:
    """From the first to the last character of an article's title and body in its file."""
    spans = [*article.title_spans, *(piece for paragraph in article.paragraphs for piece in paragraph)]
    return min((span[0] for span in spans), default=0), max((span[1] for span in spans), default=0)
