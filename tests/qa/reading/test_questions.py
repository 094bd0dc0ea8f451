from __future__ import annotations

import pytest

from yuanwen_qa.reading.questions import KINDS, read_question


def kinds(question: str) -> set[str]:
    return {kind for kind, asked in zip(KINDS, read_question(question).kinds, strict=True) if asked}


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("会议由谁主持？", "who"),
        ("會議由誰主持？", "who"),
        ("揭牌仪式是哪天举行的？", "when"),
        ("会议在什么地方召开？", "where"),
        ("共排查了多少所学校？", "number"),
        ("几所学校参加了？", "number"),
        ("为什么要提前返校？", "why"),
        ("通过什么方式报名？", "how"),
        ("看的是哪四样成绩？", "list"),
        ("文章的标题是什么？", "name"),
        ("“四挂钩”指什么？", "definition"),
        ("工程完工了吗？", "yes-no"),
        ("Who chaired the meeting?", "who"),
        ("How many schools were checked?", "number"),
        ("Which two roads were visited?", "list"),
        ("When did the bridge open?", "when"),
    ],
)
def test_the_wording_tells_what_is_asked_for(question: str, kind: str) -> None:
    assert kind in kinds(question)


def test_how_many_is_no_question_for_a_way() -> None:
    assert "how" not in kinds("How many schools were checked?")
    assert "how" in kinds("How was it paid for?")


def test_the_words_beside_the_question_word_name_what_is_wanted() -> None:
    number = read_question("共开展了多少次监督检查？")
    assert number.after.startswith("次")
    assert read_question("活动的主题是什么？").before.endswith("主题是")
    assert read_question("How many households benefit from it?").after == "households benefit from"


def test_the_count_of_things_asked_for_is_read() -> None:
    assert read_question("哪四条路？").count == 4
    assert read_question("which three areas did they visit?").count == 3
    assert read_question("哪些路？").count == 0


def test_a_question_without_a_question_word_has_an_empty_span_at_its_end() -> None:
    question = read_question("二七区人口")
    assert question.asking == (5, 5)
    assert question.before == "二七区人口"
    assert question.after == ""
