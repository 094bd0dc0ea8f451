"""The source panel: the marked characters are the cited ones, in the article and in the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanwen_index import Article, find_files, parse_articles, read_document, without_layout_breaks
from yuanwen_ui.panel import article_span, marked_lines, marked_paragraphs, source_view

SEEDS = Path(__file__).parents[2] / "seeds"
ARTICLES = [
    article for path, source in find_files([SEEDS]) for article in parse_articles(read_document(path, source))
]


@st.composite
def places(draw: st.DrawFn) -> tuple[Article, int, int]:
    """An article with the offsets of a span of one of its paragraphs."""
    article = draw(st.sampled_from(ARTICLES))
    number = draw(st.integers(0, len(article.paragraph_texts) - 1))
    at = sum(len(text) + 1 for text in article.paragraph_texts[:number])
    length = len(article.paragraph_texts[number])
    start = draw(st.integers(0, length - 1))
    return article, at + start, at + draw(st.integers(start + 1, length))


@given(places())
def test_the_marked_characters_are_the_cited_ones_in_both_views(place: tuple[Article, int, int]) -> None:
    article, start, end = place
    view = source_view(article, *article.file_span(start, end))
    quoted = article.text[start:end]
    in_article = [piece["text"] for pieces in view["paragraphs"] for piece in pieces if piece["mark"]]
    in_file = [piece["text"] for line in view["lines"] for piece in line["pieces"] if piece["mark"]]
    assert "".join(in_article) == quoted == view["text"]
    assert without_layout_breaks("\n".join(in_file)) == quoted
    marked = [line["number"] for line in view["lines"] if any(piece["mark"] for piece in line["pieces"])]
    assert (marked[0], marked[-1]) == (view["first_line"], view["last_line"]) == article.lines(start, end)


@given(places())
def test_nothing_of_the_article_or_of_the_file_is_lost(place: tuple[Article, int, int]) -> None:
    article, start, end = place
    view = source_view(article, *article.file_span(start, end))
    assert [
        "".join(piece["text"] for piece in pieces) for pieces in view["paragraphs"]
    ] == article.paragraph_texts
    lines = article.document.text.replace("\r\n", "\n").split("\n")
    for line in view["lines"]:
        assert "".join(piece["text"] for piece in line["pieces"]) == lines[line["number"] - 1]


@given(places())
def test_file_offsets_lead_back_to_the_article(place: tuple[Article, int, int]) -> None:
    article, start, end = place
    assert article_span(article, *article.file_span(start, end)) == (start, end)


def test_an_empty_span_marks_nothing() -> None:
    article = ARTICLES[0]
    view = source_view(article, article.file_offset(0), article.file_offset(0))
    assert not any(piece["mark"] for pieces in view["paragraphs"] for piece in pieces)
    assert view["first_line"] is None


def test_a_mark_over_several_paragraphs_is_cut_at_their_ends() -> None:
    assert marked_paragraphs("ab\ncd", (1, 4)) == [
        [{"text": "a", "mark": False}, {"text": "b", "mark": True}],
        [{"text": "c", "mark": True}, {"text": "d", "mark": False}],
    ]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_are_counted_alike_whatever_ends_them(tmp_path: Path, ending: str) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(ending.join(["一行。", "", "二行。", "三行。"]).encode())
    document = read_document(file, "a.txt")
    lines = marked_lines(document, (0, len(document.text)), (0, 0))
    assert ["".join(piece["text"] for piece in line["pieces"]) for line in lines] == [
        "一行。",
        "",
        "二行。",
        "三行。",
    ]


def test_of_a_very_long_file_only_the_part_around_the_article_is_shown(tmp_path: Path) -> None:
    file = tmp_path / "long.txt"
    file.write_text("\n\n".join(f"第{number}段。" for number in range(5_000)), "utf-8")
    document = read_document(file, "long.txt")
    at = document.text.index("第2500段")
    lines = marked_lines(document, (at, at + 7), (at, at + 7))
    assert 300 < len(lines) < 500
    assert any(piece["mark"] for line in lines for piece in line["pieces"])
