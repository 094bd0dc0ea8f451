"""PDF files to text."""

from __future__ import annotations

import sys
from contextlib import suppress

import pytest

from yuanwen_index.errors import DocumentUnreadable, MissingExtra
from yuanwen_index.formats import pdf_text as module
from yuanwen_index.formats.pdf_text import pdf_text


def pdf_of(*pages: str, extra: str = "") -> bytes:
    """A PDF file with one line of Latin text on each page."""
    kids = " ".join(f"{4 + 2 * at} 0 R" for at in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for at, text in enumerate(pages):
        stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET" if text else ""
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * at} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    body, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    return (
        f"{body}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {extra} >>\nstartxref\n{len(body)}\n%%EOF\n"
    ).encode("latin-1")


def test_the_pages_come_in_order() -> None:
    text = pdf_text(pdf_of("The first page.", "The second page."))
    assert [page.strip() for page in text.split("\f")] == ["The first page.", "The second page."]


def test_a_page_without_text_is_an_empty_one() -> None:
    assert [page.strip() for page in pdf_text(pdf_of("Text.", "", "More.")).split("\f")] == [
        "Text.",
        "",
        "More.",
    ]


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4\n", b"not a pdf", pdf_of("x")[:60]])
def test_what_is_no_pdf_file_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentUnreadable, match="PDF"):
        pdf_text(data)


def test_pictures_only_are_refused_with_what_to_do() -> None:
    with pytest.raises(DocumentUnreadable, match="text recognition"):
        pdf_text(pdf_of("", ""))


def test_a_file_with_a_password_says_so() -> None:
    key = "<" + "00" * 32 + ">"
    locked = f"/Encrypt << /Filter /Standard /V 1 /R 2 /O {key} /U {key} /P -4 >> /ID [{key} {key}]"
    with pytest.raises(DocumentUnreadable, match="password"):
        pdf_text(pdf_of("Secret.", extra=locked))


def test_too_many_pages_or_characters_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PAGES", 2)
    with pytest.raises(DocumentUnreadable, match="3 pages, more than 2"):
        pdf_text(pdf_of("a", "b", "c"))
    monkeypatch.setattr(module, "MAX_CHARACTERS", 10)
    with pytest.raises(DocumentUnreadable, match="more than 10 characters"):
        pdf_text(pdf_of("long enough", "b"))
    monkeypatch.setattr(module, "MAX_PAGE_CHARACTERS", 5)
    with pytest.raises(DocumentUnreadable, match="too much on page 1"):
        pdf_text(pdf_of("long enough"))


def test_every_cut_of_a_pdf_file_is_read_or_refused() -> None:
    whole = pdf_of("The first page.", "The second page.")
    for at in range(0, len(whole), 29):
        with suppress(DocumentUnreadable):
            assert "The" in pdf_text(whole[:at])


def test_without_its_package_it_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(MissingExtra, match=r"yuanwen\[documents\]"):
        pdf_text(b"")
