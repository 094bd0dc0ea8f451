"""What each line of a file is."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from yuanwen_index.layout import items as under_test
from yuanwen_index.layout.items import Item, items_of, sentence_ended, title_like
from yuanwen_index.layout.lines import columns, split_lines


def items(text: str) -> list[Item]:
    return items_of(split_lines(text))


def kinds(text: str) -> list[str]:
    return [item.kind for item in items(text)]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("二七区召开会议", "text"),
        ("## 二七区召开会议", "heading"),
        ("##二七区召开会议", "heading"),
        ("#话题#", "text"),
        ("本报讯 9月7日，会议召开。", "lead"),
        ("记者 张三", "byline"),
        ("■ 短讯", "label"),
        ("【简讯】", "label"),
        ("图为活动现场", "label"),
        ("来源：大河网", "note"),
        ("2023-09-07 10:23", "note"),
        ("第3版", "note"),
        ("郑州日报 2022年9月9日 星期五 第3版 二七新闻", "note"),
        ("责任编辑：王芳", "editor"),
        ("责编 王芳 校对 李四", "editor"),
        ("——————", "rule"),
        ("- 一项", "stand"),
        ("1. 一项", "stand"),
        ("| a | b |", "stand"),
        ("> 引文", "stand"),
        ("■ 二七区召开工作会议", "text"),
        ("一、总体要求", "text"),
        ("3.5亿元", "text"),
    ],
)
def test_a_line_is_known_by_its_marks_and_words(line: str, kind: str) -> None:
    assert kinds(line) == [kind]


def test_a_line_is_parted_into_headline_lead_and_byline() -> None:
    text = "二七区召开会议 本报讯 9月7日，会议召开。 记者 张三"
    found = items(text)
    assert [item.kind for item in found] == ["text", "lead", "byline"]
    assert [text[item.start : item.end] for item in found] == [
        "二七区召开会议",
        "本报讯 9月7日，会议召开。",
        "记者 张三",
    ]
    assert [item.same_line for item in found] == [False, True, True]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("记者 张改华\n通讯员 郭佳星", ("张改华", "郭佳星")),
        ("记者 张改华 通讯员\n郭佳星", ("张改华", "郭佳星")),
        ("记者 张改华 通讯\n\n员 郭佳星", ("张改华", "郭佳星")),
        ("记者 张改\n华 通讯员 郭佳星", ("张改华", "郭佳星")),
        ("会议召开。记者 张改华\n郭佳星", ("张改华", "郭佳星")),
    ],
)
def test_a_byline_broken_over_lines_is_read_whole(text: str, names: tuple[str, ...]) -> None:
    found = [name for item in items(text) if item.byline for name in item.byline.names]
    assert tuple(found) == names
    assert items(text)[-1].kind == "byline"


def test_nothing_inside_a_code_fence_is_anything_else() -> None:
    assert kinds("```\n# 标题\n本报讯 x\n记者 张三\n```\n# 标题") == ["stand"] * 5 + ["heading"]


def test_an_underlined_line_is_a_heading() -> None:
    title, rule, text = items("Title\n=====\n\nText.")
    assert (title.kind, title.level, rule.kind, text.kind) == ("heading", 1, "rule", "text")


def test_a_heading_knows_its_words_and_its_marks() -> None:
    text = "### 标题 ###"
    (heading,) = items(text)
    assert (heading.level, heading.text) == (3, "标题")
    assert text[slice(*heading.marked)] == text


@pytest.mark.parametrize("text", ["好。", "好。”", "好！）", "Well.", 'Well."', "……"])
def test_a_sentence_ends_at_its_mark_and_what_closes_there(text: str) -> None:
    assert sentence_ended(text)


@pytest.mark.parametrize("text", ["好", "好，", "“好”", "《好》", "（扩大）", "好：", "好；"])
def test_a_closing_mark_alone_ends_no_sentence(text: str) -> None:
    assert not sentence_ended(text)


def test_a_colon_ends_softly() -> None:
    assert sentence_ended("如下：", soft=True)
    assert not sentence_ended("好，", soft=True)


@pytest.mark.parametrize(
    "text", ["二七区召开会议", "社区治理咋深入？", "“内外兼修”让群众住得满意", "二七区：优化环境 提升水平"]
)
def test_short_lines_that_end_no_sentence_may_be_headlines(text: str) -> None:
    assert title_like(text, columns(text))


@pytest.mark.parametrize(
    "text", ["会议召开。", "一路看一路议，", "要提高认识；抓好落实", "字" * 90, "It was small."]
)
def test_sentences_and_broken_lines_are_no_headlines(text: str) -> None:
    assert not title_like(text, columns(text))


# What lines are told by: the words of each kind, and marks and blanks that stand beside them.
_SAID = """
新闻 速递 要闻 动态 快讯 综合 速览 资讯 关注 聚焦 专题 导读 民生 社会 时政 经济 教育 文化 法治 广告 公告 专版 来源： 作者: Source:
2023年9月7日 2023-09-07 Sep 7, 2023 Jan ٣, ٢٠٢٣ Monday, Published 星期四 第3版 第三版 A12版 责任编辑 责编 校对 审核 监制 Editor
记者 通讯员 实习生 评论员 撰稿人 统筹 策划 摄影 摄 供图 图为 左图 ▲ （下转 By Reporter: 张三 李四 本报讯 本报记者 新华社 9月7日电
消息 ： : （ ） ( ) 【 】 《 》 [ ] 。 ， ？ # - — = * • | > < <!-- ![ ٣. 1. ``` --- title: 字 学校 a The
"""
_WORDS = st.sampled_from([*_SAID.split(), " ", "\t", "\u3000", "\n", "\n\n"])


# Lines with one sign each.
_LONE = """
监制：张三
校对：李四
Tags:a
稿源：乙
二〇二三年九月七日
第三版
图为甲
▼甲
甲乙丙摄
终审 甲
责编 王五
Editor Li
March ٣, ٢٠٢٣
By Li
学生评论员 张三
张三 摄
（张三）
■甲
《甲乙报》（乙丙版）
"""


class _Every:
    """Signs that every line holds."""

    def isdisjoint(self, _text: str) -> bool:
        return False


@settings(deadline=None)
@example(_LONE)
@given(st.lists(_WORDS, max_size=14).map("".join))
def test_the_signs_of_a_kind_keep_none_of_its_lines_from_its_pattern(text: str) -> None:
    told = items(text)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("LABEL", "EDITOR", "NOTE", "BYLINE", "CAPTION"):
            patch.setattr(under_test, f"_{name}_SIGNS", _Every())
        patch.setattr(under_test, "_SIGNS", _Every())
        assert items(text) == told
