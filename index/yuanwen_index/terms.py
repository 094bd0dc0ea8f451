"""Matching words: BM25 over the tokens of passages, kept in plain arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from .errors import IndexCorrupt
from .tokens import keys_of_tokens, token_keys

K1, B = 1.2, 0.75
_BLOCK_CHARACTERS = 4_000_000
_TEXT_BITS = 20  # a posting sorts as one number: 44 bits of token key, 20 bits of text
_MOST_COUNTED = 255
_REMEDY = "Index the files again."


@dataclass(frozen=True, slots=True)
class Postings:
    """Which passages hold which tokens.

    ``keys`` (n_terms,) uint64 ascending; postings of term i stand at ``starts[i]:starts[i + 1]`` of
    ``passages`` (int32) and ``counts`` (uint8, occurrences up to 255). ``lengths`` (n_passages,) int32 is
    tokens per passage.
    """

    keys: NDArray[np.uint64]
    starts: NDArray[np.int64]
    passages: NDArray[np.int32]
    counts: NDArray[np.uint8]
    lengths: NDArray[np.int32]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Postings:
        """Postings of at most 2**20 texts, text i as passage i."""
        keys, owners = token_keys(texts)
        sorted_pairs = np.sort((keys << np.uint64(_TEXT_BITS)) | owners.astype(np.uint64))
        first = np.flatnonzero(np.diff(sorted_pairs, prepend=~sorted_pairs[:1]))
        pairs = sorted_pairs[first]
        counts = np.minimum(np.diff(first, append=len(sorted_pairs)), _MOST_COUNTED)
        terms = pairs >> np.uint64(_TEXT_BITS)
        opens = np.flatnonzero(np.diff(terms, prepend=~terms[:1]))
        return cls(
            keys=terms[opens],
            starts=np.append(opens, len(terms)).astype(np.int64),
            passages=(pairs & np.uint64((1 << _TEXT_BITS) - 1)).astype(np.int32),
            counts=counts.astype(np.uint8),
            lengths=np.bincount(owners, minlength=len(texts)).astype(np.int32),
        )

    def check(self, n_passages: int) -> None:
        """Raise IndexCorrupt unless every array fits the others (so that no look-up can leave its array)."""
        sizes_fit = (
            len(self.lengths) == n_passages
            and len(self.starts) == len(self.keys) + 1
            and int(self.starts[0]) == 0
            and int(self.starts[-1]) == len(self.passages) == len(self.counts)
        )
        if not sizes_fit or (np.diff(self.starts) < 1).any() or (self.keys[1:] <= self.keys[:-1]).any():
            raise IndexCorrupt("terms", "its arrays do not fit each other", _REMEDY)
        if len(self.passages) and (self.passages.min() < 0 or self.passages.max() >= n_passages):
            raise IndexCorrupt("terms", "it names a passage that does not exist", _REMEDY)


def merge(parts: Sequence[tuple[Postings, NDArray[np.int32]]], n_passages: int) -> Postings:
    """One set of postings from several; ``parts`` pairs each with its passages' new numbers (-1: dropped)."""
    kept = [_renumber(postings, numbers) for postings, numbers in parts]
    lengths = np.zeros(n_passages, np.int32)
    for (postings, numbers), _ in zip(parts, kept, strict=True):
        lengths[numbers[numbers >= 0]] = postings.lengths[numbers >= 0]
    keys = np.unique(np.concatenate([keys for keys, *_ in kept] or [np.empty(0, np.uint64)]))
    homes = [np.searchsorted(keys, part_keys) for part_keys, *_ in kept]
    frequencies = np.zeros(len(keys), np.int64)
    for home, (_, sizes, *_) in zip(homes, kept, strict=True):
        frequencies[home] += sizes
    starts = np.concatenate([[0], np.cumsum(frequencies)]).astype(np.int64)
    passages, counts = np.empty(starts[-1], np.int32), np.empty(starts[-1], np.uint8)
    free = starts[:-1].copy()
    for home, (_, sizes, part_passages, part_counts) in zip(homes, kept, strict=True):
        shift = free[home] - (np.cumsum(sizes) - sizes)
        target = np.repeat(shift, sizes) + np.arange(len(part_passages))
        passages[target], counts[target] = part_passages, part_counts
        free[home] += sizes
    return Postings(keys, starts, passages, counts, lengths)


def _renumber(
    postings: Postings, numbers: NDArray[np.int32]
) -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.int32], NDArray[np.uint8]]:
    """Keys, postings per key, passages and counts, without what is dropped."""
    passages = numbers[postings.passages]
    sizes = np.diff(postings.starts)
    if len(numbers) == 0 or int(numbers.min()) >= 0:
        return postings.keys, sizes, passages, postings.counts
    stays = passages >= 0
    sizes = np.add.reduceat(stays, postings.starts[:-1], dtype=np.int64) if len(sizes) else sizes
    return postings.keys[sizes > 0], sizes[sizes > 0], passages[stays], postings.counts[stays]


