"""Making an index whole again: from its stored texts where they are whole, else from the files."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from tests.index.hashing_encoder import HashingEncoder

from yuanwen_index.build import build_index
from yuanwen_index.errors import IndexCorrupt, IndexMismatch, IndexMissing, IndexUnusable, UsageError
from yuanwen_index.manifest import FILES, MANIFEST
from yuanwen_index.rebuild import RebuildReport, rebuild_index
from yuanwen_index.retriever import Retriever
from yuanwen_index.salvage import Remains
from yuanwen_index.store import CURRENT

ENCODER = HashingEncoder()
PAGES = {
    "a.txt": "一月下了大雪。\n学校放假三天。\n",
    "b.txt": "二月有七场考试。\n",
    "c.html": "<p>三月开花了。</p>",
}


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    for name, text in PAGES.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture
def index(tmp_path: Path, pages: Path) -> Path:
    build_index([pages], tmp_path / "index", encoder=ENCODER)
    return tmp_path / "index"


def contents(index: Path) -> object:
    retriever = Retriever.open(index, encoder=ENCODER)
    hits = [(hit.passage, hit.score) for hit in retriever.search("七场考试", k=100)]
    return list(retriever.documents), list(retriever.articles), list(retriever.passages), hits


def files(index: Path) -> list[Path]:
    return [index / CURRENT, *(index / "gen-000001" / name for name in (MANIFEST, *FILES))]


def damage(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 4
    file.write_bytes(data)


def rebuilt(index: Path) -> RebuildReport:
    return rebuild_index(index, encoder=ENCODER)


def test_a_whole_index_is_rebuilt_from_itself(index: Path, pages: Path) -> None:
    before = contents(index)
    shutil.rmtree(pages)
    report = rebuilt(index)
    assert (report.stored, report.reread, report.lost) == (tuple(PAGES), (), ())
    assert report.build.generation == 2
    assert contents(index) == before


@pytest.mark.parametrize("kind", ["flipped", "cut", "empty", "missing"])
def test_whatever_single_file_is_damaged_every_document_comes_back(index: Path, kind: str) -> None:
    before = contents(index)
    for number, file in enumerate(files(index)):
        if file.name == "documents.jsonl":
            continue  # then documents cannot be named: see below
        copy = index.with_name(f"copy-{number}")
        shutil.copytree(index, copy)
        damaged = copy / file.relative_to(index)
        if kind == "missing":
            damaged.unlink()
        elif kind == "flipped":
            damage(damaged)
        else:
            damaged.write_bytes(damaged.read_bytes()[:-3] if kind == "cut" else b"")
        with pytest.raises(IndexUnusable):
            Retriever.open(copy, encoder=ENCODER)
        report = rebuilt(copy)
        assert report.lost == ()
        assert sorted(report.stored + report.reread) == list(PAGES)
        assert contents(copy) == before


def test_damaged_vectors_and_postings_need_no_file(index: Path, pages: Path) -> None:
    shutil.rmtree(pages)
    damage(index / "gen-000001" / "vectors.f32")
    damage(index / "gen-000001" / "terms" / "keys.npy")
    assert rebuilt(index).stored == tuple(PAGES)


def test_damage_to_one_text_leaves_the_others_proven_by_their_files_sums(index: Path, pages: Path) -> None:
    texts = index / "gen-000001" / "texts.utf8"
    texts.write_bytes(texts.read_bytes().replace("七场".encode(), "八场".encode()))
    report = rebuilt(index)
    assert report.stored == ("a.txt",)
    assert report.reread == ("b.txt", "c.html")
    assert report.changed == ()
    assert "七场" in next(iter(Retriever.open(index, encoder=ENCODER).search("考试"))).passage.text


def test_a_text_that_is_damaged_and_whose_file_changed_is_said_to_have(index: Path, pages: Path) -> None:
    texts = index / "gen-000001" / "texts.utf8"
    texts.write_bytes(texts.read_bytes().replace("七场".encode(), "八场".encode()))
    (pages / "b.txt").write_text("二月没有考试。\n", "utf-8")
    report = rebuilt(index)
    assert report.changed == ("b.txt",)


def test_a_text_that_is_damaged_and_whose_file_is_gone_is_lost_and_named(index: Path, pages: Path) -> None:
    texts = index / "gen-000001" / "texts.utf8"
    texts.write_bytes(texts.read_bytes().replace("七场".encode(), "八场".encode()))
    (pages / "b.txt").unlink()
    report = rebuilt(index)
    assert [lost.source for lost in report.lost] == ["b.txt"]
    assert "No such file" in report.lost[0].reason
    manifest = Retriever.open(index, encoder=ENCODER).manifest
    assert [source for source, _ in manifest.skipped] == ["b.txt"]
    assert manifest.counts.documents == 2


def test_documents_that_cannot_be_named_any_more_are_counted(index: Path) -> None:
    records = index / "gen-000001" / "documents.jsonl"
    records.write_bytes(records.read_bytes().replace(b'"source":"b.txt"', b'"source":7'))
    report = rebuilt(index)
    assert (report.stored, report.reread) == (("a.txt",), ("c.html",))
    assert [lost.source for lost in report.lost] == ["1 more"]


def test_a_damaged_record_never_gives_a_text_a_wrong_name(index: Path) -> None:
    """Every byte of the records is flipped in turn; a document comes back as it was or not at all."""
    before = list(Retriever.open(index, encoder=ENCODER).documents)
    records = index / "gen-000001" / "documents.jsonl"
    data = records.read_bytes()
    for place in range(len(data)):
        records.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        remains = Remains(index)
        found = [stored.document for stored in remains.stored() if stored.document is not None]
        assert all(document in before for document in found)
        assert remains.unnamed <= 2


def test_nothing_left_changes_nothing(index: Path, pages: Path) -> None:
    (index / "gen-000001" / "documents.jsonl").unlink()
    before = sorted(index.rglob("*"))
    with pytest.raises(UsageError, match="yuanwen index"):
        rebuilt(index)
    assert sorted(index.rglob("*")) == before
    with pytest.raises(IndexMissing):
        rebuilt(pages)


def test_a_rebuild_with_another_encoder_makes_an_index_of_that_encoder(index: Path) -> None:
    other = HashingEncoder(dim=8)
    rebuild_index(index, encoder=other)
    assert len(Retriever.open(index, encoder=other).documents) == 3
    with pytest.raises(IndexMismatch):
        Retriever.open(index, encoder=ENCODER)


def test_files_skipped_before_stay_on_record(index: Path, pages: Path) -> None:
    (pages / "d.txt").write_bytes(b"\xff\x00")
    build_index([pages], index, encoder=ENCODER)
    before = Retriever.open(index, encoder=ENCODER).manifest.skipped
    rebuilt(index)
    assert Retriever.open(index, encoder=ENCODER).manifest.skipped == before
    assert [source for source, _ in before] == ["d.txt"]


def test_an_index_of_another_format_is_not_touched(index: Path) -> None:
    (index / "gen-000001" / MANIFEST).write_text('{"format": 7}')
    line = (index / CURRENT).read_text()
    (index / CURRENT).write_text(line.replace("yuanwen-index 1 ", "yuanwen-index 7 "))
    with pytest.raises(IndexMismatch, match="format 7"):
        rebuilt(index)


def test_a_pipe_in_the_place_of_a_file_does_not_stop_a_rebuild(index: Path) -> None:
    texts = index / "gen-000001" / "texts.utf8"
    texts.unlink()
    os.mkfifo(texts)
    assert rebuilt(index).reread == tuple(PAGES)


def test_damage_to_a_rebuilt_index_is_refused_like_any_other(index: Path) -> None:
    rebuilt(index)
    damage(index / "gen-000002" / "texts.utf8")
    with pytest.raises(IndexCorrupt):
        Retriever.open(index, encoder=ENCODER)
