"""Decoded text to articles: the body of each, its title, date and reporters, and the map back to the file."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .documents import Document, Span
from .layout.bodies import Body, find_bodies, is_page
from .layout.bylines import author_note, lead_names
from .layout.dates import PrintedDate, date_of_line, festival, first_date, infer_year, iso_date, weak_date
from .layout.headlines import match_headlines
from .layout.items import Item, items_of
from .layout.lines import gap, split_lines, without_layout_breaks
from .layout.paragraphs import paragraph_spans

__all__ = ["Article", "article_record", "parse_articles", "without_layout_breaks"]

_LEAD_REACH = 800  # characters of a body in which its date is looked for
_MAX_PAGE = 24  # articles: a file of more is a collection, whose articles need not share a year


class _Layout(NamedTuple):
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
    _cache: list[_Layout] = field(default_factory=list, init=False, repr=False, compare=False)

    def _layout(self) -> _Layout:
        if not self._cache:
            self._cache.append(_lay_out(self.document.text, self.paragraphs))
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


def _lay_out(text: str, paragraphs: tuple[tuple[Span, ...], ...]) -> _Layout:
    parts: list[str] = []
    text_starts: list[int] = []
    file_starts: list[int] = []
    length = 0

    def add(part: str, at: int) -> None:
        nonlocal length
        parts.append(part)
        text_starts.append(length)
        file_starts.append(at)
        length += len(part)

    last = 0
    for paragraph in paragraphs:
        mark = "\n"
        for start, end in paragraph:
            if parts:
                mark = mark or gap(text[last - 1], text[start])
                if mark:
                    add(mark, _break_between(text, last, start))
            add(text[start:end], start)
            mark, last = "", end
    return _Layout("".join(parts), text_starts, file_starts)


def _break_between(text: str, end: int, start: int) -> int:
    """Return the offset of the first line break in ``text[end:start]``."""
    found = [at for at in (text.find("\n", end, start), text.find("\r", end, start)) if at >= 0]
    return min(found, default=end)


def parse_articles(document: Document) -> list[Article]:
    """Return the articles of ``document`` in the order of their bodies."""
    items = items_of(split_lines(document.text))
    bodies = find_bodies(items)
    page = is_page(items)
    titles = match_headlines(items, bodies)
    drafts = [_draft(document.text, items, bodies, number, page=page) for number in range(len(bodies))]
    year = _year_of_page(document.text, items, titles, drafts)
    return [
        _article(document, items, title, draft, year) for title, draft in zip(titles, drafts, strict=True)
    ]


class _Draft(NamedTuple):
    """What is known of an article before the others of its page are read."""

    paragraphs: tuple[tuple[Span, ...], ...]
    layout: _Layout
    reporters: tuple[str, ...]
    printed: PrintedDate | None


def _draft(text: str, items: list[Item], bodies: list[Body], number: int, *, page: bool) -> _Draft:
    body = bodies[number]
    around = _around(items, bodies, number)
    paragraphs = paragraph_spans(items[body.first : body.last], page=page)
    layout = _lay_out(text, paragraphs)
    opening = layout.text[:_LEAD_REACH]
    first, last = items[body.first], items[body.last - 1]
    noted = _noted_date([*around, last])
    if first.kind == "lead":
        lead = opening.split("\n", 1)[0]
        printed = first_date(lead) or noted or festival(lead) or weak_date(opening)
    else:
        printed = noted or _opening_date(opening.split("\n", 1)[0], page=page)
    names = lead_names(opening) if first.kind == "lead" else ()
    return _Draft(paragraphs, layout, _reporters(names, around), printed)


def _article(
    document: Document, items: list[Item], title: list[int], draft: _Draft, year: int | None
) -> Article:
    spans = tuple(_title_span(items[at]) for at in title)
    printed = draft.printed
    iso = iso_date(printed, year) if printed else None
    article = Article(
        document=document,
        title=" ".join(document.text[start:end] for start, end in spans),
        title_spans=spans,
        date=printed.text if printed else None,
        date_iso=iso,
        date_inferred=iso is not None and printed is not None and printed.year is None,
        reporters=draft.reporters,
        paragraphs=draft.paragraphs,
    )
    article._cache.append(draft.layout)
    return article


def _title_span(item: Item) -> Span:
    """Return where the words of a headline stand: inside the marks of bold print, if it is all bold."""
    for mark in ("**", "__"):
        if len(item.text) > 4 and item.text.startswith(mark) and item.text.endswith(mark):
            return item.start + 2, item.end - 2
    return item.start, item.end


def _around(items: list[Item], bodies: list[Body], number: int) -> list[Item]:
    """Return the bylines and notes of a body: those after its headline and those right after itself."""
    first, last = bodies[number]
    since = bodies[number - 1].last if number else 0
    above = first
    while above > since and items[above - 1].kind in ("byline", "note", "editor", "rule", "label"):
        above -= 1
    if above == since and number:
        above = first  # no headline between: they belong to the article before
    until = bodies[number + 1].first if number + 1 < len(bodies) else len(items)
    below = last
    while below < until and items[below].kind in ("byline", "note", "editor", "rule"):
        below += 1
    return items[above:first] + items[last:below]


def _reporters(named: tuple[str, ...], around: list[Item]) -> tuple[str, ...]:
    names = list(named)
    for item in around:
        if item.byline:
            names += item.byline.names
        elif item.kind == "note":
            names += author_note(item.text)
    return tuple(dict.fromkeys(names))


def _noted_date(around: list[Item]) -> PrintedDate | None:
    """The date in a line of its own, such as the time of publication."""
    noted = (date_of_line(item.text) for item in around if item.kind == "note")
    return next((found for found in noted if found), None)


def _opening_date(opening: str, *, page: bool) -> PrintedDate | None:
    """The date in the first paragraph of a body without a lead: its first words, or on a page a day of the year.

    Elsewhere a text may be about any date.
    """
    found = first_date(opening)
    return found if found and (found.start == 0 or (page and found.year is None)) else None


def _year_of_page(text: str, items: list[Item], titles: list[list[int]], drafts: list[_Draft]) -> int | None:
    """The year that the page gives away, if it does."""
    if len(drafts) > _MAX_PAGE:
        return None
    noted = [("", first_date(item.text, vague=False)) for item in items if item.kind == "note"]
    heads = ["".join(text[items[at].start : items[at].end] for at in title) for title in titles]
    said = [
        (f"{head}\n{draft.layout.text}", draft.printed) for head, draft in zip(heads, drafts, strict=True)
    ]
    return infer_year([*noted, *said])


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
