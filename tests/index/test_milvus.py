"""What holds of an index in a folder holds of one on Milvus, value by value, and the ranking is the same."""

from __future__ import annotations

import itertools
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.index.hashing_encoder import HashingEncoder

from yuanwen_index import Document, Filter, Place, load_encoder
from yuanwen_index.build import BuildReport, build_index
from yuanwen_index.documents import text_document
from yuanwen_index.errors import (
    IndexCorrupt,
    IndexLocked,
    IndexMismatch,
    IndexMissing,
    IndexUnreachable,
    UsageError,
    YuanwenError,
)
from yuanwen_index.hits import Hit, Mode
from yuanwen_index.milvus import writing
from yuanwen_index.milvus.connection import Connection
from yuanwen_index.milvus.contents import Texts
from yuanwen_index.milvus.rows import FOR_EVER, condition_of, pack, record_rows, tag, unpack
from yuanwen_index.milvus.state import claimed, find_state
from yuanwen_index.milvus.words import Frequencies, asked_words, exact_scores, weights_of
from yuanwen_index.places import MilvusPlace
from yuanwen_index.retriever import Retriever
from yuanwen_index.terms import Postings, TermIndex, ask_words
from yuanwen_index.updates import add_documents, delete_documents, update_documents
from yuanwen_index.verification import verify_index

SEEDS = Path(__file__).parents[2] / "seeds"
ENCODER = HashingEncoder()
QUESTIONS = ("老旧小区改造", "How many problems were found?", "徐军是什么职务?", "二七区 2024年1月", "zzz")
NAMES = itertools.count()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A file of milvus-lite, which serves every test of this module from threads of this process."""
    from milvus_lite.server_manager import server_manager_instance

    path = str(tmp_path_factory.mktemp("milvus") / "lite.db")
    yield path
    server_manager_instance.release_server(path)


@pytest.fixture
def milvus(server: str) -> MilvusPlace:
    """A name that no index has yet."""
    return MilvusPlace(server, f"index{next(NAMES)}")


@pytest.fixture(params=["folder", "milvus"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Where there is no index yet, in a folder and on Milvus."""
    if request.param == "folder":
        return tmp_path / "index"
    found: MilvusPlace = request.getfixturevalue("milvus")
    return found


@pytest.fixture(scope="module")
def both(server: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, MilvusPlace]:
    """The seeds in a folder and on Milvus."""
    folder, there = tmp_path_factory.mktemp("seeds") / "index", MilvusPlace(server, "seeds")
    metadata = {"郑州日报_0001.txt": {"desk": "市政"}}
    sources = {path.name for path in SEEDS.glob("*.txt")}
    known = {source: about for source, about in metadata.items() if source in sources}
    for where in (folder, there):
        build_index([SEEDS], where, metadata=known)
    return folder, there


def documents(texts: dict[str, str]) -> list[Document]:
    return [text_document(source, text) for source, text in texts.items()]


def shown(hits: Sequence[Hit]) -> list[tuple[object, ...]]:
    return [(hit.passage, hit.ranks, round(hit.score, 4)) for hit in hits]


def contents(where: Place) -> object:
    """All that a search can show of an index, and every score it gives."""
    retriever = Retriever.open(where, encoder=ENCODER)
    hits = retriever.search("二月的雪花 ab 考试", k=1000)
    return list(retriever.documents), list(retriever.passages), shown(hits)


def counts(report: BuildReport) -> dict[str, int]:
    names = ("added", "updated", "removed", "unchanged", "encoded")
    return {name: getattr(report, name) for name in names if getattr(report, name)}


# the same answers


@pytest.mark.parametrize("mode", ["hybrid", "lexical", "dense"])
def test_both_backends_find_the_same_passages_with_the_same_scores(
    both: tuple[Path, Path], mode: Mode
) -> None:
    one, other = (Retriever.open(where, mode=mode) for where in both)
    for question in QUESTIONS:
        for k in (1, 7, 100):
            expected = shown(one.search(question, k))
            assert shown(other.search(question, k)) == expected
    if mode == "lexical":
        assert one.search("?") == other.search("?") == []
    assert list(map(shown, other.search_many(QUESTIONS))) == [shown(one.search(each)) for each in QUESTIONS]


