"""Which lines read on, and which start a paragraph."""

from __future__ import annotations

import pytest

from yuanwen_index.layout.items import items_of
from yuanwen_index.layout.lines import split_lines, without_layout_breaks
from yuanwen_index.layout.paragraphs import paragraph_spans


def paragraphs(text: str, *, page: bool = True) -> list[str]:
    found = paragraph_spans(items_of(split_lines(text)), page=page)
    return [without_layout_breaks(text[spans[0][0] : spans[-1][1]]) for spans in found]


@pytest.mark.parametrize("gap", ["\n", "\n\n", " \n\n\n　"])
def test_a_line_broken_in_mid_sentence_reads_on(gap: str) -> None:
    assert paragraphs(f"本报讯 近年来，区委高度重{gap}视双拥工作。\n\n区委要求，抓好落实。") == [
        "本报讯 近年来，区委高度重视双拥工作。",
        "区委要求，抓好落实。",
    ]


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_a_broken_line_that_ends_with_a_closing_mark_reads_on(gap: str) -> None:
    text = f"本报讯 打造党建引领下的“祥云里”{gap}老旧小区改造工程，成效显著。"
    assert paragraphs(text) == [text.replace("\n", "")]


def test_in_hard_wrapped_lines_a_full_stop_before_the_margin_ends_a_paragraph() -> None:
    text = (
        "本报讯 会议由区委书记主持，全副\n县级以上领导同志及各单位负责同志出席\n\n或列席会议。\n陈红民表示，学习好、领会好、落实好\n"
        "省、市会议精神，对进一步深化理解。讲\n话精神十分重要，必须认真学习领会到。\n位，抓好落实工作。"
    )
    first, second = paragraphs(text)
    assert first.endswith("出席或列席会议。")
    assert second.startswith("陈红民表示，")
    assert "到。位，" in second


def test_an_indent_starts_a_paragraph_where_indents_are_used() -> None:
    text = "本报讯 会议召开，研究工\n作。会议指出，成效明显。\n　　会议要求，抓好\n落实。\n　　区领导参加。"
    assert paragraphs(text) == [
        "本报讯 会议召开，研究工作。会议指出，成效明显。",
        "会议要求，抓好落实。",
        "区领导参加。",
    ]


@pytest.mark.parametrize(
    "heading", ["一、总体要求", "（一）抓好灌溉", "1. 抓好灌溉", "■抓好灌溉", "### 抓好灌溉"]
)
def test_a_marked_subheading_stands_alone(heading: str) -> None:
    assert paragraphs(f"会议召开。\n\n{heading}\n\n各县要及时开机，抓好春灌。", page=False)[1:] == [
        heading,
        "各县要及时开机，抓好春灌。",
    ]


def test_subheadings_without_marks_stand_alone() -> None:
    text = "会议召开。\n\n精心组织 高标推动\n\n结合辖区实际，制订方案。\n\n强化统筹 清单推进\n\n成立监督检查组，开展检查。"
    assert paragraphs(text) == text.split("\n\n")


def test_english_lines_join_with_spaces_and_blank_lines_part() -> None:
    text = "The town of Milton was\nsmall. In 2010, the\ntown changed.\n\nIt grew (by\n12 percent) and\nmore."
    assert paragraphs(text, page=False) == [
        "The town of Milton was small. In 2010, the town changed.",
        "It grew (by 12 percent) and more.",
    ]


def test_a_stray_blank_line_before_a_small_letter_reads_on() -> None:
    text = "The town of Milton decided\n\nto change that at once."
    assert paragraphs(text, page=False) == ["The town of Milton decided to change that at once."]


def test_lists_tables_quotations_and_code_stand_line_by_line() -> None:
    lines = [
        "- one",
        "- two",
        "| a | b |",
        "| - | - |",
        "> said",
        "> so",
        "```",
        "x = 1",
        "```",
        "1. first",
        "2. second",
    ]
    assert paragraphs("\n".join(lines), page=False) == lines


def test_a_list_item_reads_on_in_the_next_line() -> None:
    assert paragraphs("* one\n* two that\n  goes on\n* three", page=False) == [
        "* one",
        "* two that goes on",
        "* three",
    ]


def test_one_paragraph_a_line_needs_no_blank_lines() -> None:
    lines = ["第一段说明情况，内容完整。", "第二段提出要求，内容完整。", "第三段作出部署，内容也完整。"]
    assert paragraphs("\n".join(lines), page=False) == lines
