from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.index.hashing_encoder import HashingEncoder

from yuanwen_index import rows as rows_module
from yuanwen_index.build import build_index
from yuanwen_index.errors import IndexMismatch
from yuanwen_index.manifest import Manifest
from yuanwen_index.retriever import Retriever
from yuanwen_index.rows import Rows


def unit_rows(n: int, dim: int, seed: int) -> NDArray[np.float32]:
    rows = np.random.default_rng(seed).standard_normal((n, dim))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


@pytest.fixture
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows_module, "EXACT_UNTIL", 50)


def kept(rows: NDArray[np.float32]) -> Rows:
    room = Rows.room(*rows.shape)
    room.put(slice(None), rows)
    return room


def test_few_rows_are_kept_as_they_are(few_are_many: None) -> None:
    rows = unit_rows(50, 8, 1)
    np.testing.assert_array_equal(kept(rows).take(slice(None)), rows)
    assert set(kept(rows).files()) == {"vectors.f32"}


def test_cosines_of_rows_in_bytes_are_off_by_less_than_two_thousandths(few_are_many: None) -> None:
    rows, queries = unit_rows(500, 512, 1), unit_rows(20, 512, 2)
    short, ids = kept(rows), np.arange(0, 500, 7)
    assert sum(len(data) for data in short.files().values()) == 500 * (512 + 4)
    for query in queries:
        np.testing.assert_allclose(short.cosines(query, ids), rows[ids] @ query, atol=2e-3)
        np.testing.assert_allclose(short.cosines(query, ids), short.take(ids) @ query, atol=1e-6)


@given(st.integers(1, 3000), st.integers(1, 20), st.booleans())
def test_the_nearest_of_rows_in_bytes_are_those_that_unpacking_all_of_them_finds(
    n: int, k: int, filtered: bool
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows_module, "EXACT_UNTIL", 0)
        patch.setattr(rows_module, "_BLOCK", 64)
        short, queries = kept(unit_rows(n, 16, n)), unit_rows(3, 16, 2)
        ids = np.arange(0, n, 3) if filtered else None
        k = min(k, n if ids is None else len(ids))
        all_ids = np.arange(n) if ids is None else ids
        found, cosines = short.nearest(queries, k, ids)
        assert found.shape == (3, k)
        assert np.isin(found, all_ids).all()
        wanted = -np.sort(-(short.take(all_ids) @ queries.T).T, axis=1)[:, :k]
        np.testing.assert_allclose(cosines, wanted, atol=1e-6)


def test_rows_of_zeros_stay_zeros(few_are_many: None) -> None:
    rows = unit_rows(60, 8, 1)
    rows[7] = 0
    assert not kept(rows).take(slice(7, 8)).any()


@pytest.mark.parametrize("limits", [(0, 0), (0, 99), (99, 0), (99, 99)])
def test_rows_are_taken_over_whichever_way_either_side_keeps_them(
    limits: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = unit_rows(60, 64, 1)
    monkeypatch.setattr(rows_module, "EXACT_UNTIL", limits[0])
    before = kept(rows)
    monkeypatch.setattr(rows_module, "EXACT_UNTIL", limits[1])
    after = Rows.room(30, 64)
    after.put_from(before, 10, 40, 0)
    np.testing.assert_allclose(after.take(slice(None)), rows[10:40], atol=3e-3)
    if limits[0] == limits[1]:
        np.testing.assert_array_equal(after.numbers, before.numbers[10:40])


def test_files_are_read_back_as_they_were_written_and_of_no_other_size(few_are_many: None) -> None:
    for n in (50, 60):
        rows = kept(unit_rows(n, 8, 1))
        files = {name: np.frombuffer(data, np.uint8) for name, data in rows.files().items()}
        again = Rows.from_files(files, n, 8)
        np.testing.assert_array_equal(again.take(slice(None)), rows.take(slice(None)))
        for shape in [(n, 9), (n - 1, 8)]:
            with pytest.raises(IndexMismatch, match="vectors"):
                Rows.from_files(files, *shape)


def test_scales_that_are_not_finite_are_refused(few_are_many: None) -> None:
    rows = kept(unit_rows(60, 8, 1))
    assert rows.scales is not None
    rows.check()
    rows.scales[3] = np.nan
    with pytest.raises(ValueError, match="finite"):
        rows.check()


def test_an_index_that_grows_goes_over_to_bytes_and_back_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder, folder = HashingEncoder(dim=32), tmp_path / "index"
    texts = [f"第{number}天，{chr(0x4E00 + number)}地下雪。" for number in range(12)]
    for number, text in enumerate(texts):
        (tmp_path / f"{number:02}.txt").write_text(text, "utf-8")
    paths = sorted(tmp_path.glob("*.txt"))
    monkeypatch.setattr(rows_module, "EXACT_UNTIL", 8)

    def indexed(n: int) -> tuple[set[str], str]:
        build_index(paths[:n], folder, encoder=encoder)
        retriever = Retriever.open(folder, encoder=encoder)
        manifest: Manifest = retriever.manifest
        return {name for name in manifest.files if name.endswith(("f32", "i8"))}, retriever.search(texts[3])[
            0
        ].passage.text

    assert indexed(6) == ({"vectors.f32"}, texts[3])
    assert indexed(12) == ({"vectors.i8", "scales.f32"}, texts[3])
    assert indexed(5) == ({"vectors.f32"}, texts[3])
