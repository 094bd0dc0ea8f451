"""Fits the reader that ships with the package.

    python -m training.word_vectors DATA VECTORS
    python -m training.reader DATA VECTORS OUT [--quick]

DATA is the folder of question files, VECTORS what ``word_vectors`` wrote. OUT gets ``words.txt``,
``words.safetensors``, ``scorer.safetensors``, ``reader.json`` and ``log.txt``. The same input gives the same output.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from training.reader_confidence import (
    RIGHT_FROM,
    Reading,
    Seen,
    fit_logistic,
    quality,
    read_all,
    see,
    threshold_for,
)
from training.reader_data import Example, Pool, Row, rows, unanswerable
from training.reader_fit import Arrays, fit
from training.reader_questions import Translations, cloze_rows, in_english, in_other_words, near_words
from training.reader_rows import N_TAG_SLOTS, Item, Rows

from yuanwen_qa.reading.candidate_reader import Confidence
from yuanwen_qa.reading.scorer import Scorer
from yuanwen_qa.reading.spaces import WordSpace
from yuanwen_qa.reading.words import cut_words

DEPTH_FITTED, DEPTH_READ = 4, 5
SHARE_ENGLISH, SHARE_REWORDED, WORDS_REPLACED = 0.3, 0.3, 0.5
SHARPNESSES, BONUSES = (1.5, 2.0, 3.0, 4.0), (0.0, 0.3, 0.6, 1.0)
CARD_DATA = [
    "CMRC 2018 train and trial (CC BY-SA 4.0)",
    "CJRC dev, antiterror news, SQuADShifts (no licence stated)",
    "questions made by rule from Chinese web news of 2023 (texts belong to their publishers)",
    "word vectors from the same news, the questions and sentence pairs of training/word_vectors.py",
]


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything a run takes."""

    words: int
    per_dataset: int
    cloze: int
    english: int
    held: int
    common: int
    epochs: int
    right: int
    wrong: int


FULL = Size(50_000, 10**9, 5_000, 3_000, 1_000, 800, 6, 70, 25)
QUICK = Size(3_000, 60, 20, 20, 30, 50, 1, 30, 10)


def read_space(folder: Path, n: int) -> tuple[WordSpace, list[str], Arrays]:
    """The first ``n`` words of ``vectors.npz``, coarsened as they will ship; their spelling; the arrays to write."""
    stored = np.load(folder / "vectors.npz", allow_pickle=False)
    words = stored["words"].tobytes().decode("utf-8").split("\n")[:n]
    vectors = stored["vectors"][:n].astype(np.float32)
    coarse = np.round(vectors / np.maximum(np.abs(vectors).max(1, keepdims=True), 1e-9) * 127).astype(np.int8)
    rank = np.arange(len(words))
    weights = (np.log(2 + rank) / np.log(2 + len(words))).astype(np.float16)
    rows_ = coarse.astype(np.float32)
    rows_ /= np.maximum(np.linalg.norm(rows_, axis=1, keepdims=True), 1e-9)
    return WordSpace(words, rows_, weights.astype(np.float32)), words, {"vectors": coarse, "weights": weights}


def split_rows(found: Sequence[Row], held: int) -> tuple[list[Row], list[Row]]:
    """(fitted on, held out): about ``held`` rows whose contexts no fitted row shares."""
    contexts = sorted({row.context for row in found})
    random.Random(5).shuffle(contexts)
    kept = set(contexts[: max(1, round(len(contexts) * held / max(len(found), 1)))])
    return [r for r in found if r.context not in kept], [r for r in found if r.context in kept]


class Variety:
    """Gives a question its wording: as asked, in other words, or in English."""

    def __init__(
        self, space: WordSpace, vocabulary: Sequence[str], known: Translations, asked: Sequence[Row]
    ) -> None:
        units = [key for row in asked for key in cut_words(row.question).keys]
        self._swaps = near_words(units, space, vocabulary)
        self._known = known
        self._space = space
        self._random = random.Random(11)

    def of(self, row: Row) -> Row:
        """One wording of the question."""
        drawn = self._random.random()
        if drawn < SHARE_ENGLISH:
            return in_english(row, self._space, self._known, self._random) or row
        if drawn < SHARE_ENGLISH + SHARE_REWORDED:
            return in_other_words(row, self._swaps, WORDS_REPLACED, self._random)
        return row


def common_words(words: Sequence[str], items: Sequence[Item], n: int) -> tuple[NDArray[np.int64], list[str]]:
    """Row of each word among the ``n`` that stand most often at candidates' ends (n for the rest); those words."""
    counts = np.zeros(len(words) + 1, np.int64)
    for item in items:
        np.add.at(counts, item.slots[:, N_TAG_SLOTS:].ravel(), 1)
    top = np.argsort(-counts[:-1], kind="stable")[:n]
    places = np.full(len(words) + 1, len(top))
    places[top] = np.arange(len(top))
    return places, [words[place] for place in top]


def make_items(
    jobs: Sequence[tuple[Pool, list[Row], Variety | None]],
    space: WordSpace,
    size: Size,
    scorer: Scorer | None,
) -> tuple[list[Item], list[str]]:
    """Items of all questions, and the words that their slots number."""
    items: list[Item] = []
    words: dict[str, int] = {}
    for pool, asked, variety in jobs:
        maker = Rows(space, pool.texts, words, seed=1)
        for row in asked:
            example = pool.example(variety.of(row) if variety else row, DEPTH_FITTED, keep_gold=True)
            if example:
                items.append(maker.item(example, size.right, size.wrong, scorer))
    return items, list(words)


