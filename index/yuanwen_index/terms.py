"""Matching words: BM25 over the tokens of passages, kept in plain arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .errors import IndexCorrupt
from .tokens import keys_of_tokens, question_keys, token_keys

K1, B = 1.2, 0.75
_BLOCK_CHARACTERS = 1_500_000
_BLOCK_POSTINGS = 1 << 23
_TEXT_BITS = 20  # a posting sorts as one number: 44 bits of token key, 20 bits of text
_MOST_COUNTED = 255
_FREQUENT = 200  # a term is frequent when one passage of so many holds it
_PROBED = 2000  # passages whose scores give a first idea of the best
_WORTH_PRUNING = 100_000  # fewer postings are added sooner than it is seen whether all are needed
_FEW = 150  # passages that are sooner looked up in all terms than sorted out
_LOOK_UP_COST = 100  # postings that are added in the time that one passage is looked up in all terms left
_ROUNDING = 1e-5
_AT_HOME = 0.05  # a word this much as common as it is in general is written in the language of the passages
_REMEDY = "Index the files again."


@dataclass(frozen=True, slots=True)
class Postings:
    """Which passages hold which tokens.

    ``keys`` (n_terms,) uint64 ascending; postings of term i stand at ``starts[i]:starts[i + 1]`` of
    ``passages`` (int32, ascending) and ``counts`` (uint8, occurrences up to 255). ``lengths`` (n_passages,) int32
    is tokens per passage.
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
        for terms, part in _runs(self.starts):
            passages = self.passages[part]
            rises = passages[1:] > passages[:-1]
            rises[self.starts[terms][1:] - part.start - 1] = True
            if not rises.all():
                raise IndexCorrupt("terms", "its passages are not in order", _REMEDY)


def merge(parts: Sequence[tuple[Postings, NDArray[np.int32]]], n_passages: int) -> Postings:
    """One set of postings from several; ``parts`` pairs each with its passages' new numbers (-1: dropped)."""
    kept = [_renumber(postings, numbers) for postings, numbers in parts]
    lengths = np.zeros(n_passages, np.int32)
    for (postings, numbers), _ in zip(parts, kept, strict=True):
        lengths[numbers[numbers >= 0]] = postings.lengths[numbers >= 0]
    keys = np.sort(np.concatenate([np.empty(0, np.uint64), *(keys for keys, *_ in kept)]))
    keys = keys[np.diff(keys, prepend=~keys[:1]) > 0]
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
    _sort(starts, passages, counts)
    return Postings(keys, starts, passages, counts, lengths)


def _sort(starts: NDArray[np.int64], passages: NDArray[np.int32], counts: NDArray[np.uint8]) -> None:
    """Sort, in place, the postings of each term by passage; most are in order already."""
    for terms, part in _runs(starts):
        numbers = np.arange(terms.stop - terms.start, dtype=np.uint64)
        packed = np.repeat(numbers << np.uint64(40), np.diff(starts[terms.start : terms.stop + 1]))
        packed |= (passages[part].astype(np.uint64) << np.uint64(8)) | counts[part]
        if (packed[1:] < packed[:-1]).any():
            packed.sort(kind="stable")  # quick where most stand in order
            passages[part] = (packed >> np.uint64(8)) & np.uint64((1 << 32) - 1)
            counts[part] = packed & np.uint64(255)


def _runs(starts: NDArray[np.int64]) -> Iterator[tuple[slice, slice]]:
    """Yield runs of terms and the slices of their postings, a few million at a time: memory stays bounded."""
    first = 0
    while first < len(starts) - 1:
        reach = int(np.searchsorted(starts, starts[first] + _BLOCK_POSTINGS, side="right")) - 1
        last = min(max(first + 1, reach), first + (1 << 24))
        yield slice(first, last), slice(int(starts[first]), int(starts[last]))
        first = last


