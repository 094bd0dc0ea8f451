"""Where the articles of a file are: the items of each body."""

from __future__ import annotations

from collections.abc import Sequence

from .blocks import block_end, body_like, headline_touches
from .dates import date_of_line
from .items import Item, title_like
from .pages import Body, bodies_of_page

__all__ = ["Body", "find_bodies", "is_page"]


def is_page(items: Sequence[Item]) -> bool:
    """Tell whether ``items`` print leads or bylines, as newspaper pages do."""
    return any(item.kind in ("lead", "byline") for item in items)


def find_bodies(items: Sequence[Item]) -> list[Body]:
    """Return the bodies among ``items``, in order, none overlapping; one at least if there are items."""
    bodies = bodies_of_page(items) if is_page(items) else _bodies_of_text(items)
    bodies = [body for body in bodies if body.first < body.last]
    return bodies or ([Body(0, len(items))] if items else [])


def _bodies_of_text(items: Sequence[Item]) -> list[Body]:
    """Bodies of a file without leads or bylines: one, or one under each top heading."""
    tops = _top_headings(items) or [0]
    return [_trimmed(items, top, end) for top, end in zip(tops, [*tops[1:], len(items)], strict=True)]


def _top_headings(items: Sequence[Item]) -> list[int]:
    """Return where the headings of the highest level are, if the file opens with one and each has text."""
    headings = [at for at, item in enumerate(items) if item.kind == "heading"]
    level = min((items[at].level for at in headings), default=9)
    tops = [at for at in headings if items[at].level == level]
    if not tops or tops[0] != 0 or level > 2:
        return []
    for top, end in zip(tops, [*tops[1:], len(items)], strict=True):
        if not any(item.ended and item.columns > 40 for item in items[top + 1 : end]):
            return []
    return tops


def _trimmed(items: Sequence[Item], first: int, end: int) -> Body:
    """The body in ``items[first:end]``: without its headline, and without the notes above and below."""
    at = _after_title(items, first, end)
    while at < end and items[at].kind in ("note", "editor", "label", "rule"):
        at += 1
    last = end
    while last > at and items[last - 1].kind in ("note", "editor", "rule"):
        if items[last - 1].kind == "note" and date_of_line(items[last - 1].text):
            break  # a letter or an order is dated below; that is part of it
        last -= 1
    return Body(at, last) if at < last else Body(first, end)


def _after_title(items: Sequence[Item], first: int, end: int) -> int:
    """Where the text under the headline starts: at ``first`` if there is no headline."""
    at = first
    while at < end and items[at].kind in ("note", "label", "rule"):
        at += 1
    if at >= end or items[at].kind not in ("heading", "text") or body_like(items, at):
        return first
    after = at + 1 if items[at].kind == "heading" else _title_end(items, at, end)
    if after >= end:
        return first
    return after if items[at].kind == "heading" else _more_title(items, after, end)


def _title_end(items: Sequence[Item], at: int, end: int) -> int:
    """Where the headline block from ``at`` ends; ``end`` if it is none."""
    after = block_end(items, at, end)
    if after - at > 3:  # a long block: its first line is the headline, if any
        return at + 1 if headline_touches(items[at : at + 5]) else end
    if any(not title_like(item.text, item.columns) for item in items[at + 1 : after]):
        return at + 1
    return after


def _more_title(items: Sequence[Item], after: int, end: int) -> int:
    """Where the headline ends with its second deck, and all that stands above the time and source."""
    while after < end and items[after].text.startswith("——") and items[after].kind in ("text", "rule"):
        after += 1
    for note in range(after, min(after + 4, end)):
        if items[note].kind == "note":
            return note
        if items[note].kind != "text" or body_like(items, note):
            break
    return after if after < end else end - 1
