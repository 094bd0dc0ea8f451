"""The first round of questions written one by one, over Chinese news, with the passages that answer them, as pairs to train the encoder on.

Every pair comes with rivals: the other passages of its article, and what word search finds in other articles. Those
are what a question has to be told apart from once the news is searched.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yuanwen_index.keys import fold
from yuanwen_index.pieces import Pieces
from yuanwen_index.terms import TermIndex

from .bags import bags_of
from .encoder_batches import Pairs, Rivals
from .reader_data import Row, pieces_of
from .reader_written import QUESTIONS, written_rows

RIVALS = 4
LEFT_TO_FUSION = 6  # every so manieth article is kept from the encoder, for choosing the weights of search by


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions of one language, each with the number of the passage that answers it best and with its rivals'."""

    questions: list[str]
    right: NDArray[np.int64]  # (n,)
    rivals: NDArray[np.int64]  # (n, RIVALS)


def read_written(
    data: Path, source: Path = QUESTIONS
) -> tuple[list[str], dict[str, Asked], dict[str, Asked]]:
    """The passages of all articles, and the questions by language: those to fit on, and those held out.

    Texts are folded. Questions that nothing answers, or a passage only in part, are left out.

    Raises:
        ValueError: ``data/news_docs.jsonl.xz`` lacks an article that ``source`` names, or holds another text of it.
    """
    written = written_rows(data, source, rounds=1)
    passages: list[str] = []
    homes: dict[str, list[tuple[int, int, int]]] = {}
    for context in dict.fromkeys(row.context for row in (*written.fitted, *written.held)):
        pieces = [(start, end) for _, start, end in pieces_of(context)]
        homes[context] = [(len(passages) + at, *piece) for at, piece in enumerate(pieces)]
        passages += [fold(context[start:end]) for start, end in pieces]
    terms = TermIndex.of(passages)
    own = [row for row in written.fitted if not left_to_fusion(row)]
    fitted, held = (_by_language(rows, homes, terms) for rows in (own, written.held))
    return passages, fitted, held


def left_to_fusion(row: Row) -> bool:
    """Whether the article of a row to fit on is kept from the encoder."""
    return zlib.crc32(row.context.encode()) % LEFT_TO_FUSION == 0


def _by_language(
    rows: Sequence[Row], homes: dict[str, list[tuple[int, int, int]]], terms: TermIndex
) -> dict[str, Asked]:
    found: dict[str, list[tuple[str, int, list[int]]]] = {}
    for row in rows:
        home = homes[row.context]
        right = [n for n, start, end in home for first, last in row.answers if start <= first and last <= end]
        if right:
            own = [n for n, _, _ in home]
            others = [n for n in own if n not in right][: RIVALS // 2]
            near = terms.best(terms.ask(row.question), RIVALS + len(own)).passages
            others += [n for n in near.tolist() if n not in own]
            found.setdefault(row.dataset, []).append((fold(row.question), right[0], others))
    return {
        name: Asked(
            [question for question, _, _ in asked],
            np.array([right for _, right, _ in asked]),
            np.array([((others or [right]) * RIVALS)[:RIVALS] for _, right, others in asked]),
        )
        for name, asked in found.items()
    }


def written_pairs(
    passages: Sequence[str], asked: dict[str, Asked], pieces: Pieces, mute: NDArray[np.bool_]
) -> dict[str, Pairs]:
    """The questions with their passages as piece ids, by language."""
    texts = bags_of(pieces, passages, mute)
    return {
        name: Pairs(
            bags_of(pieces, one.questions, mute),
            texts.of(one.right),
            one.right,
            Rivals(texts, one.rivals),
        )
        for name, one in asked.items()
    }
