"""Words of passages as Milvus keeps them, and the exact BM25 scores of passages that it proposes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ..errors import IndexCorrupt
from ..terms import Asked, Postings, norms_of
from ..tokens import token_keys
from .rows import REMEDY, unpack

__all__ = ["Frequencies", "asked_words", "exact_scores", "most_buckets", "weights_of"]

_MOST_COUNTED = 255
_DIMENSIONS = 2**32 - 1
_TO_A_BUCKET = 64
_MOST_BUCKETS = 1 << 22


def weights_of(postings: Postings, mean: float) -> Iterator[dict[int, float]]:
    """For each passage its tokens with the part of a term's factor that it gets: a sparse vector.

    The inner product with ``asked_words`` is BM25 where ``mean`` is the true mean length, which moves with every
    update; so this only proposes passages. Two tokens may share a dimension, which the exact score undoes.
    """
    norms = norms_of(postings.lengths, mean)
    parts = postings.counts / (postings.counts + norms[postings.passages])
    keys = np.repeat(postings.keys, np.diff(postings.starts)) % np.uint64(_DIMENSIONS)
    order = np.argsort(postings.passages, kind="stable")
    ends = np.cumsum(np.bincount(postings.passages, minlength=len(postings.lengths)))
    for start, end in zip(np.append(0, ends[:-1]).tolist(), ends.tolist(), strict=True):
        places = order[start:end]
        found = dict(zip(keys[places].tolist(), parts[places].tolist(), strict=True))
        yield found or {0: 1e-6}  # an empty vector is refused


def asked_words(asked: Asked) -> dict[int, float]:
    """The terms of a question as a sparse vector; ``place`` of each is its place among the question's keys."""
    keys = (asked.keys % np.uint64(_DIMENSIONS)).tolist()
    return {keys[term.place]: term.factor for term in asked.terms}


def exact_scores(asked: Asked, texts: Sequence[str], mean: float) -> NDArray[np.float32]:
    """BM25 (m,) of m passages from their texts: what ``TermIndex.scores`` gives, to the last bit."""
    keys, owners = token_keys(texts)
    norms = norms_of(np.bincount(owners, minlength=len(texts)).astype(np.int32), mean)
    places = np.minimum(np.searchsorted(asked.keys, keys), len(asked.keys) - 1)
    held = asked.keys[places] == keys if len(asked.keys) else np.zeros(len(keys), np.bool_)
    counts = np.zeros((len(asked.keys), len(texts)), np.int64)
    np.add.at(counts, (places[held], owners[held]), 1)
    counts = np.minimum(counts, _MOST_COUNTED)
    scores = np.zeros(len(texts), np.float32)
    for term in asked.terms:
        held_counts = counts[term.place].astype(np.uint8)
        scores += np.asarray(np.float32(term.factor) * (held_counts / (held_counts + norms)), np.float32)
    return scores


def most_buckets(n_terms: int) -> int:
    """How many records to keep the frequencies of so many terms in: a power of two."""
    return min(_MOST_BUCKETS, 1 << max(0, (n_terms // _TO_A_BUCKET).bit_length()))


class Frequencies:
    """In how many passages each token stands; ``keys`` (n,) uint64 ascending, ``numbers`` (n,) int64."""

    def __init__(self, keys: NDArray[np.uint64], numbers: NDArray[np.int64]) -> None:
        self.keys = keys
        self.numbers = numbers

    @classmethod
    def none(cls) -> Frequencies:
        """Of no passages."""
        return cls(np.empty(0, np.uint64), np.empty(0, np.int64))

    @classmethod
    def of(cls, postings: Postings, sign: int = 1) -> Frequencies:
        """Of the passages of some postings; with sign -1 of their being taken away."""
        return cls(postings.keys, sign * np.diff(postings.starts))

    @classmethod
    def together(cls, parts: Sequence[Frequencies]) -> Frequencies:
        """The sums of several; what becomes 0 is left out."""
        if not parts:
            return cls.none()
        keys, homes = np.unique(np.concatenate([part.keys for part in parts]), return_inverse=True)
        numbers = np.zeros(len(keys), np.int64)
        np.add.at(numbers, homes, np.concatenate([part.numbers for part in parts]))
        return cls(keys[numbers != 0], numbers[numbers != 0])

    @classmethod
    def unpacked(cls, body: str) -> Frequencies:
        """Read a record."""
        data = unpack([body], "terms")
        if len(data) % 16:
            raise IndexCorrupt("terms", "a record is cut", REMEDY)
        half = len(data) // 2
        return cls(np.frombuffer(data[:half], "<u8"), np.frombuffer(data[half:], "<i8"))

    def packed(self) -> bytes:
        """As a record keeps them."""
        return self.keys.astype("<u8").tobytes() + self.numbers.astype("<i8").tobytes()

    def buckets(self, n: int) -> dict[int, Frequencies]:
        """Shared out to ``n`` buckets (a power of two); only those that hold something."""
        numbers = self.keys & np.uint64(n - 1)
        order = np.argsort(numbers, kind="stable")
        names, starts = np.unique(numbers[order], return_index=True)
        ends = np.append(starts[1:], len(order))[: len(names)].tolist()
        found = {}
        for name, start, end in zip(names.tolist(), starts.tolist(), ends, strict=True):
            part = order[start:end]
            found[name] = Frequencies(self.keys[part], self.numbers[part])
        return found

    def find(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        """In how many passages these tokens (m,) stand: (m,)."""
        if not len(self.keys):
            return np.zeros(len(keys), np.int64)
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[places] == keys, self.numbers[places], 0)
