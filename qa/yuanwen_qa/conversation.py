"""A follow-up question -> a question that stands alone, by rule.

What the earlier question was about (its topic), whom or where it led to (its answer) and its day are carried
into a question that leaves them out: ``他还去了哪里？`` ``第二批呢？`` ``and where?``. A question
with words enough of its own stays as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from yuanwen_index import fold

from .pointers import (
    DATE,
    HE,
    LEAD,
    LIGHT_WORDS,
    MORE,
    NAME,
    ORDINAL,
    QUESTION_WORDS,
    QUOTED,
    SUBJECTLESS,
    SWAP,
    THAT_DAY,
    THERE,
    THIS,
)
from .reading.questions import KINDS, read_question
from .reading.words import TAGS, cut_words

__all__ = ["Past", "StandAlone", "stand_alone", "topic_of"]

LOOK_BACK = 3
LONGEST_TOPIC = 60
_CONTENT_TAGS = frozenset(
    TAGS.index(tag) for tag in ("n", "nr", "ns", "nt", "nz", "v", "vn", "a", "i", "j", "l", "eng")
)
_NAME_TAGS = frozenset(TAGS.index(tag) for tag in ("nr", "ns", "nt", "nz"))
_PERSON_TAG = TAGS.index("nr")


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier turn: its question as it stood alone, its answer's text and its article's date."""

    question: str
    answer: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class StandAlone:
    """A question as typed, the question to ask instead, and what was carried into it.

    ``sure`` is False where the question as typed might have been meant to stand alone.
    """

    typed: str
    question: str
    carried: tuple[str, ...] = ()
    sure: bool = True

    @property
    def rewritten(self) -> bool:
        """Whether anything was carried over."""
        return bool(self.carried)


def stand_alone(question: str, past: Sequence[Past]) -> StandAlone:
    """``question`` with what it leaves unsaid taken from ``past`` (oldest first), or as it is."""
    body = question.strip()
    past = past[-LOOK_BACK:]
    if not past or not body:
        return StandAlone(question, question)
    swap = SWAP.match(body)
    if swap is not None:
        return _swapped(question, (swap["zh"] or swap["en"]).strip(), past[-1])
    lead = LEAD.match(body)
    body = body[lead.end() :] if lead else body
    body, carried = _pointed(body, past)
    own = [word for word in _content_words(body) if not any(word in taken for taken in carried)]
    sure = bool(lead or carried or not own or _points(body))
    few = 2 if lead or not _is_chinese(body) else 1
    if _points(body) or (len(own) <= few and (sure or not _names_something(body))):
        topic = topic_of(past[-1].question)
        if topic:
            body = f"{topic}，{body}" if _is_chinese(topic + body) else f"{topic}: {body}"
            carried = (*carried, topic)
    return StandAlone(question, body, carried, sure) if carried else StandAlone(question, question)


def topic_of(question: str) -> str:
    """What a question says apart from what it asks for, at most ``LONGEST_TOPIC`` characters wide."""
    longest = LONGEST_TOPIC if _is_chinese(question) else 2 * LONGEST_TOPIC
    said = re.sub(r"\s+", " ", QUESTION_WORDS.sub("", question)).strip(" ，,：:？?。.")
    if len(said) <= longest:
        return said
    cut = max(said.rfind(mark, 0, longest) for mark in "，, ")
    return said[: cut if cut > 0 else longest]


def _pointed(body: str, past: Sequence[Past]) -> tuple[str, tuple[str, ...]]:
    """Put the person, place and day that pronouns point to in their place."""
    carried: list[str] = []
    finders: tuple[tuple[re.Pattern[str], Callable[[Sequence[Past]], str | None]], ...] = (
        (HE, _person),
        (THERE, _place),
        (THAT_DAY, _day),
    )
    for pointer, find in finders:
        found = pointer.search(body)
        if found is None or _persons(body[: found.start()]):
            continue
        meant = find(past)
        if meant is not None:
            body = f"{body[: found.start()]}{meant}{body[found.end() :]}"
            carried.append(meant)
    return body, tuple(carried)


