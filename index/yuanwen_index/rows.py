"""The vectors of passages as they are kept: as they are while they are few, in bytes when they are many."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import IndexMismatch

__all__ = ["EXACT_UNTIL", "PLAIN", "Rows", "check_rows", "stored_as"]

EXACT_UNTIL = 20_000
"""Up to so many rows all are kept as they are and compared with every question."""

PLAIN = frozenset({"vectors.f32"})
SHORT = frozenset({"vectors.i8", "scales.f32"})
_STEPS = 127
_BLOCK = 16_384

Ids = NDArray[np.int64] | slice


@dataclass(frozen=True, slots=True)
class Rows:
    """Unit rows (n, dim), float32 or, with ``scales`` (n,), whole numbers in -127..127 times the scale of each row.

    In bytes a row takes a quarter of the room, and a cosine is off by a thousandth or two at most.
    """

    numbers: NDArray[Any]
    scales: NDArray[np.float32] | None = None

    @classmethod
    def room(cls, n: int, dim: int) -> Rows:
        """Room for n rows, which ``put`` fills."""
        if n <= EXACT_UNTIL:
            return cls(np.zeros((n, dim), np.float32))
        return cls(np.zeros((n, dim), np.int8), np.zeros(n, np.float32))

    @classmethod
    def from_files(cls, files: dict[str, NDArray[np.uint8]], n: int, dim: int) -> Rows:
        """What ``files`` gave; IndexMismatch unless these are n rows of this dimension. Nothing is copied."""
        size = 4 if files.keys() >= PLAIN else 1
        name = "vectors.f32" if size == 4 else "vectors.i8"
        if len(files[name]) != size * n * dim or (size == 1 and len(files["scales.f32"]) != 4 * n):
            raise IndexMismatch(
                f"{name} holds {len(files[name])} bytes, which is not {n} passages of dimension {dim}. "
                "Index the files again."
            )
        if size == 4:
            return cls(files[name].view("<f4").reshape(n, dim))
        return cls(files[name].view(np.int8).reshape(n, dim), files["scales.f32"].view("<f4"))

    def files(self) -> dict[str, memoryview]:
        """The bytes to keep, by the name of the file."""
        if self.scales is None:
            return {"vectors.f32": _bytes(self.numbers)}
        return {"vectors.i8": _bytes(self.numbers), "scales.f32": _bytes(self.scales)}

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def dim(self) -> int:
        """Numbers per row."""
        return int(self.numbers.shape[1])

    def check(self) -> None:
        """Raise ValueError unless all rows are finite."""
        if self.scales is None:
            check_rows(self.numbers)
        elif not bool(np.isfinite(self.scales).all()):
            raise ValueError("vectors must be finite numbers")

    def take(self, ids: Ids) -> NDArray[np.float32]:
        """Some rows, (m, dim) float32."""
        if self.scales is None:
            return np.asarray(self.numbers[ids], np.float32)
        return np.asarray(self.numbers[ids] * self.scales[ids][:, np.newaxis], np.float32)

    def put(self, ids: Ids, rows: NDArray[np.float32]) -> None:
        """Keep ``rows`` (m, dim) under these numbers."""
        if self.scales is None:
            self.numbers[ids] = rows
            return
        scales = np.abs(rows).max(axis=1, initial=0) / _STEPS
        steps = np.divide(
            rows, scales[:, np.newaxis], out=np.zeros_like(rows), where=scales[:, np.newaxis] > 0
        )
        self.numbers[ids], self.scales[ids] = np.rint(steps), scales

    def put_from(self, other: Rows, start: int, end: int, home: int) -> None:
        """Keep rows ``start`` to ``end`` of others from number ``home`` on."""
        here = slice(home, home + end - start)
        if self.scales is not None and other.scales is not None:
            self.numbers[here], self.scales[here] = other.numbers[start:end], other.scales[start:end]
        else:
            self.put(here, other.take(slice(start, end)))

    def cosines(self, query: NDArray[np.float32], ids: Ids) -> NDArray[np.float32]:
        """Inner products (m,) of one query (dim,) with some rows."""
        if self.scales is None:
            return np.asarray(self.numbers[ids] @ query, np.float32)
        return np.asarray((self.numbers[ids].astype(np.float32) @ query) * self.scales[ids], np.float32)

    def nearest(
        self, queries: NDArray[np.float32], k: int, ids: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Numbers and inner products (n_queries, k) of the rows nearest to each query, of ``ids`` (m >= k) or of all."""
        import faiss

        queries = np.ascontiguousarray(queries)
        n = len(self) if ids is None else len(ids)
        block = n if self.scales is None else _BLOCK  # rows in bytes are never all unpacked at once
        found, cosines = np.empty((len(queries), 0), np.int64), np.empty((len(queries), 0), np.float32)
        for start in range(0, n, block):
            part = slice(start, min(start + block, n))
            rows = np.ascontiguousarray(self.take(part if ids is None else ids[part]))
            near, at = faiss.knn(queries, rows, min(k, len(rows)), metric=faiss.METRIC_INNER_PRODUCT)
            found, cosines = np.hstack([found, at + start]), np.hstack([cosines, near])
        if n > block:
            best = np.lexsort((found, -cosines))[:, :k]
            found, cosines = np.take_along_axis(found, best, 1), np.take_along_axis(cosines, best, 1)
        return (found if ids is None else ids[found]), cosines


def check_rows(rows: NDArray[np.float32]) -> None:
    """Raise ValueError unless ``rows`` is a finite float32 matrix (FAISS checks neither)."""
    if rows.ndim != 2 or rows.dtype != np.float32:
        raise ValueError(f"vectors must be a float32 matrix, not {rows.dtype} of shape {rows.shape}")
    if not bool(np.isfinite(rows.sum(dtype=np.float64))):
        raise ValueError("vectors must be finite numbers")


def stored_as(files: Collection[str]) -> frozenset[str]:
    """Which files hold the vectors of a generation with these files."""
    return SHORT if set(files) >= SHORT else PLAIN


def _bytes(array: NDArray[Any]) -> memoryview:
    return array.astype(array.dtype.newbyteorder("<"), copy=False).reshape(-1).view(np.uint8).data
