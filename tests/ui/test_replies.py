"""Replies as chat messages: what is said, and that nothing said is ever markup."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from yuanwen_ui.messages import LANGUAGES, Language
from yuanwen_ui.panel import text_sum
from yuanwen_ui.replies import chat_messages, leading_answers, source_link, turn_html
from yuanwen_ui.turns import Turn

TAGS = {"div", "p", "ul", "li", "span", "strong", "a"}


class Read(HTMLParser):
    """The tags, links and text of a message, as a browser reads them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data


def answer(text: str = "349次", **changes: Any) -> dict[str, Any]:
    return {
        "text": text,
        "confidence": 0.8,
        "source": "a.txt",
        "title": "题目",
        "date": "9月7日",
        "date_iso": "2022-09-07",
        "start": 10,
        "end": 14,
        "first_line": 3,
        "last_line": 3,
        "file_state": "same",
        "sentence": {"before": "已开展监督检查", "text": text, "after": "。"},
        **changes,
    }


def turn(*answers: dict[str, Any], question: str = "多少次？", answered: bool = True, **changes: Any) -> Turn:
    passage = {
        "source": "a.txt",
        "title": "题目",
        "date": None,
        "start": 0,
        "end": 9,
        "first_line": 1,
        "last_line": 2,
        "file_state": "same",
    }
    reply = {
        "question": question,
        "answers": list(answers),
        "answered": answered,
        "passages": [{**passage, "text": "一段\n文字"}],
    }
    return Turn(question, question, "answered", reply, **changes)


@given(st.text(max_size=80) | st.text("<>&;#'\"/!-= ab", max_size=40), st.sampled_from(LANGUAGES))
@example("<img src=x onerror=alert(1)>", "en")
@example("&lt;b&gt; <!-- </p> ]]>", "zh-Hans")
def test_whatever_a_text_holds_it_is_shown_as_it_is(text: str, language: Language) -> None:
    hostile = answer(
        text, title=text, source=text, date=text, sentence={"before": text, "text": text, "after": text}
    )
    for shown in (turn(hostile, question=text or "?"), turn(hostile, answered=False)):
        for message in chat_messages([shown], language):
            read = Read(message["content"])
            assert read.tags <= TAGS
            assert read.attributes <= {"class", "href", "lang"}
            assert all(link.startswith("#") for link in read.links)
    shown_text = Read(turn_html(turn(hostile), language)).text
    assert text.replace("\r\n", "\n").replace("\r", "\n") in shown_text.replace("\r\n", "\n").replace(
        "\r", "\n"
    )


def test_an_answer_is_shown_with_its_sentence_its_place_and_how_sure_it_is() -> None:
    read = Read(turn_html(turn(answer()), "zh-Hans"))
    assert "349次 [1] 很可能正确" in read.text
    assert "已开展监督检查349次。" in read.text
    assert "题目 · 9月7日 · a.txt · 第 3 行" in read.text
    link = f"#source?file=a.txt&start=10&end=14&kind=answer&sum={text_sum('349次')}"
    assert link in read.links


def test_answers_of_several_articles_stand_side_by_side_newest_first() -> None:
    older = answer("十次", title="旧", date_iso="2020-01-01", confidence=0.9)
    newer = answer("二十次", title="新", date_iso="2022-01-01", confidence=0.7)
    undated = answer("三十次", title="无", date_iso=None, confidence=0.6)
    text = Read(turn_html(turn(older, newer, undated), "zh-Hans")).text
    assert text.index("二十次 [1]") < text.index("十次 [2]") < text.index("三十次 [3]")
    assert "有几处答案，日期新的在前" in text


def test_a_doubtful_answer_is_only_one_of_the_others() -> None:
    text = Read(turn_html(turn(answer(), answer("五次", title="新", confidence=0.3)), "zh-Hans")).text
    assert "有几处答案" not in text
    assert text.index("其他可能的答案") < text.index("五次")


def test_every_article_that_is_half_as_likely_stands_once_beside_the_best() -> None:
    best = answer("十次", title="甲", confidence=0.3, date_iso=None)
    rival = answer("二十次", title="乙", confidence=0.16)
    again = answer("三十次", title="乙", confidence=0.15)
    unlikely = answer("四十次", title="丙", confidence=0.14)
    reply = turn(best, rival, again, unlikely).reply
    assert reply is not None
    assert leading_answers(reply) == ([rival, best], [again])


def test_a_list_shows_no_sentence_twice() -> None:
    other = answer("5次", sentence={"before": "又开展", "text": "5次", "after": "。"})
    reply = turn(answer(), answer("督检查"), other, question="有哪些？").reply
    assert reply is not None
    same = reply["answers"][1]
    same["sentence"] = {"before": "已开展监", "text": "督检查", "after": "349次。"}
    assert leading_answers(reply) == ([reply["answers"][0]], [other])
    assert "又开展5次。 [2]" in Read(turn_html(turn(*reply["answers"], question="有哪些？"), "zh-Hans")).text


def test_another_answer_of_the_same_article_names_only_its_line() -> None:
    text = Read(turn_html(turn(answer(), answer("五次", confidence=0.1)), "zh-Hans")).text
    assert text.count("a.txt") == 1
    assert "同一篇文章 · 第 3 行" in text


@pytest.mark.parametrize(
    "question", ["为什么？", "有哪些？", "有什么要求？", "Why was it closed?", "What were the results?"]
)
def test_a_list_or_a_reason_is_answered_with_the_whole_sentence(question: str) -> None:
    assert Read(turn_html(turn(answer(), question=question), "zh-Hans")).text.startswith(
        "已开展监督检查349次。 [1]"
    )


def test_what_is_not_answered_is_said_with_the_nearest_passages_as_such() -> None:
    text = Read(turn_html(turn(answer(), answered=False), "en")).text
    assert "Not found in these articles." in text
    assert "not an answer" in text
    assert "一段 文字" in text
    assert "349次" not in text


def test_what_was_understood_and_where_was_looked_are_said() -> None:
    carried = Turn("那呢？", "题目，那呢？", "answered", turn(answer()).reply, narrowed=True)
    text = Read(turn_html(carried, "zh-Hans")).text
    assert "理解为：题目，那呢？" in text
    assert "只查找了筛选出的文章" in text


@pytest.mark.parametrize(
    ("stage", "said"), [("searching", "Searching"), ("reading", "in 4 articles"), ("stopped", "Stopped")]
)
def test_every_stage_has_its_words(stage: Any, said: str) -> None:
    assert said in Read(turn_html(Turn("x", "x", stage, found=4), "en")).text


@given(st.text(), st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_link_is_ascii_without_markup(source: str, start: int, end: int) -> None:
    link = source_link({"source": source, "start": start, "end": end, "text": source}, "answer")
    assert link.isascii()
    assert not set(link) & set("<>\"' ")
