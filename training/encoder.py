"""Train the shipped encoder: ``python -m training.encoder DATA OUT [--quick] [--eval EVAL] [--onward FOLDER]``.

Six steps: read the pairs, make the tokenizer, find out which piece translates which, place the pieces,
train, and train a little more with questions written one by one over the news; ``--onward`` takes the tokenizer and the
vectors of an encoder and does the last step alone. Figures go to standard output; OUT gets the folder that the
package ships. The seed fixes every draw; give ``--threads 1`` too when two runs are to be compared number by number.
"""

from __future__ import annotations

import argparse
import shutil
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse

from yuanwen_index.encoders import StaticEncoder
from yuanwen_index.pieces import Pieces

from .bags import bags_of
from .encoder_batches import Batches, Dictionary, Draw, Pairs, dictionaries
from .encoder_data import Sources, held_out, read_sources
from .encoder_dictionary import align, join, links_of
from .encoder_folder import save_folder
from .encoder_measure import Task, ranks, recalls, tasks
from .encoder_start import company, start_table, teacher_vectors
from .encoder_steps import Schedule, Table, train
from .encoder_vocabulary import build_tokenizer, count_words, fit_pieces
from .encoder_written import Asked, read_written, written_pairs
from .reader_written import QUESTIONS

LANGUAGES = ["zh", "en", "ja", "ko", "es", "pt", "de", "ru", "cs", "uk", "he", "tr", "ar"]
COMMON_IN_SENTENCES = 0.1  # pieces in more of the sentences than this translate nothing
ALIGNED = ("zh_en_news", "zh_en_tatoeba", "zh_en_docs", "en_xx_news", "en_xx_docs")
COMPANY = ("context", "titles", "qa_zh", "qa_ja", "qa_en", "pairs_zh", "qa_tr", "qa_ar", "paraphrases")
RECIPE = (
    Draw("qa_zh", 8),
    Draw("qa_en", 4),
    Draw("qa_ja", 4),
    Draw("qa_tr", 1.5),
    Draw("qa_ar", 1),
    Draw("pairs_zh", 5),
    Draw("pairs_en", 1.5),
    Draw("zh_en_news", 6),
    Draw("zh_en_tatoeba", 6),
    Draw("zh_en_docs", 5),
    Draw("en_xx_news", 6),
    Draw("en_xx_docs", 4),
    Draw("zh_en_around", 6),
    Draw("en_zh_around", 3),
    Draw("titles", 4),
    Draw("context", 5),
    Draw("paraphrases", 4),
    Draw("idioms", 0.5),
    Draw("qa_zh", 8, path=("zh-en",)),
    Draw("qa_zh", 2, path=("zh-en", "en-xx")),
    Draw("pairs_zh", 2, path=("zh-en",)),
    Draw("titles", 2, path=("zh-en",)),
    Draw("context", 2, path=("zh-en",)),
    Draw("qa_en", 3, path=("en-zh",)),
    Draw("qa_ja", 2, path=("xx-en",)),
    Draw("context", 7, window=True),
    Draw("titles", 2, window=True),
    Draw("qa_zh", 5, window=True),
    Draw("qa_en", 3, window=True),
    Draw("qa_ja", 2, window=True),
    Draw("context", 4, window=True, path=("zh-en",)),
    Draw("qa_zh", 3, window=True, path=("zh-en",)),
    Draw("titles", 2, window=True, path=("zh-en",)),
    Draw("qa_en", 2, window=True, path=("en-zh",)),
    Draw("context", 1.5, window=True, path=("zh-en", "en-xx")),
)
WRITTEN = (
    *RECIPE,
    Draw("written_zh", 57),
    Draw("written_en", 95),
    Draw("written_zh", 38, path=("zh-en",)),
)
MORE = Schedule(240, rate=0.005, warm_up=20)