def _renumber(
    postings: Postings, numbers: NDArray[np.int32]
) -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.int32], NDArray[np.uint8]]:
    """Keys, postings per key, passages and counts, without what is dropped."""
    passages = numbers[postings.passages]
    sizes = np.diff(postings.starts)
    if len(numbers) == 0 or int(numbers.min()) >= 0:
        return postings.keys, sizes, passages, postings.counts
    stays = passages >= 0
    gone = np.searchsorted(postings.starts, np.flatnonzero(~stays), side="right") - 1
    sizes = sizes - np.bincount(gone, minlength=len(sizes))
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
class AskedTerm:
    """A token of a question that passages hold: its number, in how many, and the most it can add to a score."""

    place: int
    frequency: int
    factor: float


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of one question, as an index knows them.

    ``terms`` are those that passages hold, the rarest first. ``ideal`` is what a passage of mean length holding
    every token of the question once would get; tokens that no passage holds count in it as the rarest, so that
    ``scores / ideal`` (0..2 or so) says how much of the question was found. ``known`` (0..1) is the share of its
    characters and words that the passages hold as often as their language does, the rare ones counting more.
    ``keys`` (n_tokens,) ascending are its tokens, ``shares`` (n_tokens,) what each adds to ``ideal``.
    """

    terms: tuple[AskedTerm, ...]
    ideal: float
    known: float
    keys: NDArray[np.uint64]
    shares: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Matches:
    """The passages (k,) that a search by words found, best first, and their BM25 ``scores`` (k,).

    ``also`` (m,) are the scores of the passages that were asked for by number.
    """

    passages: NDArray[np.int64]
    scores: NDArray[np.float32]
    also: NDArray[np.float32]


class TermIndex:
    """BM25 over postings (k1 1.2, b 0.75); thread-safe, and the same question always scores the same."""

    def __init__(self, postings: Postings) -> None:
        self._postings = postings
        n = len(postings.lengths)
        mean = float(postings.lengths.mean()) if n else 0.0
        self._norms = norms_of(postings.lengths, mean)
        self._peaks: dict[int, float] = {}

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

    def ask(self, question: str) -> Asked:
        """Look up the words of a question."""
        return ask_words(question, len(self), self._find)

    def _find(self, keys: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Numbers of the tokens with these keys, and in how many passages each stands."""
        if not len(self._postings.keys):
            return np.zeros(len(keys), np.int64), np.zeros(len(keys), np.int64)
        places = np.minimum(np.searchsorted(self._postings.keys, keys), len(self._postings.keys) - 1)
        sizes = self._postings.starts[places + 1] - self._postings.starts[places]
        return places, np.where(self._postings.keys[places] == keys, sizes, 0)

    def scores(self, asked: Asked, passages: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
        """BM25 (>= 0) of the passages with these numbers, or of all: (m,)."""
        if passages is None:
            scores = np.zeros(len(self), np.float32)
            self._add(scores, asked.terms)
            return scores
        return self._look_up(asked.terms, passages, np.zeros(len(passages), np.float32))

    def best(
        self,
        asked: Asked,
        k: int,
        allowed: NDArray[np.bool_] | None = None,
        also: NDArray[np.int64] | None = None,
    ) -> Matches:
        """The at most ``k`` best passages with a score above 0, equal ones in order, and the scores of ``also`` (m,).

        ``allowed`` (n,) restricts the search to passages marked true. Rare terms are added up for all passages.
        When what the others could add together would lift no new passage among the best, they are only looked up
        for those that can still get there (MaxScore: Turtle and Flood 1995, doi:10.1016/0306-4573(95)00020-H).
        """
        also = np.empty(0, np.int64) if also is None else also
        terms, bounds = asked.terms, [term.factor * self._peak(term) for term in asked.terms]
        scores, floor, rest = np.zeros(len(self), np.float32), 0.0, sum(bounds)
        half = rest / 2  # what has been added can outweigh what is left only from here on
        probed = self._probed(asked, allowed)
        left = sum(term.frequency for term in terms)
        done = 0  # terms that have been added for all passages
        for place, (term, bound) in enumerate(zip(terms, bounds, strict=True)):
            if len(probed) >= k and left > _WORTH_PRUNING and rest < half:
                self._add(scores, terms[done:place])
                done, floor = place, _kth(scores[probed], k)
                half = (floor + rest) / 2
                if floor > rest:
                    able = scores >= floor - rest
                    if np.count_nonzero(able) * _LOOK_UP_COST < left:
                        break
            left, rest = left - term.frequency, rest - bound
        else:
            self._add(scores, terms[done:])
            done, floor, rest = len(terms), _kth(scores[probed], k), 0.0
            able = scores >= floor if floor else scores > 0
        numbers = np.flatnonzero(able)
        numbers = numbers if allowed is None else numbers[allowed[numbers]]
        found, norms = scores[numbers], self._norms[numbers]
        for term, bound in zip(terms[done:], bounds[done:], strict=True):
            if len(numbers) > _FEW:
                stays = np.flatnonzero(found >= _kth(found, k) - rest)
                numbers, found, norms = numbers[stays], found[stays], norms[stays]
            found = found + self._share(term, numbers, norms)
            rest -= bound
        order = top(found, k)
        return Matches(numbers[order], found[order], self._look_up(terms[done:], also, scores[also]))

    def _probed(self, asked: Asked, allowed: NDArray[np.bool_] | None) -> NDArray[np.int64]:
        """Some allowed passages that hold the rarest terms: the best of them tell how good the best must be."""
        parts: list[NDArray[np.int64]] = []
        for term in asked.terms:
            parts.append(self._holders(term)[:_PROBED].astype(np.int64))
            if sum(map(len, parts)) >= _PROBED:
                break
        probed = np.sort(np.concatenate([np.empty(0, np.int64), *parts]))
        probed = probed[np.diff(probed, prepend=-1) > 0]
        return probed if allowed is None else probed[allowed[probed]]

    def _holders(self, term: AskedTerm) -> NDArray[np.int32]:
        """Numbers of the passages that hold a term."""
        start = int(self._postings.starts[term.place])
        return self._postings.passages[start : start + term.frequency]

    def _counts(self, term: AskedTerm) -> NDArray[np.uint8]:
        start = int(self._postings.starts[term.place])
        return self._postings.counts[start : start + term.frequency]

    def _add(self, scores: NDArray[np.float32], terms: Sequence[AskedTerm]) -> None:
        """Add the shares of terms, in their order, to ``scores`` of all passages (n,)."""
        n_rare = sum(term.frequency * _FREQUENT <= len(self) for term in terms)  # they come first
        together = terms[:n_rare]  # each alone would take as long as a hundred postings more
        for group in [together, *([term] for term in terms[n_rare:])]:
            if group:
                holders = np.concatenate([self._holders(term) for term in group]).astype(np.int64)
                counts = np.concatenate([self._counts(term) for term in group])
                factors = np.array([term.factor for term in group], np.float32)
                factors = np.repeat(factors, [term.frequency for term in group])
                np.add.at(scores, holders, factors * (counts / (counts + self._norms[holders])))

    def _look_up(
        self, terms: Sequence[AskedTerm], passages: NDArray[np.int64], scores: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """``scores`` of ``passages`` (m,) with the shares of terms added: what ``_add`` adds, to the last bit."""
        norms = self._norms[passages]
        for term in terms:
            scores = scores + self._share(term, passages, norms)
        return scores

    def _share(
        self, term: AskedTerm, passages: NDArray[np.int64], norms: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """What one term adds to the scores of ``passages`` (m,) with these ``norms`` (m,)."""
        holders, numbers = self._holders(term), passages.astype(np.int32)
        at = np.minimum(np.searchsorted(holders, numbers), term.frequency - 1)
        counts = self._counts(term)[at] * (holders[at] == numbers)
        return np.asarray(np.float32(term.factor) * (counts / (counts + norms)), np.float32)

    def _peak(self, term: AskedTerm) -> float:
        """The largest part of ``factor`` that any passage gets; for rare terms it is not worth knowing."""
        if term.frequency * _FREQUENT <= len(self):
            return 1.0
        if term.place not in self._peaks:
            counts = self._counts(term)
            self._peaks[term.place] = float((counts / (counts + self._norms[self._holders(term)])).max())
        return self._peaks[term.place]


def ask_words(
    question: str,
    n_passages: int,
    find: Callable[[NDArray[np.uint64]], tuple[NDArray[np.int64], NDArray[np.int64]]],
) -> Asked:
    """The words of a question in an index of ``n_passages``.

    ``find`` gives for token keys (n,) their numbers (n,) and in how many passages each stands (n,), 0 for none.
    A word is as rare as the passages say. But one that is far more common in general than here is written in another
    language than most of them: "the" and "of" in Chinese pages that hold some English. It is taken to be as common as
    it is in general, and hardly counts as known.
    """
    occurring, single = question_keys(question)
    keys, repeats = np.unique(occurring, return_counts=True)
    places, frequencies = find(keys)
    singles = set(single.tolist())
    shares: list[float] = []
    known = unknown = 0.0
    terms = []
    looked_up = zip(keys.tolist(), places.tolist(), frequencies.tolist(), repeats.tolist(), strict=True)
    for key, place, frequency, repeat in looked_up:
        usual = common_words().get(key, 0.0) * n_passages
        home = min(1.0, frequency / max(1.0, _AT_HOME * usual))
        weight = repeat * question_words().get(key, 1.0)
        share = weight * _rarity(max(frequency, (1 - home) * usual), n_passages)
        shares.append(share)
        if frequency:
            terms.append(AskedTerm(place, frequency, share * (K1 + 1)))
        if key in singles:
            known, unknown = known + home * share, unknown + (1 - home) * share
    terms.sort(key=lambda term: term.frequency)
    known = known / (known + unknown) if known else 0.0
    return Asked(tuple(terms), sum(shares), known, keys, np.array(shares, np.float32))


def norms_of(lengths: NDArray[np.int32], mean: float) -> NDArray[np.float32]:
    """What tokens of passages of these lengths (n,) are damped by (n,); ``mean`` is that of the whole index."""
    return np.asarray(K1 * (1 - B + B * lengths / max(mean, 1.0)), np.float32)


def _rarity(frequency: float, n_passages: int) -> float:
    return float(np.log1p((n_passages - frequency + 0.5) / (frequency + 0.5)))


def top(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Numbers of the at most ``k`` best scores above 0, best first, equal ones in order."""
    candidates = np.flatnonzero((scores >= _kth(scores, k)) & (scores > 0))
    return candidates[np.argsort(-scores[candidates], kind="stable")[:k]]


def _kth(scores: NDArray[np.float32], k: int) -> float:
    """A little less than the ``k``-th best score (sums in float32 are off by less); 0 of fewer scores."""
    if len(scores) < k:
        return 0.0
    return float(np.partition(scores, len(scores) - k)[len(scores) - k]) * (1 - _ROUNDING)


@lru_cache(maxsize=1)
def question_words() -> dict[int, float]:
    """Token key -> weight in 0..0.8 of what is asked with rather than asked for ("which", "how many")."""
    return _table("question_words.tsv")


@lru_cache(maxsize=1)
def common_words() -> dict[int, float]:
    """Token key -> share (0..1) of passages in general that hold it, where its language is written."""
    return _table("common_words.tsv")


def _table(name: str) -> dict[int, float]:
    data = Path(__file__).with_name(name).read_text(encoding="utf-8")
    numbers, tokens = zip(*(line.split("\t") for line in data.splitlines()), strict=True)
    return dict(zip(keys_of_tokens(tokens).tolist(), map(float, numbers), strict=True))
