"""Nearest vectors: cosine search with FAISS, over all rows or those that codes propose."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from .ann import Ann
from .errors import IndexMismatch
from .rows import Rows, check_rows

Mask = NDArray[np.bool_]

SAMPLED = 512
_NO_SPREAD = 1e-6
_PROPOSED = 8  # times as many rows must be proposed as are asked for


class VectorIndex:
    """Search over unit rows, which are searched where they lie.

    ``rows`` is (n, dim), every number finite. With ``ann`` the rows it proposes are compared, not all;
    a filtered search and one for very many rows are always exact. ``sample`` (m, dim) stands for all rows where
    these are only some of them.
    """

    def __init__(
        self,
        rows: NDArray[np.float32] | Rows,
        ann: Ann | None = None,
        sample: NDArray[np.float32] | None = None,
    ) -> None:
        self._rows = rows if isinstance(rows, Rows) else Rows(rows)
        self._rows.check()
        of_all = slice(None, None, max(1, len(rows) // SAMPLED))
        self._sample = np.ascontiguousarray(self._rows.take(of_all)) if sample is None else sample
        self._ann = ann

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def dim(self) -> int:
        """Numbers per vector."""
        return self._rows.dim

    def search(
        self, queries: NDArray[np.float32], k: int, allowed: Mask | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return ids and cosines of the nearest rows, best first, each (n_queries, min(k, rows allowed)).

        ``allowed`` (n,) restricts the search to the rows marked true.
        """
        self._check_queries(queries)
        ids = None if allowed is None else np.flatnonzero(allowed)
        k = min(k, len(self) if ids is None else len(ids))
        if k < 1:
            empty = (len(queries), 0)
            return np.empty(empty, np.int64), np.empty(empty, np.float32)
        with _threads(len(queries)):
            if self._ann is None or ids is not None or k > self._ann.record.rescored // _PROPOSED:
                return self._rows.nearest(queries, k, ids)
            proposed = self._ann.search(queries)
        best = [self._compare(query, row[row >= 0], k) for query, row in zip(queries, proposed, strict=True)]
        return np.stack([found for found, _ in best]), np.stack([cosines for _, cosines in best])

    def _compare(
        self, query: NDArray[np.float32], ids: NDArray[np.int64], k: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The ``k`` of the rows ``ids`` that are nearest, best first."""
        cosines = self.cosines(query, ids)
        order = np.lexsort((ids, -cosines))[:k]
        return ids[order], cosines[order]

    def cosines(self, query: NDArray[np.float32], ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Cosines of one query (dim,) with the rows ``ids`` (m,): (m,)."""
        self._check_queries(query[np.newaxis])
        return self._rows.cosines(query, ids)

    def standard(self, query: NDArray[np.float32], cosines: NDArray[np.float32]) -> NDArray[np.float32]:
        """Cosines (m,) of one query as standard deviations above what it has with any passage: (m,).

        Encoders differ in how near everything is to everything; this says the same with all of them.
        """
        usual = self._sample @ query
        spread = float(usual.std()) if len(usual) else 0.0
        return np.asarray(
            (cosines - usual.mean()) / spread if spread > _NO_SPREAD else 0 * cosines, np.float32
        )

    def _check_queries(self, queries: NDArray[np.float32]) -> None:
        check_rows(queries)
        if queries.shape[1] != self.dim:
            raise IndexMismatch(
                f"the question's vector has {queries.shape[1]} numbers, the index's have {self.dim}. "
                "Open the index with the encoder that made it."
            )


@contextmanager
def _threads(n_queries: int) -> Iterator[None]:
    """Let FAISS use one thread for one query: more make it slower on a busy machine."""
    import faiss

    threads = faiss.omp_get_max_threads()  # the setting is the thread's own
    try:
        faiss.omp_set_num_threads(threads if n_queries > 1 else 1)
        yield
    finally:
        faiss.omp_set_num_threads(threads)
