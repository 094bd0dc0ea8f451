"""Sentences, and passages of whole sentences."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuanwen_index.articles import Article, parse_articles
from yuanwen_index.documents import Document, find_files, read_document
from yuanwen_index.passages import SPLITTER, Passage, sentence_spans, split_passages

SEEDS = Path(__file__).parents[2] / "seeds"
TEXTS = st.lists(
    st.sampled_from(
        [
            *"。！？…!?.\n，；,;“”‘’（）()\" '",
            "字",
            "会议召开",
            "word",
            "Mr.",
            "U.S.",
            "3.5",
            "e.g.",
            "A",
            "No. 5",
            "……",
            "字" * 150,
        ]
    ),
    max_size=80,
).map("".join)


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


def article_of(text: str, title: str = "") -> Article:
    """An article whose paragraphs are the lines of ``text``."""
    spans, at = [], 0
    for line in text.split("\n"):
        spans.append(((at, at + len(line)),))
        at += len(line) + 1
    return Article(Document("x", text, "utf-8", ""), title, (), None, None, False, (), tuple(spans))


def width(text: str) -> float:
    return sum(1.0 if char >= "\u2e80" else 1 / 3 for char in text)


def seed_articles() -> list[Article]:
    files = [(path, source) for path, source in find_files([SEEDS]) if source.endswith(".txt")]
    return [article for path, source in files for article in parse_articles(read_document(path, source))]


@pytest.mark.parametrize(
    "whole",
    [
        ["会议召开。", "抓好落实！", "怎么办？", "很好"],
        ["他说：“好。”", "然后走了。"],
        ["“真的？”", "她问。", "（完）"],
        ["抓好‘十大行动’。”’", "会议指出，"],
        ["什么？！", "好！！！", "好。"],
        ["第一段\n"[:-1], "第二段。"],
        ["增长3.5%，完成12.6亿元。", "同比提高。"],
        ["他想了想……，还是去了。", "走了……", "来了。"],
        ["工作思路（突出“一条主线”，服务“一个战略”）。", "好。"],
        ["あります。", "「はい。」", "行きます！"],
    ],
)
def test_chinese_sentences_end_at_their_marks_and_what_closes_there(whole: list[str]) -> None:
    glue = "\n" if whole[0] == "第一段" else ""
    assert sentences(glue.join(whole)) == whole


@pytest.mark.parametrize(
    "whole",
    [
        ["Mr. Hill paid $3.5 million.", '"Fine," said J. K. Rowling.', "It was 5 p.m.", "Then he left."],
        ["See Fig. 3 for e.g. apples.", "The U.S. Army came.", "OK?!", "Yes."],
        ["On Nov. 5 they met Dr. Roe (see p. 12).", "He said no.", "They left."],
        ['"It works."', "(At last.)", "See example.com for v1.2.3."],
    ],
)
def test_dots_of_abbreviations_initials_and_numbers_end_no_sentence(whole: list[str]) -> None:
    assert sentences(" ".join(whole)) == whole


@given(TEXTS)
def test_sentences_cover_all_but_white_space_in_order(text: str) -> None:
    spans = sentence_spans(text)
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert all(
        text[start:end] == text[start:end].strip() != "" and "\n" not in text[start:end]
        for start, end in spans
    )


@settings(deadline=None)
@given(TEXTS)
def test_passages_cover_the_article_and_stay_within_the_longest_width(text: str) -> None:
    article = article_of(text)
    passages = split_passages(article)
    assert "".join("".join(passage.text.split()) for passage in passages) == "".join(article.text.split())
    assert all(before.end <= after.start for before, after in pairwise(passages))
    assert all(passage.text == passage.text.strip() != "" for passage in passages)
    assert all(width(passage.text) <= float(SPLITTER["max"]) + 1 for passage in passages)


@settings(deadline=None)
@given(TEXTS)
def test_a_sentence_that_fits_is_never_cut(text: str) -> None:
    article = article_of(text)
    borders = {border for passage in split_passages(article) for border in (passage.start, passage.end)}
    for start, end in sentence_spans(article.text):
        if width(article.text[start:end]) <= float(SPLITTER["max"]):
            assert not any(start < border < end for border in borders)


def test_passages_of_the_seed_pages_are_neither_tiny_nor_huge() -> None:
    widths = [width(passage.text) for article in seed_articles() for passage in split_passages(article)]
    assert len(widths) < 100
    assert min(widths) >= 60
    assert max(widths) <= float(SPLITTER["max"])
    assert 150 <= sum(widths) / len(widths) <= 260


def test_short_paragraphs_are_read_together() -> None:
    (passage,) = split_passages(article_of("会议召开。\n区领导参加。\n会议要求，抓好落实。"))
    assert passage.text == "会议召开。\n区领导参加。\n会议要求，抓好落实。"


def test_a_very_long_sentence_is_cut_at_its_clauses() -> None:
    passages = split_passages(article_of("要抓好各项重点工作的落实，" * 60))
    assert len(passages) > 2
    assert all(passage.text.endswith("落实，") for passage in passages)


def test_the_title_is_searched_but_is_no_part_of_the_passage() -> None:
    (passage,) = split_passages(article_of("会议召开。", "甲处开会"))
    assert (passage.text, passage.search_text) == ("会议召开。", "甲处开会\n会议召开。")
    (untitled,) = split_passages(article_of("会议召开。"))
    assert untitled.search_text == "会议召开。"


def test_passages_are_equal_by_what_they_hold() -> None:
    article = article_of("会议召开。")
    assert split_passages(article) == [Passage(article, 0, 5)]
