from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.index.hashing_encoder import HashingEncoder

from yuanwen_index import Document
from yuanwen_index.build import BuildReport, build_index
from yuanwen_index.documents import read_document, text_document
from yuanwen_index.errors import IndexCorrupt, IndexMismatch, IndexMissing, UsageError
from yuanwen_index.retriever import Retriever
from yuanwen_index.updates import add_documents, delete_documents, update_documents

ENCODER = HashingEncoder()
WORDS = st.text("一二三雪花考试ab。\n", min_size=1, max_size=30).filter(lambda text: text.strip("。\n"))
SHELVES = st.dictionaries(st.sampled_from("abcdef"), WORDS, min_size=1)


def documents(texts: dict[str, str]) -> list[Document]:
    return [text_document(source, text) for source, text in texts.items()]


def contents(index: Path) -> object:
    """All that a search can show of an index, and every score it gives."""
    retriever = Retriever.open(index, encoder=ENCODER)
    hits = retriever.search("二月的雪花 ab 考试", k=1000)
    return list(retriever.documents), list(retriever.passages), [(hit.passage, hit.score) for hit in hits]


def counts(report: BuildReport) -> dict[str, int]:
    names = ("added", "updated", "removed", "unchanged", "encoded")
    return {name: getattr(report, name) for name in names if getattr(report, name)}


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SHELVES, min_size=1, max_size=4))
def test_an_index_changed_step_by_step_is_the_one_made_at_once(
    tmp_path_factory: pytest.TempPathFactory, versions: list[dict[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("updates")
    here: dict[str, str] = {}
    for texts in versions:
        added = {source: text for source, text in texts.items() if source not in here}
        if added:
            report = add_documents(documents(added), folder / "index", encoder=ENCODER)
            assert (report.added, report.unchanged) == (len(added), len(here))
        changed = {source: text for source, text in texts.items() if source in here}
        if changed:
            report = update_documents(documents(changed), folder / "index", encoder=ENCODER)
            assert report.updated == sum(text != here[source] for source, text in changed.items())
        gone = here.keys() - texts.keys()
        if gone:
            report = delete_documents(gone, folder / "index", encoder=ENCODER)
            assert (report.removed, report.encoded) == (len(gone), 0)
        here = texts
    add_documents(documents(here), folder / "anew", encoder=ENCODER)
    assert contents(folder / "index") == contents(folder / "anew")


@pytest.fixture
def index(tmp_path: Path) -> Path:
    texts = {"one": "一月下了大雪。", "two": "二月有考试。"}
    add_documents(documents(texts), tmp_path / "index", encoder=ENCODER)
    return tmp_path / "index"


def test_only_what_is_new_is_encoded(index: Path) -> None:
    encoder = HashingEncoder()
    report = add_documents([text_document("three", "三月开花。")], index, encoder=encoder)
    assert counts(report) == {"added": 1, "unchanged": 2, "encoded": 1}
    assert encoder.encoded == ["三月开花。"]
    report = update_documents([text_document("two", "二月放假。")], index, encoder=encoder)
    assert counts(report) == {"updated": 1, "unchanged": 2, "encoded": 1}
    report = delete_documents(["one"], index, encoder=encoder)
    assert counts(report) == {"removed": 1, "unchanged": 2}
    assert encoder.encoded == ["三月开花。", "二月放假。"]
    retriever = Retriever.open(index, encoder=ENCODER)
    assert [document.text for document in retriever.documents] == ["三月开花。", "二月放假。"]


def test_new_metadata_needs_no_encoding_and_the_same_document_no_generation(index: Path) -> None:
    same = text_document("one", "一月下了大雪。")
    assert update_documents([same], index, encoder=ENCODER).generation == 1
    about = text_document("one", "一月下了大雪。", {"desk": "weather"})
    report = update_documents([about], index, encoder=ENCODER)
    assert (report.generation, counts(report)) == (2, {"updated": 1, "unchanged": 1})
    assert Retriever.open(index, encoder=ENCODER).documents[0].metadata == {"desk": "weather"}


def test_an_open_retriever_sees_a_change_when_it_reloads(index: Path) -> None:
    retriever = Retriever.open(index, encoder=ENCODER)
    add_documents([text_document("three", "三月开花。")], index, encoder=ENCODER)
    assert len(retriever.documents) == 2
    assert retriever.reload()
    assert retriever.search("开花", k=1)[0].passage.text == "三月开花。"


def test_files_and_texts_stand_side_by_side(index: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_bytes("三月\n开花。".encode("gb18030"))
    document = read_document(page, "page.txt", metadata={"page": 3})
    add_documents([document], index, encoder=ENCODER)
    found = next(one for one in Retriever.open(index, encoder=ENCODER).documents if one.source == "page.txt")
    assert found == document
    assert found.file_state() == "same"
    assert Retriever.open(index, encoder=ENCODER).documents[0].file_state() == "unknown"


def test_an_index_made_of_files_can_be_added_to_and_mirrored_again(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("一月下雪。", "utf-8")
    (tmp_path / "b.txt").write_bytes(b"\xff\xff\xff\x81\x20\xff")
    paths = [tmp_path / "a.txt", tmp_path / "b.txt"]
    build_index(paths, tmp_path / "index", encoder=ENCODER)
    report = add_documents([text_document("memo", "二月考试。")], tmp_path / "index", encoder=ENCODER)
    assert [skip.source for skip in report.skipped] == ["b.txt"]
    report = build_index(paths, tmp_path / "index", encoder=ENCODER)
    assert counts(report) == {"removed": 1, "unchanged": 1}


# what cannot be done


def test_a_source_is_added_once_and_changed_only_where_it_is(index: Path) -> None:
    before = contents(index)
    with pytest.raises(UsageError, match="'one' is in the index already"):
        add_documents([text_document("one", "一月。")], index, encoder=ENCODER)
    with pytest.raises(UsageError, match="no document 'three' in the index"):
        update_documents([text_document("three", "三月。")], index, encoder=ENCODER)
    with pytest.raises(UsageError, match="no document 'three' in the index"):
        delete_documents(["one", "three"], index, encoder=ENCODER)
    with pytest.raises(UsageError, match="same source"):
        add_documents([text_document("x", "一月。"), text_document("x", "二月。")], index, encoder=ENCODER)
    assert contents(index) == before


def test_an_index_may_be_empty_and_filled_later(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    add_documents([], folder, encoder=ENCODER)
    retriever = Retriever.open(folder, encoder=ENCODER)
    assert retriever.search("一月", k=5) == []
    add_documents([text_document("one", "一月下雪。")], folder, encoder=ENCODER)
    assert retriever.reload()
    assert [hit.passage.text for hit in retriever.search("一月", k=5)] == ["一月下雪。"]
    delete_documents(["one"], folder, encoder=ENCODER)
    assert retriever.reload()
    assert len(retriever.documents) == 0
    assert retriever.search("一月", k=5) == []
    with pytest.raises(UsageError, match="no text"):
        add_documents([text_document("one", " ")], folder, encoder=ENCODER)


def test_nothing_is_changed_where_there_is_no_index(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        update_documents([text_document("one", "一月。")], tmp_path / "none", encoder=ENCODER)
    with pytest.raises(IndexMissing):
        delete_documents(["one"], tmp_path / "none", encoder=ENCODER)
    assert not (tmp_path / "none").exists()


def test_a_damaged_index_is_not_added_to(index: Path) -> None:
    texts = index / "gen-000001" / "texts.utf8"
    texts.write_bytes(texts.read_bytes()[::-1])
    with pytest.raises(IndexCorrupt, match=r"texts\.utf8"):
        add_documents([text_document("three", "三月。")], index, encoder=ENCODER)


def test_another_encoder_cannot_add(index: Path) -> None:
    with pytest.raises(IndexMismatch, match="was made by the encoder"):
        add_documents([text_document("three", "三月。")], index, encoder=HashingEncoder(dim=8))


@pytest.mark.parametrize("source", ["", "a\nb", "\x00", "字" * 1_001, "\u202e"])
def test_a_name_that_cannot_be_shown_is_refused(source: str) -> None:
    with pytest.raises(UsageError, match="cannot name a document"):
        text_document(source, "一月。")
