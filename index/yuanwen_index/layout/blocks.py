"""Blocks of lines: running text or a headline."""

from __future__ import annotations

from collections.abc import Sequence

from .items import Item, title_like

__all__ = ["block_end", "body_like", "headline_block", "headline_touches"]

_MAX_BLOCK = 30  # lines of a block that are looked at


def block_end(items: Sequence[Item], at: int, limit: int) -> int:
    """Return where the lines of text end that stand together from the item ``at``, at most at ``limit``."""
    end = at + 1
    while end < limit and items[end].kind == "text" and not items[end].blank_before:
        end += 1
    return end


def headline_block(lines: Sequence[Item]) -> bool:
    """Tell whether ``lines``, which stand together, can be a headline of one to three lines."""
    if len(lines) > 3 or any(
        item.kind != "text" or not title_like(item.text, item.columns) for item in lines
    ):
        return False
    return lines[0].blank_before or not (lines[0].same_line or lines[-1].ended)


def body_like(items: Sequence[Item], at: int) -> bool:
    """Tell whether running text, rather than a headline, stands from the item ``at``."""
    item = items[at]
    if item.kind != "text":
        return item.kind == "stand"
    if not title_like(item.text, item.columns):
        return True
    block = items[at : block_end(items, at, min(at + _MAX_BLOCK, len(items)))]
    if len(block) == 1 or not any(map(_holds_sentence, block)):
        return False
    return not headline_touches(block)


def _holds_sentence(line: Item) -> bool:
    return "。" in line.text or (line.ended and line.text[-1] not in "？！?!")


def headline_touches(block: Sequence[Item]) -> bool:
    """Tell whether the first line of ``block`` is a headline that no blank line parts from its text."""
    first, second = block[0], block[1]
    if second.indent > first.indent + 1:
        return True
    width = max(line.columns for line in block[1:4])
    if first.columns > width + 8:
        return len(block) > 2  # of two lines the second may just be the end of the first
    return first.columns < width - 8  # an indent is four columns
