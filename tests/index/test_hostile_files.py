"""Files and folders made to do harm: bombs, odd names, a model to be fetched."""

from __future__ import annotations

import io
import os
import random
import zipfile
import zlib
from pathlib import Path

import pytest
from tests.index.hashing_encoder import HashingEncoder

from yuanwen_index import (
    Document,
    DocumentUnreadable,
    IndexMismatch,
    build_index,
    find_files,
    parse_articles,
    read_document,
    split_passages,
)
from yuanwen_index.manifest import EncoderRecord
from yuanwen_index.recipe import load_recorded

TEXT = "本报讯 3月1日，县里开会。"


def test_a_zip_bomb_is_left_out_in_no_time_and_without_memory(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bomb:
        for part in range(30):
            bomb.writestr(f"word/part{part}.xml", bytes(10_000_000))
    (tmp_path / "bomb.docx").write_bytes(packed.getvalue())
    with pytest.raises(DocumentUnreadable, match="unpacks to more than"):
        read_document(tmp_path / "bomb.docx", "bomb.docx")


def test_a_zip_bomb_that_lies_about_its_size_harms_only_itself(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("[Content_Types].xml", bytes(300_000_000))
    data = packed.getvalue().replace((300_000_000).to_bytes(4, "little"), (300).to_bytes(4, "little"))
    (tmp_path / "bomb.docx").write_bytes(data)
    with pytest.raises(DocumentUnreadable):
        read_document(tmp_path / "bomb.docx", "bomb.docx")


def pdf(stream: bytes = b"", filters: str = "", kids: str = "[4 0 R]", count: int = 1) -> bytes:
    """A PDF file of one page with this stream; ``kids`` and ``count`` are what it says of its pages."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids {kids} /Count {count} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R "
        b"/Resources << /Font << /F1 3 0 R >> >> >>",
        f"<< /Length {len(stream)} {filters} >>\nstream\n".encode() + stream + b"\nendstream",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 6\n0000000000 65535 f \n{table}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return body + end.encode()


TEXT_BOMB = zlib.compress(b"BT /F1 12 Tf 72 720 Td " + b"(xxxxxxxxxxxxxxx) Tj " * 100_000 + b" ET")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (
            pdf(zlib.compress(zlib.compress(bytes(50_000_000))), "/Filter [/FlateDecode /FlateDecode]"),
            "no text",
        ),
        (pdf(TEXT_BOMB, "/Filter /FlateDecode"), "too much on page 1"),
        (pdf(kids="[2 0 R]"), "damaged"),
        (pdf(kids=f"[{'4 0 R ' * 100_000}]", count=100_000), "more than 5,000"),
        (pdf(count=10**9), "no text"),
    ],
    ids=["twice packed", "text", "pages in a circle", "one page very often", "a lie"],
)
def test_a_pdf_bomb_is_left_out_with_a_reason(tmp_path: Path, data: bytes, reason: str) -> None:
    assert len(data) < 1_000_000
    (tmp_path / "bomb.pdf").write_bytes(data)
    with pytest.raises(DocumentUnreadable, match=reason):
        read_document(tmp_path / "bomb.pdf", "bomb.pdf")


def test_every_hostile_file_is_reported_and_the_others_are_indexed(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    (pages / "below").mkdir(parents=True)
    (pages / "good.txt").write_text(TEXT, "utf-8")
    (pages / "bomb.pdf").write_bytes(pdf(kids="[2 0 R]"))
    (pages / "nul.txt").write_bytes(b"\0" * 100)
    (pages / "surrogate.txt").write_bytes("县里\ud800开会".encode("utf-8", "surrogatepass"))
    with (pages / "long.txt").open("wb") as file:
        file.truncate(100_000_000)  # a line of 100 MB, all of it a hole
    (pages / "below" / "loop").symlink_to(pages)
    os.mkfifo(pages / "pipe.txt")
    report = build_index([pages, pages / "pipe.txt"], tmp_path / "index", encoder=HashingEncoder())
    assert report.documents == 1
    reasons = {skipped.source: skipped.reason for skipped in report.skipped}
    assert set(reasons) == {"bomb.pdf", "nul.txt", "surrogate.txt", "long.txt", "pipe.txt"}
    assert "larger than 64 MB" in reasons["long.txt"]
    assert "not a regular file" in reasons["pipe.txt"]


@pytest.mark.parametrize("char", ["字", "a", "，", "（", "1", " ", "\u202e", "“"])
def test_a_line_of_a_million_bytes_is_parsed(char: str) -> None:
    text = TEXT + char * (1_000_000 // len(char.encode()))
    articles = parse_articles(Document("a.txt", text, "utf-8", ""))
    passages = [passage for article in articles for passage in split_passages(article)]
    assert passages or not text.strip()


def odd_name(chance: random.Random) -> bytes:
    pieces = (
        "页面",
        " ",
        "\n",
        "\u202e",
        "<b>",
        "..",
        "-",
        "'",
        '"',
        "$(x)",
        "\x1b[31m",
        "#",
        "%2f",
        "\u200b",
        "𠮷",
        "e\u0301",
    )
    name = "".join(chance.choice(pieces) for _ in range(chance.randint(1, 8))).encode()
    junk = bytes(chance.choice((0x80, 0xFF, 0xC3)) for _ in range(chance.randrange(3)))
    return (name + junk).replace(b"/", b"_").lstrip(b".")[:200]


def test_two_thousand_odd_names_are_found_shown_in_print_and_told_apart(tmp_path: Path) -> None:
    chance = random.Random(2)
    made = {odd_name(chance) + str(number).encode() + b".txt" for number in range(2000)}
    for name in made:
        (tmp_path / os.fsdecode(name)).write_text(TEXT, "utf-8")
    report = build_index([tmp_path], tmp_path / ".index", encoder=HashingEncoder())
    assert (report.documents, report.skipped) == (2000, ())
    sources = [source for _, source in find_files([tmp_path])]
    assert len(set(sources)) == 2000
    assert all(source.isprintable() for source in sources)


def test_no_index_makes_a_model_be_fetched() -> None:
    with pytest.raises(IndexMismatch, match="asks for a download"):
        load_recorded(EncoderRecord("hub:someone/something", 8, "0" * 64))
