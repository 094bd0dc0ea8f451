from __future__ import annotations

from typing import Any

import pytest

from yuanwen_index import UsageError
from yuanwen_qa.evaluation.question_sets import Evidence
from yuanwen_qa.evaluation.squad_sets import is_squad, on_contexts_of, read_squad

CONTEXT = "展览在市图书馆开幕。共展出古籍126册。门票免费。"


def squad(*qas: dict[str, Any], context: str = CONTEXT) -> dict[str, Any]:
    return {
        "version": "1",
        "data": [{"title": "展览", "paragraphs": [{"context": context, "qas": list(qas)}]}],
    }


def test_a_squad_set_brings_its_paragraphs() -> None:
    qa = {"id": "q", "question": "几册？", "answers": [{"text": "126册", "answer_start": 15}] * 2}
    question_set = read_squad("set.json", squad(qa))
    (question,) = question_set.questions
    (context,) = question_set.contexts
    assert (question.answers, question.context, question.language) == (("126册",), context.id, "zh")
    assert (context.title, context.text) == ("展览", CONTEXT)
    assert question.evidence == (Evidence("", "共展出古籍126册。"),)


def test_the_first_layout_of_cmrc_is_read() -> None:
    value = [
        {
            "context_id": "c",
            "context_text": CONTEXT,
            "qas": [{"query_id": "q", "query_text": "几册？", "answers": ["126册"]}],
        }
    ]
    assert is_squad(value)
    (question,) = read_squad("set.json", value).questions
    assert (question.id, question.answers) == ("q", ("126册",))


def test_impossible_questions_have_no_answer() -> None:
    qa = {
        "id": "q",
        "question": "票价？",
        "is_impossible": True,
        "answers": [],
        "plausible_answers": [{"text": "126"}],
    }
    assert not read_squad("set.json", squad(qa)).questions[0].answerable


def test_questions_can_be_asked_over_the_paragraphs_of_a_parallel_set() -> None:
    chinese = read_squad("zh.json", squad({"id": "q", "question": "几册？", "answers": [{"text": "126册"}]}))
    english = read_squad(
        "en.json",
        squad(
            {"id": "q", "question": "How many?", "answers": [{"text": "126 volumes"}]},
            {"id": "other", "question": "Who?", "answers": [{"text": "Zhou"}]},
            context="On show are 126 volumes.",
        ),
    )
    moved = on_contexts_of(english, chinese)
    assert [(one.text, one.answers) for one in moved.questions] == [("How many?", ("126册",))]
    assert moved.contexts == chinese.contexts
    assert moved.questions[0].language == "Latin"


def test_sets_that_are_not_parallel_are_refused() -> None:
    first = read_squad("a.json", squad({"id": "a", "question": "?", "answers": [{"text": "126"}]}))
    second = read_squad("b.json", squad({"id": "b", "question": "?", "answers": [{"text": "126"}]}))
    with pytest.raises(UsageError, match="no question id in common"):
        on_contexts_of(first, second)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"data": 1}, "set.json: data: expected a list"),
        ({"data": [1]}, "set.json: article 1: expected an object"),
        ({"data": [{"paragraphs": [{"qas": []}]}]}, 'article 1, paragraph 1, key "context"'),
        ({"data": [{"paragraphs": [{"context": "x"}]}]}, 'article 1, paragraph 1, key "qas"'),
        (squad({"id": "q", "answers": []}), 'paragraph 1, question 1, key "question"'),
        (squad({"question": "?", "answers": [{}]}), 'question 1, key "answers": an answer without text'),
        (squad({"question": "?"}), 'question 1, key "answers"'),
    ],
)
def test_what_is_missing_is_said_with_its_place(value: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_squad("set.json", value)
