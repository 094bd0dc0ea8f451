"""Fits the reader that ships with the package.

    python -m training.word_vectors DATA VECTORS --vectors qa/yuanwen_qa/models/reader
    python -m training.reader DATA VECTORS OUT [--quick]

DATA is the folder of question files, VECTORS what ``word_vectors`` wrote. OUT gets ``words.txt``, ``words.safetensors``,
``network.safetensors``, ``reader.json`` and ``log.txt``, and a folder ``work``, from which an
interrupted run of the same version and input goes on. The same input gives the same output, also when a run was stopped
between two courses.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
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
    Seen,
    fit_confidence,
    quality,
    read_all,
    see,
    threshold_for,
)
from training.reader_data import Example, Place, Pool, Row, rows
from training.reader_examples import (
    Counts,
    Wordings,
    fitted_examples,
    held_examples,
    made_examples,
    split_rows,
)
from training.reader_fit import Course, fit
from training.reader_net import Net
from training.reader_news import news_rows, news_texts, translated_rows
from training.reader_questions import Translations
from training.reader_rows import Corpus, make_corpus
from training.reader_written import QUESTIONS, Written, held_written, written_examples, written_rows

from yuanwen_qa.reading.candidate_reader import Choice
from yuanwen_qa.reading.network import Network
from yuanwen_qa.reading.spaces import WordSpace

# chosen on the questions held out
CHOICE = Choice(sharpness=0.7, bonus=0.8, found=8.0)
CHECKED = 150
NEWS_READ = 40  # articles that questions on other subjects are put to
CARD_DATA = [
    "CMRC 2018 train and trial (CC BY-SA 4.0)",
    "CJRC dev, antiterror news, SQuADShifts (no licence stated)",
    "questions written one by one by a language model over Chinese news (texts belong to their publishers) and CMRC 2018",
    "questions made by rule from Chinese news and its translations (texts belong to their publishers)",
    "word vectors from the same news, the questions and sentence pairs of training/word_vectors.py",
]
Log = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything a run takes."""

    counts: Counts
    common: int
    chars: int
    width: int
    courses: tuple[Course, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """People's questions to fit on, the passages to search, what makes other wordings, and translations of words;
    questions written one by one, their passages and their other wordings.
    """

    rows: list[Row]
    pool: Pool
    wordings: Wordings
    known: Translations
    written: Written
    news: Pool
    news_wordings: Wordings


# how often people's questions, made and written ones are drawn
FIRST, ALL = (0.6, 0.4, 0.0), (0.22, 0.05, 0.73)
FULL = Size(
    Counts(10**9, 3_000, 700, 23_000, 4_500), 3_000, 1_500, 192,
    (Course(4_500, 16, 4, 1.2e-3, 0.7, FIRST, 0), Course(4_800, 16, 4, 0.85e-3, 0.02, ALL, 1)),
)  # fmt: skip
QUICK = Size(
    Counts(60, 20, 30, 30, 10), 200, 100, 16,
    (Course(20, 8, 3, 3e-3, 0.02, FIRST, 0), Course(10, 8, 3, 1e-3, 0.02, ALL, 1)),
)  # fmt: skip


def prepare(
    data: Path, work: Path, space: WordSpace, asked: Asked, counts: Counts, log: Log
) -> tuple[list[Corpus], list[tuple[str, Example]]]:
    """What the network is fitted on, people's questions, made and written ones, and those held out; from ``work`` when they
    are there.
    """
    fitted, made, written, held = (
        work / name for name in ("fitted.npz", "made.npz", "written.npz", "held.json")
    )
    if not held.exists():
        news = Pool(news_texts(data, NEWS_READ))
        found = held_examples(data, counts, asked.wordings.draw_anew(11), asked.pool, news)
        found += held_written(asked.written.held, asked.news)
        lines = [[kind, asdict(example)] for kind, example in found]
        held.write_text(json.dumps(lines, ensure_ascii=False), encoding="utf-8")
    if not fitted.exists():
        found_ = fitted_examples(data, counts, asked.wordings.draw_anew(12), asked.pool)
        _number(found_, space, log).save(fitted)
    if not made.exists():
        source = random.Random(2)
        rows_ = news_rows(data, counts.made, source)
        rows_ += translated_rows(data, counts.made // 11, asked.known, source)
        found_ = made_examples(rows_, asked.rows, counts, asked.wordings.draw_anew(13))
        _number(found_, space, log).save(made)
    if not written.exists():
        again = asked.news_wordings.draw_anew(14)
        found_ = written_examples(asked.written.fitted, asked.news, again, random.Random(4))
        _number(found_, space, log).save(written)
    stored = json.loads(held.read_text(encoding="utf-8"))
    corpora = [Corpus.load(path) for path in (fitted, made, written)]
    return corpora, [(kind, _example(**fields)) for kind, fields in stored]


def _number(examples: list[Example], space: WordSpace, log: Log) -> Corpus:
    log(f"{len(examples)} questions, {sum(bool(one.gold) for one in examples)} with an answer")
    return make_corpus(examples, space, log)


def gather(data: Path, vectors: Path, space: WordSpace, counts: Counts, questions: Path) -> Asked:
    """All questions, the passages to search, and other wordings."""
    common = (vectors / "words.txt").read_text(encoding="utf-8").split("\n")[:30_000]
    known: Translations = json.loads((vectors / "translations.json").read_text(encoding="utf-8"))
    asked, kept = split_rows(rows(data, ("zh",), counts.per_dataset), counts.held)
    pool = Pool([row.context for row in (*asked, *kept)])
    wordings = Wordings(space, common, known, asked)
    written = written_rows(data, questions).without([row.context for row in kept])
    again = Wordings(space, common, known, written.fitted)
    return Asked(asked, pool, wordings, known, written, written.pool(), again)


def _example(
    question: str, texts: list[str], scores: list[float], gold: list[Place], also: list[Place]
) -> Example:
    spans, others = (tuple((at, start, end) for at, start, end in places) for places in (gold, also))
    return Example(question, tuple(texts), tuple(scores), spans, others)


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


def _worth(seen: Seen) -> float:
    return float((seen.f1 + seen.exact).mean())


def run(
    data: Path, vectors: Path, out: Path, size: Size, precision: float, questions: Path = QUESTIONS
) -> None:
    """Everything, in order; ``questions`` are those written one by one."""
    torch.set_num_threads(2)  # sums depend on the number of threads
    torch.use_deterministic_algorithms(True)
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]  # a twelfth of the time
    work = out / "work"
    work.mkdir(parents=True, exist_ok=True)
    started = time.time()

    def log(line: str) -> None:
        with (out / "log.txt").open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        print(f"{time.time() - started:6.0f} s  {line}", flush=True)

    space = WordSpace.load(vectors)
    asked = gather(data, vectors, space, size.counts, questions)
    corpora, held = prepare(data, work, space, asked, size.counts, log)
    common, chars = most_common(corpora[0], size.common, size.chars)
    numbered = [(corpus, tables_of(corpus, space, common, chars)) for corpus in corpora]
    log(f"{' + '.join(str(len(corpus)) for corpus in corpora)} questions to fit on, {len(held)} held out")
    torch.manual_seed(0)
    net = Net(space.dim, len(common), len(chars), size.width)

    def check(net: Net) -> float:
        network = Network(net.arrays(), common, chars)
        readings = read_all([one for one in held if one[1].gold][:CHECKED], space, network)
        return _worth(see(readings, CHOICE)) / 2

    for i, course in enumerate(size.courses):
        fit(net, numbered, course, log=log, checkpoint=work / f"course-{i}.pt", check=check)
    weights = {name: array.astype(np.float16) for name, array in net.arrays().items()}
    network = Network({name: array.astype(np.float32) for name, array in weights.items()}, common, chars)
    card = settle(held, space, network, precision, log)
    card |= {"data": CARD_DATA, "common": list(common), "chars": list(chars)}
    (out / "reader.json").write_text(json.dumps(card, ensure_ascii=False), encoding="utf-8")
    for name in ("words.txt", "words.safetensors"):
        shutil.copyfile(vectors / name, out / name)
    save_file(weights, out / "network.safetensors")
    for path in out.glob("*.*"):
        path.chmod(0o644)


def settle(
    held: Sequence[tuple[str, Example]], space: WordSpace, network: Network, precision: float, log: Log
) -> dict[str, object]:
    """Calibrate on one half of the held-out questions and say how good the reader is on the other."""
    mixed = list(held)
    random.Random(7).shuffle(mixed)
    readings = read_all(mixed, space, network)
    half = len(readings) // 2
    seen = see(readings[:half], CHOICE)
    confidence = fit_confidence(seen)
    threshold = threshold_for(confidence.of(seen.signals), seen.f1 >= RIGHT_FROM, precision)
    other = see(readings[half:], CHOICE)
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
    log(f"threshold {threshold:.3f}")
    log(f"held out: {json.dumps(figures)}")
    return {
        "choice": asdict(CHOICE),
        "confidence": {
            "slopes": [round(s, 4) for s in confidence.slopes],
            "offset": round(confidence.offset, 4),
        },
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
        "--precision", type=float, default=0.55, help="share of given answers that must be right"
    )
    asked = parser.parse_args()
    run(asked.data, asked.vectors, asked.out, QUICK if asked.quick else FULL, asked.precision)


if __name__ == "__main__":
    main()
