"""Files and folders made to do harm: bombs, odd names, a model to be fetched."""

from __future__ import annotations

import io
import os
import random
import zipfile
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
