"""Where the bodies of a file are."""

from __future__ import annotations

import pytest

from yuanwen_index.layout.bodies import find_bodies
from yuanwen_index.layout.items import items_of
from yuanwen_index.layout.lines import split_lines

A = "本报讯 9月7日，甲处召开会议。\n\n会议要求，抓好落实。"
B = "本报讯 9月8日，乙处召开会议。\n\n会议指出，成效明显。"
PLAIN_A = "9月7日，甲处召开会议，研究工作。\n\n会议要求，抓好落实。"
PLAIN_B = "9月8日，乙处召开会议，研究工作。\n\n会议指出，成效明显。"


def bodies(text: str) -> list[str]:
    items = items_of(split_lines(text))
    return [text[items[body.first].start : items[body.last - 1].end] for body in find_bodies(items)]


@pytest.mark.parametrize(
    "page",
    [
        f"# 甲处\n\n{A}\n\n记者 张三\n\n# 乙处\n\n{B}\n\n记者 李四\n",
        f"甲处\n\n{A}记者 张三\n\n乙处\n\n{B} 记者 李四",
        f"{A}\n记者 张三\n{B}\n记者 李四\n\n甲处\n\n乙处",
        f"甲处开会\n{A}\n\n乙处开会\n{B}\n",
        f"甲处开会\n\n{A}\n\n乙处咋干？\n\n乙处这样干\n\n{B}",
        f"■ 短讯\n\n甲处开会\n\n{A}\n\n■ 短讯\n\n乙处开会\n\n{B}",
        f"甲处开会\n\n{A}\n\n责任编辑：王芳\n\n乙处开会\n\n{B}",
        f"{A}\n\n甲处开会\n\n{B}\n\n乙处开会\n",
    ],
)
def test_bodies_run_from_their_lead_to_before_the_byline_or_the_next_headline(page: str) -> None:
    assert bodies(page) == [A, B]


@pytest.mark.parametrize(
    "page",
    [
        f"# 甲处\n\n{PLAIN_A}\n\n记者 张三\n\n# 乙处\n\n{PLAIN_B}\n\n记者 李四\n",
        f"甲处开会\n\n□本报记者 张三\n\n{PLAIN_A}\n\n乙处开会\n\n□本报记者 李四\n\n{PLAIN_B}",
        f"甲处开会\n\n{PLAIN_A}（记者 张三）\n\n乙处开会\n\n{PLAIN_B}（记者 李四）",
    ],
)
def test_bodies_without_a_lead_are_found_by_their_bylines(page: str) -> None:
    assert bodies(page) == [PLAIN_A, PLAIN_B]


def test_a_subheading_inside_a_body_stays_in_it() -> None:
    body = f"{A}\n\n### 抓住重点\n\n要抓住重点，全力推进。"
    assert bodies(f"# 甲处\n\n{body}\n\n记者 张三\n\n# 乙处\n\n{B}") == [body, B]


def test_a_first_paragraph_broken_in_mid_sentence_is_no_headline() -> None:
    broken = "为做好工作，9月7日，甲处\n\n召开会议，研究工作。"
    assert bodies(f"# 甲处开会\n\n{broken}\n\n记者 张三\n\n# 乙处\n\n{PLAIN_B}\n\n记者 李四") == [
        broken,
        PLAIN_B,
    ]


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("标题\n\n正文一段。\n\n正文二段。", "正文一段。\n\n正文二段。"),
        ("标题\n　　正文一段，这是正文。\n　　正文二段。", "正文一段，这是正文。\n　　正文二段。"),
        ("标题\n" + "正文很长，" * 20 + "。\n正文二段。", "正文很长，" * 20 + "。\n正文二段。"),
        ("# 标题\n\n## 小节\n\n正文。", "小节\n\n正文。"),
        ("引题\n主标题\n——副标题\n\n正文一段。", "正文一段。"),
        ("正文一段。\n\n正文二段。", "正文一段。\n\n正文二段。"),
        ("只有一行", "只有一行"),
        ("一行\n二行\n三行\n四行", "一行\n二行\n三行\n四行"),
        (
            "A wrapped line of an English\nparagraph that ends here.",
            "A wrapped line of an English\nparagraph that ends here.",
        ),
    ],
)
def test_an_ordinary_file_is_one_body_below_its_title(text: str, body: str) -> None:
    assert bodies(text) == [body]


def test_no_items_hold_no_body() -> None:
    assert find_bodies([]) == []
