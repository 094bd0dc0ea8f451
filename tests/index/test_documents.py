"""Files to documents: which are found, how they are read, and why they are not."""

from __future__ import annotations

import errno
import hashlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from yuanwen_index import documents
from yuanwen_index.documents import Document, find_files, read_document
from yuanwen_index.errors import DocumentUnreadable, UsageError

TEXT = "本报讯 9月7日，会议召开。\n"


def write(path: Path, text: str = TEXT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return path


def sources(*paths: Path) -> list[str]:
    return [source for _, source in find_files(paths)]


def test_a_document_knows_its_text_bytes_and_lines(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "一\r\n二\r三\n\n五")
    document = read_document(path, "a.txt")
    assert (document.source, document.text, document.encoding) == ("a.txt", "一\r\n二\r三\n\n五", "utf-8")
    assert document.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert [document.line_of(document.text.index(char)) for char in "一二三五"] == [1, 2, 3, 5]


def test_lines_are_those_of_an_editor() -> None:
    text = "a\nb\r\nc\rd\n"
    document = Document("x", text, "utf-8", "")
    for at in range(len(text)):
        before = text[:at].replace("\r\n", "\n").replace("\r", "\n")
        if text[at] not in "\r\n":
            assert document.line_of(at) == before.count("\n") + 1


def test_documents_with_the_same_content_are_equal_whether_lines_were_asked_for_or_not() -> None:
    one, other = Document("x", "a\nb", "utf-8", "0"), Document("x", "a\nb", "utf-8", "0")
    one.line_of(2)
    assert one == other


def test_a_folder_gives_its_supported_files_under_their_paths_in_it(tmp_path: Path) -> None:
    for name in (
        "b.txt",
        "a.MD",
        "in/c.html",
        "in/d.docx",
        "e.pdf",
        "f.htm",
        "skip.png",
        ".hidden.txt",
        ".git/x.txt",
    ):
        write(tmp_path / name)
    assert sources(tmp_path) == ["a.MD", "b.txt", "e.pdf", "f.htm", "in/c.html", "in/d.docx"]


def test_a_file_named_itself_is_always_taken(tmp_path: Path) -> None:
    path = write(tmp_path / "page.news")
    assert find_files([path]) == [(path, "page.news")]


def test_a_file_named_twice_is_taken_once(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt")
    assert find_files([path, tmp_path, path]) == [(path, "a.txt")]


def test_sources_are_unique(tmp_path: Path) -> None:
    for name in ("x/a.txt", "y/a.txt", "z/x/a.txt", "y/b.txt"):
        write(tmp_path / name)
    assert sources(tmp_path / "x", tmp_path / "y") == ["b.txt", "x/a.txt", "y/a.txt"]
    assert sources(tmp_path / "x", tmp_path / "z" / "x") == ["x/a.txt", "x/a.txt (2)"]


def test_an_empty_folder_holds_no_files(tmp_path: Path) -> None:
    assert find_files([tmp_path]) == []
    assert find_files([]) == []


@pytest.mark.parametrize("name", ["missing", "missing/a.txt", "a\0b", "x" * 300])
def test_a_missing_path_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="no such file or folder"):
        find_files([tmp_path / name])


def test_links_are_followed_but_loops_and_dead_ends_are_not(tmp_path: Path) -> None:
    write(tmp_path / "real" / "a.txt")
    (tmp_path / "real" / "loop").symlink_to(tmp_path / "real")
    (tmp_path / "real" / "self.txt").symlink_to("self.txt")
    (tmp_path / "real" / "dead.txt").symlink_to("nowhere.txt")
    (tmp_path / "real" / "b.txt").symlink_to(tmp_path / "real" / "a.txt")
    assert sources(tmp_path / "real") == ["a.txt", "b.txt"]
    (tmp_path / "linked").symlink_to(tmp_path / "real")
    assert sources(tmp_path / "linked") == ["a.txt", "b.txt"]


@pytest.fixture
def odd_files(tmp_path: Path) -> Iterator[Path]:
    """A folder with a FIFO, a socket and a folder, all named like text."""
    os.mkfifo(tmp_path / "fifo.txt")
    (tmp_path / "folder.txt").mkdir()
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tmp_path / "s.txt"))
    yield tmp_path
    server.close()