def test_both_backends_hold_the_same_documents_articles_and_passages(both: tuple[Path, Path]) -> None:
    one, other = map(Retriever.open, both)
    assert list(one.documents) == list(other.documents)
    assert list(one.articles) == list(other.articles)
    assert list(one.passages) == list(other.passages)
    assert one.passages[-1] == other.passages[-1]
    assert one.manifest.counts == other.manifest.counts
    assert one.manifest.encoder == other.manifest.encoder
    source = one.documents[0].source
    for offset in (0, 1, 500, 10**6):
        assert one.article_at(source, offset) == other.article_at(source, offset)
        assert one.passage_at(source, offset) == other.passage_at(source, offset)
    assert one.article_at("no such", 0) is other.article_at("no such", 0) is None
    other.check_texts()


def test_both_backends_filter_alike(both: tuple[Path, Path]) -> None:
    one, other = map(Retriever.open, both)
    article = next(article for article in one.articles if article.reporters and article.date_iso)
    wanted = [
        Filter(source=article.document.source),
        Filter(source='"] or 1 == 1 or source in ["'),
        Filter(reporter=article.reporters[0]),
        Filter(reporter="无此人"),
        Filter(date_from=article.date_iso, date_to=article.date_iso),
        Filter(date_to=article.date_iso),
        Filter(date_from="9999-12-31"),
        Filter(source=article.document.source, reporter=article.reporters[0], date_from="2000-01-01"),
    ]
    for where in wanted:
        assert shown(other.search("会议", 50, where=where)) == shown(one.search("会议", 50, where=where))
    assert any(one.search("会议", where=where) for where in wanted)


def test_metadata_filter_by_name_and_exact_value(place: Place) -> None:
    values: list[Any] = [True, 1, 0, "1", None, 1.5, "\"x' or true", "新闻"]
    added = [
        Document(f"{number}.txt", "一月下了大雪。", "utf-8", f"{number:064}", None, {'a "b"': value})
        for number, value in enumerate(values)
    ]
    add_documents(added, place, encoder=ENCODER)
    retriever = Retriever.open(place, encoder=ENCODER)
    for number, value in enumerate(values):
        hits = retriever.search("大雪", 20, where=Filter(metadata={'a "b"': value}))
        assert [hit.passage.article.document.source for hit in hits] == [f"{number}.txt"]
    assert len(retriever.search("大雪", 20, where=Filter(metadata={'a "b"': 1.0}))) == 1
    assert not retriever.search("大雪", 20, where=Filter(metadata={"b": 1}))


def test_exact_scores_are_those_of_the_term_index() -> None:
    texts = ["一月下了大雪。一月", "二月有考试 Riverside 2024", "", "!", "雪" * 300 + "大雪"]
    index = TermIndex.of(texts)
    postings = Postings.of(texts)
    mean = float(postings.lengths.mean())
    table = Frequencies.of(postings)
    for question in ("大雪 river", "一月 二月", "没有"):
        asked = ask_words(question, len(texts), lambda keys: (np.arange(len(keys)), table.find(keys)))
        expected = index.scores(index.ask(question))
        assert exact_scores(asked, texts, mean).tolist() == expected.tolist()
        weights = list(weights_of(postings, mean))
        query = asked_words(asked)
        proposed = [sum(query.get(key, 0.0) * value for key, value in row.items()) for row in weights]
        assert np.allclose(proposed, expected, atol=1e-4)


def test_frequencies_add_up_and_come_back_from_their_records() -> None:
    one, other = Frequencies.of(Postings.of(["大雪大雪", "雪"])), Frequencies.of(Postings.of(["雪花"]))
    together = Frequencies.together([one, other])
    assert int(together.find(one.keys).max()) == 3
    parts = together.buckets(4)
    again = Frequencies.together(
        [Frequencies.unpacked("".join(pack(part.packed()))) for part in parts.values()]
    )
    assert (again.keys.tolist(), again.numbers.tolist()) == (
        together.keys.tolist(),
        together.numbers.tolist(),
    )
    taken = Frequencies.together([together, Frequencies.of(Postings.of(["雪花"]), sign=-1)])
    assert taken.keys.tolist() == one.keys.tolist()


# changing


