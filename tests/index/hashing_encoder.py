"""A small real encoder for tests: a text is the sum of random directions, one for each of its tokens."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from yuanwen_index.tokens import token_keys

_BUCKETS = 4096


class HashingEncoder:
    """Unit vectors by random projection of token counts; the same everywhere for one ``dim`` and ``seed``."""

    def __init__(self, dim: int = 16, seed: int = 1, name: str = "hashing") -> None:
        self.name = name
        self.dim = dim
        self.fingerprint = hashlib.sha256(f"{dim} {seed}".encode()).hexdigest()
        self.encoded: list[str] = []
        self._directions = np.random.default_rng(seed).standard_normal((_BUCKETS, dim)).astype(np.float32)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.encoded += texts
        return self.encode_questions(texts)

    def encode_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        keys, owners = token_keys(texts)
        rows = np.zeros((len(texts), self.dim), np.float32)
        np.add.at(rows, owners, self._directions[(keys % np.uint64(_BUCKETS)).astype(np.int64)])
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows / np.maximum(lengths, 1e-9), np.float32)