def _points(body: str) -> bool:
    """Whether something in ``body`` still points outside it."""
    found = THIS.search(body) or HE.search(body) or MORE.search(body) or SUBJECTLESS.search(body)
    return found is not None and not _persons(body[: found.start()])


def _swapped(typed: str, new: str, last: Past) -> StandAlone:
    """The last question about ``new`` instead: it takes the place of the part it is most like."""
    old = _counterpart(new, last.question)
    if old is not None:
        return StandAlone(typed, last.question.replace(old, new, 1), (last.question,))
    asked = QUESTION_WORDS.search(last.question)
    topic = topic_of(last.question)
    asking = asked.group().strip("的") if asked else ""
    if _is_chinese(new + topic):
        return StandAlone(typed, f"{topic}，{new}{asking.rstrip('?？')}？", (topic,))
    return StandAlone(typed, f"{topic}: {asking} {new}?".replace(":  ", ": "), (topic,))


def _counterpart(new: str, question: str) -> str | None:
    """The part of ``question`` that ``new`` replaces: a day, ordinal or person, or words that end alike."""
    for pattern in (DATE, ORDINAL):
        if pattern.search(new):
            found = pattern.search(question)
            return found.group() if found else None
    if _persons(new):
        return next(iter(_persons(question)), None)
    words = cut_words(question)
    best: tuple[tuple[int, int], str] | None = None
    for i, start in enumerate(words.starts):
        for j in range(i, min(i + 4, len(words))):
            part = question[start : words.ends[j]]
            same, off = _shared_end(fold(part), fold(new)), abs(len(part) - len(new))
            if 0 < same < len(part) and off <= 2 and (best is None or (same, -off) > best[0]):
                best = (same, -off), part
    return best[1] if best else None


def _shared_end(a: str, b: str) -> int:
    """How many last characters two texts share; for spaced scripts only whole words count."""
    n = 0
    while n < min(len(a), len(b)) and a[-1 - n] == b[-1 - n]:
        n += 1
    return 0 if b[-1:].isascii() and " " not in a[len(a) - n - 1 : len(a) - n + 1] else n


def _person(past: Sequence[Past]) -> str | None:
    """The person that the latest turns led to or were about."""
    for turn in reversed(past):
        if turn.answer and _asks(turn.question, "who"):
            return next(iter(_persons(turn.answer)), turn.answer if len(turn.answer) <= 12 else None)
        for text in (turn.question, turn.answer or ""):
            names = _persons(text)
            if names:
                return names[-1]
    return None


def _place(past: Sequence[Past]) -> str | None:
    last = past[-1]
    return last.answer if last.answer and len(last.answer) <= 30 and _asks(last.question, "where") else None


def _day(past: Sequence[Past]) -> str | None:
    last = past[-1]
    for text in (last.answer or "", last.question, last.date or ""):
        found = DATE.search(text)
        if found:
            return found.group()
    return None


def _asks(question: str, kind: str) -> bool:
    return read_question(question).kinds[KINDS.index(kind)]


def _persons(text: str) -> list[str]:
    """Names of people in ``text``, in order."""
    words = cut_words(text)
    found = [
        text[start:end]
        for start, end, tag in zip(words.starts, words.ends, words.tags, strict=True)
        if tag == _PERSON_TAG and end - start >= 2
    ]
    return found + [match.group() for match in NAME.finditer(text)]


def _names_something(text: str) -> bool:
    """Whether a name or a quoted title stands in ``text``."""
    return bool(QUOTED.search(text)) or any(tag in _NAME_TAGS for tag in cut_words(text).tags.tolist())


def _content_words(text: str) -> list[str]:
    """The words of ``text`` that say something: no question words, particles or light verbs."""
    words = cut_words(QUESTION_WORDS.sub(" ", text))
    return [
        key
        for key, tag in zip(words.keys, words.tags, strict=True)
        if tag in _CONTENT_TAGS and key not in LIGHT_WORDS
    ]


def _is_chinese(text: str) -> bool:
    return any("\u3400" <= char <= "\u9fff" for char in text)
