"""An index with the passages of another several times over, to see what opening and searching more of them costs.

    python bench/many.py INDEX OUT [--times 5]
    python bench/one.py hybrid yuanwen - - OUT

Reading, cutting and encoding are spared. So that copies do not tie, each after the first lacks a tenth of the words of its
passages, drawn at random, and a tenth of another passage's vector is added to each vector. Texts stay what they are.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import bench.corpus  # noqa: F401  finds the packages

from yuanwen_index.ann import Ann
from yuanwen_index.corpus import Corpus, CorpusWriter
from yuanwen_index.encoders import unit_rows
from yuanwen_index.manifest import ANN, Counts
from yuanwen_index.retriever import read_postings, read_vectors
from yuanwen_index.rows import Rows
from yuanwen_index.store import Draft, make_folder, open_generation
from yuanwen_index.terms import Postings, merge

_LEFT_OUT = 0.1
_ADDED = 0.1
_BLOCK = 16_384


def main() -> None:
    """Write the index; say how many passages it has and what that took."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("index", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    started = time.process_time()
    generation = open_generation(options.index)
    corpus, counts = Corpus(generation), generation.manifest.counts
    writer = CorpusWriter()
    for copy in range(options.times):
        for number in range(counts.documents):
            record = corpus.document_record(number)
            writer.copy(corpus, number, record | {"source": f"{copy}/{record['source']}"})
    rows = vectors(read_vectors(generation), options.times)
    postings = words(read_postings(generation), options.times)
    ann = Ann.of(rows)
    make_folder(options.out)
    draft = Draft(options.out)
    writer.write(draft)
    for file, data in rows.files().items():
        draft.write(file, [data])
    for name in Postings.__slots__:
        draft.write_array(f"terms/{name}.npy", getattr(postings, name))
    if ann:
        draft.write(ANN, [ann.to_bytes().data])
    draft.publish(
        replace(
            generation.manifest,
            generation=1,
            parent=None,
            ann=ann.record if ann else None,
            counts=Counts(writer.n_documents, writer.n_articles, writer.n_passages),
        )
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{writer.n_passages:,} passages, {time.process_time() - started:.0f} s, {peak:,.0f} MB at most, {ann and ann.record}"
    )


def vectors(before: Rows, times: int) -> Rows:
    """The vectors again and again, each time a little different."""
    n = len(before)
    rows = Rows.room(n * times, before.dim)
    rows.put_from(before, 0, n, 0)
    for copy in range(1, times):
        other = np.random.default_rng(copy).permutation(n)
        for start in range(0, n, _BLOCK):
            ids = np.arange(start, min(start + _BLOCK, n))
            rows.put(
                copy * n + ids, unit_rows(before.take(ids) + np.float32(_ADDED) * before.take(other[ids]))
            )
    return rows


def words(before: Postings, times: int) -> Postings:
    """The postings again and again, each time without some others."""
    n = len(before.lengths)
    parts = [(before, np.arange(n, dtype=np.int32))]
    for copy in range(1, times):
        stays = np.random.default_rng(copy).random(len(before.passages), np.float32) >= _LEFT_OUT
        parts.append((thinned(before, stays), np.arange(copy * n, (copy + 1) * n, dtype=np.int32)))
    return merge(parts, n * times)


def thinned(postings: Postings, stays: NDArray[np.bool_]) -> Postings:
    """Those of the postings that stay."""
    sizes = np.add.reduceat(stays, postings.starts[:-1], dtype=np.int64)
    return Postings(
        keys=postings.keys[sizes > 0],
        starts=np.append(0, np.cumsum(sizes[sizes > 0])),
        passages=postings.passages[stays],
        counts=postings.counts[stays],
        lengths=postings.lengths,
    )


if __name__ == "__main__":
    main()
