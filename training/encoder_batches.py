"""Draw training batches: pairs of one source, some of them turned into harder ones on the way.

Two changes make pairs that no data set holds. A *window* replaces the question by some words of the passage
itself, so that every passage of every source teaches which words find it. A *translation* replaces words of
the question by words of the dictionary, so that a Chinese question becomes an English one, as far as a bag of
words can tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from .bags import Bags

Ids = NDArray[np.int32]
Texts = tuple[Ids, NDArray[np.int64]]  # piece ids, and for each the number of its text

KEPT_UNTRANSLATED = 0.4
WINDOW = (5, 18)
WINDOW_KEPT = 0.8
LEAST_CHANCE = 0.05


@dataclass(frozen=True, slots=True)
class Rivals:
    """Texts that are near right ones and wrong: pair i has those numbered ``of_pair[i]``, (n_pairs, rivals).

    A rival's number is its group too: it does not compete where it is right.
    """

    texts: Bags
    of_pair: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Texts that belong together; ``group`` is equal where right texts are: those do not compete."""

    left: Bags
    right: Bags
    group: NDArray[np.int64]
    rivals: Rivals | None = None


@dataclass(frozen=True, slots=True)
class Draw:
    """Where batches come from, how often (``share``, any unit), and what happens to the left texts."""

    source: str
    share: float
    window: bool = False
    path: tuple[str, ...] = ()  # dictionaries to go through


@dataclass(frozen=True, slots=True)
class Batch:
    """Pairs as counts of pieces: rows 0..n-1 left, the others right; column j is piece ``pieces[j]``.

    Of the right texts, whose groups ``group`` holds, the first n are those of the pairs; rivals follow.
    """

    source: str
    pieces: NDArray[np.int64]
    counts: sparse.csr_matrix
    group: NDArray[np.int64]
    size: int  # n


class Dictionary:
    """Replaces pieces by their translations, drawn by how sure they are."""

    def __init__(self, weights: sparse.csr_matrix):
        """``weights`` (n_pieces, n_pieces): row i holds the translations of piece i."""
        self._targets = weights.indices
        total = np.concatenate([[0.0], weights.data.astype(np.float64).cumsum()])
        self._total, self._low, self._high = total, total[weights.indptr[:-1]], total[weights.indptr[1:]]

    def draw(self, ids: Ids, chance: np.random.Generator) -> tuple[Ids, NDArray[np.bool_]]:
        """Return the ids with a translation in the place of each that has one, and which have."""
        room = (self._high - self._low)[ids]
        known = room > LEAST_CHANCE
        place = (
            np.searchsorted(self._total, self._low[ids] + chance.random(len(ids)) * room, side="right") - 1
        )
        chosen = self._targets[np.clip(place, 0, len(self._targets) - 1)]
        return np.where(known, chosen, ids), known


def dictionaries(weights: sparse.csr_matrix, texts: Sequence[str]) -> dict[str, Dictionary]:
    """Split (other piece, English piece) weights by script into the dictionaries that a path can name."""
    english = np.array([text.isascii() and text.isalpha() for text in texts], dtype=np.float32)
    chinese = np.array([any("\u4e00" <= c <= "\u9fff" for c in text) for text in texts], dtype=np.float32)
    to_english = sparse.csr_matrix(weights @ sparse.diags(english))
    from_chinese = sparse.csr_matrix(sparse.diags(chinese) @ to_english)
    from_other = sparse.csr_matrix(sparse.diags(1 - chinese) @ to_english)
    for matrix in (from_chinese, from_other):
        matrix.eliminate_zeros()
    return {
        "zh-en": Dictionary(from_chinese),
        "en-zh": Dictionary(from_chinese.T.tocsr()),
        "xx-en": Dictionary(from_other),
        "en-xx": Dictionary(from_other.T.tocsr()),
    }


class Batches:
    """Endless batches drawn from pairs by the shares of a recipe."""

    def __init__(
        self,
        pairs: dict[str, Pairs],
        recipe: Sequence[Draw],
        words: dict[str, Dictionary],
        size: int,
        longest: int,
        seed: int,
    ):
        """``size`` pairs to a batch; of texts of more than ``longest`` pieces as many are drawn."""
        self._pairs, self._words, self._size, self._longest = pairs, words, size, longest
        self._recipe = [draw for draw in recipe if draw.source in pairs]
        shares = np.array([draw.share for draw in self._recipe])
        self._shares = shares / shares.sum()
        self._chance = np.random.default_rng(seed)

    def draw(self) -> Batch:
        """Return the next batch."""
        draw = self._recipe[self._chance.choice(len(self._recipe), p=self._shares)]
        pairs = self._pairs[draw.source]
        n = min(self._size, len(pairs.left))
        chosen = self._chance.choice(len(pairs.left), n, replace=False, shuffle=False)
        left = self._window(pairs.right, chosen) if draw.window else self._thin(*pairs.left.take(chosen))
        for name in draw.path:
            left = self._translate(self._words[name], left)
        right, group = self._thin(*pairs.right.take(chosen)), pairs.group[chosen]
        if pairs.rivals:
            rivals = self._chance.permuted(pairs.rivals.of_pair[chosen], axis=1)[:, 0]
            ids, text = self._thin(*pairs.rivals.texts.take(rivals))
            right = np.concatenate([right[0], ids]), np.concatenate([right[1], text + n])
            group = np.concatenate([group, rivals])
        _, group = np.unique(group, return_inverse=True)
        return _batch(draw.source, left, right, group, n)

    def _thin(self, ids: Ids, text: NDArray[np.int64]) -> Texts:
        kept = self._longest / np.maximum(np.bincount(text), 1)
        return _keep(ids, text, self._chance.random(len(ids)) < kept[text])

    def _window(self, bags: Bags, chosen: NDArray[np.int64]) -> Texts:
        sizes = bags.sizes[chosen]
        width = np.minimum(sizes, self._chance.integers(*WINDOW, len(chosen)))
        first = bags.starts[chosen] + (self._chance.random(len(chosen)) * (sizes - width + 1)).astype(
            np.int64
        )
        ends = np.cumsum(width)
        ids = bags.ids[np.arange(ends[-1]) + np.repeat(first - ends + width, width)]
        return _keep(
            ids, np.repeat(np.arange(len(chosen)), width), self._chance.random(len(ids)) < WINDOW_KEPT
        )

    def _translate(self, words: Dictionary, texts: Texts) -> Texts:
        ids, known = words.draw(texts[0], self._chance)
        return _keep(ids, texts[1], known | (self._chance.random(len(ids)) < KEPT_UNTRANSLATED))


def _keep(ids: Ids, text: NDArray[np.int64], keep: NDArray[np.bool_]) -> Texts:
    """Drop pieces, but leave a text whole rather than empty."""
    keep = keep | (np.bincount(text[keep], minlength=int(text[-1]) + 1) == 0)[text]
    return ids[keep], text[keep]


def _batch(source: str, left: Texts, right: Texts, group: NDArray[np.int64], size: int) -> Batch:
    pieces, column = np.unique(np.concatenate([left[0], right[0]]), return_inverse=True)
    row = np.concatenate([left[1], right[1] + size])
    ones = np.ones(len(row), dtype=np.float32)
    counts = sparse.csr_matrix((ones, (row, column)), shape=(size + len(group), len(pieces)))
    return Batch(source, pieces, counts, group, size)
