"""The reader that marks one of the spans that words and clauses allow."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yuanwen_index import EncoderUnavailable, Hit

from ..readers import Candidate
from .features import NEAR_AROUND, Asked, Pair, Read, compare, read_passage, take_apart
from .forms import word_marks
from .network import Network
from .spaces import WordSpace
from .words import TAGS

__all__ = [
    "CandidateReader",
    "Choice",
    "Confidence",
    "Passage",
    "Scored",
    "read_text",
    "score_texts",
    "signals_of",
    "worth_of",
]

_KEPT = 256
_NONE = np.empty(0, np.int64)
_WEIGHED = 150
_NAMES = [TAGS.index(tag) for tag in ("nr", "ns", "nt", "nz")]
MOST_NEAR = np.float32(0.8)


@dataclass(frozen=True, slots=True)
class Confidence:
    """Probability that an answer is right, by a fitted logistic curve over what the reader saw.

    ``slopes`` (n_signals,) and ``offset`` belong to the signals of ``signals_of``.
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
class Passage:
    """A text read by itself: its words and candidates, the states of the words (n_words, width)."""

    read: Read
    states: NDArray[np.float32]


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
    """The best candidates of all passages read, (n,) each, best first: hit, characters in its passage, score, and ``near``,
    how many of the question's telling words stand in its sentence and those beside it, in the same words or in near
    ones, in tens and at most 0.8: a question of few words that are found proves less than one of many.

    ``odds`` is the logarithm of the odds that the network gives to there being an answer; ``unheard`` how far the best
    known of the names in the question is from all words of the passages, 0 to 1; ``foreign`` the share of the
    question's words in Latin letters.
    """

    hits: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    scores: NDArray[np.float64]
    near: NDArray[np.float32]
    odds: float
    unheard: float
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
        return replace(
            self,
            hits=self.hits[order],
            starts=self.starts[order],
            ends=self.ends[order],
            scores=scores[order],
            near=self.near[order],
        )


class CandidateReader:
    """Scores every candidate span of every passage and takes the one nearest to all that are likely."""

    name = "yuanwen"

    def __init__(
        self, space: WordSpace, network: Network, choice: Choice, confidence: Confidence, threshold: float
    ) -> None:
        self.space = space
        self.network = network
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
            weights = load_file(folder / "network.safetensors")
            common, chars = ({key: i for i, key in enumerate(card[name])} for name in ("common", "chars"))
            network = Network(
                {key: array.astype(np.float32) for key, array in weights.items()}, common, chars
            )
            space = WordSpace.load(folder)
            confidence = Confidence(tuple(card["confidence"]["slopes"]), card["confidence"]["offset"])
            choice = Choice(**card["choice"])
            threshold = float(card["threshold"])
        except Exception as error:
            raise EncoderUnavailable(
                f"{folder}: not a reader that can be used ({error}); install the package again"
            ) from error
        return cls(space, network, choice, confidence, threshold)

    def read(self, question: str, hits: Sequence[Hit], n: int = 3) -> list[Candidate]:
        """At most ``n`` spans that do not overlap, best first, none crossing a paragraph end."""
        asked = take_apart(question, self.space)
        scores = [hit.score for hit in hits]
        scored = score_texts(self.network, asked, [self._read(hit.passage.text) for hit in hits])
        scored = scored.lifted(self._choice.found, scores)
        likeness, shares = scored.likeness(), scored.shares(self._choice.sharpness)
        worth = worth_of(likeness, shares, self._choice.bonus)
        found: list[Candidate] = []
        while len(found) < n and (worth >= 0).any():
            best = int(np.argmax(worth))
            signals = signals_of(scored, likeness[best], shares, best)
            place = int(scored.hits[best])
            offset = hits[place].passage.start
            start, end = offset + int(scored.starts[best]), offset + int(scored.ends[best])
            # of a question without a telling word nothing is known to be an answer
            sure = float(self._confidence.of(signals)) if asked.units else 0.0
            found.append(Candidate(place, start, end, float(scored.scores[best]), sure))
            worth = np.where(likeness[best] == 0, worth, -1.0)
        return found

    def _read_anew(self, text: str) -> Passage:
        return read_text(text, self.space, self.network)


def read_text(text: str, space: WordSpace, network: Network) -> Passage:
    """Read a text by itself."""
    read = read_passage(text, space)
    return Passage(read, network.read(read))


def score_texts(network: Network, asked: Asked, passages: Sequence[Passage]) -> Scored:
    """The candidates worth a look of the texts read."""
    question = network.ask(asked, word_marks(asked.words))
    pairs = [compare(asked, one.read) for one in passages]
    found = [
        network.spans(asked, question, one.read, one.states, pair)
        for one, pair in zip(passages, pairs, strict=True)
    ]
    starts, ends, near = [_NONE], [_NONE], [np.zeros(0, np.float32)]
    for passage, pair, spans in zip(passages, pairs, found, strict=True):
        starts.append(passage.read.words.starts[spans.first])
        ends.append(passage.read.words.ends[spans.last])
        near.append(np.minimum(pair.words[spans.first, NEAR_AROUND] * len(asked.units) / 10, MOST_NEAR))
    scores = np.concatenate([np.empty(0), *(spans.scores for spans in found)]).astype(np.float64)
    places = np.concatenate([_NONE, *(np.full(len(spans.first), at) for at, spans in enumerate(found))])
    foreign = float(np.mean([unit.isascii() for unit in asked.units])) if asked.units else 0.0
    order = np.argsort(-scores, kind="stable")
    return Scored(
        places[order],
        np.concatenate(starts)[order],
        np.concatenate(ends)[order],
        scores[order],
        np.concatenate(near)[order],
        _odds(scores, network.none(asked, question, pairs, found)),
        _unheard(asked, pairs),
        foreign,
    )


def _odds(scores: NDArray[np.float64], none: float) -> float:
    return float(np.log(np.exp(np.clip(scores - none, -30, 30)).sum())) if len(scores) else 0.0


def _unheard(asked: Asked, pairs: Sequence[Pair]) -> float:
    """How far the best known of the names asked about is from all words of the passages, 0 to 1; 0 without names.

    In Latin letters only a capital tells a name.
    """
    if not pairs:
        return 0.0
    held = np.max([pair.held[:, 1] for pair in pairs], axis=0)
    named = [
        unit in asked.names if key.isascii() else unit >= 0 and tag in _NAMES
        for unit, tag, key in zip(
            asked.unit_of.tolist(), asked.words.tags.tolist(), asked.words.keys, strict=True
        )
    ]
    return float((1 - held[named]).min()) if any(named) else 0.0


def worth_of(likeness: NDArray[np.float64], shares: NDArray[np.float64], bonus: float) -> NDArray[np.float64]:
    """Expected F1 of each candidate, to which being exactly right adds ``bonus``; (n,), at least 0."""
    return likeness @ shares + bonus * shares


def signals_of(
    scored: Scored, likeness: NDArray[np.float64], shares: NDArray[np.float64], best: int
) -> NDArray[np.float64]:
    """What speaks for a span, (7,): the network's odds of an answer, the share of the span and its likes (``likeness``
    (n,) is its own), the share of its passage, how much of the question stands near it, how far its names are from the
    passages, whether it is in another script, how evenly the shares are spread.
    """
    passage = float(shares[scored.hits == scored.hits[best]].sum())
    spread = float(-(shares * np.log(shares + 1e-12)).sum())
    own = [scored.odds / 10, float(likeness @ shares), passage, float(scored.near[best])]
    return np.array([*own, scored.unheard, scored.foreign, spread / 10])
