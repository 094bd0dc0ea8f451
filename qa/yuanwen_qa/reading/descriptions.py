"""What is known of each candidate span without reading its passage as a whole, as numbers.

A candidate is described by where it stands (the question's words in its clause, its sentence and close before and
after it), by what it is (its words, their kinds and vectors, quotation marks, numbers and units), and by what the
question asks for.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .features import Asked, Read, matches_of
from .forms import N_PLAIN, framed, is_numeral, span_forms, span_sums
from .matches import Matches, proximity, segment_coverage
from .questions import Question
from .words import TAGS

__all__ = ["describe", "forms_of", "hit_part"]

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

_REACHES = (2.0, 8.0)


def forms_of(read: Read) -> Floats:
    """Forms of all candidates of a passage, whatever is asked, (n_candidates, 32)."""
    words = read.words
    none = np.zeros((len(words), 2), np.float32)
    return span_forms(
        framed(read.marks), framed(words.tags, len(TAGS)), framed(words.starts), framed(words.ends), framed(none),
        np.zeros(len(read.first), np.int64), read.first + 1, read.last + 1,
    )[:, :N_PLAIN]  # fmt: skip


def hit_part(scores: Sequence[float], place: int) -> tuple[float, float]:
    """What is told of a hit: its score as a part of the best one's, 0 when that is not above 0, and 1 / rank."""
    top = max(scores)
    return (max(scores[place] / top, 0.0) if top > 0 else 0.0), 1 / (place + 1)


def describe(asked: Asked, read: Read, forms: Floats, hit: tuple[float, float]) -> Floats:
    """Features (n_candidates, 80) of the candidates of one passage, ``forms`` among them.

    ``hit`` is the passage's retrieval score as a part of the best one's, and 1 / rank.
    """
    columns = [
        forms,
        _position(matches_of(asked, read), read),
        _meaning(asked, read),
        _fit(asked.question, read),
        np.tile(np.array(hit, np.float32), (len(read.first), 1)),
    ]
    return np.concatenate(columns, axis=1)


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
