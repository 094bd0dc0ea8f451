"""Which headline belongs to which article, also where the page prints it elsewhere."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from .items import Item
from .lines import pairs
from .pages import Body

__all__ = ["Headline", "match_headlines"]

_WINDOW = 8  # articles before and after a headline that it may belong to
_BODY_REACH = 2000  # characters of a body that are compared
_COVER = 0.15  # how much less sure a headline may be where it spares a body from having none
_CLEARLY, _SURE = 0.25, 0.45  # what it takes to swap headlines between bodies that have some
_ENOUGH = 3.0  # unique pairs that make it fairly sure
_NEXT, _LAST, _STICK, _FAR = 0.25, 0.15, 0.2, 0.01

_LABEL = re.compile(r"【[^】]*】")


class Headline(NamedTuple):
    """One block of headline lines, items ``first`` to ``last``, in the gap before body number ``gap``."""

    first: int
    last: int
    gap: int


def _headlines(items: Sequence[Item], bodies: Sequence[Body]) -> list[Headline]:
    starts = [0, *(body.last for body in bodies)]
    ends = [*(body.first for body in bodies), len(items)]
    found: list[Headline] = []
    for gap, (start, end) in enumerate(zip(starts, ends, strict=True)):
        new = True
        for at in range(start, end):
            item = items[at]
            if item.kind not in ("heading", "text"):
                new = True
                continue
            if not new and item.kind == "text" and not item.blank_before:
                found[-1] = found[-1]._replace(last=at + 1)
            else:
                found.append(Headline(at, at + 1, gap))
            new = item.kind == "heading"
    return found


def _pairs(text: str) -> set[str]:
    return pairs("".join(text.split()))


def match_headlines(items: Sequence[Item], bodies: Sequence[Body]) -> list[list[int]]:
    """Return, for each body, the items that make its headline, in order.

    Each headline belongs to the body right after it unless the words say otherwise: a path through the page
    is sought that shares the most words (rare ones count more) between headlines and bodies, with a
    preference for the next body, then the last one, and for neighbours to stay together.
    """
    headlines = _headlines(items, bodies)
    plain = [min(headline.gap, len(bodies) - 1) for headline in headlines]
    owners = plain
    if len(bodies) > 1 and headlines:
        owners = _best_owners(items, bodies, headlines, plain)
    chosen: list[list[int]] = [[] for _ in bodies]
    for headline, owner in zip(headlines, owners, strict=True):
        if owner >= 0:
            chosen[owner] += range(headline.first, headline.last)
    return chosen


def _best_owners(
    items: Sequence[Item], bodies: Sequence[Body], headlines: Sequence[Headline], plain: list[int]
) -> list[int]:
    plain = [
        owner if headline.gap < len(bodies) else -1 for owner, headline in zip(plain, headlines, strict=True)
    ]
    likeness = _Likeness(items, bodies)
    words = [
        _pairs(_LABEL.sub("", "".join(item.text for item in items[line.first : line.last])))
        for line in headlines
    ]
    shared = [
        {body: likeness.of(told, body) for body in _candidates(line, len(bodies))}
        for line, told in zip(headlines, words, strict=True)
    ]
    owners = _one_run_each(_path(headlines, shared), headlines, shared)
    _share_out(owners, shared, len(bodies))
    if owners == plain:
        return plain
    spared = len(set(owners) - {-1}) - len(set(plain) - {-1})  # bodies that get a headline by this
    gain = _total(owners, shared) - _total(plain, shared)
    moved = sum(a != b for a, b in zip(owners, plain, strict=True))
    if spared > 0:
        return owners if gain > 0.1 * moved else plain
    return owners if spared == 0 and gain > 0.2 * moved and _sure(owners, plain, shared) else plain


def _sure(owners: list[int], plain: list[int], shared: Sequence[dict[int, float]]) -> bool:
    """Whether each body that takes headlines from another shares much more with one of them than its own does."""
    best: dict[int, float] = {}
    for owner, before, scores in zip(owners, plain, shared, strict=True):
        if owner != before:
            score = scores.get(owner, 0.0)
            clear = score - scores.get(before, 0.0) >= _CLEARLY
            best[owner] = max(best.get(owner, 0.0), score if clear else 0.0)
    return all(score >= _SURE for score in best.values())


def _share_out(owners: list[int], shared: Sequence[dict[int, float]], count: int) -> None:
    """Give each body without a headline the likeliest of those at the ends of another body's longer run."""
    for body in sorted(set(range(count)) - set(owners)):
        held = Counter(owners)
        options = [
            (shared[at].get(body, 0.0) - shared[at].get(owner, 0.0), at)
            for at, owner in enumerate(owners)
            if shared[at].get(body, 0.0) > _COVER and (owner < 0 or (held[owner] > 1 and _at_end(owners, at)))
        ]
        if options and max(options)[0] > -_COVER:
            owners[max(options)[1]] = body


