"""Documents that visitors add: taken up, replaced, refused, taken out again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from tests.index.hashing_encoder import HashingEncoder

from yuanwen_index import Retriever, UsageError, build_index
from yuanwen_index.lock import writing
from yuanwen_ui import uploads as under_test
from yuanwen_ui.uploads import LARGEST_DOCUMENT, Uploads

ENCODER = HashingEncoder()


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """An index of one page."""
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "own.txt").write_text("一月下了大雪。\n", "utf-8")
    build_index([tmp_path / "pages"], tmp_path / "index", encoder=ENCODER)
    return tmp_path / "index"


@pytest.fixture
def open_uploads(index: Path, tmp_path: Path) -> Callable[[], tuple[Uploads, Retriever]]:
    """What a server holds once it has begun over the index."""

    def begin() -> tuple[Uploads, Retriever]:
        retriever = Retriever.open(index, encoder=ENCODER)
        uploads = Uploads(tmp_path / "added", index, retriever)
        settle(uploads)
        return uploads, retriever

    return begin


def settle(uploads: Uploads) -> None:
    """Wait until the index has come to an end with the changes, whichever it is."""
    deadline = time.monotonic() + 60
    while uploads.progress.state == "working" and time.monotonic() < deadline:
        time.sleep(0.01)


def add(uploads: Uploads, name: str, *parts: bytes) -> None:
    async def stream() -> AsyncIterator[bytes]:
        for part in parts:
            yield part

    asyncio.run(uploads.receive(name, stream()))
    settle(uploads)


def texts(retriever: Retriever) -> dict[str, str]:
    return {document.source: document.text.strip() for document in retriever.documents}


Begin = Callable[[], tuple[Uploads, Retriever]]


def test_a_document_is_indexed_beside_the_others_and_kept(open_uploads: Begin, tmp_path: Path) -> None:
    uploads, retriever = open_uploads()
    add(uploads, "new.txt", "二月开了".encode(), "花。".encode())
    assert texts(retriever) == {"own.txt": "一月下了大雪。", "new.txt": "二月开了花。"}
    assert (tmp_path / "added" / "new.txt").read_text("utf-8") == "二月开了花。"
    record = uploads.record()
    assert (record["names"], record["state"], record["problems"]) == (["new.txt"], "idle", [])


def test_a_document_of_the_same_name_takes_the_place_of_the_old_one(open_uploads: Begin) -> None:
    uploads, retriever = open_uploads()
    add(uploads, "new.txt", "二月开了花。".encode())
    add(uploads, "new.txt", "三月有雨。".encode())
    assert texts(retriever)["new.txt"] == "三月有雨。"
    assert uploads.names() == ["new.txt"]


def test_a_document_taken_out_is_gone_from_the_index_and_the_disk(
    open_uploads: Begin, tmp_path: Path
) -> None:
    uploads, retriever = open_uploads()
    add(uploads, "new.txt", "二月开了花。".encode())
    uploads.remove("new.txt")
    assert uploads.names() == []  # at once, not when the index is done
    settle(uploads)
    assert texts(retriever) == {"own.txt": "一月下了大雪。"}
    assert list((tmp_path / "added").iterdir()) == []


@pytest.mark.parametrize("name", ["own.txt", "never.txt", "../index/CURRENT", ".arriving"])
def test_only_what_was_added_can_be_taken_out(open_uploads: Begin, name: str) -> None:
    uploads, retriever = open_uploads()
    with pytest.raises(UsageError, match=r"add\.unknown"):
        uploads.remove(name)
    assert texts(retriever) == {"own.txt": "一月下了大雪。"}


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("empty.txt", b" \n\n", "add.no_text"),
        ("binary.txt", bytes(range(256)) * 8, "unread.not_text"),
        ("broken.docx", b"PK\x03\x04 no zip", "unread.damaged"),
        ("broken.pdf", b"%PDF-1.7 nothing", "unread.damaged"),
    ],
)
def test_a_document_that_cannot_be_read_is_told_and_not_kept(
    open_uploads: Begin, name: str, data: bytes, reason: str
) -> None:
    uploads, retriever = open_uploads()
    add(uploads, name, data)
    assert uploads.record()["problems"] == [{"file": name, "reason": reason}]
    assert uploads.names() == []
    assert texts(retriever) == {"own.txt": "一月下了大雪。"}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a/b.txt", "add.name"),
        ("..\\b.txt", "add.name"),
        (".b.txt", "add.name"),
        ("a\nb.txt", "add.name"),
        ("a\u202eb.txt", "add.name"),
        ("a" * 117 + ".txt", "add.name"),
        ("a.exe", "add.kind"),
        ("a", "add.kind"),
        ("own.txt", "add.taken"),
    ],
)
def test_a_name_that_will_not_do_is_refused(open_uploads: Begin, name: str, reason: str) -> None:
    uploads, _ = open_uploads()
    with pytest.raises(UsageError, match=reason.replace(".", r"\.")):
        uploads.check(name)


def test_there_may_only_be_so_many(open_uploads: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "MOST_DOCUMENTS", 1)
    uploads, _ = open_uploads()
    uploads.check("one.txt")
    add(uploads, "one.txt", "二月开了花。".encode())
    uploads.check("one.txt")  # in the place of itself
    with pytest.raises(UsageError, match=r"add\.many"):
        uploads.check("two.txt")


@pytest.mark.parametrize(
    ("parts", "reason"),
    [((), "add.empty"), ((b"", b""), "add.empty"), ((b"a" * LARGEST_DOCUMENT, b"a"), "add.large")],
)
def test_too_much_or_nothing_leaves_nothing_behind(
    open_uploads: Begin, tmp_path: Path, parts: tuple[bytes, ...], reason: str
) -> None:
    uploads, _ = open_uploads()
    with pytest.raises(UsageError, match=reason.replace(".", r"\.")):
        add(uploads, "new.txt", *parts)
    assert list((tmp_path / "added").iterdir()) == []


def test_a_visitor_who_hangs_up_leaves_nothing_behind_and_the_old_document_in_place(
    open_uploads: Begin, tmp_path: Path
) -> None:
    uploads, retriever = open_uploads()
    add(uploads, "new.txt", "二月开了花。".encode())

    async def broken() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        asyncio.run(uploads.receive("new.txt", broken()))
    assert [file.name for file in (tmp_path / "added").iterdir()] == ["new.txt"]
    assert texts(retriever)["new.txt"] == "二月开了花。"


def test_what_was_added_is_put_into_an_index_that_was_made_anew(
    open_uploads: Begin, index: Path, tmp_path: Path
) -> None:
    uploads, _ = open_uploads()
    add(uploads, "new.txt", "二月开了花。".encode())
    build_index([tmp_path / "pages"], index, encoder=ENCODER)
    assert set(texts(Retriever.open(index, encoder=ENCODER))) == {"own.txt"}
    _, retriever = open_uploads()
    assert set(texts(retriever)) == {"own.txt", "new.txt"}


def test_while_another_process_writes_it_is_said_so_and_the_next_change_takes_both_up(
    open_uploads: Begin, index: Path
) -> None:
    uploads, retriever = open_uploads()
    with writing(index):
        add(uploads, "new.txt", "二月开了花。".encode())
        record = uploads.record()
        assert (record["state"], record["problems"]) == ("failed", [{"file": "", "reason": "add.locked"}])
        assert set(texts(retriever)) == {"own.txt"}
    add(uploads, "next.txt", "三月有雨。".encode())
    assert set(texts(retriever)) == {"own.txt", "new.txt", "next.txt"}
    assert uploads.record()["state"] == "idle"


def test_an_index_that_breaks_meanwhile_is_a_sentence_for_the_visitor_and_a_traceback_for_the_log(
    open_uploads: Begin, index: Path, caplog: pytest.LogCaptureFixture
) -> None:
    uploads, retriever = open_uploads()
    (index / "CURRENT").write_text("nonsense", "ascii")
    add(uploads, "new.txt", "二月开了花。".encode())
    assert uploads.record()["problems"] == [{"file": "", "reason": "add.failed"}]
    assert any(record.exc_info for record in caplog.records)
    assert texts(retriever) == {"own.txt": "一月下了大雪。"}


def test_a_folder_that_cannot_be_made_is_said(index: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot keep added documents in"):
        Uploads(tmp_path / "file" / "added", index, Retriever.open(index, encoder=ENCODER))
