"""HTML to visible text."""

from __future__ import annotations

import sys
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuanwen_index.errors import DocumentUnreadable, MissingExtra
from yuanwen_index.formats.html_text import html_text

PARAGRAPHS = (
    "本报讯 9月7日上午，二七区举行“双拥模范区”揭牌仪式，区领导参加。",
    "会议要求，要提高认识，抓好落实，确保各项工作取得实效 。",
    "区委书记说：“我们要  继续努力。”",
)


def page(body: str, title: str = "二七区举行揭牌仪式 - 郑州日报") -> str:
    return f"<!DOCTYPE html><html><head><title>{title}</title><style>p{{}}</style></head><body>{body}</body></html>"


def test_the_title_and_the_paragraphs_come_back_verbatim() -> None:
    body = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    text = html_text(
        page(f"<nav><a href=/>首页</a></nav><h1>二七区举行揭牌仪式</h1>{body}<footer>版权所有</footer>")
    )
    lines = text.split("\n\n")
    assert lines == ["二七区举行揭牌仪式", *(" ".join(part.split()) for part in PARAGRAPHS)]


@pytest.mark.parametrize(
    ("heads", "title"),
    [
        ("<h1>头条</h1>", "头条"),
        ("<h1><b>头</b>条</h1>后", "头条"),
        ("<h1>\n</h1><h1>头条</h1>", "头条"),
        ("<h1><h1>头条</h1></h1>", "名"),
        ("<h1>头条<h1>又一条</h1></h1>", "名"),
        ("<h1>头条</h1><h1>又一条</h1>", "名"),
        ("<h1> </h1>头条", "名"),
    ],
)
def test_the_title_is_the_only_first_heading_or_the_name_of_the_page(heads: str, title: str) -> None:
    text = html_text(page(f"<p>甲</p><p>乙</p><p>丙</p>{heads}", "名 - 报"))
    assert text.split("\n\n")[0] == title


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>秘密</script>",
        "<style>秘密</style>",
        "<template><p>秘密</p></template>",
        "<noscript>秘密</noscript>",
        "<p hidden>秘密</p>",
        "<p style='display:none'>秘密</p>",
        "<p style='color:red; DISPLAY : none !important'>秘密</p>",
        "<span style='visibility:hidden'>秘密</span>",
        "<div style='font-size:0'>秘密</div>",
        "<div aria-hidden=true><b>秘密</b></div>",
        "<!-- 秘密 -->",
        "<textarea>秘密</textarea>",
        "<svg><text>秘密</text></svg>",
        "<iframe srcdoc='秘密'>秘密</iframe>",
    ],
)
def test_hidden_text_is_left_out(hidden: str) -> None:
    for place in (
        f"{hidden}<p>{PARAGRAPHS[0]}</p>",
        f"<p>{PARAGRAPHS[0]}</p>{hidden}尾巴",
        f"<div>{hidden}{PARAGRAPHS[0]}</div>",
    ):
        text = html_text(page(place))
        assert "秘密" not in text
        assert PARAGRAPHS[0] in text
        assert ("尾巴" in text) is ("尾巴" in place)


def test_inline_marks_break_no_sentence_and_blocks_do() -> None:
    text = html_text("<p>二七<b>区</b>举<i>行</i>仪式。</p><div>甲<br>乙</div><ul><li>丙<li>丁</ul>")
    assert text.split("\n\n") == ["二七区举行仪式。", "甲", "乙", "丙", "丁"]


@pytest.mark.parametrize(
    ("markup", "text"),
    [("", ""), (" \n", ""), ("纯文本 &amp; 没有标签", "纯文本 & 没有标签"), ("<p>短</p>", "短")],
)
def test_little_or_no_markup_is_read_too(markup: str, text: str) -> None:
    assert html_text(markup) == text


def test_markup_shown_as_text_stays_text() -> None:
    assert html_text("<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>") == "<script>alert(1)</script>"


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<div",
                ">",
                "<b>",
                "字",
                "&",
                "&#x0;",
                "<!--",
                "-->",
                "<script>",
                "\0",
                "\ud800",
                "'",
            ]
        ),
        max_size=40,
    )
)
def test_broken_markup_is_read_or_refused(parts: list[str]) -> None:
    with suppress(DocumentUnreadable):
        assert "\0" not in html_text("".join(parts))


def test_a_page_nested_too_deeply_is_refused_rather_than_cut() -> None:
    with pytest.raises(DocumentUnreadable, match="nested too deeply"):
        html_text("<div>" * 5000 + "深" + "</div>" * 5000)


def test_without_its_packages_it_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    with pytest.raises(MissingExtra, match=r"yuanwen\[documents\]"):
        html_text("<p>x</p>")
