"""Word and PDF files are read by a process of its own, within limits."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import docx
import pytest

from yuanwen_index.documents import read_document
from yuanwen_index.errors import DocumentUnreadable, MissingExtra
from yuanwen_index.formats import apart
from yuanwen_index.formats.apart import text_apart


def word_file(*paragraphs: str) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def test_the_text_comes_back_to_the_last_character() -> None:
    assert (
        text_apart("docx", word_file("本报讯 会议召开。", "𠮷 \u202e\t"))
        == "本报讯 会议召开。\n\n𠮷 \u202e\t"
    )


def test_a_reason_comes_back_as_it_was_given() -> None:
    with pytest.raises(DocumentUnreadable, match=r"^is not a Word file that can be read$"):
        text_apart("docx", b"no zip")
    with pytest.raises(DocumentUnreadable, match=r"^is not a PDF file that can be read$"):
        text_apart("pdf", b"no pdf")


def test_a_file_that_takes_too_long_is_left_out() -> None:
    with pytest.raises(DocumentUnreadable, match="takes more than 0"):
        text_apart("docx", word_file("x"), seconds=0.001)


def test_a_reader_that_dies_takes_only_its_file_with_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "docx.py").write_text("import os\nos.abort()\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    with pytest.raises(DocumentUnreadable, match="its reader crashed"):
        text_apart("docx", word_file("x"))


def test_no_module_of_the_current_folder_is_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("docx", "numpy", "resource", "lxml"):
        (tmp_path / f"{name}.py").write_text("import os\nos.abort()\n")
    data = word_file("本报讯")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    assert text_apart("docx", data) == "本报讯"


def test_a_missing_package_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4")
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(MissingExtra, match=r"pip install"):
        read_document(tmp_path / "a.pdf", "a.pdf")


def test_a_python_that_cannot_be_started_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart.sys, "executable", os.devnull + "/none")
    with pytest.raises(DocumentUnreadable, match="no process could be started"):
        text_apart("pdf", b"%PDF-1.4")
