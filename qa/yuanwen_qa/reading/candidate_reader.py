"""The reader that marks one of the spans that words and clauses allow."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yuanwen_index import EncoderUnavailable, Hit

from ..readers import Candidate
from .features import Asked, Read, coverage, hit_part, read_passage, take_apart
from .scorer import Scorer
from .spaces import WordSpace

__all__ = ["CandidateReader", "Confidence"]

_KEPT = 256
_NONE = np.empty(0, np.int64)
_WEIGHED = 150


@dataclass(frozen=True, slots=True)
class Confidence:
    """Probability that an answer is right, by a fitted logistic curve over what the reader saw.

    ``slopes`` (n_signals,) and ``offset`` belong to the signals of ``signals``.
    """

    slopes: tuple[float, ...]
    offset: float

    def of(self, signals: NDArray[np.float64]) -> NDArray[np.float64]:
        """Between 0 and 1: of signals (n, k) the (n,) probabilities, of (k,) the one."""
        p: NDArray[np.float64] = 1 / (
            1 + np.exp(-np.clip(signals @ np.array(self.slopes) + self.offset, -30, 30))
        )
        return p


@dataclass(frozen=True, slots=True)
class Choice:
    """How a span is chosen: scores are sharpened (they are fitted against a sample of candidates, which leaves them
    too flat for all of them), and being exactly right adds ``bonus`` to the expected F1.
    """

    sharpness: float
    bonus: float


@dataclass(frozen=True, slots=True)
class Scored:
    """The best candidates of all passages read, (n,) each, best first: hit, characters in its passage, score."""

    hits: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    scores: NDArray[np.float64]

    def shares(self, sharpness: float) -> NDArray[np.float64]:
        """How likely each is, (n,), summing to 1: a softmax of the sharpened scores."""
        shares: NDArray[np.float64] = np.exp(sharpness * (self.scores - self.scores.max(initial=0.0)))
        return shares / max(float(shares.sum()), 1e-300)

    def likeness(self) -> NDArray[np.float64]:
        """F1 of characters between every two, (n, n): 1 for the same span, 0 for spans apart."""
        together = np.minimum(self.ends[:, None], self.ends) - np.maximum(self.starts[:, None], self.starts)
        lengths = self.ends - self.starts
        same = self.hits[:, None] == self.hits
        likeness: NDArray[np.float64] = np.where(
            same, 2 * np.maximum(together, 0) / (lengths[:, None] + lengths), 0.0
        )
        return likeness


class CandidateReader:
    """Scores every candidate span of every passage and takes the one nearest to all that are likely."""

    name = "yuanwen"

    def __init__(
        self, space: WordSpace, scorer: Scorer, choice: Choice, confidence: Confidence, threshold: float
    ) -> None:
        self._space = space
        self._scorer = scorer
        self._choice = choice
        self._confidence = confidence
        self.threshold = threshold
        self._read = lru_cache(_KEPT)(self._read_anew)

    @classmethod
    def load(cls, folder: Path) -> CandidateReader:
        """Read ``reader.json``, ``scorer.safetensors`` and the words from ``folder``.

        Raises EncoderUnavailable when something is missing or unreadable.
        """
        from safetensors.numpy import load_file

        try:
            card = json.loads((folder / "reader.json").read_text(encoding="utf-8"))
            arrays = load_file(folder / "scorer.safetensors")
            space = WordSpace.load(folder)
            confidence = Confidence(tuple(card["confidence"]["slopes"]), card["confidence"]["offset"])
            choice = Choice(card["choice"]["sharpness"], card["choice"]["bonus"])
            threshold = float(card["threshold"])
            common = {word: place for place, word in enumerate(card["common"])}
        except Exception as error:
            raise EncoderUnavailable(
                f"{folder}: not a reader that can be used ({error}); install the package again"
            ) from error
        weights: Mapping[str, NDArray[np.float32]] = {k: v.astype(np.float32) for k, v in arrays.items()}
        return cls(space, Scorer(weights, common), choice, confidence, threshold)

    def read(self, question: str, hits: Sequence[Hit], n: int = 3) -> list[Candidate]:
        """At most ``n`` spans that do not overlap, best first, none crossing a paragraph end."""
        asked = take_apart(question, self._space)
        reads = [self._read(hit.passage.text) for hit in hits]
        scored = score_texts(self._scorer, asked, reads, [hit.score for hit in hits])
        likeness, shares = scored.likeness(), scored.shares(self._choice.sharpness)
        worth = worth_of(likeness, shares, self._choice.bonus)
        found: list[Candidate] = []
        while len(found) < n and (worth >= 0).any():
            best = int(np.argmax(worth))
            place = int(scored.hits[best])
            signals = signals_of(scored, likeness[best], shares, best, coverage(asked, reads[place]))
            offset = hits[place].passage.start
            start, end = offset + int(scored.starts[best]), offset + int(scored.ends[best])
            found.append(
                Candidate(place, start, end, float(scored.scores[best]), float(self._confidence.of(signals)))
            )
            worth = np.where(likeness[best] == 0, worth, -1.0)
        return found

    def _read_anew(self, text: str) -> Read:
        return read_passage(text, self._space)


def score_texts(scorer: Scorer, asked: Asked, reads: Sequence[Read], hit_scores: Sequence[float]) -> Scored:
    """The best candidates of the texts read."""
    places, starts, ends, found = [_NONE], [_NONE], [_NONE], [np.empty(0)]
    for place, read in enumerate(reads):
        if len(read.first):
            found.append(scorer.score(asked, read, hit_part(hit_scores, place)).astype(np.float64))
            places.append(np.full(len(read.first), place))
            starts.append(read.words.starts[read.first])
            ends.append(read.words.ends[read.last])
    scores = np.concatenate(found)
    best = np.argsort(-scores, kind="stable")[:_WEIGHED]
    hits, first, last = (np.concatenate(column)[best] for column in (places, starts, ends))
    return Scored(hits, first, last, scores[best])


def worth_of(likeness: NDArray[np.float64], shares: NDArray[np.float64], bonus: float) -> NDArray[np.float64]:
    """Expected F1 of each candidate, to which being exactly right adds ``bonus``; (n,), at least 0."""
    return likeness @ shares + bonus * shares


def signals_of(
    scored: Scored,
    likeness: NDArray[np.float64],
    shares: NDArray[np.float64],
    best: int,
    covered: NDArray[np.float32],
) -> NDArray[np.float64]:
    """What speaks for a span, (6,): its score and the best one's, the share of it and its likes (``likeness`` (n,)
    is the span's own), of its passage, and how much of the question that passage holds (``covered`` (2,)).
    """
    passage = float(shares[scored.hits == scored.hits[best]].sum())
    own = [scored.scores[best] / 10, scored.scores[0] / 10, float(likeness @ shares), passage]
    return np.array([*own, *covered.tolist()])
