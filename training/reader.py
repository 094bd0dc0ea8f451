"""Fits the reader that ships with the package.

    python -m training.word_vectors DATA VECTORS
    python -m training.reader DATA VECTORS OUT [--quick]

DATA is the folder of question files, VECTORS what ``word_vectors`` wrote. OUT gets ``words.txt``, ``words.safetensors``,
``network.safetensors``, ``reader.json`` and ``log.txt``, and a folder ``work``, from which an interrupted run goes on.
The same input gives the same output.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file
from training.reader_batches import Tables
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
from training.reader_data import Example, Pool, rows
from training.reader_examples import Counts, Wordings, fitted_examples, held_examples, split_rows
from training.reader_fit import Course, fit
from training.reader_net import Arrays, Net
from training.reader_questions import Translations
from training.reader_rows import Corpus, make_corpus

from yuanwen_qa.reading.candidate_reader import Choice, Confidence
from yuanwen_qa.reading.network import Network
from yuanwen_qa.reading.spaces import WordSpace

SHARPNESSES, BONUSES, FOUND = (0.7, 1.0, 1.5, 2.0), (0.0, 0.3, 0.6, 1.0), (0.0, 1.0, 2.0, 4.0)
CHECKED = 150
CARD_DATA = [
    "CMRC 2018 train and trial (CC BY-SA 4.0)",
    "CJRC dev, antiterror news, SQuADShifts (no licence stated)",
    "word vectors from Chinese news (texts belong to their publishers), the questions and sentence pairs of training/word_vectors.py",
]
Log = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything a run takes."""

    words: int
    counts: Counts
    common: int
    chars: int
    width: int
    courses: tuple[Course, ...]


FULL = Size(
    50_000,
    Counts(10**9, 3_000, 700),
    3_000,
    1_500,
    128,
    (Course(2_000, 16, 4, 1.5e-3, 0), Course(4_000, 16, 4, 1e-3, 1)),
)
QUICK = Size(3_000, Counts(60, 20, 30), 200, 100, 16, (Course(20, 8, 3, 3e-3, 0), Course(10, 8, 3, 1e-3, 1)))


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


def prepare(
    data: Path,
    vectors: Path,
    work: Path,
    space: WordSpace,
    vocabulary: Sequence[str],
    counts: Counts,
    log: Log,
) -> tuple[Corpus, list[tuple[str, Example]]]:
    """The questions fitted on and those held out; from ``work`` when they are there."""
    fitted, held = work / "fitted.npz", work / "held.json"
    if not fitted.exists():
        known: Translations = json.loads((vectors / "translations.json").read_text(encoding="utf-8"))
        asked, kept = split_rows(rows(data, ("zh",), counts.per_dataset), counts.held)
        wordings = Wordings(space, vocabulary[:30_000], known, asked)
        pool = Pool([row.context for row in (*asked, *kept)])
        found = held_examples(data, counts, wordings, pool)
        written = [[kind, asdict(example)] for kind, example in found]
        held.write_text(json.dumps(written, ensure_ascii=False), encoding="utf-8")
        examples = fitted_examples(data, counts, wordings, pool)
        log(f"{len(examples)} questions, {sum(bool(one.gold) for one in examples)} with an answer")
        make_corpus(examples, space, log).save(fitted)
    stored = json.loads(held.read_text(encoding="utf-8"))
    return Corpus.load(fitted), [(kind, _example(**fields)) for kind, fields in stored]


def _example(
    question: str, texts: list[str], scores: list[float], gold: list[tuple[int, int, int]]
) -> Example:
    spans = tuple((at, start, end) for at, start, end in gold)
    return Example(question, tuple(texts), tuple(scores), spans)


def most_common(corpus: Corpus, n_words: int, n_chars: int) -> tuple[dict[str, int], dict[str, int]]:
    """The words, and the last characters of words, that are met most often, each with its row."""
    words: dict[str, int] = {}
    chars: dict[str, int] = {}
    numbers = np.concatenate([corpus["p_numbers"].values, corpus["q_numbers"].values]).astype(np.int64)
    counts = np.bincount(numbers, minlength=len(corpus.words)).tolist()
    for key, count in zip(corpus.words, counts, strict=True):
        words[key] = count
        chars[key[-1]] = chars.get(key[-1], 0) + count
    return _first(words, n_words), _first(chars, n_chars)


def _first(counts: dict[str, int], n: int) -> dict[str, int]:
    return {key: i for i, key in enumerate(sorted(counts, key=lambda key: (-counts[key], key))[:n])}


