"""Search keys: the same length, the same key for the same thing, and nothing left to fold."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanwen_index.keys import fold

ANY_TEXT = st.text(st.characters(codec=None))


@given(ANY_TEXT)
def test_a_key_is_as_long_as_its_text(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(ANY_TEXT)
def test_a_key_is_its_own_key(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(ANY_TEXT, ANY_TEXT)
def test_each_character_is_folded_on_its_own(left: str, right: str) -> None:
    assert fold(left + right) == fold(left) + fold(right)


@given(ANY_TEXT)
def test_a_key_can_be_written_as_utf8(text: str) -> None:
    fold(text).encode("utf-8")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("Ｔｏｋｙｏ　東京", "tokyo 东京"),
        ("臺灣的圖書館與頭髮", "台湾的图书馆与头发"),
        ("広島の図書館", "广岛の图书馆"),
        ("ЁЛКА", "ёлка"),
        ("ｶﾀｶﾅ", "カタカナ"),
        ("（一）“問：”", "(一)“问:”"),
    ],
)
def test_forms_of_one_text_have_one_key(one: str, other: str) -> None:
    assert fold(one) == other


def test_simplified_text_keeps_its_characters() -> None:
    text = "二七区纪委监委开展监督检查三百四十九次,干部后勤,面条,云南,志愿者,“一单四领 五联共治”"
    assert fold(text) == text


def test_lone_surrogates_and_nul_become_the_replacement_character() -> None:
    assert fold("a\ud800b\x00c") == "a\ufffdb\ufffdc"


def test_line_breaks_and_tabs_stay() -> None:
    assert fold("一\r\n二\t三") == "一\r\n二\t三"


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_plain_ascii_is_lowered_and_nothing_else(text: str) -> None:
    assert fold(text) == text.lower()


@given(st.characters(min_codepoint=0xFF01, max_codepoint=0xFF5E))
def test_full_width_forms_are_keyed_as_the_plain_ones(char: str) -> None:
    assert fold(char) == unicodedata.normalize("NFKC", char).lower()
