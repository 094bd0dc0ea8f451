"""Measure an encoder alone (no word matching): ``python -m training.encoder_measure EVAL [--encoder NAME]``.

EVAL is a folder with reading-comprehension sets in SQuAD form (``NAME.json.xz``) and sentence pairs
(``NAME.tsv.xz``). A question's right passage is the paragraph that it was asked about; between languages, the
paragraph in the same place of the other file.
"""

from __future__ import annotations

import argparse
import json
import lzma
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yuanwen_index import Encoder, load_encoder

QUESTIONS_PASSAGES = (
    ("CMRC 2018 dev", "cmrc2018_dev", "cmrc2018_dev"),
    ("DRCD dev (traditional)", "drcd_dev", "drcd_dev"),
    ("XQuAD zh", "xquad_zh", "xquad_zh"),
    ("XQuAD en", "xquad_en", "xquad_en"),
    ("XQuAD en to zh", "xquad_en", "xquad_zh"),
    ("XQuAD zh to en", "xquad_zh", "xquad_en"),
    ("XQuAD es to zh", "xquad_es", "xquad_zh"),
    ("XQuAD ru to zh", "xquad_ru", "xquad_zh"),
)
SENTENCES = (("Tatoeba en to zh", "tatoeba_zh_en_1000", 0), ("Tatoeba zh to en", "tatoeba_zh_en_1000", 1))

Task = tuple[
    list[str], list[str], NDArray[np.int64]
]  # questions, passages, the right passage of each question


def read_squad(path: Path) -> tuple[list[str], list[str], NDArray[np.int64]]:
    """Return questions, paragraphs, and the number of each question's paragraph."""
    with lzma.open(path, "rt", encoding="utf-8") as file:
        articles = json.load(file)["data"]
    paragraphs = [paragraph for article in articles for paragraph in article["paragraphs"]]
    asked = [
        (qa["question"], number) for number, paragraph in enumerate(paragraphs) for qa in paragraph["qas"]
    ]
    return [q for q, _ in asked], [p["context"] for p in paragraphs], np.array([n for _, n in asked])


def read_sentences(path: Path) -> tuple[list[str], list[str]]:
    """Return the two columns of a table of sentence pairs."""
    with lzma.open(path, "rt", encoding="utf-8") as file:
        pairs = [line.rstrip("\n").split("\t")[:2] for line in file]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def tasks(folder: Path) -> dict[str, Task]:
    """Return every task whose files are in the folder."""
    found: dict[str, Task] = {}
    for name, asking, answering in QUESTIONS_PASSAGES:
        files = folder / f"{asking}.json.xz", folder / f"{answering}.json.xz"
        if all(file.is_file() for file in files):
            questions, _, right = read_squad(files[0])
            found[name] = questions, read_squad(files[1])[1], right
    return found | sentence_tasks(folder)


def sentence_tasks(folder: Path) -> dict[str, Task]:
    """Return the tasks of sentence pairs whose files are in the folder."""
    found: dict[str, Task] = {}
    for name, stem, side in SENTENCES:
        if (folder / f"{stem}.tsv.xz").is_file():
            columns = read_sentences(folder / f"{stem}.tsv.xz")
            found[name] = columns[side], columns[1 - side], np.arange(len(columns[0]))
    return found


def ranks(encoder: Encoder, task: Task) -> NDArray[np.int64]:
    """Return (n_questions,) the rank of the right passage by cosine, from 0; equal cosines share a rank."""
    questions, passages, right = task
    rows = encoder.encode_passages(passages)
    asked = encoder.encode_questions(questions)
    own = np.einsum("ij,ij->i", asked, rows[right])
    blocks = np.array_split(np.arange(len(questions)), max(1, len(questions) // 1000))
    return np.concatenate([(asked[b] @ rows.T > own[b, None] + 1e-6).sum(axis=1) for b in blocks])


def recalls(found: NDArray[np.int64], depths: Sequence[int] = (1, 5)) -> list[float]:
    """Return the share of questions, in per cent, whose passage is among the first so many."""
    return [round(100 * float((found < depth).mean()), 1) for depth in depths]


def main() -> None:
    """Print a table of recall at 1 and 5."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--encoder", default=None)
    options = parser.parse_args()
    encoder = load_encoder(options.encoder)
    print(f"| {encoder.name}, {encoder.dim} dimensions | R@1 | R@5 |\n|---|---|---|")
    for name, task in tasks(options.folder).items():
        first, fifth = recalls(ranks(encoder, task))
        print(f"| {name} | {first} | {fifth} |")


if __name__ == "__main__":
    main()
