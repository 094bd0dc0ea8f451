"""Read the training data of the encoder into pairs of texts that belong together.

A pair is a question and its passage, a title and its body, a sentence and its surroundings, a sentence and
its translation, or two sentences that say the same. Every text is folded; pairs are grouped by source, and
a batch is drawn from one source, so that the other passages of a batch are real competitors.
"""

from __future__ import annotations

import json
import lzma
import random
import re
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from yuanwen_index.keys import fold

Pair = tuple[str, str]
Sources = dict[str, list[Pair]]

PASSAGE_CHARS = 480
SENTENCE = re.compile(r"[^。！？\n]*[。！？\n]+")
SAME_MEANING = {"1", "entailment", "4", "5", "4.00", "4.500", "4.600", "4.750", "4.800", "5.00", "5.000"}
HELD_OUT = ("qa_zh", "qa_en", "zh_en_tatoeba", "zh_en_news", "paraphrases")
LEFT_OUT = {
    "squadshifts_amazon_reviews"
}  # questions whose passages are told apart by nothing in the question


def rows(path: Path) -> Iterator[str]:
    """Yield the lines of an xz file."""
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield line.rstrip("\n")


def records(path: Path) -> Iterator[dict[str, str]]:
    """Yield the JSON objects of an xz file of lines."""
    return (json.loads(row) for row in rows(path) if row)


def qa_pairs(data: Path) -> Iterator[tuple[str, str, str]]:
    """Yield (source, question, passage) of the reading-comprehension sets and the question-answer pairs."""
    for row in records(data / "qa_train.jsonl.xz"):
        if row["dataset"] not in LEFT_OUT:
            yield f"qa_{row['lang']}", row["question"], row["context"][: 3 * PASSAGE_CHARS]
    for row in records(data / "pairs.jsonl.xz"):
        yield f"pairs_{row['lang']}", row["query"], row["pos"][: 2 * PASSAGE_CHARS]


def parallel_pairs(data: Path) -> Iterator[tuple[str, str, str]]:
    """Yield (source, sentence, translation); human translations apart from those of documentation."""
    for row in rows(data / "parallel_zh_en.tsv.xz"):
        english, chinese, name, *_ = row.split("\t")
        kind = name if name == "tatoeba" else "news" if name.startswith("wmt") else "docs"
        yield f"zh_en_{kind}", english, chinese
    for row in rows(data / "parallel_en_xx.tsv.xz"):
        english, other, _, name, *_ = row.split("\t")
        yield f"en_xx_{'news' if name.startswith('wmt') else 'docs'}", english, other


def neighbour_pairs(data: Path, window: int = 3) -> Iterator[tuple[str, str, str]]:
    """Yield an English sentence of translated news with the Chinese paragraph around its translation."""
    news: dict[str, list[Pair]] = {}
    for row in rows(data / "parallel_zh_en.tsv.xz"):
        english, chinese, name, *_ = row.split("\t")
        news.setdefault(name, []).append((english, chinese))
    for sentences in news.values():
        for i in range(0, len(sentences), 2):
            around = sentences[max(0, i - window + 1) : i + window]
            yield "zh_en_around", sentences[i][0], "".join(chinese for _, chinese in around)
            yield "en_zh_around", sentences[i][1], " ".join(english for english, _ in around)


def news_pairs(data: Path, chance: random.Random) -> Iterator[tuple[str, str, str]]:
    """Yield titles with bodies, and sentences with the rest of their article."""
    for row in records(data / "news_titled.jsonl.xz"):
        yield "titles", row["title"], row["text"][:PASSAGE_CHARS]
    for row in records(data / "news_docs.jsonl.xz"):
        sentences = SENTENCE.findall(row["text"][:1500])
        if len(sentences) < 3:
            continue
        i = chance.randrange(len(sentences))
        if 8 < len(sentences[i]) < 120:
            rest = "".join(sentences[max(0, i - 5) : i] + sentences[i + 1 : i + 6])
            yield "context", sentences[i][: chance.randint(8, 60)], rest[:PASSAGE_CHARS]


def paraphrase_pairs(data: Path) -> Iterator[tuple[str, str, str]]:
    """Yield sentences that say the same."""
    for row in rows(data / "sts_nli.tsv.xz"):
        name, _, _, first, second, label = row.split("\t")
        if label in SAME_MEANING:
            yield "idioms" if name == "cinlid" else "paraphrases", first, second


def read_sources(data: Path, seed: int = 0, most: int | None = None) -> Sources:
    """Return the pairs of the data folder by source, folded, in an order that the seed decides.

    Of a source with more than ``most`` pairs the first ones are read.
    """
    chance = random.Random(seed)
    sources: Sources = {}
    news = partial(news_pairs, chance=chance)
    readers = (qa_pairs, parallel_pairs, neighbour_pairs, news, paraphrase_pairs)
    for reader in readers:
        for source, left, right in reader(data):
            full = most is not None and len(sources.get(source, ())) >= most
            if left.strip() and right.strip() and not full:
                sources.setdefault(source, []).append((fold(left), fold(right)))
    for pairs in sources.values():
        chance.shuffle(pairs)
    return sources


def held_out(sources: Sources, share: float = 0.03) -> tuple[Sources, Sources]:
    """Split off about a share of the pairs of some sources; no text of theirs stays in any source."""
    passages = {right for name in HELD_OUT for _, right in sources.get(name, ())}
    held_texts = {text for text in passages if zlib.crc32(text.encode()) % 1000 < 1000 * share}
    held = {name: [pair for pair in sources.get(name, ()) if pair[1] in held_texts] for name in HELD_OUT}
    held_texts |= {left for pairs in held.values() for left, _ in pairs}
    kept = {
        name: [pair for pair in pairs if pair[0] not in held_texts and pair[1] not in held_texts]
        for name, pairs in sources.items()
    }
    return held, kept
