"""Word files to text."""

from __future__ import annotations

import io
import sys
import zipfile
from contextlib import suppress

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from yuanwen_index.errors import DocumentUnreadable, MissingExtra
from yuanwen_index.formats import word_text as module
from yuanwen_index.formats.word_text import word_text


def saved(document: object) -> bytes:
    data = io.BytesIO()
    document.save(data)  # type: ignore[attr-defined]
    return data.getvalue()


def test_paragraphs_and_tables_come_in_the_order_of_the_document() -> None:
    document = docx.Document()
    document.add_heading("二七区召开会议", 1)
    document.add_paragraph("本报讯 9月7日，").add_run("会议召开。").bold = True
    table = document.add_table(2, 2)
    for cell, text in zip([cell for row in table.rows for cell in row.cells], "甲乙丙丁", strict=True):
        cell.text = text
    document.add_paragraph("")
    document.add_paragraph("记者 张三")
    assert (
        word_text(saved(document))
        == "二七区召开会议\n\n本报讯 9月7日，会议召开。\n\n甲\t乙\n丙\t丁\n\n记者 张三"
    )


def test_breaks_tabs_insertions_and_links_are_text_and_deletions_are_not() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph()
    for inner in (
        '<w:r {ns}><w:t>甲</w:t><w:br/><w:t xml:space="preserve">乙 </w:t><w:tab/><w:t>丙</w:t></w:r>',
        '<w:ins {ns} w:id="1" w:author="x"><w:r><w:t>加</w:t></w:r></w:ins>',
        '<w:del {ns} w:id="2" w:author="x"><w:r><w:delText>删</w:delText></w:r></w:del>',
        "<w:hyperlink {ns}><w:r><w:t>链</w:t></w:r></w:hyperlink>",
        "<w:r {ns}><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r>",
        '<w:r {ns}><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>现</w:t></w:r>',
    ):
        paragraph._p.append(parse_xml(inner.replace("{ns}", nsdecls("w"))))
    assert word_text(saved(document)) == "甲\n乙 \t丙加链现"


def test_a_merged_cell_is_told_once() -> None:
    document = docx.Document()
    table = document.add_table(1, 3)
    table.rows[0].cells[0].merge(table.rows[0].cells[1]).text = "合并"
    table.rows[0].cells[2].text = "单独"
    assert word_text(saved(document)) == "合并\t单独"


def test_an_empty_document_is_empty_text() -> None:
    assert word_text(saved(docx.Document())) == ""


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not a Word file"),
        (b"PK\x03\x04 broken", "not a Word file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "encrypted or old"),
    ],
)
def test_what_is_no_word_file_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(DocumentUnreadable, match=reason):
        word_text(data)


def test_another_zip_file_is_refused() -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(DocumentUnreadable, match="not a Word file"):
        word_text(data.getvalue())


def test_every_cut_and_flip_of_a_word_file_is_read_or_refused() -> None:
    document = docx.Document()
    text = "本报讯 9月7日，会议召开。"
    document.add_paragraph(text)
    whole = saved(document)
    for at in range(0, len(whole), len(whole) // 40):
        for data in (whole[:at], whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]):
            with suppress(DocumentUnreadable):
                assert word_text(data) == text


def test_a_file_that_unpacks_to_too_much_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_UNPACKED", 10_000_000)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 10_000_001)
    assert len(data.getvalue()) < 20_000
    with pytest.raises(DocumentUnreadable, match="unpacks to more than"):
        word_text(data.getvalue())


def test_without_its_package_it_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(MissingExtra, match=r"yuanwen\[documents\]"):
        word_text(b"")
