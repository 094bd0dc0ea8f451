"""What can be said of words and spans of a text without a question: length, edges, marks, kinds of words."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from .candidates import clause_edges
from .words import TAGS, Words

__all__ = ["N_FORMS", "N_MARKS", "framed", "is_numeral", "span_forms", "span_sums", "word_marks"]

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
_T = TypeVar("_T", bound=np.generic)

_GROUPS = (
    ("n", "nz", "j", "l", "i", "g"), ("vn",), ("nr",), ("ns", "s", "f"), ("nt",), ("v",), ("m",), ("t",), ("q",),
    ("a", "b", "z", "d"), ("p", "c", "u", "r", "y", "o", "e", "h", "k"), ("x",), ("eng",),
)  # fmt: skip
_GROUP_OF = np.array([*(next(i for i, g in enumerate(_GROUPS) if tag in g) for tag in TAGS), len(_GROUPS)])
_NUMBERS = frozenset("一二三四五六七八九十百千万亿两半")
_DATE_WORDS = frozenset("年月日号")
_OPENING = frozenset("“‘《〈「『【（(")
_CLOSING = frozenset("”’》〉」』】）)")
N_MARKS = 15
N_FORMS = 19 + len(_GROUPS) + 4
_NUMBER, _DATE, _LIST, _CLAUSE, _AND, _CAPITAL, _OPENS, _CLOSES, _SENTENCE, _DEPTH, _QUOTES, _ENDS_QUOTE, _AT, _LEAD = (
    range(14)
)  # fmt: skip


def is_numeral(key: str) -> bool:
    """Whether a word begins as a number does."""
    return bool(key) and (key[0].isdigit() or key[0] in _NUMBERS)


def word_marks(words: Words) -> Floats:
    """What each word is and where it stands, (n_words, 15) in 0..2."""
    if not len(words):
        return np.zeros((0, N_MARKS), np.float32)
    opens, closes = clause_edges(words)
    letters = [words.text[s] for s in words.starts]
    steps = [int(char in _OPENING) - int(char in _CLOSING) for char in letters]
    columns = [
        [is_numeral(key) for key in words.keys],
        [key[-1] in _DATE_WORDS for key in words.keys],
        [key == "、" for key in words.keys],
        [key in "，,；;：:。" for key in words.keys],
        [key in ("和", "与", "及", "以及", "and") for key in words.keys],
        [char.isupper() for char in letters],
        opens,
        closes,
        np.diff(words.sentences, prepend=-1) != 0,
        np.clip(np.concatenate([[0], np.cumsum(steps)[:-1]]), 0, 2),
        [char in _OPENING for char in letters],
        [char in _CLOSING for char in letters],
        words.sentences / (int(words.sentences[-1]) + 1),
        words.sentences == 0,
        np.log1p(words.ends - words.starts) / 3,
    ]
    return np.stack([np.asarray(column, np.float32) for column in columns], 1)


def span_forms(
    marks: Floats, tags: Ints, starts: Ints, ends: Ints, units: Floats, counts: Ints, first: Ints, last: Ints
) -> Floats:
    """Form of each span, and whether it has the unit and count asked for, (n_spans, N_FORMS).

    A row of zeros stands before the first word, behind the last, and between texts, if there are several: ``marks``
    (n, 15), ``tags``, ``starts``, ``ends`` (n,), ``units`` (n, 2; see ``features.unit_words``). ``first`` and ``last``
    number these rows; ``counts`` (n_spans,) says how many things the question asks for, 0 when not said.
    """
    words = last - first + 1
    length = ends[last] - starts[first]
    kinds = np.zeros((len(tags), len(_GROUPS) + 1), np.float32)
    kinds[np.arange(len(tags)), _GROUP_OF[tags]] = 1
    sums = span_sums(np.concatenate([marks[:, :6], kinds[:, :-1]], 1).T, first, last)
    numbers, listed = sums[_NUMBER], sums[_LIST] + sums[_AND] + 1
    opens, closes = marks[first, _OPENS], marks[last, _CLOSES]
    within = (marks[first - 1, _QUOTES] > 0) & (marks[last + 1, _ENDS_QUOTE] > 0)
    quoted = within | ((marks[first, _QUOTES] > 0) & (marks[last, _ENDS_QUOTE] > 0))
    many = counts > 1
    columns = [
        np.log1p(length) / 4, np.log1p(words) / 3, opens, closes, opens * closes, marks[first, _SENTENCE], quoted,
        marks[first, _DEPTH], marks[first, _DEPTH] != marks[last + 1, _DEPTH], starts[first] == 0,
        np.log1p(sums[_LIST]), sums[_CLAUSE] > 0, np.minimum(numbers, 3) / 3, sums[_DATE] > 0,
        sums[_CAPITAL] / words, sums[_AND] > 0, marks[first, _NUMBER], marks[first, _AT], marks[first, _LEAD],
        *(sums[6:] / words),
        units[last + 1, 0] * (numbers > 0), units[last, 1] * (numbers > 0), (listed == counts) & many,
        (listed > 1) & many,
    ]  # fmt: skip
    return np.stack([np.asarray(column, np.float32) for column in columns], 1)


def span_sums(rows: NDArray[np.floating] | NDArray[np.bool_], first: Ints, last: Ints) -> Floats:
    """Sum of each row over the words of each span, (n_rows, n_spans)."""
    total = np.concatenate([np.zeros((len(rows), 1)), np.cumsum(rows, axis=1, dtype=np.float64)], axis=1)
    return np.asarray(total[:, last + 1] - total[:, first], np.float32)


def framed(rows: NDArray[_T], value: int = 0) -> NDArray[_T]:
    """The rows with one of ``value`` before and one behind them."""
    edge = np.full((1, *rows.shape[1:]), value, rows.dtype)
    return np.concatenate([edge, rows, edge])
