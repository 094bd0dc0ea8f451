"""Count how common words are in general, in the languages that people ask in.

In pages of one language nearly every word of another is rare, "the" and "of" no less than a name. What tells them
apart is how common they are where their language is written. For each word or character this counts the share of
passages that hold it: in English or Chinese if it is not all but unknown there ("die" is far more common in German),
else in the language where it is most common. Those that are common are written to ``common_words.tsv``.

    python -m training.common_words DATA
"""

from __future__ import annotations

import json
import lzma
import random
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from training.question_words import spelled

from yuanwen_index.tokens import token_keys

TABLE = Path(__file__).parents[1] / "index" / "yuanwen_index" / "common_words.tsv"
LEAST = 0.005
BELONGS = 0.002  # a word of which a language has less is quoted there
FEWEST = 6  # passages that a counted word must stand in
MOST = 12_000  # passages of one language
SPACED, UNSPACED = 600, 250  # characters of a passage: about what one of an index holds
WITHOUT_SPACES = ("zh", "ja", "ko")


def read_passages(data: Path) -> dict[str, list[str]]:
    """Passages of each language: news, paragraphs that questions are about, and translations."""
    found: dict[str, list[str]] = {}
    for row in _records(data / "news_docs.jsonl.xz"):
        found.setdefault("zh", []).append(row["text"])
    for row in _records(data / "qa_train.jsonl.xz"):
        if row["lang"] != "zh":
            found.setdefault(row["lang"], []).append(row["context"])
    sentences: dict[str, list[str]] = {}
    for english, _, source, *_ in _rows(data / "parallel_zh_en.tsv.xz"):
        if source.startswith("wmt"):
            sentences.setdefault("en", []).append(english)
    for _, other, language, *_ in _rows(data / "parallel_en_xx.tsv.xz"):
        sentences.setdefault(language, []).append(other)
    for language, told in sentences.items():
        found.setdefault(language, []).extend(_joined(told, _size(language)))
    return {language: _some(texts, _size(language)) for language, texts in sorted(found.items())}


def shares(passages: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Word or character -> share (0..1), from ``LEAST`` on, of the passages of its language that hold it."""
    found: dict[str, dict[str, float]] = {}
    for language, texts in passages.items():
        names = spelled(texts, pairs=False)
        keys, owners = token_keys(texts)
        held = np.unique(np.stack([keys, owners.astype(np.uint64)], axis=1), axis=0)[:, 0]
        known, counts = np.unique(held, return_counts=True)
        for key, count in zip(known.tolist(), counts.tolist(), strict=True):
            if key in names and count >= FEWEST:
                found.setdefault(names[key], {})[language] = count / len(texts)
    usual = {word: _share(word, held) for word, held in found.items()}
    return {word: share for word, share in usual.items() if share >= LEAST}


def _share(word: str, held: Mapping[str, float]) -> float:
    own = held.get("en" if word.isascii() else "zh", 0.0)
    return own if own >= BELONGS else max(held.values())


def _records(path: Path) -> Iterable[dict[str, str]]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def _rows(path: Path) -> Iterable[list[str]]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        yield from (line.rstrip("\n").split("\t") for line in file)


def _size(language: str) -> int:
    return UNSPACED if language in WITHOUT_SPACES else SPACED


def _joined(sentences: Iterable[str], size: int) -> Iterable[str]:
    text = ""
    for sentence in sentences:
        text = f"{text} {sentence}"
        if len(text) >= size:
            yield text
            text = ""


def _some(texts: list[str], size: int) -> list[str]:
    drawn = random.Random(0).sample(sorted(set(texts)), min(MOST, len(set(texts))))
    return [text[:size] for text in drawn]


def main(data: Path) -> None:
    """Count and write the table."""
    found = sorted(shares(read_passages(data)).items(), key=lambda item: (-item[1], item[0]))
    TABLE.write_text("".join(f"{share:.3f}\t{word}\n" for word, share in found), encoding="utf-8")
    print(f"{len(found)} words; the most common: {' '.join(word for word, _ in found[:40])}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
