"""Bytes to text."""

from __future__ import annotations

import codecs
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanwen_index.errors import DocumentUnreadable, UsageError
from yuanwen_index.formats.decoding import check_encoding, decode

TEXT = "本报讯 9月7日上午,二七区“双拥模范区”揭牌。\r\nEnglish text, too."
TRADITIONAL = "本報訊 九月七日上午，二七區舉行揭牌儀式。的確如此，這是一個測試，我們的國家。"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (codecs.BOM_UTF8 + TEXT.encode(), "utf-8-sig"),
        (TEXT.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.encode("utf-32"), "utf-32"),
        (TEXT.encode("gb18030"), "gb18030"),
        (TEXT.encode("gbk"), "gb18030"),
    ],
)
def test_text_is_decoded_as_it_is_marked_or_reads(data: bytes, encoding: str) -> None:
    assert decode(data) == (TEXT, encoding)


def test_no_bytes_are_empty_text() -> None:
    assert decode(b"") == ("", "utf-8")


def test_traditional_print_in_gb18030_is_read() -> None:
    assert decode(TRADITIONAL.encode("gb18030")) == (TRADITIONAL, "gb18030")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (TRADITIONAL.encode("big5"), "makes no sense"),
        ("Le café est élégant, où déjà vu".encode("latin-1"), "neither UTF-8 nor GB18030"),
        ("naïve élan über".encode("cp1252"), "--encoding"),
        ("Привет мир как дела".encode("cp1251"), "--encoding"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "NUL"),
        (bytes(range(1, 32)) * 20, "control characters"),
        (codecs.BOM_UTF16_LE + b"a", "UTF-16"),
        (b"\xff\xff\xff\xff", "neither"),
    ],
)
def test_what_reads_as_neither_is_refused_with_what_to_do(data: bytes, reason: str) -> None:
    with pytest.raises(DocumentUnreadable, match=reason):
        decode(data)


def test_a_named_encoding_is_taken_at_its_word() -> None:
    assert decode(TRADITIONAL.encode("big5"), "big5") == (TRADITIONAL, "big5")
    assert decode(TEXT.encode("utf-16-le"), "UTF-16LE") == (TEXT, "utf-16-le")
    with pytest.raises(DocumentUnreadable, match="ascii"):
        decode(TEXT.encode(), "ascii")


@pytest.mark.parametrize("name", ["nope", "", "rot13", "base64", "hex", "zlib", "utf-8\0", "../x"])
def test_what_is_no_encoding_of_text_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="encoding"):
        check_encoding(name)


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    with suppress(DocumentUnreadable):
        text, encoding = decode(data)
        assert data.decode(encoding) == text


@given(st.text(max_size=200).filter(lambda text: text.isprintable() and not text.startswith("\ufeff")))
def test_utf8_text_comes_back_untouched(text: str) -> None:
    data = text.encode("utf-8", "ignore")
    assert decode(data) == (data.decode(), "utf-8")


JAPANESE = "本日は晴天なり。東京都の発表によると、新しい駅が来年の春に開業する予定です。"
KOREAN = "서울시는 오늘 새로운 지하철역이 내년 봄에 문을 열 예정이라고 발표했다. 시민들은 크게 환영하고 있다."
CHINESE = "本报讯 3月1日，县里召开防汛会议，县长张三主持会议并讲话。会议要求各部门落实防汛责任，做好准备。"


@pytest.mark.parametrize(
    ("text", "encoding"), [(JAPANESE, "shift_jis"), (JAPANESE, "euc_jp"), (KOREAN, "euc_kr")]
)
def test_japanese_and_korean_are_not_taken_for_chinese(text: str, encoding: str) -> None:
    with pytest.raises(DocumentUnreadable, match=f"--encoding {encoding}"):
        decode(text.encode(encoding))
    assert decode(text.encode(encoding), encoding)[0] == text


@pytest.mark.parametrize(
    "text", [CHINESE, CHINESE.replace("县", "縣").replace("会议", "會議").replace("责", "責")]
)
def test_chinese_is_not_taken_for_japanese_or_korean(text: str) -> None:
    assert decode(text.encode("gb18030")) == (text, "gb18030")
