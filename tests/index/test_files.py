"""Whether a file is still the one that was indexed."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import pytest

from yuanwen_index.documents import Document, read_document
from yuanwen_index.files import Origin, open_regular

TEXT = "本报讯 会议召开。\n"
OLD_NS = 1_500_000_000_000_000_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file written long before it is read."""
    file = tmp_path / "a.txt"
    file.write_text(TEXT, "utf-8")
    os.utime(file, ns=(OLD_NS, OLD_NS))
    return file


def test_a_file_that_was_not_touched_is_the_same_without_being_read(path: Path) -> None:
    document = read_document(path, "a.txt")
    assert document.file_state() == "same"
    path.write_bytes(bytes(len(TEXT.encode())))
    os.utime(path, ns=(OLD_NS, OLD_NS))  # only a forged time can hide a change of the same length
    assert document.file_state() == "same"


def test_a_file_written_anew_is_judged_by_its_bytes(path: Path) -> None:
    document = read_document(path, "a.txt")
    path.write_text(TEXT, "utf-8")
    assert document.file_state() == "same"
    path.write_text(TEXT.replace("会", "开"), "utf-8")
    assert document.file_state() == "changed"
    path.write_text(TEXT + "更正。", "utf-8")
    assert document.file_state() == "changed"


def test_a_file_too_young_when_it_was_read_is_judged_by_its_bytes(path: Path) -> None:
    path.write_text(TEXT, "utf-8")
    document = read_document(path, "a.txt")
    stamp = path.stat().st_mtime_ns
    path.write_text(TEXT.replace("会", "开"), "utf-8")
    os.utime(path, ns=(stamp, stamp))
    assert document.file_state() == "changed"


def test_a_file_that_vanished_is_gone(path: Path) -> None:
    document = read_document(path, "a.txt")
    path.rename(path.with_name("b.txt"))
    assert document.file_state() == "gone"
    shutil.rmtree(path.parent)
    path.parent.write_text("a file now")
    assert document.file_state() == "gone"


def test_what_cannot_be_told_is_not_claimed(path: Path) -> None:
    assert (
        Document("a.txt", TEXT, "utf-8", hashlib.sha256(TEXT.encode()).hexdigest()).file_state() == "unknown"
    )
    document = read_document(path, "a.txt")
    path.unlink()
    os.mkfifo(path)
    assert document.file_state() == "unknown"
    path.unlink()
    path.symlink_to(path)
    assert document.file_state() == "unknown"


def test_an_origin_is_kept_whole(path: Path) -> None:
    origin = read_document(path, "a.txt").origin
    assert origin is not None
    assert origin.path.is_absolute()
    assert Origin.from_record(origin.record()) == origin
    assert Origin.from_record(None) is None


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with (
        pytest.raises(OSError, match="not a regular file"),
        open(tmp_path / "pipe", "rb", opener=open_regular),
    ):
        pass
