"""Where the bodies are in a file that prints leads or bylines, as newspapers do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .blocks import block_end, body_like, headline_block
from .items import Item, title_like
from .lines import pairs

__all__ = ["Body", "bodies_of_page"]

_MAX_HEADS = 12  # items between two bodies that are looked at
_LONG = 60  # columns: a longer line is no part of a headline broken over lines


class Body(NamedTuple):
    """The items ``first`` to ``last`` (half-open) that are the body of one article."""

    first: int
    last: int


def bodies_of_page(items: Sequence[Item]) -> list[Body]:
    """Return the bodies among ``items``, in order.

    A body opens at a lead, or with running text below a headline; it ends at its byline, or before the
    headlines above the next lead. What stands between two bodies are headlines, bylines, labels and notes.
    """
    page = _Page(items)
    at = 0
    while at < len(items):
        at = page.read_body(at) if page.opens(at) else at + 1
    return page.found


class _Page:
    """The items of a page and the bodies found so far."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items
        self.found: list[Body] = []
        self._has_leads = any(item.kind == "lead" for item in items)
        self._known_pairs: set[str] | None = None

    def opens(self, at: int) -> bool:
        """Whether a body opens at the item ``at``, which is in none yet."""
        item = self.items[at]
        if item.kind not in ("text", "stand"):
            return item.kind == "lead"
        since = self.found[-1].last if self.found else 0
        return self._follows_note(at, since) or body_like(self.items, at) or self._fragment_opens(at, since)

    def _follows_note(self, at: int, since: int) -> bool:
        """Whether a headline and, right above ``at``, a byline or a note about the article stand."""
        above = at - 1
        while above >= since and self.items[above].kind in ("byline", "note", "rule"):
            above -= 1
        if above == at - 1 or self.items[at - 1].kind == "rule":
            return False
        return above >= since and self.items[above].kind in ("heading", "text")

    def _fragment_opens(self, at: int, since: int) -> bool:
        """Whether a line that could be a headline is the broken-off opening of a body without a lead."""
        after = block_end(self.items, at, len(self.items))
        if after >= len(self.items) or after - at > 5 or not body_like(self.items, after):
            return False
        heads = [item for item in self.items[since:at] if item.kind in ("heading", "text")]
        if any(item.kind == "heading" for item in heads):
            return True
        block = "".join(item.text for item in self.items[at:after])
        signs = any(mark in block for mark in "，,；") + (
            block[-1] + self.items[after].text[0] in self._pairs()
        )
        return signs >= (1 if heads else 2)

    def _pairs(self) -> set[str]:
        """All pairs of neighbouring characters inside the lines of the file."""
        if self._known_pairs is None:
            self._known_pairs = set().union(*(pairs(item.text) for item in self.items))
        return self._known_pairs

    def read_body(self, first: int) -> int:
        """Read the body that opens at ``first``; return where to go on."""
        at = first + 1
        first = self._reopened(first)
        while at < len(self.items):
            end = self._end(first, at)
            if end is not None:
                self.found.append(Body(first, end))
                return end + 1 if end == at and self.items[end].kind == "byline" else end
            at += 1
        last = len(self.items)
        if self._has_leads and self._someone_untitled(first):
            last = self._without_heads(first, last)
        self.found.append(Body(first, self._without_notes(first, last)))
        return len(self.items)

    def _reopened(self, first: int) -> int:
        """Where the body at ``first`` began: earlier if only the credit of a picture stands between."""
        if self.items[first].kind == "lead" or not self.found:
            return first
        between = self.items[self.found[-1].last : first]
        if between and all(item.kind in ("byline", "rule", "note") for item in between):
            return self.found.pop().first
        return first

    def _someone_untitled(self, first: int) -> bool:
        """Whether a body up to the one at ``first`` has no headline right before it."""
        starts = [0, *(body.last for body in self.found)]
        ends = [*(body.first for body in self.found), first]
        return any(
            all(item.kind not in ("heading", "text") for item in self.items[start:end])
            for start, end in zip(starts, ends, strict=True)
        )

    def _end(self, first: int, at: int) -> int | None:
        """Where the body from ``first`` ends if the item ``at`` ends it, else ``None``."""
        kind = self.items[at].kind
        if kind == "lead":
            return self._without_heads(first, at)
        if kind == "byline":
            return self._end_at_byline(first, at)
        if kind == "editor":
            return self._without_notes(first, at)
        if kind in ("heading", "label") and self._heads_to_article(at):
            return self._without_heads(first, at)
        return None

    def _end_at_byline(self, first: int, at: int) -> int | None:
        byline = self.items[at].byline
        follower = self.items[at + 1] if at + 1 < len(self.items) else None
        if byline and byline.credit and follower and follower.kind in ("text", "stand"):
            return at if self._heads_to_article(at + 1) else None
        if follower and not self.items[at].same_line:
            end = self._without_heads(first, at)
            if end < at and self._text_follows(at):
                return end
        return at

    def _text_follows(self, at: int) -> bool:
        """Whether the byline at ``at`` stands above an article rather than below one.

        It does unless a lead, a byline or a marked headline comes before the first full sentence.
        """
        heads = False
        for after in range(at + 1, min(at + _MAX_HEADS, len(self.items))):
            item = self.items[after]
            if item.kind == "lead":
                return not heads
            if item.kind in ("heading", "label") or (item.kind == "byline" and heads):
                return False
            if body_like(self.items, after):
                return True
            heads = heads or item.kind == "text"
        return False

    def _heads_to_article(self, at: int) -> bool:
        """Whether from ``at`` only headlines and the like stand before the next lead."""
        for item in self.items[at : at + _MAX_HEADS]:
            if item.kind == "lead":
                return True
            if item.kind in ("heading", "label", "rule", "note"):
                continue
            if item.kind != "text" or not title_like(item.text, item.columns):
                return False
        return False

    def _without_heads(self, first: int, end: int) -> int:
        """Where the body from ``first`` ends when an article opens at ``end``: before the headlines there."""
        at = end
        while at - 1 > first and end - at < _MAX_HEADS:
            above = at - 1
            if self.items[above].kind not in ("heading", "label", "rule", "note"):
                above = self._block_start(first, above)
                if not headline_block(self.items[above:at]):
                    at = self._last_lines(above, at)
                    break
            at = above
        if at == end:
            return end
        body_line = self.items[at - 1]
        safe = (
            body_line.ended or body_line.columns > _LONG or at - 1 == first or self.items[at].kind != "text"
        )
        return at if safe else end

    def _last_lines(self, start: int, end: int) -> int:
        """Where, among lines that stand together, one to three headline lines follow the end of a sentence."""
        for at in range(end - 1, max(start, end - 4), -1):
            if not headline_block(self.items[at : at + 1]):
                return end
            if self.items[at - 1].ended:
                return at - self._asks(at - 1, start)
        return end

    def _asks(self, at: int, start: int) -> bool:
        """Whether the line ``at`` is a short question or call after a full stop: the kicker of a headline."""
        text = self.items[at].text
        return text[-1] in "？！" and self.items[at].columns <= 40 and at > start and self.items[at - 1].ended

    def _block_start(self, first: int, at: int) -> int:
        """Where the lines that stand together with the one at ``at`` start (four lines up at most)."""
        start = at
        while start - 1 > first and at - start < 4 and self._stands_with_line_above(start):
            start -= 1
        return start

    def _stands_with_line_above(self, at: int) -> bool:
        return not self.items[at].blank_before and self.items[at - 1].kind == "text"

    def _without_notes(self, first: int, end: int) -> int:
        while end - 1 > first and self.items[end - 1].kind in ("note", "editor", "rule", "label"):
            end -= 1
        return end
