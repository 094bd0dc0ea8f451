from __future__ import annotations

from pathlib import Path

from tests.qa.measured import BRIDGE, FAIR

from yuanwen_index import Document, parse_articles
from yuanwen_qa.evaluation.drafts import draft_questions
from yuanwen_qa.evaluation.evidence import Sources
from yuanwen_qa.evaluation.question_sets import Question


def drafts(text: str, per_article: int = 5) -> list[Question]:
    return draft_questions(
        parse_articles(Document("a.txt", text, "utf-8", "0" * 64)), per_article=per_article
    )


def test_a_sentence_gives_a_question_about_its_number_date_or_chair() -> None:
    asked = {question.kind: question for question in drafts(FAIR + "\n\n\n" + BRIDGE)}
    assert asked["who"].answers == ("馆长周文涛",)
    assert asked["who"].text.startswith("展览由谁主持")
    assert asked["where"].text == "古籍修复展在哪里开幕？"
    assert (asked["when"].text, asked["when"].answers) == ("什么时候，滨江大桥正式通车？", ("9月2日",))
    assert all(question.draft for question in asked.values())


def test_every_answer_and_quote_stands_in_the_file() -> None:
    for text in (FAIR, BRIDGE):
        sources = Sources({"a.txt": text})
        found = drafts(text)
        assert found
        for question in found:
            assert question.answers[0] in question.evidence[0].quote
            assert sources.find(question.evidence[0])
            assert question.answers[0] not in question.text


def test_at_most_so_many_an_article_with_ids_of_their_own() -> None:
    articles = [
        *parse_articles(Document("a", FAIR, "utf-8", "0")),
        *parse_articles(Document("b", BRIDGE, "utf-8", "1")),
    ]
    found = draft_questions(articles, per_article=1)
    assert [question.id for question in found] == ["draft-0001", "draft-0002"]
    assert draft_questions(articles, per_article=0) == []


def test_a_sentence_with_two_numbers_is_not_asked_for_one() -> None:
    assert not [
        one
        for one in drafts("本报讯 这里有3200米长的桥，另有40米长的路，供市民日常散步。")
        if one.kind == "number"
    ]


def test_english_sentences_give_english_questions() -> None:
    found = drafts(
        "The library opened its doors in spring. The new hall shows 126 restored volumes to visitors."
    )
    assert [(one.language, one.answers) for one in found] == [("en", ("126",))]
    assert "how many restored volumes" in found[0].text


def test_the_seed_pages_give_drafts() -> None:
    page = Path("seeds/000_2e0ade2b9b79057b.txt").read_text("utf-8")
    found = draft_questions(parse_articles(Document("page", page, "utf-8", "0")))
    assert len(found) >= 3
    assert len({question.text for question in found}) == len(found)
