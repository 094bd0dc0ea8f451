"""Decoded text to articles: the body of each, its title, date and reporters."""

from __future__ import annotations

from typing import NamedTuple

from .articles import Article, Layout, lay_out
from .documents import Document, Span
from .layout.bodies import Body, find_bodies, is_page
from .layout.bylines import author_note, lead_names
from .layout.dates import PrintedDate, date_of_line, festival, first_date, infer_year, iso_date, weak_date
from .layout.headlines import match_headlines
from .layout.items import Item, items_of
from .layout.lines import split_lines
from .layout.paragraphs import paragraph_spans

__all__ = ["parse"]

_LEAD_REACH = 800  # characters of a body in which its date is looked for
_MAX_PAGE = 24  # articles: a file of more is a collection, whose articles need not share a year


def parse(document: Document) -> list[Article]:
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
    layout: Layout
    reporters: tuple[str, ...]
    printed: PrintedDate | None


def _draft(text: str, items: list[Item], bodies: list[Body], number: int, *, page: bool) -> _Draft:
    body = bodies[number]
    around = _around(items, bodies, number)
    paragraphs = paragraph_spans(items[body.first : body.last], page=page)
    layout = lay_out(text, paragraphs)
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
