from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.index.hashing_encoder import HashingEncoder

from yuanwen_index.build import build_index
from yuanwen_index.errors import UsageError
from yuanwen_index.filters import ANYWHERE, Filter, check_metadata, same_metadata
from yuanwen_index.retriever import Retriever

SEEDS = Path(__file__).parents[2] / "seeds"
ENCODER = HashingEncoder()
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
METADATA = st.dictionaries(st.text(min_size=1, max_size=20), SCALARS, max_size=5)


@given(METADATA)
def test_metadata_is_what_json_holds(metadata: dict[str, Any]) -> None:
    kept = json.loads(json.dumps(check_metadata(metadata)))
    assert same_metadata(kept, metadata)


@given(METADATA, METADATA)
def test_a_filter_wants_what_has_all_its_entries(wanted: dict[str, Any], had: dict[str, Any]) -> None:
    place = Filter(metadata=wanted)
    assert place.wants("a.txt", None, (), {**had, **wanted})
    assert place.wants("a.txt", None, (), had) == same_metadata({**had, **wanted}, had)


@pytest.mark.parametrize(("stored", "wanted"), [(True, 1), (0, False), ("1", 1), (None, 0), (None, "")])
def test_values_of_other_kinds_are_not_the_same(stored: Any, wanted: Any) -> None:
    assert not Filter(metadata={"x": wanted}).wants("a.txt", None, (), {"x": stored})
    assert Filter(metadata={"x": stored}).wants("a.txt", None, (), {"x": stored})


def test_what_is_not_there_is_not_null() -> None:
    assert not Filter(metadata={"x": None}).wants("a.txt", None, (), {})


@pytest.mark.parametrize(
    "metadata",
    [
        {"x": math.nan},
        {"x": math.inf},
        {"x": [1]},
        {"x": {"y": 1}},
        {"": 1},
        {1: 1},
        {"x": "字" * 2_001},
        {f"x{number}": 1 for number in range(101)},
        [("x", 1)],
    ],
)
def test_metadata_that_json_scalars_cannot_hold_is_refused(metadata: Any) -> None:
    with pytest.raises(UsageError):
        check_metadata(metadata)


@pytest.mark.parametrize("day", ["2026", "20260131", "yesterday", "2026-1-31", "2026-01-31T00:00", ""])
def test_a_day_that_is_none_is_refused(day: str) -> None:
    with pytest.raises(UsageError, match="is not a day"):
        Filter(date_from=day)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filters") / "index"
    about = {
        "000_2e0ade2b9b79057b.txt": {"desk": "city", "page": 1},
        "001_1b48f2643b4a973f.txt": {"desk": "city", "page": 2},
        "002_7fa839d3476745d6.txt": {"desk": "sport"},
    }
    build_index([SEEDS], folder, encoder=ENCODER, metadata=about)
    return folder


@pytest.mark.parametrize("mode", ["hybrid", "lexical", "dense"])
def test_only_documents_with_that_metadata_are_searched(index: Path, mode: Any) -> None:
    retriever = Retriever.open(index, encoder=ENCODER, mode=mode)

    def sources(metadata: dict[str, Any]) -> set[str]:
        hits = retriever.search("监督检查", k=10_000, where=Filter(metadata=metadata))
        assert all(
            same_metadata(
                {**hit.passage.article.document.metadata, **metadata}, hit.passage.article.document.metadata
            )
            for hit in hits
        )
        return {hit.passage.article.document.source[:3] for hit in hits}

    assert sources({"desk": "city"}) <= {"000", "001"}
    assert sources({"desk": "city", "page": 1}) == {"000"}
    assert sources({"desk": "city", "page": True}) == set()
    assert sources({"nothing": None}) == set()
    everything = retriever.search("监督检查", k=10_000)
    assert retriever.search("监督检查", k=10_000, where=ANYWHERE) == everything


def test_metadata_stays_until_other_is_given_and_is_never_encoded(tmp_path: Path) -> None:
    page = tmp_path / "a.txt"
    page.write_text("一月下雪。", "utf-8")

    def about() -> object:
        (document,) = Retriever.open(tmp_path / "index", encoder=ENCODER).documents
        return document.metadata

    build_index([page], tmp_path / "index", encoder=ENCODER, metadata={"a.txt": {"desk": "city"}})
    assert about() == {"desk": "city"}
    page.write_text("二月考试。", "utf-8")
    build_index([page], tmp_path / "index", encoder=ENCODER)
    assert about() == {"desk": "city"}
    report = build_index([page], tmp_path / "index", encoder=ENCODER, metadata={"a.txt": {"desk": 1}})
    assert (report.encoded, report.updated, about()) == (0, 1, {"desk": 1})
    report = build_index([page], tmp_path / "index", encoder=ENCODER, metadata={"a.txt": {"desk": 1}})
    assert (report.generation, report.unchanged) == (3, 1)
    report = build_index([page], tmp_path / "index", encoder=ENCODER, metadata={"a.txt": {"desk": True}})
    assert (report.updated, about()) == (1, {"desk": True})
    build_index([page], tmp_path / "index", encoder=ENCODER, metadata={"a.txt": {}})
    assert about() == {}


def test_metadata_of_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("一月下雪。", "utf-8")
    with pytest.raises(UsageError, match=r"b\.txt"):
        build_index([tmp_path / "a.txt"], tmp_path / "index", encoder=ENCODER, metadata={"b.txt": {}})
