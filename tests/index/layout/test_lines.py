"""Lines of a file, and what a break between two of them reads as."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanwen_index.layout.lines import columns, gap, split_lines, without_layout_breaks

TEXTS = st.lists(
    st.sampled_from(["字", "word", "1", ",", "。", "“", "\n", "\r\n", "\r", " ", "\u3000", "\u2028"]),
    max_size=40,
)


@pytest.mark.parametrize(
    ("left", "right", "reads"),
    [
        ("重", "视", ""),
        ("~", "2", ""),
        (",", "陈", ""),
        (",", "“", ""),
        ("P", "增", ""),
        ("0", "0", ""),
        ("the"[-1], "city"[0], " "),
        (",", "and"[0], " "),
        ("3", "months"[0], " "),
        ("in"[-1], "2", " "),
        ('"', "said"[0], " "),
        (".", '"', " "),
        ("д", "а", " "),
        ("한", "국", " "),
        ("ا", "ل", " "),
        ("-", "term"[0], ""),
        ("ก", "ข", ""),
        ("か", "な", ""),
    ],
)
def test_a_break_reads_as_a_space_only_between_words_that_spaces_part(
    left: str, right: str, reads: str
) -> None:
    assert gap(left, right) == reads


@given(TEXTS.map("".join))
def test_lines_stand_where_they_say(text: str) -> None:
    for line in split_lines(text):
        assert text[line.start : line.end] == line.text == line.text.strip() != ""
        before = text[: line.start].replace("\r\n", "\n").replace("\r", "\n")
        assert line.number == before.count("\n") + 1
        assert text[line.start - line.indent : line.start].isspace() or line.indent == 0


@given(TEXTS.map("".join))
def test_removing_breaks_twice_is_removing_them_once(text: str) -> None:
    once = without_layout_breaks(text)
    assert without_layout_breaks(once) == once
    assert not {"\n", "\r"} & set(once)


@given(TEXTS.map("".join))
def test_removing_breaks_touches_nothing_but_white_space(text: str) -> None:
    assert "".join(without_layout_breaks(text).split()) == "".join(text.split())


def test_text_without_a_break_stays_as_it_is() -> None:
    assert without_layout_breaks("  在 10个  ") == "  在 10个  "


def test_blank_lines_are_known_to_stand_before_a_line() -> None:
    lines = list(split_lines("a\nb\n\n　c\n"))
    assert [(line.text, line.blank_before, line.indent, line.number) for line in lines] == [
        ("a", True, 0, 1),
        ("b", False, 0, 2),
        ("c", True, 1, 4),
    ]


def test_a_han_character_is_as_wide_as_two_letters() -> None:
    assert columns("二七区“好”，ab1") == 2 * 7 + 3
