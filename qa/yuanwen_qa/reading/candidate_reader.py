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
from .features import Asked, Pair, Read, compare, read_passage, take_apart
from .forms import word_marks
from .network import Network
from .spaces import WordSpace

__all__ = ["CandidateReader", "Choice", "Confidence", "Scored", "score_texts", "signals_of", "worth_of"]

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
    """How a span is chosen: ``sharpness`` multiplies the scores before they become shares, being exactly right adds
    ``bonus`` to the expected F1, and ``found`` is what the retrieval score, as a part of the best passage's, adds to
    the scores of a passage.
    """

    sharpness: float
    bonus: float
    found: float


@dataclass(frozen=True, slots=True)
class Scored:
    """The best candidates of all passages read, (n,) each, best first: hit, characters in its passage, score.

    ``none`` is the score of "no answer"; ``covered`` (2,) is how much of the question all passages together hold, in
    the same words and in near ones; ``missing`` how rare the rarest word is that they do not hold, 0 to 1; ``foreign``
    the share of the question's words in Latin letters.
    """

    hits: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    scores: NDArray[np.float64]
    none: float
    covered: NDArray[np.float32]
    missing: float
    foreign: float

    def shares(self, sharpness: float) -> NDArray[np.float64]:
        """How likely each is, (n,), summing to 1: a softmax of the sharpened scores."""
        shares: NDArray[np.float64] = np.exp(sharpness * (self.scores - self.scores.max(initial=-np.inf)))
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

    def lifted(self, found: float, hit_scores: Sequence[float]) -> Scored:
        """With what retrieval says of the passages added, ``found`` for the best one."""
        top = max([*hit_scores, 0.0])
        parts = np.array([max(score, 0.0) / top if top > 0 else 0.0 for score in hit_scores])
        scores = self.scores + found * parts[self.hits]
        order = np.argsort(-scores, kind="stable")[:_WEIGHED]
        kept = (column[order] for column in (self.hits, self.starts, self.ends, scores))
        return Scored(*kept, self.none, self.covered, self.missing, self.foreign)


class CandidateReader:
    """Scores every candidate span of every passage and takes the one nearest to all that are likely."""

    name = "yuanwen"

    def __init__(
        self, space: WordSpace, network: Network, choice: Choice, confidence: Confidence, threshold: float
    ) -> None:
        self._space = space
        self._network = network
        self._choice = choice
        self._confidence = confidence
        self.threshold = threshold
        self._read = lru_cache(_KEPT)(self._read_anew)

    @classmethod
    def load(cls, folder: Path) -> CandidateReader:
        """Read ``reader.json``, ``network.safetensors`` and the words from ``folder``.

        Raises EncoderUnavailable when something is missing or unreadable.
        """
        from safetensors.numpy import load_file

        try:
            card = json.loads((folder / "reader.json").read_text(encoding="utf-8"))
            arrays = load_file(folder / "network.safetensors")
            space = WordSpace.load(folder)
            confidence = Confidence(tuple(card["confidence"]["slopes"]), card["confidence"]["offset"])
            choice = Choice(**card["choice"])
            threshold = float(card["threshold"])
            common, chars = ({key: i for i, key in enumerate(card[name])} for name in ("common", "chars"))
        except Exception as error:
            raise EncoderUnavailable(
                f"{folder}: not a reader that can be used ({error}); install the package again"
            ) from error
        weights: Mapping[str, NDArray[np.float32]] = {k: v.astype(np.float32) for k, v in arrays.items()}
        return cls(space, Network(weights, common, chars), choice, confidence, threshold)

    def read(self, question: str, hits: Sequence[Hit], n: int = 3) -> list[Candidate]:
        """At most ``n`` spans that do not overlap, best first, none crossing a paragraph end."""
        asked = take_apart(question, self._space)
        scored = score_texts(self._network, asked, [self._read(hit.passage.text) for hit in hits])
        scored = scored.lifted(self._choice.found, [hit.score for hit in hits])
        likeness, shares = scored.likeness(), scored.shares(self._choice.sharpness)
        worth = worth_of(likeness, shares, self._choice.bonus)
        found: list[Candidate] = []
        while len(found) < n and (worth >= 0).any():
            best = int(np.argmax(worth))
            signals = signals_of(scored, likeness[best], shares, best)
            place = int(scored.hits[best])
            offset = hits[place].passage.start
            start, end = offset + int(scored.starts[best]), offset + int(scored.ends[best])
            found.append(
                Candidate(place, start, end, float(scored.scores[best]), float(self._confidence.of(signals)))
            )
            worth = np.where(likeness[best] == 0, worth, -1.0)
        return found

    def _read_anew(self, text: str) -> tuple[Read, NDArray[np.float32]]:
        read = read_passage(text, self._space)
        return read, self._network.read(read)


def score_texts(network: Network, asked: Asked, reads: Sequence[tuple[Read, NDArray[np.float32]]]) -> Scored:
    """The candidates worth a look of the texts read, each with its states."""
    question = network.ask(asked, word_marks(asked.words))
    pairs: list[Pair] = [compare(asked, read) for read, _ in reads]
    spans = [
        network.spans(asked, question, read, states, pair)
        for (read, states), pair in zip(reads, pairs, strict=True)
    ]
    starts, ends = [_NONE], [_NONE]
    for (read, _), one in zip(reads, spans, strict=True):
        starts.append(read.words.starts[one.first])
        ends.append(read.words.ends[one.last])
    scores = np.concatenate([np.empty(0), *(one.scores for one in spans)])
    places = np.concatenate([_NONE, *(np.full(len(one.scores), at) for at, one in enumerate(spans))])
    covered, missing = np.zeros(2, np.float32), 0.0
    if asked.units and pairs:
        held = np.max([pair.held for pair in pairs], axis=0)
        told = asked.unit_of >= 0
        covered = np.max([pair.covered for pair in pairs], axis=0)
        missing = float((asked.weights[told] * (1 - held[told, 1])).max())
    foreign = float(np.mean([unit.isascii() for unit in asked.units])) if asked.units else 0.0
    order = np.argsort(-scores, kind="stable")
    columns = (column[order] for column in (places, np.concatenate(starts), np.concatenate(ends), scores))
    return Scored(*columns, network.none(asked, question, pairs, spans), covered, missing, foreign)


def worth_of(likeness: NDArray[np.float64], shares: NDArray[np.float64], bonus: float) -> NDArray[np.float64]:
    """Expected F1 of each candidate, to which being exactly right adds ``bonus``; (n,), at least 0."""
    return likeness @ shares + bonus * shares


def signals_of(
    scored: Scored, likeness: NDArray[np.float64], shares: NDArray[np.float64], best: int
) -> NDArray[np.float64]:
    """What speaks for a span, (8,): how far its score and those of all stand above "no answer", the share of it and its
    likes (``likeness`` (n,) is the span's own) and of its passage, what the passages hold of the question, the rarest
    word they do not hold, whether it is asked in another script.
    """
    passage = float(shares[scored.hits == scored.hits[best]].sum())
    top = float(scored.scores[0])
    total = top + float(np.log(np.exp(scored.scores - top).sum()))
    own = [
        (scored.scores[best] - scored.none) / 10,
        (total - scored.none) / 10,
        float(likeness @ shares),
        passage,
    ]
    return np.array([*own, *scored.covered.tolist(), scored.missing, scored.foreign])