def _at_end(owners: Sequence[int], at: int) -> bool:
    """Whether the headline is the first or the last of its run."""
    return (
        owners[max(0, at - 1)] != owners[at]
        or owners[at] != owners[min(at + 1, len(owners) - 1)]
        or (at in (0, len(owners) - 1))
    )


def _candidates(line: Headline, count: int) -> range:
    return range(max(0, line.gap - _WINDOW), min(count, line.gap + _WINDOW))


def _total(owners: Sequence[int], shared: Sequence[dict[int, float]]) -> float:
    return sum(scores.get(owner, 0.0) for owner, scores in zip(owners, shared, strict=True))


class _Likeness:
    """How much of a headline stands in a body: character pairs, weighted by how few bodies hold them."""

    def __init__(self, items: Sequence[Item], bodies: Sequence[Body]) -> None:
        self._pairs = [_pairs(_opening(items, body)) for body in bodies]
        self._held_by = Counter(pair for told in self._pairs for pair in told)
        self._count = len(bodies)

    def of(self, told: set[str], body: int) -> float:
        """Return how sure the pairs shared with ``told`` make it that a headline is of ``body``, 0 to 1."""
        unique = math.log(self._count + 0.5)  # what a pair weighs that one body alone holds
        shared = sum(unique - math.log(self._held_by[pair]) for pair in told & self._pairs[body])
        return 1 - math.exp(-shared / (_ENOUGH * unique))


def _opening(items: Sequence[Item], body: Body) -> str:
    parts: list[str] = []
    length = 0
    for item in items[body.first : body.last]:
        parts.append(item.text[: _BODY_REACH - length])
        length += len(parts[-1])
        if length >= _BODY_REACH:
            break
    return "".join(parts)


def _path(headlines: Sequence[Headline], shared: Sequence[dict[int, float]]) -> list[int]:
    """Return the owner of each headline on the best path (dynamic programming over the page)."""
    best: dict[int, float] = {}
    back: list[dict[int, int]] = []
    for at, (line, scores) in enumerate(zip(headlines, shared, strict=True)):
        stays = at > 0 and headlines[at - 1].gap == line.gap
        leader = max(best, key=lambda body: best[body]) if best else -1
        current: dict[int, float] = {}
        came: dict[int, int] = {}
        for body, score in scores.items():
            near = (
                _NEXT if body == line.gap else _LAST if body == line.gap - 1 else -_FAR * abs(body - line.gap)
            )
            came[body], previous = leader, best.get(leader, 0.0)
            if stays and best.get(body, -1e9) + _STICK >= previous:
                came[body], previous = body, best[body] + _STICK
            current[body] = score + near + previous
        best = current
        back.append(came)
    owner = max(best, key=lambda body: best[body])
    owners = [owner]
    for came in reversed(back[1:]):
        owner = came[owner]
        owners.append(owner)
    return owners[::-1]


def _one_run_each(
    owners: list[int], headlines: Sequence[Headline], shared: Sequence[dict[int, float]]
) -> list[int]:
    """Leave each body its best run of neighbouring headlines; the others go to the body right after them."""
    runs: dict[int, list[tuple[float, list[int]]]] = {}
    for at, owner in enumerate(owners):
        new = at == 0 or owners[at - 1] != owner or headlines[at - 1].gap != headlines[at].gap
        if new:
            runs.setdefault(owner, []).append((0.0, []))
        score, members = runs[owner][-1]
        runs[owner][-1] = (score + shared[at][owner], [*members, at])
    result = list(owners)
    for owner, found in runs.items():
        keep = max(found)[1]
        for _, members in found:
            if members is not keep:
                for at in members:
                    gap = headlines[at].gap
                    result[at] = gap if gap in shared[at] and gap not in runs and gap != owner else -1
    return result