@dataclass(frozen=True, slots=True)
class Plan:
    """The size of a run."""

    vocabulary: int = 56_000
    coverage: float = 0.9998  # share of all characters that get a piece
    dim: int = 512
    short: int = 128  # dimensions that must also do alone
    counted: int = 40_000  # pairs of each source whose words are counted
    most: int | None = None  # pairs of each source
    steps: int = 3_000
    batch: int = 1_024
    longest: int = 96
    more: Schedule = MORE  # with the written questions
    more_batch: int = 512


QUICK = Plan(vocabulary=3_000, coverage=0.98, dim=64, short=16, counted=300, most=300, steps=60, batch=64,
    more=Schedule(10, rate=0.004, warm_up=2, short=16), more_batch=16,
)  # fmt: skip


def log(text: str) -> None:
    """Print with the time."""
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def make_tokenizer(sources: Sources, plan: Plan, seed: int) -> Any:
    """Return a tokenizer fitted on the words of all sources."""
    counts = count_words(sources, plan.counted, {}, seed)
    return build_tokenizer(fit_pieces(counts, plan.vocabulary, plan.coverage))


def mute_pieces(texts: list[str]) -> NDArray[np.bool_]:
    """Return which pieces get no vector: signs say nothing of what a text is about, and cost time."""
    return np.array([number == 0 or not any(map(str.isalnum, text)) for number, text in enumerate(texts)])


def cut_sources(sources: Sources, pieces: Pieces) -> dict[str, Pairs]:
    """Return the pairs as piece ids without the mute ones; pairs with an empty side are dropped."""
    mute = mute_pieces(pieces.texts)
    found = {}
    for name, texts in sources.items():
        groups: dict[str, int] = {}
        group = np.array([groups.setdefault(right, len(groups)) for _, right in texts])
        left, right = (bags_of(pieces, [pair[side] for pair in texts], mute) for side in (0, 1))
        full = np.flatnonzero((left.sizes > 0) & (right.sizes > 0))
        found[name] = Pairs(left.of(full), right.of(full), group[full])
    return found


def piece_counts(pairs: dict[str, Pairs], size: int) -> NDArray[np.int64]:
    """Return how often each piece stands in all texts."""
    counts = np.zeros(size, dtype=np.int64)
    for both in pairs.values():
        for bags in (both.left, both.right):
            counts += np.bincount(bags.ids, minlength=size)
    return counts


def translations(pairs: dict[str, Pairs], texts: list[str]) -> sparse.csr_matrix:
    """Return (n_pieces, n_pieces): for each piece the English pieces that translate it, from 0 to 1."""
    parts = {name: pairs[name] for name in ALIGNED if name in pairs}
    counts = piece_counts(parts, len(texts))
    skip = counts > COMMON_IN_SENTENCES * sum(len(part.left) for part in parts.values())
    return align(join([links_of(part.left, part.right, skip) for part in parts.values()]), len(texts))


def start(pairs: dict[str, Pairs], pieces: Pieces, words: sparse.csr_matrix, plan: Plan, seed: int) -> Table:
    """Return the table that training starts from."""
    size = len(pieces.texts)
    near = company([(pairs[name].left, pairs[name].right) for name in COMPANY if name in pairs], size)
    known = teacher_vectors(pieces.texts)
    return Table(start_table(known, words, near, piece_counts(pairs, size), plan.dim, seed))


def measure(
    encoder: StaticEncoder, folder: Path | None, held: Sources, questions: dict[str, Task]
) -> dict[str, list[float]]:
    """Return recall at 1 and 5 on held-out training pairs and questions, and on the sets of a folder."""
    found = {name: recalls(ranks(encoder, task)) for name, task in questions.items()}
    for name, texts in held.items():
        passages = list(dict.fromkeys(right for _, right in texts))
        place = {passage: number for number, passage in enumerate(passages)}
        right = np.array([place[passage] for _, passage in texts])
        found[f"held out: {name}"] = recalls(ranks(encoder, ([left for left, _ in texts], passages, right)))
    for name, task in tasks(folder).items() if folder else ():
        found[name] = recalls(ranks(encoder, task))
    return found


