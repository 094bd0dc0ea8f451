"""Fits how sure the reader says it is, on questions that it was not fitted on, answerable and not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from training.reader_data import Example

from yuanwen_qa.reading.calibration import area_under_roc, calibration_error
from yuanwen_qa.reading.candidate_reader import Scored, score_texts, signals_of, worth_of
from yuanwen_qa.reading.features import coverage, read_passage, take_apart
from yuanwen_qa.reading.scorer import Scorer
from yuanwen_qa.reading.spaces import WordSpace

RIGHT_FROM = 0.5  # an answer counts as right from this F1 with the true span


@dataclass(frozen=True, slots=True)
class Seen:
    """Of n questions: the signals (n, k), the F1 of the span chosen (n,), whether there was an answer (n,)."""

    signals: NDArray[np.float64]
    f1: NDArray[np.float64]
    exact: NDArray[np.bool_]
    answerable: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Reading:
    """The best candidates of one question's passages; their F1 with the true span (n,); what each passage holds of
    the question, (n_passages, 2).
    """

    scored: Scored
    f1: NDArray[np.float64]
    covered: NDArray[np.float32]
    answerable: bool


def read_all(
    examples: Sequence[tuple[Example, Sequence[str]]], space: WordSpace, scorer: Scorer
) -> list[Reading]:
    """Read each example's passages (the texts that its numbers point to) as the reader will."""
    readings = []
    for example, texts in examples:
        reads = [read_passage(texts[number], space) for number in example.passages]
        asked = take_apart(example.question, space)
        scored = score_texts(scorer, asked, reads, example.scores)
        gold = {at: (start, end) for at, start, end in example.gold}
        if len(scored.scores):
            covered = np.stack([coverage(asked, read) for read in reads])
            readings.append(Reading(scored, _f1(scored, gold), covered, bool(gold)))
    return readings


def see(readings: Sequence[Reading], sharpness: float, bonus: float) -> Seen:
    """What the reader would choose with these settings, and what speaks for it."""
    signals, f1 = [], []
    for reading in readings:
        scored = reading.scored
        likeness, shares = scored.likeness(), scored.shares(sharpness)
        best = int(np.argmax(worth_of(likeness, shares, bonus)))
        covered = reading.covered[int(scored.hits[best])]
        signals.append(signals_of(scored, likeness[best], shares, best, covered))
        f1.append(float(reading.f1[best]))
    reached = np.array(f1)
    return Seen(np.array(signals), reached, reached > 0.999, np.array([r.answerable for r in readings]))


def fit_logistic(
    signals: NDArray[np.float64], right: NDArray[np.bool_], rounds: int = 30
) -> tuple[list[float], float]:
    """Slopes and offset of a logistic regression with a little ridge, by Newton's method."""
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


def _f1(scored: Scored, gold: dict[int, tuple[int, int]]) -> NDArray[np.float64]:
    f1 = np.zeros(len(scored.scores))
    for hit, (start, end) in gold.items():
        together = np.minimum(scored.ends, end) - np.maximum(scored.starts, start)
        like = 2 * np.maximum(together, 0) / (scored.ends - scored.starts + end - start)
        f1 = np.where(scored.hits == hit, like, f1)
    return f1
