"""What the reader knows about each candidate span, as numbers.

A candidate is described by where it stands (the question's words in its clause, its sentence and close before and
after it), by what it is (its words, their kinds and vectors, quotation marks, numbers and units), and by what the
question asks for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .candidates import candidate_spans
from .forms import form_of, is_numeral, span_sums
from .matches import Matches, match_words, proximity, segment_coverage
from .pinyin import spelled_words
from .questions import Question, read_question
from .spaces import WordSpace
from .words import TAGS, Words, cut_words

__all__ = [
    "Asked",
    "Read",
    "coverage",
    "describe",
    "hit_part",
    "question_features",
    "read_passage",
    "take_apart",
]

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

_SKIPPED = {TAGS.index(tag) for tag in ("x", "u", "y", "e", "o")}
_REACHES = (2.0, 8.0)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question ready to be compared.

    ``units`` are its telling words, with ``vectors`` (n_units, dim) and ``weights`` (n_units,) summing to 1;
    ``whole``, ``asking``, ``after`` and ``before`` (dim,) are the vectors of all of them, of the question word and
    of the words beside it. ``names`` are the places of units in Latin letters that may spell a Chinese name.
    """

    question: Question
    units: tuple[str, ...]
    names: tuple[int, ...]
    vectors: Floats
    weights: Floats
    whole: Floats
    asking: Floats
    after: Floats
    before: Floats


@dataclass(frozen=True, slots=True)
class Read:
    """A text ready to be compared: its words with their ``vectors`` (n_words, dim) and ``weights``, its candidates
    (``first`` and ``last`` word of each), and what can be said of them without a question, ``form``.
    """

    words: Words
    vectors: Floats
    weights: Floats
    first: Ints
    last: Ints
    form: Floats


def take_apart(text: str, space: WordSpace) -> Asked:
    """Prepare a question."""
    question = read_question(text)
    words = cut_words(text)
    start, end = question.asking
    told = (words.ends <= start) | (words.starts >= end)
    told &= ~np.isin(words.tags, list(_SKIPPED))
    units = tuple(dict.fromkeys(key for key, keep in zip(words.keys, told, strict=True) if keep))
    names = tuple(units.index(key) for key in _names(text, words) if key in units)
    vectors, weights = space.look_up(units)
    total = weights.sum()
    weights = weights / total if total > 0 else weights
    return Asked(
        question, units, names, vectors, weights, _direction(weights @ vectors),
        *(_text_vector(part, space) for part in (question.key[start:end], question.after, question.before)),
    )  # fmt: skip


def read_passage(text: str, space: WordSpace) -> Read:
    """Prepare a text."""
    words = cut_words(text)
    vectors, weights = space.look_up(words.keys)
    first, last = candidate_spans(words)
    return Read(words, vectors, weights, first, last, form_of(words, first, last))


def hit_part(scores: Sequence[float], place: int) -> tuple[float, float]:
    """What is told of a hit: its score as a part of the best one's, 0 when that is not above 0, and 1 / rank."""
    top = max(scores)
    return (max(scores[place] / top, 0.0) if top > 0 else 0.0), 1 / (place + 1)


def describe(asked: Asked, read: Read, hit: tuple[float, float]) -> Floats:
    """Features (n_candidates, n_features) of the candidates of one passage.

    ``hit`` is the passage's retrieval score as a part of the best one's, and 1 / rank.
    """
    matches = _matches(asked, read)
    columns = [
        read.form,
        _position(matches, read),
        _meaning(asked, read),
        _fit(asked.question, read),
        np.tile(np.array(hit, np.float32), (len(read.first), 1)),
    ]
    return np.concatenate(columns, axis=1)


def _matches(asked: Asked, read: Read) -> Matches:
    matches = match_words(asked.units, asked.vectors, asked.weights, read.words.keys, read.vectors)
    for row in asked.names:
        spelled = spelled_words(asked.units[row], read.words.keys)
        matches.exact[row, spelled] = matches.near[row, spelled] = 1.0
    return matches


def coverage(asked: Asked, read: Read) -> Floats:
    """How much of the question the passage holds, by words and by meaning, (2,) in 0..1."""
    matches = _matches(asked, read)
    if not asked.units or not len(read.words):
        return np.zeros(2, np.float32)
    return np.array([asked.weights @ matches.exact.max(1), asked.weights @ matches.near.max(1)], np.float32)


def question_features(asked: Asked) -> Floats:
    """What is asked for, (n,): kinds, count, length, language."""
    question = asked.question
    foreign = np.mean([unit.isascii() for unit in asked.units]) if asked.units else 0.0
    extra = [question.count / 5, len(asked.units) / 10, float(foreign), float(question.asking[0] == 0)]
    return np.array([*map(float, question.kinds), *extra], np.float32)


