"""What a passage takes on Milvus, in bytes, and how good its proposals by words are when its statistics have moved.

python bench/milvus_rows.py NEWS.jsonl.xz --documents 4000
"""

from __future__ import annotations

import argparse
import itertools
import json
import lzma
from pathlib import Path

import numpy as np

from yuanwen_index import TermIndex, load_encoder, parse_articles, split_passages, text_document
from yuanwen_index.milvus.contents import pack_contents
from yuanwen_index.milvus.rows import pack, stored_text
from yuanwen_index.milvus.words import Frequencies
from yuanwen_index.terms import Postings, norms_of

WANTED, PROPOSED = 64, 128
ASKED = 14  # characters of a passage that are asked for


def read(news: Path, n: int) -> tuple[list[str], dict[str, float]]:
    """The search texts of ``n`` documents, and bytes for each passage."""
    texts: list[str] = []
    bytes_of = {"text": 0.0, "document, packed": 0.0, "words": 0.0}
    frequencies = []
    with lzma.open(news, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(itertools.islice(lines, n)):
            document = text_document(f"{number}.txt", json.loads(line)["text"])
            articles = [(article, split_passages(article)) for article in parse_articles(document)]
            ours = [stored_text(passage.search_text) for _, cut in articles for passage in cut]
            if not ours:
                continue
            postings = Postings.of(ours)
            texts += ours
            bytes_of["text"] += sum(len(text.encode("utf-8")) for text in ours)
            bytes_of["document, packed"] += sum(map(len, pack(pack_contents(document, articles))))
            bytes_of["words"] += 8 * len(postings.passages)
            frequencies.append(Frequencies.of(postings))
    terms = Frequencies.together(frequencies)
    bytes_of["in how many passages each word stands"] = sum(
        sum(map(len, pack(part.packed()))) for part in terms.buckets(1 << 12).values()
    )
    each = {name: size / len(texts) for name, size in bytes_of.items()}
    return texts, {"vector": 4.0 * load_encoder().dim, **each}


def kept(texts: list[str], factor: float) -> float:
    """How much of the exact best is proposed by weights made with ``factor`` times the true mean length."""
    index, other = TermIndex.of(texts), TermIndex.of(texts)
    lengths = other._postings.lengths
    other._norms = norms_of(lengths, float(lengths.mean()) * factor)
    chance = np.random.default_rng(1)
    shares = []
    for number in chance.integers(0, len(texts), 200).tolist():
        start = int(chance.integers(0, max(1, len(texts[number]) - ASKED)))
        asked = index.ask(texts[number][start : start + ASKED])
        exact = set(index.best(asked, WANTED).passages.tolist())
        proposed = set(other.best(asked, PROPOSED).passages.tolist())
        if exact:
            shares.append(len(exact & proposed) / len(exact))
    return float(np.mean(shares))


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("news", type=Path)
    parser.add_argument("--documents", type=int, default=4000)
    options = parser.parse_args()
    texts, sizes = read(options.news, options.documents)
    print(f"{len(texts):,} passages of {options.documents:,} documents; bytes for each:")
    for name, size in sizes.items():
        print(f"  {size:8,.0f}  {name}")
    print(f"of the {WANTED} best by words, proposed among {PROPOSED}:")
    for factor in (0.5, 0.8, 1.0, 1.25, 2.0, 3.0):
        print(
            f"  {kept(texts, factor):.3f} where the weights were made with {factor} times the true mean length"
        )


if __name__ == "__main__":
    main()
