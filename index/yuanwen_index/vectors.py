"""Nearest vectors: exact cosine search with FAISS."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .errors import IndexMismatch

Mask = NDArray[np.bool_]

_SAMPLED = 512
_NO_SPREAD = 1e-6


class VectorIndex:
    """Exact search over unit rows; the rows are searched where they lie, nothing is copied or built.

    ``rows`` is (n, dim) float32, every number finite.
    """

    def __init__(self, rows: NDArray[np.float32]) -> None:
        check_rows(rows)
        self._rows = np.ascontiguousarray(rows)
        self._sample = self._rows[:: max(1, len(rows) // _SAMPLED)]

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def dim(self) -> int:
        """Numbers per vector."""
        return int(self._rows.shape[1])

    def search(
        self, queries: NDArray[np.float32], k: int, allowed: Mask | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return ids and cosines of the nearest rows, best first, each (n_queries, min(k, rows allowed)).

        ``allowed`` (n,) restricts the search to the rows marked true.
        """
        import faiss

        self._check_queries(queries)
        ids = None if allowed is None else np.flatnonzero(allowed)
        rows = self._rows if ids is None else self._rows[ids]
        k = min(k, len(rows))
        if k < 1:
            empty = (len(queries), 0)
            return np.empty(empty, np.int64), np.empty(empty, np.float32)
        threads = faiss.omp_get_max_threads()
        try:  # more threads than one make a single query slower on a busy machine; the setting is the thread's own
            faiss.omp_set_num_threads(threads if len(queries) > 1 else 1)
            queries = np.ascontiguousarray(queries)
            cosines, found = faiss.knn(queries, rows, k, metric=faiss.METRIC_INNER_PRODUCT)
        finally:
            faiss.omp_set_num_threads(threads)
        return (found if ids is None else ids[found]), cosines

    def cosines(self, query: NDArray[np.float32], ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Cosines of one query (dim,) with the rows ``ids`` (m,): (m,)."""
        self._check_queries(query[np.newaxis])
        return np.asarray(self._rows[ids] @ query, np.float32)

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


def check_rows(rows: NDArray[np.float32]) -> None:
    """Raise ValueError unless ``rows`` is a finite float32 matrix (FAISS checks neither)."""
    if rows.ndim != 2 or rows.dtype != np.float32:
        raise ValueError(f"vectors must be a float32 matrix, not {rows.dtype} of shape {rows.shape}")
    if not bool(np.isfinite(rows.sum(dtype=np.float64))):
        raise ValueError("vectors must be finite numbers")
