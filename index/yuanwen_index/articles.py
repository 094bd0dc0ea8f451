"""What an article is: spans of its file, and the map back to it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .documents import Document, Span
from .layout.lines import gap, without_layout_breaks

__all__ = ["Article", "article_record", "parse_articles", "without_layout_breaks"]


class Layout(NamedTuple):
    """The text of an article, and its runs: the one from ``text_starts[i]`` stands at ``file_starts[i]``."""

    text: str
    text_starts: list[int]
    file_starts: list[int]


@dataclass(frozen=True, slots=True)
class Article:
    """One article: spans of its document, and what is derived from them.

    ``paragraphs`` holds, for each paragraph, the spans of its line pieces in the file; ``title_spans`` those
    of the title.  ``date`` is as printed; ``date_iso`` is ``YYYY-MM-DD`` or ``None``; ``date_inferred`` tells
    that the year is not printed with the date but follows from other words of the page.
    """

    document: Document
    title: str
    title_spans: tuple[Span, ...]
    date: str | None
    date_iso: str | None
    date_inferred: bool
    reporters: tuple[str, ...]
    paragraphs: tuple[tuple[Span, ...], ...]
    _cache: list[Layout] = field(default_factory=list, init=False, repr=False, compare=False)

    def _layout(self) -> Layout:
        if not self._cache:
            self._cache.append(lay_out(self.document.text, self.paragraphs))
        return self._cache[0]

    @property
    def text(self) -> str:
        """The body: paragraphs, one to a line, layout breaks inside them removed, nothing else changed."""
        return self._layout().text

    @property
    def paragraph_texts(self) -> list[str]:
        """The paragraphs of ``text``."""
        return self.text.split("\n") if self.paragraphs else []

    def file_offset(self, index: int) -> int:
        """Return where character ``index`` of ``text``, or the break it stands for, is in the file."""
        layout = self._layout()
        if not 0 <= index < len(layout.text):
            raise IndexError(f"character {index} of an article of {len(layout.text)}")
        run = bisect_right(layout.text_starts, index) - 1
        return layout.file_starts[run] + index - layout.text_starts[run]

    def file_span(self, start: int, end: int) -> Span:
        """Return the half-open span in the file of the characters ``start`` to ``end`` of ``text``."""
        return self.file_offset(start), self.file_offset(end - 1) + 1

    def lines(self, start: int, end: int) -> tuple[int, int]:
        """Return the first and last line (from 1) in the file of the characters ``start`` to ``end``."""
        first, last = self.file_span(start, end)
        return self.document.line_of(first), self.document.line_of(last - 1)


def lay_out(text: str, paragraphs: tuple[tuple[Span, ...], ...]) -> Layout:
    """The paragraphs of ``text`` one to a line, and where they stand."""
    parts: list[str] = []
    text_starts: list[int] = []
    file_starts: list[int] = []
    length = last = 0
    for paragraph in paragraphs:
        mark = "\n"
        for start, end in paragraph:
            if parts and (mark := mark or gap(text[last - 1], text[start])):
                parts.append(mark)
                text_starts.append(length)
                file_starts.append(_break_between(text, last, start))
                length += 1
            parts.append(text[start:end])
            text_starts.append(length)
            file_starts.append(start)
            length += end - start
            mark, last = "", end
    return Layout("".join(parts), text_starts, file_starts)


def _break_between(text: str, end: int, start: int) -> int:
    """Return the offset of the first line break in ``text[end:start]``."""
    newline = text.find("\n", end, start)
    ret = text.find("\r", end, start if newline < 0 else newline)
    return max(newline, end) if ret < 0 else ret


def parse_articles(document: Document) -> list[Article]:
    """Return the articles of ``document`` in the order of their bodies."""
    from .parsing import parse  # a third of what importing the package would cost, for those who only search

    return parse(document)


def article_record(article: Article) -> dict[str, Any]:
    """Return ``article`` as the command line prints it in JSON."""
    first_line, last_line = article.lines(0, len(article.text))
    return {
        "source": article.document.source,
        "title": article.title,
        "date": article.date,
        "date_iso": article.date_iso,
        "date_inferred": article.date_inferred,
        "reporters": list(article.reporters),
        "text": article.text,
        "paragraphs": article.paragraph_texts,
        "first_line": first_line,
        "last_line": last_line,
    }
