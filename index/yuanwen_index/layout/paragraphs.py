"""Which lines of a body read on, and which start a paragraph."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from ..documents import Span
from .items import Item, sentence_ended
from .lines import pairs

__all__ = ["paragraph_spans"]

_NUMBERED = re.compile(
    r"[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[.．、](?!\d)|"
    r"第[一二三四五六七八九十\d]{1,3}[章节条部]|[■●◆▲★◇○□△▶►①-⑳]|【"
)
_INNER_MARKS = re.compile(r"[，。、；：！？,;]")
_CONTINUES = frozenset("，。、；：！？）》」』”’,;:.)]}%的了着们")
_STARTS_LOW = re.compile(r"[a-zà-öø-ÿа-я]")
_APART = ("heading", "stand", "rule")
_INDENT = 4  # columns by which the first line of a printed paragraph is shorter


class _Shape:
    """How a body is set: hard-wrapped or not, how wide, with indents or not, on a page or not."""

    def __init__(self, items: Sequence[Item], page: bool) -> None:
        texts = [item for item in items if item.kind in ("text", "lead")]
        close = [before for before, item in pairwise(texts) if not item.blank_before and not item.same_line]
        broken = [before.columns for before in close if not before.ended]
        self.page = page
        self.wrapped = len(close) >= 2 and len(broken) >= 0.4 * len(close)
        self.width = median(broken) if broken else 0
        self.indented = _indents_start(texts)
        self.subheadings = self._unmarked_subheadings(texts) if page and len(texts) > 2 else frozenset()

    def _unmarked_subheadings(self, texts: Sequence[Item]) -> frozenset[int]:
        """Return where lines stand that are set like subheadings: at least two, or one with a space in it.

        A line broken off in mid-sentence looks alike; but there the two characters beside the break often
        stand together elsewhere too.
        """
        found = [
            item
            for before, item, after in zip(texts, texts[1:], texts[2:], strict=False)
            if before.ended and item.blank_before and after.blank_before and self._bare(item)
        ]
        if not found:
            return frozenset()
        known = set().union(*(pairs(item.text) for item in texts))
        followers = {item.start: after for item, after in pairwise(texts)}
        found = [item for item in found if item.text[-1] + followers[item.start].text[0] not in known]
        if len(found) == 1 and " " not in found[0].text:
            return frozenset()
        return frozenset(item.start for item in found)

    def _bare(self, item: Item) -> bool:
        if item.kind != "text" or item.ended or item.columns > 48 or _INNER_MARKS.search(item.text):
            return False
        return not self.wrapped or item.columns < self.width - 2 * _INDENT


def _indents_start(texts: Sequence[Item]) -> bool:
    """Whether indents mark paragraphs: some lines have one, and most of these follow a full stop."""
    after = [before.ended for before, item in pairwise(texts) if item.indent > 0]
    return 0 < len(after) < len(texts) - 1 and sum(after) >= 0.7 * len(after)


def paragraph_spans(items: Sequence[Item], *, page: bool) -> tuple[tuple[Span, ...], ...]:
    """Return the paragraphs of a body, each as the spans of its lines in the file.

    ``page`` tells that the file prints leads or bylines, where blank lines also fall inside sentences.
    """
    shape = _Shape(items, page)
    paragraphs: list[list[Item]] = []
    for item in items:
        if paragraphs and _reads_on(paragraphs[-1], item, shape):
            paragraphs[-1].append(item)
        else:
            paragraphs.append([item])
    return tuple(_spans(paragraph) for paragraph in paragraphs)


def _spans(paragraph: Sequence[Item]) -> tuple[Span, ...]:
    """Return where the lines of ``paragraph`` stand; a heading inside a body keeps its marks."""
    spans: list[Span] = []
    for item in paragraph:
        start, end = item.marked if item.kind == "heading" else (item.start, item.end)
        if item.same_line and spans:
            start = spans.pop()[0]  # one line, with the space between its parts
        spans.append((start, end))
    return tuple(spans)


def _reads_on(paragraph: Sequence[Item], item: Item, shape: _Shape) -> bool:
    before = paragraph[-1]
    if item.same_line:
        return True
    if before.kind == "stand":
        return _list_reads_on(before, item)
    if item.kind in _APART or before.kind in _APART or (shape.indented and item.indent > 0):
        return False
    spaced = _spaced(before.text[-1], item.text[0])
    if before.ended:
        return not item.blank_before and shape.wrapped and _fills(paragraph, item, shape, spaced)
    if spaced:
        return not item.blank_before or bool(_STARTS_LOW.match(item.text) and before.columns >= 20)
    return _broken(paragraph, item, shape)


def _spaced(left: str, right: str) -> bool:
    """Whether the two sides of a break are of scripts that part words by spaces."""
    if left >= "\u2e80" or right >= "\u2e80" or left in "“”‘’" or right in "“”‘’":
        return False
    return left.isalpha() or right.isalpha()


def _list_reads_on(before: Item, item: Item) -> bool:
    if item.blank_before or before.text.lstrip()[0] in "|`~<" or item.kind != "text":
        return False
    return not before.ended or item.indent > before.indent


def _fills(paragraph: Sequence[Item], item: Item, shape: _Shape, spaced: bool) -> bool:
    """Whether a line that ends with a sentence was broken by the width of the column, not by its author."""
    before = paragraph[-1]
    near: list[float] = [line.columns for line in paragraph[-5:-1]] or [shape.width]
    if spaced:
        return max(shape.width, *near) - before.columns <= len(item.text.split(maxsplit=1)[0])
    width = max(median(near), 0 if item.ended else item.columns)
    if not item.ended and 3 <= width - item.columns <= 2 * _INDENT:
        return False  # the next line is short though nothing ends there: the first of a paragraph
    if len(paragraph) == 1:
        width -= _INDENT
    return width - before.columns < 3


def _broken(paragraph: Sequence[Item], item: Item, shape: _Shape) -> bool:
    """Whether a line that ends in mid-sentence reads on in ``item``."""
    before = paragraph[-1]
    text = before.text
    if text[-1] in "，,、" or item.text[0] in _CONTINUES:
        return True
    if sentence_ended(text, soft=True):
        return shape.wrapped and not item.blank_before and before.columns >= shape.width - 3
    if len(paragraph) > 1 or before.kind == "lead":
        return True
    return before.start not in shape.subheadings and not _stands_alone(before, shape)


def _stands_alone(before: Item, shape: _Shape) -> bool:
    """Whether the line ``before``, the first of its paragraph, is a subheading by its marks or its shape."""
    text = before.text
    if before.columns > 60:
        return False
    margin = shape.width - 2 * _INDENT
    if shape.wrapped and before.columns >= (margin if shape.page else max(margin, 0.75 * shape.width)):
        return False
    if _NUMBERED.match(text) and not _INNER_MARKS.search(text[3:]):
        return True
    return not shape.page and not _INNER_MARKS.search(text)