class PostingsWriter:
    """Collects passages in order, a few million characters at a time, so that memory stays bounded."""

    def __init__(self) -> None:
        self._parts: list[tuple[Postings, NDArray[np.int32]]] = []
        self._texts: list[str] = []
        self._numbers: list[int] = []
        self._characters = 0

    def add(self, number: int, text: str) -> None:
        """Passage ``number`` reads ``text``."""
        self._texts.append(text)
        self._numbers.append(number)
        self._characters += len(text)
        if self._characters >= _BLOCK_CHARACTERS or len(self._texts) >> _TEXT_BITS:
            self._close_block()

    def reuse(self, postings: Postings, numbers: NDArray[np.int32]) -> None:
        """Take over earlier postings under new passage numbers (-1: dropped)."""
        self._parts.append((postings, numbers))

    def finish(self, n_passages: int) -> Postings:
        """All that was added, as passages 0..n_passages."""
        self._close_block()
        return merge(self._parts, n_passages)

    def _close_block(self) -> None:
        if self._texts:
            self._parts.append((Postings.of(self._texts), np.array(self._numbers, np.int32)))
        self._texts, self._numbers, self._characters = [], [], 0


@dataclass(frozen=True, slots=True)
class Matches:
    """BM25 of every passage (n_passages,), >= 0, and what to measure it by.

    ``ideal`` is what a passage of mean length holding every token of the question once would get; tokens that
    no passage holds count in it as the rarest, so that ``scores / ideal`` (0..2 or so) says how much of the
    question was found. ``known`` (0..1) is the share of its characters and words that any passage holds, the
    rare ones counting more.
    """

    scores: NDArray[np.float32]
    ideal: float
    known: float


class TermIndex:
    """BM25 over postings (k1 1.2, b 0.75); thread-safe, nothing changes after it is made."""

    def __init__(self, postings: Postings) -> None:
        self._postings = postings
        n = len(postings.lengths)
        mean = float(postings.lengths.mean()) if n else 0.0
        self._norms = (K1 * (1 - B + B * postings.lengths / max(mean, 1.0))).astype(np.float32)

    @classmethod
    def of(cls, texts: Iterable[str]) -> TermIndex:
        """Index ``texts`` as passages 0, 1, 2, ..."""
        writer = PostingsWriter()
        n = 0
        for n, text in enumerate(texts, start=1):
            writer.add(n - 1, text)
        return cls(writer.finish(n))

    def __len__(self) -> int:
        return len(self._norms)

    def scores(self, question: str) -> Matches:
        """How well every passage matches the words of a question."""
        scores = np.zeros(len(self), np.float32)
        keys, repeats = np.unique(token_keys([question])[0], return_counts=True)
        places = np.searchsorted(self._postings.keys, keys)
        singles = set(token_keys([question], parts=False)[0].tolist())
        ideal = known = unknown = 0.0
        for key, place, repeat in zip(keys.tolist(), places.tolist(), repeats.tolist(), strict=True):
            weight = repeat * question_words().get(key, 1.0)
            if place < len(self._postings.keys) and int(self._postings.keys[place]) == key:
                share = weight * self._add(scores, place, weight)
                known += share if key in singles else 0.0
            else:
                share = weight * self._rarity(0)
                unknown += share if key in singles else 0.0
            ideal += share
        return Matches(scores, ideal, known / (known + unknown) if known else 0.0)

    def _add(self, scores: NDArray[np.float32], place: int, weight: float) -> float:
        """Add one term's share to ``scores``; its inverse document frequency."""
        start, end = self._postings.starts[place : place + 2].tolist()
        passages, counts = self._postings.passages[start:end], self._postings.counts[start:end]
        rarity = self._rarity(end - start)
        factor = np.float32(weight * rarity * (K1 + 1))
        scores[passages] += factor * (counts / (counts + self._norms[passages]))
        return rarity

    def _rarity(self, frequency: int) -> float:
        return float(np.log1p((len(self) - frequency + 0.5) / (frequency + 0.5)))


@lru_cache(maxsize=1)
def question_words() -> dict[int, float]:
    """Token key -> weight in 0..0.8 of what is asked with rather than asked for ("which", "how many")."""
    data = resources.files(__package__).joinpath("question_words.tsv").read_text(encoding="utf-8")
    weights, tokens = zip(*(line.split("\t") for line in data.splitlines()), strict=True)
    return dict(zip(keys_of_tokens(tokens).tolist(), map(float, weights), strict=True))
