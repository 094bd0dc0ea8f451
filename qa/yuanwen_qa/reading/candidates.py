"""Spans of a text that may be answers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .words import TAGS, Words

__all__ = ["candidate_spans"]

LONGEST_PHRASE = 14
LONGEST_START = 30
LONGEST_CLAUSES = 5
_PUNCTUATION = TAGS.index("x")


def candidate_spans(words: Words) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and last word of every candidate, both (n_candidates,) int64, without repeats.

    Phrases of up to 14 words inside one clause; spans of up to 30 words that open or close a clause; runs of up
    to five whole clauses. No candidate begins or ends with a mark other than an opening or closing quotation
    mark or bracket, and none crosses a line end.
    """
    n = len(words)
    if not n:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    i, j = _pairs(n, LONGEST_START)
    same = words.clauses[i] == words.clauses[j]
    opens, closes = clause_edges(words)
    keep = same & (j - i < LONGEST_PHRASE)
    keep |= (opens[i] | closes[j]) & (words.clauses[j] - words.clauses[i] < 3)
    k, m = _clause_runs(opens, closes, words)
    i, j = np.concatenate([i[keep], k]), np.concatenate([j[keep], m])
    fits = may_open(words)[i] & may_close(words)[j] & (_lines(words)[i] == _lines(words)[j])
    pair = np.unique(i[fits] * n + j[fits])
    return pair // n, pair % n


def clause_edges(words: Words) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether each word is the first, and the last before the mark, of its clause; both (n_words,)."""
    changes = np.diff(words.clauses) != 0
    opens = np.concatenate([[True], changes])
    last = np.concatenate([changes, [True]])
    mark = last & (words.tags == _PUNCTUATION)
    closes = (last & ~mark) | np.concatenate([mark[1:], [False]])
    return opens, closes


def may_open(words: Words) -> NDArray[np.bool_]:
    """Whether an answer may begin with each word."""
    return np.asarray((words.tags != _PUNCTUATION) | [key in _OPENING for key in words.keys], np.bool_)


def may_close(words: Words) -> NDArray[np.bool_]:
    """Whether an answer may end with each word."""
    return np.asarray((words.tags != _PUNCTUATION) | [key in _CLOSING for key in words.keys], np.bool_)


_OPENING = frozenset("“‘\"'《〈「『【（([$￥-+")
_CLOSING = frozenset("”’\"'》〉」』】）)]%‰℃")


def _pairs(n: int, longest: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All (i, j) with i <= j < i + longest."""
    first = np.repeat(np.arange(n), longest)
    last = first + np.tile(np.arange(longest), n)
    inside = last < n
    return first[inside], last[inside]


def _clause_runs(
    opens: NDArray[np.bool_], closes: NDArray[np.bool_], words: Words
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Runs of two to five whole clauses."""
    first, last = np.flatnonzero(opens), np.flatnonzero(closes)
    i, j = np.repeat(first, len(last)), np.tile(last, len(first))
    apart = words.clauses[j] - words.clauses[i]
    keep = (apart > 0) & (apart < LONGEST_CLAUSES)
    return i[keep], j[keep]


def _lines(words: Words) -> NDArray[np.int64]:
    """Which line each word stands in, (n_words,)."""
    ends = np.array([at for at, char in enumerate(words.text) if char == "\n"], np.int64)
    return np.searchsorted(ends, words.starts)