def test_changed_step_by_step_it_is_the_index_made_at_once(tmp_path: Path, milvus: MilvusPlace) -> None:
    versions = [
        {"a": "一月下了大雪。", "b": "二月有考试。ab", "c": "三月开花。"},
        {"a": "一月下了大雪。", "b": "二月放假。ab", "d": "四月有雨。雪花"},
        {"d": "四月有雨。雪花"},
        {"a": "一月下了大雪。", "b": "二月有考试。ab"},
    ]
    here: dict[str, str] = {}
    for number, texts in enumerate(versions):
        done: dict[Place, list[dict[str, int]]] = {}
        for where in (tmp_path / "step", milvus):
            reports = []
            if new := {source: text for source, text in texts.items() if source not in here}:
                reports.append(counts(add_documents(documents(new), where, encoder=ENCODER)))
            if changed := {source: text for source, text in texts.items() if source in here}:
                reports.append(counts(update_documents(documents(changed), where, encoder=ENCODER)))
            if gone := here.keys() - texts.keys():
                reports.append(counts(delete_documents(gone, where, encoder=ENCODER)))
            done[where] = reports
        assert done[milvus] == done[tmp_path / "step"]
        here = texts
        add_documents(documents(here), tmp_path / f"anew{number}", encoder=ENCODER)
        assert contents(milvus) == contents(tmp_path / f"anew{number}") == contents(tmp_path / "step")
        verify_index(milvus, encoder=ENCODER)