def tables_of(corpus: Corpus, space: WordSpace, common: dict[str, int], chars: dict[str, int]) -> Tables:
    """Vectors and rows of the words of a corpus, and of padding."""
    vectors, weights = space.look_up(corpus.words)
    return Tables(
        np.concatenate([vectors, np.zeros((1, space.dim), np.float32)]),
        np.append(weights, np.float32(0)),
        np.array([*(common.get(key, len(common)) for key in corpus.words), len(common)], np.int64),
        np.array([*(chars.get(key[-1], len(chars)) for key in corpus.words), len(chars)], np.int64),
    )


def choose(readings: Sequence[Reading]) -> tuple[Choice, Seen]:
    """The settings with the best sum of exact match and F1, and what was seen with them."""
    answerable = [reading for reading in readings if reading.gold]
    tried = [Choice(s, b, f) for s in SHARPNESSES for b in BONUSES for f in FOUND]
    best = max(tried, key=lambda choice: _worth(see(answerable, choice)) if answerable else 0.0)
    return best, see(readings, best)


def _worth(seen: Seen) -> float:
    return float((seen.f1 + seen.exact).mean())


def run(data: Path, vectors: Path, out: Path, size: Size, precision: float) -> None:
    """Everything, in order."""
    work = out / "work"
    work.mkdir(parents=True, exist_ok=True)
    started, lines = time.time(), []

    def log(line: str) -> None:
        lines.append(line)
        print(f"{time.time() - started:6.0f} s  {line}", flush=True)

    space, vocabulary, word_arrays = read_space(vectors, size.words)
    corpus, held = prepare(data, vectors, work, space, vocabulary, size.counts, log)
    common, chars = most_common(corpus, size.common, size.chars)
    tables = tables_of(corpus, space, common, chars)
    log(f"{len(corpus)} questions to fit on, {len(held)} held out")
    torch.manual_seed(0)
    net = Net(space.dim, len(common), len(chars), size.width)

    def check(net: Net) -> float:
        readings = read_all(
            [one for one in held if one[1].gold][:CHECKED], space, Network(net.arrays(), common, chars)
        )
        return _worth(see(readings, Choice(1.0, 0.3, 1.0))) / 2

    for i, course in enumerate(size.courses):
        fit(net, corpus, tables, course, log=log, checkpoint=work / f"course-{i}.pt", check=check)
    arrays = {name: array.astype(np.float16) for name, array in net.arrays().items()}
    used = {name: array.astype(np.float32) for name, array in arrays.items()}
    card = settle(held, space, Network(used, common, chars), precision, log)
    card |= {"common": list(common), "chars": list(chars), "data": CARD_DATA}
    (out / "reader.json").write_text(json.dumps(card, ensure_ascii=False), encoding="utf-8")
    (out / "words.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    save_file(word_arrays, out / "words.safetensors")
    save_file(arrays, out / "network.safetensors")
    (out / "log.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for path in out.glob("*.*"):
        path.chmod(0o644)


def settle(
    held: Sequence[tuple[str, Example]], space: WordSpace, network: Network, precision: float, log: Log
) -> dict[str, object]:
    """Choose, calibrate and say so: settings from one half of the held-out questions, figures of the other."""
    mixed = list(held)
    random.Random(7).shuffle(mixed)
    readings = read_all(mixed, space, network)
    half = len(readings) // 2
    choice, seen = choose(readings[:half])
    slopes, offset = fit_logistic(seen.signals, seen.f1 >= RIGHT_FROM)
    confidence = Confidence(tuple(slopes), offset)
    threshold = threshold_for(confidence.of(seen.signals), seen.f1 >= RIGHT_FROM, precision)
    other = see(readings[half:], choice)
    sure = confidence.of(other.signals)
    right, given = other.f1 >= RIGHT_FROM, sure >= threshold
    figures = {
        "exact_match": float(other.exact[other.answerable].mean()),
        "f1": float(other.f1[other.answerable].mean()),
        **quality(sure, other),
        "answerable_answered": float(given[other.answerable].mean()),
        "unanswerable_withheld": float((~given[~other.answerable]).mean()),
        "precision": float(right[given].mean()) if given.any() else None,
    }
    log(f"{choice}, threshold {threshold:.3f}")
    log(f"held out: {json.dumps(figures)}")
    return {
        "choice": asdict(choice),
        "confidence": {"slopes": [round(slope, 4) for slope in slopes], "offset": round(offset, 4)},
        "threshold": round(threshold, 4),
        "precision_asked": precision,
        "held_out": {name: value and round(value, 4) for name, value in figures.items()},
    }


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
