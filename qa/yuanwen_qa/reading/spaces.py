"""Words as vectors: one space for Chinese and English, so that near words meet across wordings and languages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

__all__ = ["WordSpace"]

_LONGEST = 8


class WordSpace:
    """Vectors of known words; an unknown word is the sum of the longest known pieces it starts and goes on with.

    ``vectors`` (n_words, dim) float32 are rows of length one; ``weights`` (n_words,) say how much a word
    tells, the rarer the more, 0 to 1.
    """

    def __init__(
        self, words: Sequence[str], vectors: NDArray[np.float32], weights: NDArray[np.float32]
    ) -> None:
        if not len(words) == len(vectors) == len(weights):
            raise ValueError(
                f"{len(words)} words, {len(vectors)} vectors and {len(weights)} weights do not match"
            )
        self._places = {word: place for place, word in enumerate(words)}
        self._vectors = vectors
        self._weights = weights

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._vectors.shape[1])

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read ``words.txt`` (one a line) and ``words.safetensors`` (int8 ``vectors``, ``weights``)."""
        from safetensors.numpy import load_file

        words = (folder / "words.txt").read_text(encoding="utf-8").split("\n")
        arrays = load_file(folder / "words.safetensors")
        vectors = arrays["vectors"].astype(np.float32)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        return cls(words, vectors, arrays["weights"].astype(np.float32))

    def look_up(self, words: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Vectors (n, dim), of length one or zero when nothing of the word is known, and weights (n,)."""
        vectors = np.zeros((len(words), self.dim), np.float32)
        weights = np.ones(len(words), np.float32)
        for row, word in enumerate(words):
            pieces = self._pieces(digits_as_one(word))
            if pieces:
                vectors[row] = self._vectors[pieces].sum(0)
                weights[row] = self._weights[pieces].max()
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        return vectors, weights

    def _pieces(self, word: str) -> list[int]:
        whole = self._places.get(word)
        if whole is not None:
            return [whole]
        if word.isascii():
            return []
        found: list[int] = []
        at = 0
        while at < len(word):
            sizes = range(min(_LONGEST, len(word) - at), 0, -1)
            size = next((size for size in sizes if word[at : at + size] in self._places), 0)
            if size:
                found.append(self._places[word[at : at + size]])
            at += size or 1
        return found


def digits_as_one(word: str) -> str:
    """The word with every digit read as 0: numbers of one length are one word."""
    return "".join("0" if char.isdigit() else char for char in word)
