from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.index.hashing_encoder import HashingEncoder

from yuanwen_index import Place
from yuanwen_index.build import build_index
from yuanwen_index.copying import copy_index
from yuanwen_index.documents import text_document
from yuanwen_index.errors import IndexMissing, IndexUnreachable, UsageError
from yuanwen_index.milvus import writing
from yuanwen_index.milvus.connection import Connection
from yuanwen_index.places import MilvusPlace
from yuanwen_index.retriever import Retriever
from yuanwen_index.updates import add_documents, delete_documents, update_documents

SEEDS = Path(__file__).parents[2] / "seeds"
ENCODER = HashingEncoder()
NAMES = itertools.count()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A file of milvus-lite for every test of this module."""
    from milvus_lite.server_manager import server_manager_instance

    path = str(tmp_path_factory.mktemp("milvus") / "lite.db")
    yield path
    server_manager_instance.release_server(path)


@pytest.fixture
def milvus(server: str) -> MilvusPlace:
    return MilvusPlace(server, f"index{next(NAMES)}")


def contents(where: Place) -> object:
    retriever = Retriever.open(where, encoder=ENCODER)
    hits = retriever.search("会议 大雪", k=200)
    found = [(hit.passage, hit.ranks, round(hit.score, 4)) for hit in hits]
    return list(retriever.documents), list(retriever.articles), found, retriever.manifest.skipped


def test_a_copy_there_and_back_is_the_same_index(milvus: MilvusPlace, tmp_path: Path) -> None:
    (tmp_path / "bad.pdf").write_text("no", "utf-8")
    build_index([SEEDS, tmp_path / "bad.pdf"], tmp_path / "one", encoder=ENCODER)
    told: list[str] = []
    report = copy_index(
        tmp_path / "one", milvus, progress=lambda stage, done, total: told.append(f"{stage} {done}/{total}")
    )
    assert (report.added, report.encoded) == (5, 0)
    assert {"copy 0/5", "copy 5/5"} <= set(told)
    copy_index(milvus, tmp_path / "back")
    assert contents(milvus) == contents(tmp_path / "one") == contents(tmp_path / "back")
    for target in (milvus, tmp_path / "back"):
        again = copy_index(tmp_path / "one", target)
        assert (again.generation, again.unchanged) == (1, 5)
    vectors = [(tmp_path / name / "gen-000001" / "vectors.f32").read_bytes() for name in ("one", "back")]
    assert vectors[0] == vectors[1]


def test_a_copy_follows_what_changed_and_loses_nothing(milvus: MilvusPlace, tmp_path: Path) -> None:
    one = tmp_path / "one"
    add_documents([text_document("a", "一月下了大雪。"), text_document("b", "二月。")], one, encoder=ENCODER)
    copy_index(one, milvus)
    update_documents([text_document("b", "二月有会议。")], one, encoder=ENCODER)
    assert copy_index(one, milvus).updated == 1
    assert contents(one) == contents(milvus)
    delete_documents(["a"], one, encoder=ENCODER)
    with pytest.raises(UsageError, match="'a'"):
        copy_index(one, milvus)


def test_there_must_be_something_to_copy(milvus: MilvusPlace, tmp_path: Path) -> None:
    for source, target in ((tmp_path / "no", milvus), (milvus, tmp_path / "no")):
        with pytest.raises(IndexMissing):
            copy_index(source, target)


def test_an_interrupted_copy_shows_nothing_and_goes_on_where_it_was(
    milvus: MilvusPlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_index([SEEDS], tmp_path / "one", encoder=ENCODER)
    monkeypatch.setattr(writing, "_BATCH", 1)
    put = Connection.put
    written: list[str] = []

    def failing(self: Connection, name: str, rows: Iterable[Any]) -> None:
        rows = list(rows)
        if len(written) > 60:
            raise IndexUnreachable("the server was stopped")
        put(self, name, rows)
        written.extend(row["id"] for row in rows if "document" in row)

    monkeypatch.setattr(Connection, "put", failing)
    with pytest.raises(IndexUnreachable):
        copy_index(tmp_path / "one", milvus)
    with pytest.raises(IndexMissing):
        Retriever.open(milvus, encoder=ENCODER)
    first, written[:] = set(written), []

    def watched(self: Connection, name: str, rows: Iterable[Any]) -> None:
        rows = list(rows)
        put(self, name, rows)
        written.extend(row["id"] for row in rows if "document" in row)

    monkeypatch.setattr(Connection, "put", watched)
    copy_index(tmp_path / "one", milvus)
    assert contents(milvus) == contents(tmp_path / "one")
    again = {row.split("-")[0] for row in first & set(written)}
    assert len(again) == 1 < len({row.split("-")[0] for row in first}), "only the last was not written whole"
    assert len(first | set(written)) == len(Retriever.open(milvus, encoder=ENCODER).passages)