def held_questions(passages: list[str], held: dict[str, Asked]) -> dict[str, Task]:
    """Return the held-out written questions as tasks, over the passages of all their articles."""
    return {f"held out: {name}": (asked.questions, passages, asked.right) for name, asked in held.items()}


def read_table(folder: Path) -> Table:
    """Return the vectors of an encoder as a table to train on."""
    encoder = StaticEncoder(folder)
    return Table(encoder.vectors(np.arange(len(Pieces.from_file(folder / "tokenizer.json").texts))))


def run(
    data: Path,
    out: Path,
    plan: Plan,
    *,
    hold: bool,
    evaluate: Path | None,
    seed: int = 0,
    onward: Path | None = None,
    written: Path = QUESTIONS,
) -> None:
    """Train and write the folder; ``hold`` keeps some training pairs back and measures on them.

    With ``onward``, the folder of an encoder, only the last step is done. ``written`` is a file as ``reader_written``
    describes it; its held-out questions are always held out.
    """
    sources = read_sources(data, seed, plan.most)
    held, sources = held_out(sources) if hold else ({}, sources)
    log(f"{sum(map(len, sources.values()))} pairs of {len(sources)} sources")
    out.mkdir(parents=True, exist_ok=True)
    if onward:
        shutil.copyfile(onward / "tokenizer.json", out / "tokenizer.json")
    else:
        make_tokenizer(sources, plan, seed).save(str(out / "tokenizer.json"), pretty=False)
    pieces = Pieces.from_file(out / "tokenizer.json")
    log(f"{len(pieces.texts)} pieces")
    pairs = cut_sources(sources, pieces)
    words = translations(pairs, pieces.texts)
    log(f"{words.nnz} translations of {np.count_nonzero(np.diff(words.indptr))} pieces")
    books: dict[str, Dictionary] = dictionaries(words, pieces.texts)
    mute = mute_pieces(pieces.texts)
    if onward:
        table = read_table(onward)
    else:
        table = start(pairs, pieces, words, plan, seed)
        log("placed; training")
        batches = Batches(pairs, RECIPE, books, plan.batch, plan.longest, seed)
        train(table, batches, Schedule(plan.steps, short=plan.short), log)
        table = Table(table.values.numpy())
    passages, fitted, asked = read_written(data, written)
    pairs |= written_pairs(passages, fitted, pieces, mute)
    train(table, Batches(pairs, WRITTEN, books, plan.more_batch, plan.longest, seed + 1), plan.more, log)
    table.values[torch.from_numpy(mute)] = 0
    save_folder(out, table.values.numpy(), {"format": 1, "dim": plan.dim, "languages": LANGUAGES})
    for name, figures in measure(StaticEncoder(out), evaluate, held, held_questions(passages, asked)).items():
        log(f"{name}: R@1 {figures[0]} R@5 {figures[1]}")


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder of the training data")
    parser.add_argument("out", type=Path, help="folder to write")
    parser.add_argument("--quick", action="store_true", help="a slice of everything, to see that it runs")
    parser.add_argument(
        "--hold", action="store_true", help="keep some training pairs back and measure on them"
    )
    parser.add_argument("--eval", type=Path, default=None, help="folder of evaluation sets, for figures only")
    parser.add_argument(
        "--onward", type=Path, default=None, help="folder of an encoder, to do the last step alone"
    )
    parser.add_argument("--steps", type=int, default=None)
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    plan = QUICK if options.quick else Plan()
    if options.steps:
        plan = replace(plan, steps=options.steps)
    if options.threads:
        torch.set_num_threads(options.threads)
    run(
        options.data,
        options.out,
        plan,
        hold=options.hold,
        evaluate=options.eval,
        seed=options.seed,
        onward=options.onward,
    )


if __name__ == "__main__":
    main()
