"""PDF files to text, page after page."""

from __future__ import annotations

from typing import Any

from ..errors import DocumentUnreadable, MissingExtra

__all__ = ["pdf_text"]

MAX_PAGES = 5_000
MAX_CHARACTERS = 20_000_000
MAX_PAGE_CHARACTERS = 1_000_000

_BROKEN_HYPHENS = str.maketrans({"\ufffe": "-", "\x02": "-"})


def pdf_text(data: bytes) -> str:
    """Return the text of a PDF file, its pages parted by a form feed on a line of its own.

    Raises DocumentUnreadable (encrypted, damaged, too large, pictures only), or MissingExtra without the
    extra "documents".
    """
    try:
        import pypdfium2
    except ImportError as error:
        raise MissingExtra("reading .pdf", "documents") from error
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        reason = "needs a password" if "assword" in str(error) else "is not a PDF file that can be read"
        raise DocumentUnreadable(reason) from None
    try:
        return _all_pages(document)
    except pypdfium2.PdfiumError:
        raise DocumentUnreadable("is a damaged PDF file") from None
    finally:
        document.close()


def _all_pages(document: Any) -> str:
    count = len(document)
    if count > MAX_PAGES:
        raise DocumentUnreadable(f"has {count:,} pages, more than {MAX_PAGES:,}; split it")
    pages: list[str] = []
    characters = 0
    for number in range(count):
        text = _page(document, number)
        characters += len(text)
        if characters > MAX_CHARACTERS:
            raise DocumentUnreadable(f"holds more than {MAX_CHARACTERS:,} characters; split it")
        pages.append(text)
    if not any(page.strip() for page in pages) and count:
        raise DocumentUnreadable("holds no text, only pictures; run it through text recognition first")
    return "\n\f\n".join(pages)


def _page(document: Any, number: int) -> str:
    page = document[number]
    try:
        words = page.get_textpage()
        try:
            if words.count_chars() > MAX_PAGE_CHARACTERS:
                raise DocumentUnreadable(f"holds too much on page {number + 1}")
            text: str = words.get_text_bounded()
        finally:
            words.close()
    finally:
        page.close()
    return text.replace("\r\n", "\n").translate(_BROKEN_HYPHENS)
