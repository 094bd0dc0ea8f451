"""Recall of the right paragraph by words, by meaning and by both, on public question sets.

    python bench/retrieval.py EVAL [--encoder FOLDER] [--bytes] [--only "CMRC 2018 dev" ...]

EVAL is a folder with CMRC 2018 dev, DRCD dev, XQuAD and Tatoeba pairs, named as in ``training/encoder_measure.py``.
Beside them the project's own questions are asked over the pages in ``seeds/``. Ends with 1 where, in one language,
adding meaning costs more than 0.3 points of R@1. ``--bytes`` rounds all vectors as an index of many passages keeps them.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "index"), str(ROOT / "qa")]

from training.encoder_measure import QUESTIONS_PASSAGES, ranks, recalls, sentence_tasks  # noqa: E402

from yuanwen_index import Encoder, build_index, load_encoder  # noqa: E402
from yuanwen_index.encoders import SHIPPED_FOLDER, StaticEncoder  # noqa: E402
from yuanwen_index.rows import Rows  # noqa: E402
from yuanwen_qa import (  # noqa: E402
    Measurement,
    QuestionSet,
    Setting,
    on_contexts_of,
    open_index,
    open_paragraphs,
    read_question_set,
)

MODES = ("lexical", "dense", "hybrid")
MAY_COST = 0.3  # points of R@1

Row = dict[str, tuple[float, float]]


class InBytes(StaticEncoder):
    """The shipped encoder, with vectors of passages rounded as many are kept."""

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (n_texts, dim) float32: whole numbers times a scale."""
        vectors = super().encode_passages(texts)
        rows = Rows(np.empty(vectors.shape, np.int8), np.empty(len(vectors), np.float32))
        rows.put(slice(None), vectors)
        return rows.take(slice(None))

    def encode_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (n_texts, dim) float32, unit rows."""
        return super().encode_passages(texts)


def paragraph_sets(folder: Path) -> Iterator[tuple[str, QuestionSet]]:
    """Yield every set of questions on paragraphs whose files are in the folder."""
    for name, asking, answering in QUESTIONS_PASSAGES:
        files = folder / f"{asking}.json.xz", folder / f"{answering}.json.xz"
        if all(file.is_file() for file in files):
            asked = read_question_set(files[0])
            yield name, asked if asking == answering else on_contexts_of(asked, read_question_set(files[1]))


def recall_row(measurement: Measurement) -> Row:
    """Return R@1 and R@5, in per cent, of each mode."""
    rows = {mode: measurement.run(Setting(mode)).record() for mode in MODES}
    return {mode: (100 * row["recall@1"], 100 * row["recall@5"]) for mode, row in rows.items()}


def seed_rows(encoder: Encoder) -> Iterator[tuple[str, Row]]:
    """Yield the rows of the project's own questions, all of them and by language."""
    asked = read_question_set(ROOT / "seeds" / "questions.json")
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "index"
        build_index([ROOT / "seeds"], index, encoder=encoder)
        for language in ("", "zh", "en"):
            chosen = [one for one in asked.questions if language in ("", one.language)]
            measurement = open_index(asked.with_questions(chosen), index, encoder=encoder)
            yield f"seeds {language}".strip(), recall_row(measurement)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--encoder", default=None)
    parser.add_argument("--bytes", action="store_true")
    parser.add_argument("--only", nargs="*", help="sets of questions on paragraphs")
    options = parser.parse_args()
    encoder = InBytes(SHIPPED_FOLDER) if options.bytes else load_encoder(options.encoder)
    print("| R@1 / R@5 | words | meaning | both |\n|---|---|---|---|")
    dearer = []
    measured = (
        (name, open_paragraphs(asked, "open", encoder=encoder))
        for name, asked in paragraph_sets(options.folder)
        if not options.only or name in options.only
    )
    seeds = seed_rows(encoder) if not options.only else iter(())
    for name, row in chain(((name, recall_row(one)) for name, one in measured), seeds):
        cells = " | ".join(f"{first:.1f} / {fifth:.1f}" for first, fifth in row.values())
        print(f"| {name} | {cells} |", flush=True)
        if " to " not in name and row["hybrid"][0] < row["lexical"][0] - MAY_COST:
            dearer.append(name)
    for name, task in sentence_tasks(options.folder).items() if not options.only else ():
        print(f"| {name} | | {' / '.join(map(str, recalls(ranks(encoder, task))))} | |")
    if dearer:
        sys.exit(f"adding meaning costs more than {MAY_COST} points of R@1: {', '.join(dearer)}")


if __name__ == "__main__":
    main()
