"""Which FAISS structure finds what comparing every vector finds, and at what cost, on the vectors of an index.

    python bench/structures.py INDEX [--rows 50000] [--structures PQ128x4fs PQ256x4fs]

Asks the questions over ``seeds/``, one at a time on one thread. Times are of the processor.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import faiss
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.corpus import questions

from yuanwen_index.encoders import load_encoder
from yuanwen_index.retriever import read_vectors
from yuanwen_index.store import open_generation

STRUCTURES = ("IVF512,SQ8", "IVF256,PQ256x4fs", "HNSW16_SQ8", "RaBitQfs", "PQ128x4fs", "PQ256x4fs")
PROBED = {"IVF512,SQ8": 64, "IVF256,PQ256x4fs": 96}
EXPLORED = 256  # nodes that HNSW keeps while it searches
TRAINED_ON = 20_000
FOUND = 64
RESCORED = (128, 256, 512)


def main() -> None:
    """Print one row for every structure and number of rows compared exactly."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("index", type=Path)
    parser.add_argument("--rows", type=int, help="only the first so many")
    parser.add_argument("--structures", nargs="*", default=STRUCTURES)
    options = parser.parse_args()
    faiss.omp_set_num_threads(1)
    rows = read_vectors(open_generation(options.index)).take(slice(options.rows))
    queries = load_encoder().encode_questions(questions())
    began = time.process_time()
    nearest = faiss.knn(queries, rows, FOUND, metric=faiss.METRIC_INNER_PRODUCT)[1]
    exact = (time.process_time() - began) / len(queries) * 1000
    print(
        f"{len(rows):,} vectors of {rows.shape[1]} numbers; comparing every one takes {exact:.2f} ms a question\n"
    )
    print(
        "| structure | made in, s | rows compared | p50 ms | p99 | recall@10 | recall@64 |\n"
        + "|---" * 7
        + "|"
    )
    for key in options.structures:
        began = time.process_time()
        index = made(key, rows)
        seconds = time.process_time() - began
        for rescored in RESCORED:
            taken, found = [], []
            for query in queries:
                began = time.process_time()
                ids = index.search(query[np.newaxis], rescored)[1][0]
                ids = ids[ids >= 0]
                found.append(ids[np.argsort(-(rows[ids] @ query))[:FOUND]])
                taken.append((time.process_time() - began) * 1000)
            recalls = [
                sum(len({*near[:k]} & {*ids[:k]}) for near, ids in zip(nearest.tolist(), found, strict=True))
                / (k * len(queries))
                for k in (10, FOUND)
            ]
            p50, p99 = np.percentile(taken, [50, 99])
            print(
                f"| {key} | {seconds:.1f} | {rescored} | {p50:.2f} | {p99:.2f} | {recalls[0]:.3f} | {recalls[1]:.3f} |",
                flush=True,
            )


def made(key: str, rows: Any) -> Any:
    """A structure over all rows."""
    index = faiss.index_factory(rows.shape[1], key, faiss.METRIC_INNER_PRODUCT)
    index.train(rows[np.random.default_rng(1).choice(len(rows), min(len(rows), TRAINED_ON), replace=False)])
    index.add(rows)
    if key in PROBED:
        faiss.extract_index_ivf(index).nprobe = PROBED[key]
    if key.startswith("HNSW"):
        index.hnsw.efSearch = EXPLORED
    return index


if __name__ == "__main__":
    main()
