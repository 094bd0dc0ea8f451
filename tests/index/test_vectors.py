from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuanwen_index.errors import IndexMismatch
from yuanwen_index.vectors import VectorIndex


def unit_rows(n: int, dim: int, seed: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    rows = np.random.default_rng(seed).standard_normal((n, dim)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(1, 4), st.integers(1, 70), st.integers(0, 99), st.booleans())
def test_search_finds_what_comparing_with_every_row_finds(
    n: int, m: int, k: int, seed: int, filtered: bool
) -> None:
    rows, queries = unit_rows(n, 8, seed), unit_rows(m, 8, seed + 100)
    allowed = np.random.default_rng(seed).random(n) < 0.5 if filtered else None
    cosines = queries @ rows.T
    if allowed is not None:
        cosines = np.where(allowed, cosines, -np.inf)
    width = min(k, n if allowed is None else int(allowed.sum()))
    ids, scores = VectorIndex(rows).search(queries, k, allowed)
    assert ids.shape == scores.shape == (m, width)
    np.testing.assert_allclose(scores, -np.sort(-cosines, axis=1)[:, :width], atol=1e-5)
    np.testing.assert_allclose(np.take_along_axis(cosines, ids, axis=1), scores, atol=1e-5)
    assert all(len(set(row)) == width for row in ids.tolist())


def test_cosines_of_chosen_rows_are_those_of_search() -> None:
    index, query = VectorIndex(unit_rows(20, 8, 1)), unit_rows(1, 8, 2)
    ids, scores = index.search(query, 20)
    np.testing.assert_allclose(index.cosines(query[0], ids[0]), scores[0], atol=1e-6)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite_are_refused_in_rows_and_in_queries(value: float) -> None:
    rows = unit_rows(3, 8, 1)
    broken = rows.copy()
    broken[1, 1] = value
    with pytest.raises(ValueError, match="finite"):
        VectorIndex(broken)
    with pytest.raises(ValueError, match="finite"):
        VectorIndex(rows).search(broken, 1)


def test_a_query_of_another_dimension_is_refused_naming_both() -> None:
    with pytest.raises(IndexMismatch, match=r"5 numbers.*8"):
        VectorIndex(unit_rows(3, 8, 1)).search(unit_rows(1, 5, 1), 1)
