"""What can be said of a candidate span without a question: its length, edges, marks and kinds of words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .candidates import clause_edges
from .words import TAGS, Words

__all__ = ["form_of", "is_numeral", "span_sums"]

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

_GROUPS = (
    ("n", "nz", "j", "l", "i", "g"), ("vn",), ("nr",), ("ns", "s", "f"), ("nt",), ("v",), ("m",), ("t",), ("q",),
    ("a", "b", "z", "d"), ("p", "c", "u", "r", "y", "o", "e", "h", "k"), ("x",), ("eng",),
)  # fmt: skip
_NUMBERS = frozenset("一二三四五六七八九十百千万亿两半")
_DATE_WORDS = frozenset("年月日号")


def is_numeral(key: str) -> bool:
    """Whether a word begins as a number does."""
    return bool(key) and (key[0].isdigit() or key[0] in _NUMBERS)


def form_of(words: Words, first: Ints, last: Ints) -> Floats:
    """Length, boundaries, marks and kinds of words of each candidate, (n_candidates, 32)."""
    opens, closes = clause_edges(words)
    sentence_first = np.diff(words.sentences, prepend=-1) != 0
    length = last - first + 1
    tags = np.array([np.isin(words.tags, [TAGS.index(t) for t in group]) for group in _GROUPS])
    shares = span_sums(tags, first, last) / length
    key_is = {
        "list": [key == "、" for key in words.keys],
        "clause": [key in "，,；;：:。" for key in words.keys],
        "number": [is_numeral(key) for key in words.keys],
        "date": [key[-1] in _DATE_WORDS for key in words.keys],
        "capital": [words.text[s].isupper() for s in words.starts],
        "and": [key in ("和", "与", "及", "以及", "and") for key in words.keys],
    }
    sums = span_sums(np.array(list(key_is.values())), first, last)
    starts, ends = words.starts[first], words.ends[last]
    depth = _quote_depth(words)
    before, after = depth[first], depth[last + 1]
    n_sentences = max(int(words.sentences[-1]) + 1, 1) if len(words) else 1
    columns = [
        np.log1p(ends - starts) / 4, np.log1p(length) / 3, opens[first], closes[last], opens[first] & closes[last],
        sentence_first[first], _quoted(words, first, last), before, before != after, words.starts[first] == 0,
        np.log1p(sums[0]), sums[1] > 0, np.minimum(sums[2], 3) / 3, sums[3] > 0, sums[4] / length, sums[5] > 0,
        np.array(key_is["number"])[first], words.sentences[first] / n_sentences,
        words.sentences[first] == 0,
    ]  # fmt: skip
    return np.concatenate([np.stack(columns), shares]).T.astype(np.float32)


_OPENING = frozenset("“‘《〈「『【（(")
_CLOSING = frozenset("”’》〉」』】）)")


def _quote_depth(words: Words) -> Floats:
    """How many quotation marks and brackets are open before each word, and at the end; (n_words + 1,)."""
    steps = [int(words.text[s] in _OPENING) - int(words.text[s] in _CLOSING) for s in words.starts]
    return np.asarray(np.clip(np.concatenate([[0], np.cumsum(steps)]), 0, 2), np.float32)


def _quoted(words: Words, first: Ints, last: Ints) -> NDArray[np.bool_]:
    """Whether a candidate is all that stands between a pair of marks, with or without them."""
    opening = np.array([words.text[s] in _OPENING for s in words.starts] + [False])
    closing = np.array([words.text[s] in _CLOSING for s in words.starts] + [False])
    within = opening[first - 1] & closing[last + 1]
    return np.asarray((within & (first > 0)) | (opening[first] & closing[last]), np.bool_)


def span_sums(rows: NDArray[np.floating] | NDArray[np.bool_], first: Ints, last: Ints) -> Floats:
    """Sum of each row over the words of each candidate, (n_rows, n_candidates)."""
    total = np.concatenate([np.zeros((len(rows), 1)), np.cumsum(rows, axis=1, dtype=np.float64)], axis=1)
    return np.asarray(total[:, last + 1] - total[:, first], np.float32)
