"""Fits how sure the reader says it is, on questions that it was not fitted on, answerable and not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from training.reader_data import Example, Place, Span

from yuanwen_qa.reading.calibration import area_under_roc, calibration_error
from yuanwen_qa.reading.candidate_reader import (
    Choice,
    Confidence,
    Passage,
    Scored,
    read_text,
    score_texts,
    signals_of,
    worth_of,
)
from yuanwen_qa.reading.features import take_apart
from yuanwen_qa.reading.network import Network
from yuanwen_qa.reading.spaces import WordSpace

ANSWERABLE = "answerable", "written"
RIGHT_FROM = 0.5  # an answer counts as right from this F1 with the true span
PARTLY = 0.25


@dataclass(frozen=True, slots=True)
class Seen:
    """Of n questions: the signals (n, k), the F1 of the span chosen (n,), whether there was an answer (n,)."""

    signals: NDArray[np.float64]
    f1: NDArray[np.float64]
    exact: NDArray[np.bool_]
    answerable: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Reading:
    """The best candidates of one question's passages, what search gave for these, the right spans as (hit, start, end),
    and of what kind the question is.
    """

    scored: Scored
    hit_scores: tuple[float, ...]
    gold: tuple[Place, ...]
    kind: str


def read_all(examples: Sequence[tuple[str, Example]], space: WordSpace, network: Network) -> list[Reading]:
    """Read each (kind, example) as the reader will."""
    known: dict[str, Passage] = {}
    readings = []
    for kind, example in examples:
        for text in example.texts:
            if text not in known:
                known[text] = read_text(text, space, network)
        asked = take_apart(example.question, space)
        scored = score_texts(network, asked, [known[text] for text in example.texts])
        if len(scored.scores):
            readings.append(Reading(scored, example.scores, example.gold + example.also, kind))
    return readings


def see(readings: Sequence[Reading], choice: Choice) -> Seen:
    """What the reader would choose with these settings, and what speaks for it."""
    signals, f1 = [], []
    for reading in readings:
        scored = reading.scored.lifted(choice.found, reading.hit_scores)
        likeness, shares = scored.likeness(), scored.shares(choice.sharpness)
        best = int(np.argmax(worth_of(likeness, shares, choice.bonus)))
        signals.append(signals_of(scored, likeness[best], shares, best))
        gold = [(start, end) for hit, start, end in reading.gold if hit == scored.hits[best]]
        f1.append(_f1(int(scored.starts[best]), int(scored.ends[best]), gold))
    reached = np.array(f1)
    answerable = np.array([reading.kind in ANSWERABLE for reading in readings])
    return Seen(np.array(signals), reached, reached > 0.999, answerable)


def fit_confidence(seen: Seen) -> Confidence:
    """The probability of being right, from signals that were weighed for telling questions without an answer apart as well.

    A wrong answer to a question that has an answer counts as ``PARTLY`` right in weighing; one slope and an offset then bring
    the odds to those of being right.
    """
    right = (seen.f1 >= RIGHT_FROM).astype(np.float64)
    slopes, offset = fit_logistic(seen.signals, (1 - PARTLY) * right + PARTLY * seen.answerable)
    odds = seen.signals @ np.array(slopes) + offset
    (stretch,), shift = fit_logistic(odds[:, None], right)
    return Confidence(tuple(stretch * slope for slope in slopes), stretch * offset + shift)


def fit_logistic(
    signals: NDArray[np.float64], right: NDArray[np.float64], rounds: int = 30
) -> tuple[list[float], float]:
    """Slopes and offset of a logistic regression with a little ridge, by Newton's method; ``right`` (n,) is between 0 and 1."""
    x = np.concatenate([signals, np.ones((len(signals), 1))], axis=1)
    w = np.zeros(x.shape[1])
    ridge = np.eye(x.shape[1]) * 1e-2
    for _ in range(rounds):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        gradient = x.T @ (right - p) - ridge @ w
        w += np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + ridge, gradient)
    return [float(v) for v in w[:-1]], float(w[-1])


def threshold_for(confidence: NDArray[np.float64], right: NDArray[np.bool_], precision: float) -> float:
    """The lowest confidence from which answers are right with ``precision``; the highest seen when none is."""
    order = np.argsort(-confidence, kind="stable")
    reached = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(reached >= precision)
    return float(confidence[order][enough[-1]]) if len(enough) else float(confidence.max())


def quality(confidence: NDArray[np.float64], seen: Seen) -> dict[str, float | None]:
    """ECE against being right; AUROC of right against wrong, and of answerable against unanswerable."""
    right = (seen.f1 >= RIGHT_FROM).astype(np.float64)
    return {
        "ece": calibration_error(confidence, right),
        "auroc_right": area_under_roc(confidence, right),
        "auroc_answerable": area_under_roc(confidence, seen.answerable.astype(np.float64)),
    }


def _f1(start: int, end: int, gold: Sequence[Span]) -> float:
    """The greatest with one of the right spans."""
    return max(
        (
            2 * max(min(end, last) - max(start, first), 0) / (end - start + last - first)
            for first, last in gold
        ),
        default=0.0,
    )
