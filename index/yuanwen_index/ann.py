"""Which rows are probably the nearest: short codes of all rows, compared in the registers of the processor.

Comparing a query with every row is exact, and fast while rows are few. Of many rows, FAISS compares the codes
(product quantisation, four bits a part: "fast scan") and the rows of the best codes are then compared exactly.
Codes are made from the rows and can always be made again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import IndexCorrupt
from .manifest import ANN, REMEDY, AnnRecord
from .rows import EXACT_UNTIL, Rows

RESCORED = 512
"""Rows that are compared exactly for a query."""

_NUMBERS_TO_A_PART = (4, 2)  # the coarser first
_BITS = 4
GOOD_RECALL = 0.98
_ASKED = 64  # queries that recall is measured with
_FOUND = 10
_TRAINED_ON = 20_000
_SEED = 1
_BLOCK = 16_384


class Ann:
    """Codes of rows (n, dim); ``record`` says what they are and how good."""

    def __init__(self, codes: Any, record: AnnRecord) -> None:
        import faiss

        self.record = record
        self._codes = codes
        self._scan = faiss.IndexPQFastScan(codes)

    @classmethod
    def of(cls, rows: Rows) -> Ann | None:
        """The coarsest codes that find what exact search finds; None where exact search is the better choice."""
        if len(rows) <= EXACT_UNTIL:
            return None
        for numbers in _NUMBERS_TO_A_PART:
            if rows.dim % numbers == 0:
                structure = f"PQ{rows.dim // numbers}x{_BITS}"
                ann = cls(_coded(rows, numbers), AnnRecord(structure, RESCORED, 0.0, len(rows)))
                ann.record = replace(ann.record, recall=ann.measure(rows))
                if ann.record.recall >= GOOD_RECALL:
                    return ann
        return None

    @classmethod
    def from_bytes(cls, data: NDArray[np.uint8], record: AnnRecord, shape: tuple[int, ...]) -> Ann:
        """Read what ``to_bytes`` gave for rows of this shape; the bytes must have been verified before."""
        import faiss

        try:
            codes = faiss.deserialize_index(data)
        except RuntimeError as error:
            raise IndexCorrupt(ANN, "FAISS cannot read it", REMEDY) from error
        if (
            not isinstance(codes, faiss.IndexPQ)
            or (codes.ntotal, codes.d) != shape
            or codes.pq.nbits != _BITS
        ):
            raise IndexCorrupt(ANN, "it does not fit the vectors", REMEDY)
        return cls(codes, record)

    def to_bytes(self) -> NDArray[np.uint8]:
        """The codes and what they mean, in FAISS's format."""
        import faiss

        return np.asarray(faiss.serialize_index(self._codes), np.uint8)

    def again(self, rows: Rows, taken: list[tuple[int, int, int]]) -> Ann:
        """Codes of ``rows`` in the same sense; those of earlier rows ``start`` to ``end`` are now at ``home``."""
        import faiss

        earlier = faiss.vector_to_array(self._codes.codes).reshape(self._codes.ntotal, -1)
        codes = np.empty((len(rows), earlier.shape[1]), np.uint8)
        new = np.ones(len(rows), np.bool_)
        for start, end, home in taken:
            codes[home : home + end - start] = earlier[start:end]
            new[home : home + end - start] = False
        for ids in _blocks(np.flatnonzero(new)):
            codes[ids] = self._codes.sa_encode(rows.take(ids))
        index: Any = faiss.clone_index(self._codes)
        index.reset()
        faiss.copy_array_to_vector(codes.reshape(-1), index.codes)
        index.ntotal = len(rows)
        return Ann(index, self.record)

    def search(self, queries: NDArray[np.float32]) -> NDArray[np.int64]:
        """Numbers of the rows that are probably nearest: (n_queries, RESCORED), in no order, -1 for none."""
        return np.asarray(self._scan.search(np.ascontiguousarray(queries), RESCORED)[1], np.int64)

    def measure(self, rows: Rows) -> float:
        """Recall@10 (0..1) against exact search.

        Asked is for what is between two rows taken at random, which is as hard as questions are; rows
        themselves would be too easy.
        """
        pairs = np.random.default_rng(_SEED).integers(0, len(rows), (2, _ASKED))
        asked = rows.take(pairs[0]) + rows.take(pairs[1])
        nearest = rows.nearest(asked, _FOUND)[0]
        both = zip(nearest.tolist(), self.search(asked).tolist(), strict=True)
        return round(sum(len({*near} & {*found}) for near, found in both) / nearest.size, 4)


def _coded(rows: Rows, numbers: int) -> Any:
    """A FAISS index of the codes of rows, ``numbers`` numbers of a row to a part."""
    import faiss

    index = faiss.IndexPQ(rows.dim, rows.dim // numbers, _BITS, faiss.METRIC_INNER_PRODUCT)
    index.pq.cp.seed = _SEED
    chosen = np.random.default_rng(_SEED).choice(len(rows), min(len(rows), _TRAINED_ON), replace=False)
    index.train(rows.take(np.sort(chosen)))
    for ids in _blocks(np.arange(len(rows))):
        index.add(rows.take(ids))
    return index


def _blocks(ids: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    return np.split(ids, range(_BLOCK, len(ids), _BLOCK)) if len(ids) else []
