"""Where the evidence of a question stands in the files, and whether a found place holds it.

A quote is looked for with all white space removed from quote and file, so it is found across broken lines.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .metrics import holds_answer
from .question_sets import Evidence, Question
from .systems import Found, Prediction

__all__ = ["Gold", "Place", "Sources", "holds_half", "locate", "same_file"]

HALF = 0.5


@dataclass(frozen=True, slots=True)
class Place:
    """Characters ``start`` to ``end`` (half-open) of the decoded file ``source``."""

    source: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Gold:
    """What is known about the evidence of one question.

    ``places`` (possibly several for one quote) are where its quotes stand in the files. ``indexed`` tells
    whether every quote stands somewhere, ``answer_indexed`` whether an accepted answer stands in any file;
    both are None when the files are not at hand.
    """

    question: Question
    places: tuple[Place, ...] = ()
    indexed: bool | None = None
    answer_indexed: bool | None = None

    def held_by(self, found: Found, sources: Sources) -> bool:
        """Whether a passage holds at least half of a quote.

        Without quotes it is a passage of the named file, or any passage, that holds an accepted answer.
        """
        if self.places and found.span is not None:
            here = [place for place in self.places if place.source == found.source]
            return any(sources.share(place, *found.span) >= HALF for place in here)
        quotes = [one for one in self.question.evidence if one.quote]
        if quotes:
            wanted = [one.quote for one in quotes if same_file(one.source, found.source)]
            return any(holds_half(found.text, quote) for quote in wanted)
        files = self.question.evidence
        right_file = not files or any(same_file(one.source, found.source) for one in files)
        return right_file and holds_answer(found.text, self.question.answers)

    def cited_by(self, best: Prediction, sources: Sources) -> bool | None:
        """Whether the cited article holds the evidence; None when the set tells no evidence."""
        if not self.question.evidence:
            return None
        if not self.places or not best.article:
            return any(same_file(one.source, best.source) for one in self.question.evidence)
        return any(
            sum(sources.share(place, *span) for span in best.article) >= HALF
            for place in self.places
            if place.source == best.source
        )

    def holds_span(self, best: Prediction) -> bool | None:
        """Whether the cited span lies in a quote; None when no quote or no span is known."""
        if not self.places or best.span is None:
            return None
        start, end = best.span
        return any(
            place.source == best.source and place.start <= start and end <= place.end for place in self.places
        )


class Sources:
    """The texts of the files that are searched, by name, with white space set aside."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._by_last_name: dict[str, list[str]] = {}
        for name in texts:
            self._by_last_name.setdefault(_last_name(name), []).append(name)
        self._bare: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._texts)

    def named(self, name: str) -> list[str]:
        """The files called ``name``, whatever folders stand before it; all files for ""."""
        if not name:
            return list(self._texts)
        if name in self._texts:
            return [name]
        return self._by_last_name.get(_last_name(name), [])

    def find(self, evidence: Evidence) -> list[Place]:
        """Every place of a quote, in order; none for a quote that is empty."""
        wanted = _without_space(evidence.quote)
        if not wanted:
            return []
        return [place for source in self.named(evidence.source) for place in self._places(source, wanted)]

    def hold_answer(self, names: Sequence[str], answers: Sequence[str]) -> bool:
        """Whether one of the files holds one of the answers."""
        return any(holds_answer(self._texts[name], answers) for name in names)

    def share(self, place: Place, start: int, end: int) -> float:
        """The share (0 to 1) of the place's visible characters that stand between ``start`` and ``end``."""
        text = self._texts[place.source]
        inside = _without_space(text[max(start, place.start) : max(0, min(end, place.end))])
        return len(inside) / max(1, len(_without_space(text[place.start : place.end])))

    def _places(self, source: str, wanted: str) -> list[Place]:
        if source not in self._bare:
            self._bare[source] = _without_space(self._texts[source])
        bare = self._bare[source]
        starts = [match.start() for match in re.finditer(re.escape(wanted), bare)]
        if not starts:
            return []
        offsets = [at for at, character in enumerate(self._texts[source]) if not character.isspace()]
        return [Place(source, offsets[at], offsets[at + len(wanted) - 1] + 1) for at in starts]


def locate(question: Question, sources: Sources) -> Gold:
    """Find the evidence of a question in the files."""
    if not question.answerable or not len(sources):
        return Gold(question)
    found = [sources.find(one) if one.quote else [] for one in question.evidence]
    places = tuple(dict.fromkeys(place for one in found for place in one))
    indexed = all(
        bool(there) if one.quote else bool(sources.named(one.source))
        for one, there in zip(question.evidence, found, strict=True)
    )
    return Gold(question, places, indexed, _answer_indexed(question, sources))


def same_file(named: str, source: str) -> bool:
    """Whether a file called ``named`` in a question set is ``source``, folders aside; "" is any file."""
    return not named or not source or _last_name(named) == _last_name(source)


def holds_half(text: str, quote: str) -> bool:
    """Whether ``text`` holds an unbroken half of ``quote``, white space aside: for files not at hand."""
    bare, wanted = _without_space(text), _without_space(quote)
    half = (len(wanted) + 1) // 2
    return bool(wanted) and any(wanted[at : at + half] in bare for at in range(len(wanted) - half + 1))


def _answer_indexed(question: Question, sources: Sources) -> bool:
    named = [name for one in question.evidence if one.source for name in sources.named(one.source)]
    return any(sources.hold_answer(names, question.answers) for names in (named, sources.named("")))


def _last_name(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]


def _without_space(text: str) -> str:
    return "".join(text.split())