def test_what_is_no_regular_file_is_neither_found_nor_opened(odd_files: Path) -> None:
    assert find_files([odd_files]) == []
    for name in ("fifo.txt", "s.txt", "folder.txt"):
        with pytest.raises(DocumentUnreadable, match="not a regular file"):
            read_document(odd_files / name, name)


def test_a_file_that_vanished_says_so(tmp_path: Path) -> None:
    with pytest.raises(DocumentUnreadable, match="No such file"):
        read_document(tmp_path / "gone.txt", "gone.txt")


def test_a_folder_that_cannot_be_listed_is_reported_when_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "a.txt")
    write(tmp_path / "shut" / "b.txt")
    listing = os.scandir

    def scandir(folder: Path) -> object:
        if Path(folder).name == "shut":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return listing(folder)

    monkeypatch.setattr(documents.os, "scandir", scandir)
    found = find_files([tmp_path])
    assert [source for _, source in found] == ["a.txt", "shut"]
    with pytest.raises(DocumentUnreadable, match="Permission denied"):
        read_document(*found[1])


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (os.fsdecode("页面.txt".encode("gbk")), r"ҳ\xc3\xe6.txt"),
        ("a\nb.txt", r"a\nb.txt"),
        ("a\x1b[31mb.txt", r"a\x1b[31mb.txt"),
        ("a\u202eb.txt", r"a\u202eb.txt"),
        ("-rf.txt", "-rf.txt"),
        (" 空格 .txt", " 空格 .txt"),
        ("页面（一）.txt", "页面（一）.txt"),
        ("<b>&'\".txt", "<b>&'\".txt"),
    ],
)
def test_odd_names_are_shown_in_print_and_read_all_the_same(tmp_path: Path, name: str, shown: str) -> None:
    (tmp_path / name).write_bytes(TEXT.encode())
    ((path, source),) = find_files([tmp_path])
    assert source == shown
    assert source.isprintable()
    assert read_document(path, source).text == TEXT


def test_a_file_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(64 * 1024 * 1024 + 1)  # a hole: takes no room
    with pytest.raises(DocumentUnreadable, match="larger than 64 MB"):
        read_document(path, "large.txt")


def test_a_file_of_too_many_lines_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_LINES", 10)
    with pytest.raises(DocumentUnreadable, match="more than 10 lines"):
        read_document(write(tmp_path / "a.txt", "a\n" * 11), "a.txt")


def test_the_reason_names_no_file(tmp_path: Path) -> None:
    path = tmp_path / "picture.txt"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    with pytest.raises(DocumentUnreadable) as caught:
        read_document(path, "picture.txt")
    assert "picture" not in str(caught.value)
    assert caught.value.exit_code == 3


def test_an_encoding_can_be_named_and_is_checked_first(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("本報訊 會議".encode("big5"))
    document = read_document(path, "a.txt", encoding="Big5")
    assert (document.text, document.encoding) == ("本報訊 會議", "big5")
    with pytest.raises(UsageError, match="unknown encoding"):
        read_document(path, "a.txt", encoding="klingon")


def test_html_is_read_in_the_encoding_that_it_names(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_bytes('<meta charset="gb2312"><p>本报讯 会议召开，抓好落实。</p>'.encode("gbk"))
    document = read_document(path, "a.html")
    assert (document.text, document.encoding) == ("本报讯 会议召开，抓好落实。", "gb18030")
    path.write_bytes('<meta charset="big5"><p>本報訊 會議召開。</p>'.encode("big5"))
    assert read_document(path, "a.html").text == "本報訊 會議召開。"
    path.write_bytes('<meta charset="shift_jis"><p>本报讯 会议召开。</p>'.encode())
    assert read_document(path, "a.html").text == "本报讯 会议召开。"