def fit_scorer(
    items: list[Item], words: list[str], space: WordSpace, size: Size, log: Callable[[str], None]
) -> tuple[Arrays, Scorer]:
    """Fitted arrays and the scorer that uses them."""
    places, common = common_words(words, items, size.common)
    vectors = np.concatenate([space.look_up(words)[0], np.zeros((1, space.dim), np.float32)])
    arrays = fit(items, vectors, places, epochs=size.epochs, log=log)
    return arrays, Scorer(arrays, {word: place for place, word in enumerate(common)})


def measured(
    pool: Pool, held: Sequence[Row], data: Path, variety: Variety
) -> list[tuple[Example, Sequence[str]]]:
    """Held-out questions in all wordings, a third of them where nothing answers."""
    asked = [variety.of(row) for row in held]
    nowhere = [variety.of(row) for row in (*held[: len(held) // 4], *unanswerable(data)[: len(held) // 4])]
    examples = [pool.example(row, DEPTH_READ, keep_gold=False) for row in asked]
    examples += [pool.elsewhere(row, DEPTH_READ) for row in nowhere]
    return [(example, pool.texts) for example in examples if example and example.passages]


def choose(readings: Sequence[Reading]) -> tuple[float, float, Seen]:
    """Sharpness and bonus with the best sum of exact match and F1, and what was seen with them."""
    tried = [
        (sharpness, bonus, see(readings, sharpness, bonus)) for sharpness in SHARPNESSES for bonus in BONUSES
    ]
    return max(
        tried,
        key=lambda t: float((t[2].f1 + t[2].exact)[t[2].answerable].mean()) if t[2].answerable.any() else 0.0,
    )


def run(data: Path, vectors: Path, out: Path, size: Size, precision: float) -> None:
    """Everything, in order."""
    out.mkdir(parents=True, exist_ok=True)
    started, lines = time.time(), []

    def log(line: str) -> None:
        lines.append(line)
        print(f"{time.time() - started:6.0f} s  {line}", flush=True)

    space, vocabulary, word_arrays = read_space(vectors, size.words)
    known: Translations = json.loads((vectors / "translations.json").read_text(encoding="utf-8"))
    asked, held = split_rows(rows(data, ("zh",), size.per_dataset), size.held)
    made = cloze_rows(data, size.cloze, random.Random(2))
    english = [row for row in rows(data, ("en",), size.english) if "amazon" not in row.dataset][
        : size.english
    ]
    variety = Variety(space, vocabulary[:30_000], known, [*asked, *made])
    pool = Pool([row.context for row in (*asked, *held)])
    jobs = [
        (pool, asked, variety),
        (Pool([row.context for row in made]), made, variety),
        (Pool([row.context for row in english]), english, None),
    ]
    log(f"{len(asked)} questions, {len(made)} made from news, {len(english)} English, {len(held)} held out")
    items, words = make_items(jobs, space, size, None)
    log(
        f"first round: {len(items)} questions, {np.mean([len(item.f1) for item in items]):.0f} candidates each"
    )
    _, scorer = fit_scorer(items, words, space, size, log)
    items, words = make_items(jobs, space, size, scorer)
    log(f"second round, against the candidates that the first took for right: {len(items)} questions")
    arrays, scorer = fit_scorer(items, words, space, size, log)
    questions = measured(pool, held, data, variety)
    _finish(out, questions, space, scorer, precision, log)
    (out / "words.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    save_file(word_arrays, out / "words.safetensors")
    save_file(
        {k: v.astype(np.float16) if v.ndim > 1 else v for k, v in arrays.items()}, out / "scorer.safetensors"
    )
    (out / "log.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for path in out.iterdir():
        path.chmod(0o644)


def _finish(
    out: Path,
    questions: list[tuple[Example, Sequence[str]]],
    space: WordSpace,
    scorer: Scorer,
    precision: float,
    log: Callable[[str], None],
) -> None:
    """Choose, calibrate and write the card: settings from one half of the questions, figures of the other."""
    random.Random(7).shuffle(questions)
    readings = read_all(questions, space, scorer)
    half = len(readings) // 2
    sharpness, bonus, seen = choose(readings[:half])
    slopes, offset = fit_logistic(seen.signals, seen.f1 >= RIGHT_FROM)
    confidence = Confidence(tuple(slopes), offset)
    threshold = threshold_for(confidence.of(seen.signals), seen.f1 >= RIGHT_FROM, precision)
    other = see(readings[half:], sharpness, bonus)
    sure = confidence.of(other.signals)
    right, given = other.f1 >= RIGHT_FROM, sure >= threshold
    figures = {
        "exact_match": float(other.exact[other.answerable].mean()),
        "f1": float(other.f1[other.answerable].mean()),
        **quality(sure, other),
        "answered": float(given.mean()),
        "precision": float(right[given].mean()) if given.any() else None,
    }
    log(f"sharpness {sharpness}, bonus {bonus}, threshold {threshold:.3f}")
    log(f"held out: {json.dumps(figures)}")
    card = {
        "common": list(scorer.common),
        "choice": {"sharpness": sharpness, "bonus": bonus},
        "confidence": {"slopes": [round(slope, 4) for slope in slopes], "offset": round(offset, 4)},
        "threshold": round(threshold, 4),
        "precision_asked": precision,
        "data": CARD_DATA,
        "held_out": {name: value and round(value, 4) for name, value in figures.items()},
    }
    (out / "reader.json").write_text(json.dumps(card, ensure_ascii=False), encoding="utf-8")


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("vectors", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument(
        "--quick", action="store_true", help="a few rows of everything, to see that all of it runs"
    )
    parser.add_argument(
        "--precision", type=float, default=0.5, help="share of given answers that must be right"
    )
    asked = parser.parse_args()
    run(asked.data, asked.vectors, asked.out, QUICK if asked.quick else FULL, asked.precision)


if __name__ == "__main__":
    main()
