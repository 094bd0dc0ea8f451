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
from .descriptions import forms_of, hit_part
from .features import Asked, Pair, Read, compare, read_passage, take_apart
from .forms import word_marks
from .network import Network
from .scorer import Scorer
from .spaces import WordSpace

__all__ = [
    "CandidateReader",
    "Choice",
    "Confidence",
    "Models",
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
class Passage:
    """A text read by itself: its words and candidates, the network's states of the words (n_words, width), the forms of
    the candidates (n_candidates, 32).
    """

    read: Read
    states: NDArray[np.float32]
    forms: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Models:
    """The two that score spans: the network reads the passage, the scorer looks at each candidate by itself.

    Both scores are added, the scorer's ``share`` times. Neither may outvote the other without end: a span more than
    ``depth`` below the best counts as ``depth`` below it.
    """

    network: Network
    scorer: Scorer
    share: float
    depth: float

    def blend(self, own: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
        """One score of the network's ``own`` and the scorer's ``other`` ones, (n,) each."""
        parts = (np.maximum(x - x.max(initial=-np.inf), -self.depth) for x in (own, other))
        first, second = parts
        return np.asarray(first + self.share * second, np.float64)


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

    ``odds`` is the logarithm of the odds that the network gives to there being an answer, ``looks`` the greatest score
    of the scorer; ``covered`` (2,) is how much of the question all passages together hold, in
    the same words and in near ones; ``missing`` how rare the rarest word is that they do not hold, 0 to 1; ``foreign``
    the share of the question's words in Latin letters.
    """

    hits: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    scores: NDArray[np.float64]
    odds: float
    looks: float
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
        return replace(
            self,
            hits=self.hits[order],
            starts=self.starts[order],
            ends=self.ends[order],
            scores=scores[order],
        )


class CandidateReader:
    """Scores every candidate span of every passage and takes the one nearest to all that are likely."""

    name = "yuanwen"

    def __init__(
        self, space: WordSpace, models: Models, choice: Choice, confidence: Confidence, threshold: float
    ) -> None:
        self._space = space
        self._models = models
        self._choice = choice
        self._confidence = confidence
        self.threshold = threshold
        self._read = lru_cache(_KEPT)(self._read_anew)

    @classmethod
    def load(cls, folder: Path) -> CandidateReader:
        """Read ``reader.json``, ``network.safetensors``, ``scorer.safetensors`` and the words from ``folder``.

        Raises EncoderUnavailable when something is missing or unreadable.
        """
        from safetensors.numpy import load_file

        try:
            card = json.loads((folder / "reader.json").read_text(encoding="utf-8"))
            network, scorer = (
                {
                    key: array.astype(np.float32)
                    for key, array in load_file(folder / f"{name}.safetensors").items()
                }
                for name in ("network", "scorer")
            )
            space = WordSpace.load(folder)
            confidence = Confidence(tuple(card["confidence"]["slopes"]), card["confidence"]["offset"])
            choice = Choice(**card["choice"])
            threshold = float(card["threshold"])
            common, chars, ends = (
                {key: i for i, key in enumerate(card[name])} for name in ("common", "chars", "common_at_ends")
            )
            models = Models(
                Network(network, common, chars),
                Scorer(scorer, ends),
                float(card["share"]),
                float(card["depth"]),
            )
        except Exception as error:
            raise EncoderUnavailable(
                f"{folder}: not a reader that can be used ({error}); install the package again"
            ) from error
        return cls(space, models, choice, confidence, threshold)

    def read(self, question: str, hits: Sequence[Hit], n: int = 3) -> list[Candidate]:
        """At most ``n`` spans that do not overlap, best first, none crossing a paragraph end."""
        asked = take_apart(question, self._space)
        scores = [hit.score for hit in hits]
        scored = score_texts(self._models, asked, [self._read(hit.passage.text) for hit in hits], scores)
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
            found.append(
                Candidate(place, start, end, float(scored.scores[best]), float(self._confidence.of(signals)))
            )
            worth = np.where(likeness[best] == 0, worth, -1.0)
        return found

    def _read_anew(self, text: str) -> Passage:
        return read_text(text, self._space, self._models.network)


def read_text(text: str, space: WordSpace, network: Network) -> Passage:
    """Read a text by itself."""
    read = read_passage(text, space)
    return Passage(read, network.read(read), forms_of(read))


def score_texts(
    models: Models, asked: Asked, passages: Sequence[Passage], hit_scores: Sequence[float]
) -> Scored:
    """The candidates worth a look of the texts read."""
    question = models.network.ask(asked, word_marks(asked.words))
    pairs: list[Pair] = [compare(asked, one.read) for one in passages]
    spans, known = [], [np.empty(0)]
    for place, (one, pair) in enumerate(zip(passages, pairs, strict=True)):
        looks = models.scorer.score(asked, one.read, one.forms, hit_part(hit_scores, place))
        found = models.network.spans(asked, question, one.read, one.states, pair, looks)
        spans.append(found)
        known.append(looks[found.places].astype(np.float64))
    starts, ends = [_NONE], [_NONE]
    for passage, found in zip(passages, spans, strict=True):
        starts.append(passage.read.words.starts[found.first])
        ends.append(passage.read.words.ends[found.last])
    own, other = np.concatenate([np.empty(0), *(one.scores for one in spans)]), np.concatenate(known)
    scores = models.blend(own, other)
    places = np.concatenate([_NONE, *(np.full(len(one.scores), at) for at, one in enumerate(spans))])
    none = models.network.none(asked, question, pairs, spans)
    odds = float(np.log(np.exp(np.clip(own - none, -30, 30)).sum())) if len(own) else 0.0
    looks_best = float(other.max(initial=0.0))
    covered, missing = np.zeros(2, np.float32), 0.0
    if asked.units and pairs:
        held = np.max([pair.held for pair in pairs], axis=0)
        told = asked.unit_of >= 0
        covered = np.max([pair.covered for pair in pairs], axis=0)
        missing = float((asked.weights[told] * (1 - held[told, 1])).max())
    foreign = float(np.mean([unit.isascii() for unit in asked.units])) if asked.units else 0.0
    order = np.argsort(-scores, kind="stable")
    first, last = np.concatenate(starts), np.concatenate(ends)
    return Scored(
        places[order], first[order], last[order], scores[order], odds, looks_best, covered, missing, foreign
    )


def worth_of(likeness: NDArray[np.float64], shares: NDArray[np.float64], bonus: float) -> NDArray[np.float64]:
    """Expected F1 of each candidate, to which being exactly right adds ``bonus``; (n,), at least 0."""
    return likeness @ shares + bonus * shares


def signals_of(
    scored: Scored, likeness: NDArray[np.float64], shares: NDArray[np.float64], best: int
) -> NDArray[np.float64]:
    """What speaks for a span, (8,): the network's odds of an answer, the scorer's best score, the share of the span and
    its likes (``likeness`` (n,) is its own), the share of its passage, what the passages hold of the question, the
    rarest word they do not hold, whether it is asked in another script.
    """
    passage = float(shares[scored.hits == scored.hits[best]].sum())
    own = [scored.odds / 10, scored.looks / 10, float(likeness @ shares), passage]
    return np.array([*own, *scored.covered.tolist(), scored.missing, scored.foreign])
