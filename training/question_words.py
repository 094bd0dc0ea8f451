"""Fit how much each word of a question says about the passage that answers it.

"Which", "how many" and "the name of" are rare in articles, so that their rarity alone makes them weigh much,
but they stand in the question and not in its passage. For each token of the training questions this counts
how often the right passage holds it beyond chance; tokens that tell little are written to
``question_words.tsv`` with their weight in 0..0.8 (all others weigh 1).

    python -m training.question_words ../shared/data
"""

from __future__ import annotations

import json
import lzma
import re
import sys
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yuanwen_index.keys import fold
from yuanwen_index.tokens import keys_of_tokens, question_keys, token_keys

TABLE = Path(__file__).parents[1] / "index" / "yuanwen_index" / "question_words.tsv"
LEFT_OUT = {"squadshifts_amazon_reviews"}  # its passages are told apart by nothing in the question
USUAL = 0.75  # how much more often than by chance a telling token stands in the right passage
FEWEST = 30
LARGEST = 0.8
DOUBT = 10  # a token is taken as usual until it has been seen about this often

Rows = list[tuple[str, str, str]]


def read_rows(data: Path) -> Rows:
    """Language, question and passage of every training question."""
    with lzma.open(data / "qa_train.jsonl.xz", "rt", encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    return [(r["lang"], r["question"], r["context"]) for r in records if r["dataset"] not in LEFT_OUT]


def fit(rows: Rows) -> dict[int, float]:
    """Token key -> weight in 0..1, for tokens of at least ``FEWEST`` questions."""
    total: Counter[int] = Counter()
    told: Counter[int] = Counter()
    for language in sorted({language for language, _, _ in rows}):
        asked, found, chance = _count([row[1:] for row in rows if row[0] == language])
        for key, times in asked.items():
            total[key] += times
            told[key] += times * (found[key] / times - chance[key]) / (1 - chance[key] + 1e-9)
    lifts = {
        key: (told[key] + DOUBT * USUAL) / (times + DOUBT) for key, times in total.items() if times >= FEWEST
    }
    return {key: min(1.0, max(0.0, lift) / USUAL) for key, lift in lifts.items()}


def _count(pairs: Iterable[tuple[str, str]]) -> tuple[Counter[int], Counter[int], dict[int, float]]:
    """For each token: questions that hold it; of these, those whose passage does; share of all passages."""
    pairs = list(pairs)
    passages = {passage: np.unique(token_keys([passage])[0]) for passage in {passage for _, passage in pairs}}
    everywhere = _counted(passages.values())
    questions = [np.unique(token_keys([question])[0]) for question, _ in pairs]
    both = [
        keys[np.isin(keys, passages[passage])] for keys, (_, passage) in zip(questions, pairs, strict=True)
    ]
    asked = _counted(questions)
    return asked, _counted(both), {key: everywhere[key] / len(passages) for key in asked}


def _counted(arrays: Iterable[NDArray[np.uint64]]) -> Counter[int]:
    keys, counts = np.unique(np.concatenate(list(arrays)), return_counts=True)
    return Counter(dict(zip(keys.tolist(), counts.tolist(), strict=True)))


def spelled(texts: Iterable[str], *, pairs: bool = True) -> dict[int, str]:
    """Token key -> the token, for every token of the texts; without ``pairs`` only words and characters."""
    tokens: set[str] = set()
    for run in set(re.findall(r"[^\W_]+", " ".join(map(fold, texts)))):
        tokens.update([run, run[:4], *run, *(map("".join, pairwise(run)) if pairs else ())])
    listed = sorted(tokens)
    single = np.array([len(question_keys(token)[1]) == 1 for token in listed])
    pair = np.bincount(token_keys(listed)[1], minlength=len(listed)) == 3
    pair &= np.array([len(token) == 2 for token in listed])
    whole = [listed[number] for number in np.flatnonzero(single | pair if pairs else single).tolist()]
    return dict(zip(keys_of_tokens(whole).tolist(), whole, strict=True))


def main(data: Path) -> None:
    """Fit on all training questions and write the table."""
    rows = read_rows(data)
    names = spelled(question for _, question, _ in rows)
    weights = sorted(
        (weight, names[key]) for key, weight in fit(rows).items() if weight <= LARGEST and key in names
    )
    TABLE.write_text("".join(f"{weight:.2f}\t{token}\n" for weight, token in weights), encoding="utf-8")
    print(f"{len(weights)} tokens; least: {' '.join(token for _, token in weights[:40])}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