def test_files_are_mirrored_and_only_what_changed_is_encoded(place: Place, tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    for name, text in {"one.txt": "一月下了大雪。", "two.txt": "二月有考试。", "bad.pdf": "no"}.items():
        (pages / name).write_text(text, "utf-8")
    report = build_index([pages], place, encoder=ENCODER)
    assert counts(report) == {"added": 2, "encoded": 2}
    assert [skip.source for skip in report.skipped] == ["bad.pdf"]
    again = build_index([pages], place, encoder=ENCODER)
    assert (counts(again), again.generation) == ({"unchanged": 2}, 1)
    (pages / "two.txt").write_text("二月放假。", "utf-8")
    (pages / "bad.pdf").unlink()
    report = build_index([pages], place, encoder=ENCODER, metadata={"one.txt": {"desk": 1}})
    assert (counts(report), report.generation) == ({"updated": 2, "encoded": 1}, 2)
    retriever = Retriever.open(place, encoder=ENCODER)
    assert retriever.manifest.skipped == ()
    assert [hit.passage.text for hit in retriever.search("月", where=Filter(metadata={"desk": 1}))] == [
        "一月下了大雪。"
    ]
    assert retriever.documents[0].file_state() == "same"
    (pages / "one.txt").rename(tmp_path / "one.txt")
    build_index([pages / "two.txt", tmp_path / "one.txt"], place, encoder=ENCODER)
    retriever.reload()
    assert [document.file_state() for document in retriever.documents] == ["same", "same"]


def test_another_encoder_is_refused_until_files_are_indexed_with_it(place: Place, tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("一月下了大雪。", "utf-8")
    build_index([tmp_path / "one.txt"], place, encoder=ENCODER)
    other = HashingEncoder(dim=24)
    with pytest.raises(IndexMismatch):
        Retriever.open(place, encoder=other)
    with pytest.raises(IndexMismatch):
        add_documents(documents({"b": "二"}), place, encoder=other)
    held = Retriever.open(place, encoder=ENCODER)
    report = build_index([tmp_path / "one.txt"], place, encoder=other)
    assert counts(report) == {"updated": 1, "encoded": 1}
    assert len(Retriever.open(place, encoder=other).search("大雪")) == 1
    with pytest.raises(IndexMismatch):
        held.reload()


def test_what_cannot_be_done_is_refused_alike(place: Place) -> None:
    with pytest.raises(IndexMissing):
        Retriever.open(place)
    with pytest.raises(IndexMissing):
        delete_documents(["a"], place, encoder=ENCODER)
    add_documents(documents({"a": "一月下了大雪。"}), place, encoder=ENCODER)
    for refused in (
        lambda: add_documents(documents({"a": "别的"}), place, encoder=ENCODER),
        lambda: update_documents(documents({"b": "别的"}), place, encoder=ENCODER),
        lambda: delete_documents(["b"], place, encoder=ENCODER),
    ):
        with pytest.raises(UsageError):
            refused()
    assert Retriever.open(place, encoder=ENCODER).generation == 1


def test_an_empty_index_answers_nothing_and_can_be_added_to(place: Place) -> None:
    add_documents([], place, encoder=ENCODER)
    retriever = Retriever.open(place, encoder=ENCODER)
    assert retriever.search("大雪") == []
    assert list(retriever.articles) == []
    add_documents(documents({"a": "一月下了大雪。"}), place, encoder=ENCODER)
    assert retriever.reload()
    assert len(retriever.search("大雪")) == 1
    delete_documents(["a"], place, encoder=ENCODER)
    retriever.reload()
    assert retriever.search("大雪") == []


# publication


def test_whenever_a_writer_dies_the_old_index_stays_and_the_next_writer_gets_through(
    milvus: MilvusPlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_BATCH", 1)
    old = {"a": "一月下了大雪。", "b": "二月有考试。ab", "c": "三月开花。"}
    new = {"a": "一月下了大雪。", "b": "二月放假。", "d": "四月有雨。雪花", "e": "五月。"}
    for number, texts in enumerate((old, new)):
        for source, text in texts.items():
            (tmp_path / str(number)).mkdir(exist_ok=True)
            (tmp_path / str(number) / f"{source}.txt").write_text(text, "utf-8")
    build_index([tmp_path / "0"], tmp_path / "old", encoder=ENCODER)
    build_index([tmp_path / "1"], tmp_path / "new", encoder=ENCODER)
    build_index([tmp_path / "0"], milvus, encoder=ENCODER)
    put = Connection.put
    encoded: list[int] = []
    for stop in itertools.count(1):
        calls = itertools.count()

        def failing(
            self: Connection, name: str, rows: Sequence[Any], calls: Any = calls, stop: int = stop
        ) -> None:
            rows = list(rows)
            writer = bool(rows) and rows[0].get("kind") == "writer"
            if rows and not writer and next(calls) == stop:
                raise IndexUnreachable("the server was stopped")
            put(self, name, rows)

        monkeypatch.setattr(Connection, "put", failing)
        encoder = HashingEncoder()
        try:
            build_index([tmp_path / "1"], milvus, encoder=encoder)
            break
        except IndexUnreachable:
            encoded.append(len(encoder.encoded))
            assert contents(milvus) == contents(tmp_path / "old")
    monkeypatch.setattr(Connection, "put", put)
    assert contents(milvus) == contents(tmp_path / "new")
    assert stop > 8
    assert len(encoder.encoded) < 3, "what was written whole before is not encoded again"
    verify_index(milvus, encoder=ENCODER)
    build_index([tmp_path / "0"], milvus, encoder=ENCODER)
    assert contents(milvus) == contents(tmp_path / "old")


def test_what_a_dead_writer_left_is_not_published_by_one_who_wants_something_else(
    milvus: MilvusPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_documents(documents({"a": "一月下了大雪。"}), milvus, encoder=ENCODER)
    with monkeypatch.context() as patched:
        patched.setattr(writing.Publication, "_check_counts", _stopped)
        with pytest.raises(IndexUnreachable):
            update_documents(documents({"a": "六月开花。"}), milvus, encoder=ENCODER)
    add_documents(documents({"b": "二月有考试。"}), milvus, encoder=ENCODER)
    retriever = Retriever.open(milvus, encoder=ENCODER)
    assert [document.text for document in retriever.documents] == ["一月下了大雪。", "二月有考试。"]
    assert {hit.passage.text for hit in retriever.search("六月开花 大雪 考试")} == {
        "一月下了大雪。",
        "二月有考试。",
    }
    verify_index(milvus, encoder=ENCODER)


def _stopped(*_: object) -> None:
    raise IndexUnreachable("the server was stopped")


def test_rows_that_went_stay_for_readers_and_are_deleted_later(
    milvus: MilvusPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_documents(documents({"a": "一月下了大雪。"}), milvus, encoder=ENCODER)
    update_documents(documents({"a": "二月有考试。"}), milvus, encoder=ENCODER)
    update_documents(documents({"a": "三月开花。"}), milvus, encoder=ENCODER)
    connection = Connection(milvus)
    state = find_state(connection)
    assert state is not None
    passages = connection.passages(state.stamp)
    assert connection.count(passages, "born > 0") == 3
    monkeypatch.setattr(writing, "_GRACE", -1.0)
    update_documents(documents({"a": "三月开花。"}), milvus, encoder=ENCODER)
    assert connection.count(passages, "born > 0") == 1
    assert connection.count(connection.records, f"died < {FOR_EVER}") == 0
    assert connection.count(connection.records, 'kind == "state"') == 1
    connection.close()


def test_a_reader_follows_what_is_published_and_never_mixes_two_versions(milvus: MilvusPlace) -> None:
    def publish(version: int) -> None:
        texts = {f"{page}": f"第{page}区召开防汛会议，版本{version}的负责人主持。" for page in range(4)}
        change = update_documents if version else add_documents
        change(documents(texts), milvus, encoder=ENCODER)

    publish(0)
    retriever = Retriever.open(milvus, encoder=ENCODER)
    seen: list[set[str]] = []
    failed: list[Exception] = []
    done = threading.Event()

    def ask() -> None:
        try:
            while not done.is_set():
                hits = retriever.search("会议由谁主持", 10)
                seen.append({hit.passage.text.split("版本")[1][0] for hit in hits})
                assert len(hits) == 4
        except Exception as error:
            failed.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    for version in (1, 2):
        publish(version)
    retriever.reload()
    hits = retriever.search("会议由谁主持", 10)
    done.set()
    asking.join()
    assert not failed
    assert all(len(versions) == 1 for versions in seen)
    assert {hit.passage.text.split("版本")[1][0] for hit in hits} == {"2"}


def test_one_writes_at_a_time(milvus: MilvusPlace) -> None:
    add_documents(documents({"a": "一月下了大雪。"}), milvus, encoder=ENCODER)
    connection = Connection(milvus)
    with claimed(connection), pytest.raises(IndexLocked, match="process"):
        add_documents(documents({"b": "二月。"}), milvus, encoder=ENCODER)
    add_documents(documents({"b": "二月。"}), milvus, encoder=ENCODER)
    dead = {"who": "process 1", "since": "then", "until": time.time() - 1}
    rows = record_rows("writer", "dead", 0, json.dumps(dead).encode())
    connection.put(connection.records, rows)
    delete_documents(["b"], milvus, encoder=ENCODER)
    connection.close()


def test_a_file_of_milvus_lite_is_an_index_that_another_process_can_open(tmp_path: Path) -> None:
    from milvus_lite.server_manager import server_manager_instance

    address = f"milvus:{tmp_path}/one.db"
    add_documents(documents({"a": "一月下了大雪。"}), address, encoder=ENCODER)
    server_manager_instance.release_server(f"{tmp_path}/one.db")
    assert len(Retriever.open(address, encoder=ENCODER).search("大雪")) == 1
    server_manager_instance.release_server(f"{tmp_path}/one.db")
    delete_documents(["a"], address, encoder=ENCODER)
    assert Retriever.open(address, encoder=ENCODER).search("大雪") == []
    server_manager_instance.release_server(f"{tmp_path}/one.db")


# damage and outages


def test_a_text_that_was_changed_on_the_server_is_never_shown(milvus: MilvusPlace) -> None:
    add_documents(documents({"a": "一月下了大雪。"}), milvus, encoder=ENCODER)
    connection = Connection(milvus)
    fields = ["id", "born", "died", "kind", "key", "about", "part", "body", "vector"]
    (row,) = connection.query(connection.records, 'kind == "text"', fields, now=True)
    good = unpack([row["body"]], "text")
    wrong = pack(good.replace("大雪".encode("unicode_escape"), "小雨".encode("unicode_escape")))[0]
    assert wrong != row["body"]
    forged = row["body"][:64] + wrong[64:]
    connection.put(connection.records, [{**row, "body": forged}])
    with pytest.raises(IndexCorrupt):
        Retriever.open(milvus, encoder=ENCODER).search("大雪")
    with pytest.raises(IndexCorrupt):
        verify_index(milvus, encoder=ENCODER)
    connection.remove_rows(connection.records, [row["id"]])
    with pytest.raises(IndexCorrupt):
        Retriever.open(milvus, encoder=ENCODER).search("大雪")
    connection.close()


def test_a_passage_that_is_missing_is_noticed_by_verify(milvus: MilvusPlace) -> None:
    add_documents(documents({"a": "一月下了大雪。", "b": "二月。"}), milvus, encoder=ENCODER)
    verify_index(milvus, encoder=ENCODER)
    connection = Connection(milvus)
    state = find_state(connection)
    assert state is not None
    name = connection.passages(state.stamp)
    connection.remove_rows(name, [connection.query(name, "born > 0", ["id"], now=True)[0]["id"]])
    with pytest.raises(IndexCorrupt, match="1 rows where 2 belong"):
        verify_index(milvus, encoder=ENCODER)
    connection.close()


@pytest.mark.parametrize("address", ["milvus://127.0.0.1:{}/x", "milvus://me:hidden@127.0.0.1:{}/x"])
def test_a_server_that_is_not_there_is_one_clear_error(address: str, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        where = address.format(free.getsockname()[1])
    (tmp_path / "one.txt").write_text("一月下了大雪。", "utf-8")
    asked: list[Callable[[], object]] = [
        lambda: Retriever.open(where),
        lambda: build_index([tmp_path / "one.txt"], where),
        lambda: delete_documents(["a"], where),
        lambda: verify_index(where),
    ]
    for ask in asked:
        with pytest.raises(IndexUnreachable) as told:
            ask()
        assert "hidden" not in str(told.value)
        assert "\n" not in str(told.value)
        assert told.value.exit_code == YuanwenError.exit_code + 4


def test_a_server_that_goes_away_is_told_to_whoever_asks_and_what_was_found_stays(tmp_path: Path) -> None:
    from milvus_lite.server_manager import server_manager_instance

    add_documents(documents({"a": "一月下了大雪。"}), f"milvus:{tmp_path}/gone.db", encoder=ENCODER)
    retriever = Retriever.open(f"milvus:{tmp_path}/gone.db", encoder=ENCODER)
    (hit,) = retriever.search("大雪")
    server_manager_instance.release_server(f"{tmp_path}/gone.db")
    with pytest.raises(IndexUnreachable):
        retriever.search("大雪")
    with pytest.raises(IndexUnreachable):
        retriever.reload()
    assert (retriever.generation, hit.passage.text) == (1, "一月下了大雪。")


def test_conditions_hold_nothing_that_a_user_wrote() -> None:
    where = Filter(source='x" or 1 == 1', reporter="') or (", metadata={'n"': 'v"'})
    condition = condition_of(where, 7)
    assert set(condition.split('"')[1::2]) == {
        tag("source", where.source),
        tag("reporter", where.reporter),
        tag("metadata", 'n"', 'v"'),
    }


def test_any_document_can_be_kept(place: Place) -> None:
    """Lone surrogates, NULs and long texts come back as they were."""
    texts = {"x.txt": "一月\ud800下了\0大雪。", "long": "大雪。" * 40_000, "b": "二月 " + "w" * 70_000}
    add_documents(documents(texts), place, encoder=ENCODER)
    retriever = Retriever.open(place, encoder=ENCODER)
    assert {document.source: document.text for document in retriever.documents} == texts
    assert retriever.search("大雪", 3)


def test_the_shipped_encoder_reads_sentences_on_milvus_too(both: tuple[Path, MilvusPlace]) -> None:
    """A question in another language is decided by the nearest sentence, which needs the texts of the passages."""
    encoder = load_encoder()
    one, other = (Retriever.open(where, encoder=encoder) for where in both)
    question = "Who inspected the renovation of old neighbourhoods?"
    assert shown(other.search(question)) == shown(one.search(question))


def test_records_say_which_documents_there_are(milvus: MilvusPlace) -> None:
    add_documents(documents({"a": "一月下了大雪。", "b": "二月。"}), milvus, encoder=ENCODER)
    connection = Connection(milvus)
    stored = Texts(connection, 1, now=True).stored('key != ""')
    assert sorted((one.source, one.articles, one.passages) for one in stored) == [("a", 1, 1), ("b", 1, 1)]
    connection.close()
