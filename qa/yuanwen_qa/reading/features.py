"""What the reader knows of question and passage before its network reads them, as numbers.

Of a passage: its words, their vectors and marks, and its candidates. Of a question: its words, and what it asks for.
Of both together: for each word of the passage how much of the question stands there and close by, in the same words
or in near ones; for each word of the question how well the passage holds it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .candidates import candidate_spans
from .forms import is_numeral, word_marks
from .matches import Matches, match_words, proximity, segment_coverage
from .pinyin import spelled_words
from .questions import KINDS, Question, read_question
from .spaces import WordSpace
from .words import TAGS, Words, cut_words

__all__ = [
    "NEAR_AROUND",
    "N_ASKED",
    "N_PAIR",
    "N_PLACES",
    "Asked",
    "Pair",
    "Read",
    "compare",
    "matches_of",
    "question_features",
    "read_passage",
    "take_apart",
    "unit_words",
]

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

_SKIPPED = [TAGS.index(tag) for tag in ("x", "u", "y", "e", "o")]
_REACHES = (2.0, 8.0)
N_PAIR, N_PLACES, N_ASKED = 26, 6, len(KINDS) + 4
NEAR_AROUND = (
    18  # column of a pair's words: how much of the question stands in the sentence and those beside it
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question ready to be compared.

    ``words`` with ``vectors`` (n_words, dim) and ``weights`` (n_words,); ``places`` (n_words, 6) says where each stands
    to the question word and whether it tells something. ``units`` are the telling words, ``unit_of`` (n_words,) the
    number of each word's unit (-1: none), ``unit_vectors`` (n_units, dim), ``unit_weights`` (n_units,) summing to 1;
    ``whole``, ``after`` and ``before`` (dim,) are the vectors of all units and of the words beside the question word.
    ``names`` are the places of units in Latin letters that may spell a Chinese name.
    """

    question: Question
    words: Words
    vectors: Floats
    weights: Floats
    places: Floats
    units: tuple[str, ...]
    unit_of: Ints
    unit_vectors: Floats
    unit_weights: Floats
    names: tuple[int, ...]
    whole: Floats
    after: Floats
    before: Floats


@dataclass(frozen=True, slots=True)
class Read:
    """A text ready to be compared: its words with ``vectors`` (n_words, dim) and ``marks`` (n_words, n_marks), and its
    candidates, ``first`` and ``last`` word of each.
    """

    words: Words
    vectors: Floats
    marks: Floats
    first: Ints
    last: Ints


@dataclass(frozen=True, slots=True)
class Pair:
    """What question and passage say together: of each passage word, ``words`` (n_words, 26); of each question word the
    best match in the passage, same and near, ``held`` (n_question_words, 2); ``units`` (n_words, 2) as of
    :func:`unit_words`.
    """

    words: Floats
    held: Floats
    units: Floats


def take_apart(text: str, space: WordSpace) -> Asked:
    """Prepare a question."""
    question = read_question(text)
    words = cut_words(text)
    start, end = question.asking
    before, after = words.ends <= start, words.starts >= end
    told = (before | after) & ~np.isin(words.tags, _SKIPPED)
    units = tuple(dict.fromkeys(key for key, keep in zip(words.keys, told, strict=True) if keep))
    number = {unit: i for i, unit in enumerate(units)}
    unit_of = [number[key] if keep else -1 for key, keep in zip(words.keys, told, strict=True)]
    n_before, n_after = int(before.sum()), int(after.sum())
    near_before = np.arange(len(words)) >= n_before - 2
    near_after = np.arange(len(words)) < len(words) - n_after + 2
    places = [before, after, ~before & ~after, before & near_before, after & near_after, told]
    vectors, weights = space.look_up(words.keys)
    unit_vectors, unit_weights = space.look_up(units)
    unit_weights = unit_weights / max(float(unit_weights.sum()), 1e-6)
    return Asked(
        question, words, vectors, weights, np.stack(places, 1).astype(np.float32), units, np.array(unit_of, np.int64),
        unit_vectors, unit_weights, tuple(number[key] for key in _names(text, words) if key in number),
        _direction(unit_weights @ unit_vectors),
        *(_text_vector(part, space) for part in (question.after, question.before)),
    )  # fmt: skip


def read_passage(text: str, space: WordSpace) -> Read:
    """Prepare a text."""
    words = cut_words(text)
    return Read(words, space.look_up(words.keys)[0], word_marks(words), *candidate_spans(words))


def compare(asked: Asked, read: Read) -> Pair:
    """Lay a question over a text."""
    matches = matches_of(asked, read)
    n = len(read.words)
    units = unit_words(asked.question, read.words)
    if not asked.units or not n:
        held = np.zeros((len(asked.words), 2), np.float32)
        return Pair(np.concatenate([np.zeros((n, N_PAIR - 2), np.float32), units], 1), held, units)
    best = np.stack([matches.exact.max(1), matches.near.max(1)], 1)
    held = np.where(asked.unit_of[:, None] >= 0, best[asked.unit_of], 0).astype(np.float32)
    columns = [
        *_side(matches.exact, matches.weights, read),
        *_side(matches.near, matches.weights, read),
        *(read.vectors @ vector for vector in (asked.whole, asked.after, asked.before)),
        np.full(n, asked.unit_weights @ best[:, 0]),
    ]
    return Pair(np.concatenate([np.stack(columns, 1), units], 1).astype(np.float32), held, units)


def question_features(asked: Asked) -> Floats:
    """What is asked for, (n,): kinds, count, length, language."""
    question = asked.question
    foreign = np.mean([unit.isascii() for unit in asked.units]) if asked.units else 0.0
    extra = [question.count / 5, len(asked.units) / 10, float(foreign), float(question.asking[0] == 0)]
    return np.array([*map(float, question.kinds), *extra], np.float32)


def unit_words(question: Question, words: Words) -> Floats:
    """Of each word whether it begins, and whether it ends, with the unit asked for, (n_words, 2)."""
    unit = question.after[:1] if question.kinds[3] and not question.after.isascii() else ""
    begins = [bool(unit) and key.startswith(unit) for key in words.keys]
    ends = [bool(unit) and key.endswith(unit) and is_numeral(key) for key in words.keys]
    return np.array([begins, ends], np.float32).reshape(2, -1).T


def matches_of(asked: Asked, read: Read) -> Matches:
    """How far each word of the passage answers to each telling word of the question."""
    matches = match_words(asked.units, asked.unit_vectors, asked.unit_weights, read.words.keys, read.vectors)
    for row in asked.names:
        spelled = spelled_words(asked.units[row], read.words.keys)
        matches.exact[row, spelled] = matches.near[row, spelled] = 1.0
    return matches


def _side(match: Floats, weights: Floats, read: Read) -> list[Floats]:
    """Of each word, in one channel: its best match, and how much of the question stands before and after it, in its
    clause, its sentence, and beside that; ten of (n_words,).
    """
    words = read.words
    rows = [match.max(0), (match * weights[:, None]).max(0) / max(float(weights.max()), 1e-6)]
    for reach in _REACHES:
        left, right = proximity(match, weights, reach)
        rows += [left[:-1], right[1:]]
    for segments, around in ((words.clauses, 0), (words.sentences, 0), (words.sentences, 1)):
        rows.append(segment_coverage(match, weights, segments, around))
    rows.append(np.full(len(words), float(weights @ match.max(1)), np.float32))
    return rows


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