def _names(text: str, words: Words) -> list[str]:
    """Words in Latin letters that are capital though nothing makes them so, or stand in a Chinese question."""
    starts = zip(words.keys, words.starts.tolist(), strict=True)
    return [
        key
        for key, at in starts
        if at and key.isascii() and key.isalpha() and len(key) > 1 and text[at].isupper()
    ]


def _text_vector(text: str, space: WordSpace) -> Floats:
    words = cut_words(text)
    keys = [key for key, tag in zip(words.keys, words.tags.tolist(), strict=True) if tag not in _SKIPPED]
    vectors, weights = space.look_up(keys)
    return _direction(weights @ vectors) if keys else np.zeros(space.dim, np.float32)


def _direction(vector: Floats) -> Floats:
    norm = float(np.linalg.norm(vector))
    return (vector / norm if norm > 0 else vector).astype(np.float32)


def _position(matches: Matches, read: Read) -> Floats:
    """Where the question's words stand around each candidate and in it, (n_candidates, 26)."""
    weights = matches.weights if len(matches.weights) else np.zeros(1, np.float32)
    nothing = np.zeros((1, len(read.words)), np.float32)
    sides = [
        _side(match if len(match) else nothing, weights, read) for match in (matches.exact, matches.near)
    ]
    return np.concatenate(sides).T.astype(np.float32)


def _side(match: Floats, weights: Floats, read: Read) -> Floats:
    """The same for one channel, (13, n_candidates)."""
    words, first, last = read.words, read.first, read.last
    rows: list[NDArray[np.floating]] = []
    for reach in _REACHES:
        left, right = proximity(match, weights, reach)
        rows += [left[first], right[last + 1]]
    for segments, around in ((words.clauses, 0), (words.sentences, 0), (words.sentences, 1)):
        rows.append(segment_coverage(match, weights, segments, around)[first])
    best = (match * weights[:, None]).max(0) / max(float(weights.max()), 1e-6)
    inside = span_sums(best[None], first, last)[0]
    rows += [inside / (last - first + 1), np.log1p(inside), best[first], best[last]]
    rows += [np.full(len(first), float(weights @ match.max(1))), np.append(best, 0.0)[last + 1]]
    return np.stack(rows)


def _meaning(asked: Asked, read: Read) -> Floats:
    """Likeness in the space of words, (n_candidates, 15)."""
    weighed = read.vectors * read.weights[:, None]
    sums = np.concatenate([np.zeros((1, weighed.shape[1]), np.float32), np.cumsum(weighed, 0)])
    spans = sums[read.last + 1] - sums[read.first]
    spans /= np.maximum(np.linalg.norm(spans, axis=1, keepdims=True), 1e-6)
    columns = []
    padded = np.concatenate([read.vectors, np.zeros((1, read.vectors.shape[1]), np.float32)])
    for vector in (asked.whole, asked.after, asked.before):
        near = padded @ vector
        columns += [
            spans @ vector,
            near[read.first],
            near[read.last],
            near[read.first - 1],
            near[read.last + 1],
        ]
    for segments in (read.words.clauses, read.words.sentences):
        columns.append((_segment_vectors(weighed, segments) @ asked.whole)[read.first])
    return np.stack(columns, 1).astype(np.float32)


def _segment_vectors(weighed: Floats, segments: Ints) -> Floats:
    starts = np.flatnonzero(np.diff(segments, prepend=-1))
    sums = np.add.reduceat(weighed, starts, axis=0)
    sums /= np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-6)
    return np.repeat(sums, np.diff(starts, append=len(segments)), axis=0)


def _fit(question: Question, read: Read) -> Floats:
    """Whether unit and count are those asked for, (n_candidates, 5)."""
    keys = (*read.words.keys, "")
    unit = question.after[:1] if question.kinds[3] and not question.after.isascii() else ""
    opens_with = np.array([bool(unit) and key.startswith(unit) for key in keys])
    ends_with = np.array([bool(unit) and key.endswith(unit) for key in keys])
    numeral = np.array([is_numeral(key) for key in keys])
    commas = np.array([key in ("、", "和", "与", "及", "以及") for key in keys[:-1]])
    listed = span_sums(commas[None], read.first, read.last)[0] + 1
    has_numeral = span_sums(numeral[None, :-1], read.first, read.last)[0] > 0
    return np.stack(
        [
            opens_with[read.last + 1] & has_numeral,
            ends_with[read.last] & has_numeral,
            (listed == question.count) & (question.count > 1),
            (listed > 1) & (question.count > 1),
            np.full(len(read.first), bool(unit)),
        ],
        1,
    ).astype(np.float32)  # fmt: skip
