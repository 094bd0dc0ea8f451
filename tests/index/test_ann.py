from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.index.hashing_encoder import HashingEncoder

from yuanwen_index import ann as ann_module
from yuanwen_index import rows as rows_module
from yuanwen_index.ann import GOOD_RECALL, Ann
from yuanwen_index.build import build_index
from yuanwen_index.errors import IndexCorrupt
from yuanwen_index.manifest import ANN
from yuanwen_index.retriever import Retriever
from yuanwen_index.rows import Rows
from yuanwen_index.vectors import VectorIndex

SEEDS = Path(__file__).parents[2] / "seeds"


def clustered_rows(n: int, seed: int = 1, dim: int = 32) -> NDArray[np.float32]:
    """Unit rows around a few hundred centres, as texts are around their subjects."""
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(0).standard_normal((300, dim))
    rows = centres[rng.integers(0, 300, n)] + 0.7 * rng.standard_normal((n, dim))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


@pytest.fixture
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ann_module, "EXACT_UNTIL", 50)
    monkeypatch.setattr(rows_module, "EXACT_UNTIL", 50)


def recall(index: VectorIndex, exact: VectorIndex, queries: NDArray[np.float32], k: int) -> float:
    found, wanted = index.search(queries, k)[0].tolist(), exact.search(queries, k)[0].tolist()
    return sum(len({*a} & {*b}) for a, b in zip(found, wanted, strict=True)) / (k * len(queries))


def test_few_rows_are_all_compared() -> None:
    assert Ann.of(Rows(clustered_rows(ann_module.EXACT_UNTIL))) is None


def test_codes_find_what_comparing_every_row_finds_with_its_exact_cosines(few_are_many: None) -> None:
    rows, queries = clustered_rows(3000), clustered_rows(100, seed=2)
    ann = Ann.of(Rows(rows))
    assert ann is not None
    assert ann.record.recall >= GOOD_RECALL
    index = VectorIndex(rows, ann)
    assert recall(index, VectorIndex(rows), queries, 10) >= 0.98
    ids, cosines = index.search(queries, 10)
    for query, row, scores in zip(queries, ids, cosines, strict=True):
        np.testing.assert_allclose(scores, -np.sort(-(rows[row] @ query)), atol=1e-6)


def test_a_filtered_search_and_one_for_very_many_rows_compare_every_row(few_are_many: None) -> None:
    rows, queries = clustered_rows(3000), clustered_rows(20, seed=2)
    index, exact = VectorIndex(rows, Ann.of(Rows(rows))), VectorIndex(rows)
    allowed = np.arange(3000) % 7 == 0
    np.testing.assert_array_equal(
        index.search(queries, 10, allowed)[0], exact.search(queries, 10, allowed)[0]
    )
    np.testing.assert_array_equal(index.search(queries, 1000)[0], exact.search(queries, 1000)[0])


def test_where_no_codes_are_good_enough_every_row_is_compared(
    few_are_many: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ann_module, "GOOD_RECALL", 1.01)
    assert Ann.of(Rows(clustered_rows(1000))) is None


def test_codes_are_read_back_as_they_were_written(few_are_many: None) -> None:
    rows = clustered_rows(2000)
    ann = Ann.of(Rows(rows))
    assert ann is not None
    again = Ann.from_bytes(ann.to_bytes(), ann.record, rows.shape)
    np.testing.assert_array_equal(again.search(rows[:9]), ann.search(rows[:9]))
    for shape in [(1999, 32), (2000, 33)]:
        with pytest.raises(IndexCorrupt, match="does not fit"):
            Ann.from_bytes(ann.to_bytes(), ann.record, shape)
    with pytest.raises(IndexCorrupt, match="cannot read"):
        Ann.from_bytes(ann.to_bytes()[:100], ann.record, rows.shape)


def test_codes_of_changed_rows_are_those_that_coding_all_of_them_gives(few_are_many: None) -> None:
    rows = clustered_rows(2000)
    ann = Ann.of(Rows(rows))
    assert ann is not None
    moved = np.concatenate([clustered_rows(30, seed=5), rows[500:2000], rows[100:300]])
    updated = ann.again(Rows(moved), [(500, 2000, 30), (100, 300, 1530)])
    at_once = ann.again(Rows(moved), [])
    np.testing.assert_array_equal(updated.to_bytes(), at_once.to_bytes())


def test_an_index_of_many_passages_keeps_its_codes_and_answers_as_without(
    few_are_many: None, tmp_path: Path
) -> None:
    encoder = HashingEncoder(dim=32)
    build_index([SEEDS], tmp_path / "index", encoder=encoder)
    retriever = Retriever.open(tmp_path / "index", encoder=encoder)
    record = retriever.manifest.ann
    assert record is not None
    assert record.recall >= GOOD_RECALL
    assert (tmp_path / "index" / "gen-000001" / ANN).is_file()
    question = "二七区纪委监委开展了多少次监督检查?"
    hits = retriever.search(question, k=10)

    (tmp_path / "extra.txt").write_text("一月下雪。", "utf-8")
    build_index([SEEDS, tmp_path / "extra.txt"], tmp_path / "index", encoder=encoder)
    retriever.reload()
    assert retriever.manifest.ann == record
    assert retriever.search(question, k=10)[0].passage.text == hits[0].passage.text


def test_damaged_codes_are_refused_by_name(few_are_many: None, tmp_path: Path) -> None:
    build_index([SEEDS], tmp_path / "index", encoder=HashingEncoder(dim=32))
    file = tmp_path / "index" / "gen-000001" / ANN
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    with pytest.raises(IndexCorrupt, match=ANN):
        Retriever.open(tmp_path / "index", encoder=HashingEncoder(dim=32))
