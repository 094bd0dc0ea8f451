from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanwen_index import UsageError
from yuanwen_qa.evaluation.question_sets import (
    Evidence,
    Question,
    QuestionSet,
    question_from,
    question_record,
    script_of,
)


def at(key: str) -> str:
    return f"row 3, {key}"


def test_a_full_record_becomes_a_question() -> None:
    question = question_from(
        {
            "id": 7,
            "question": " 几册？ ",
            "answers": ["126册", 126, "126册"],
            "evidence": [{"file": "a.txt", "quote": "古籍126册"}],
            "type": "number",
        },
        3,
        at,
    )
    assert question == Question(
        "7", "几册？", ("126册", "126"), (Evidence("a.txt", "古籍126册"),), "zh", "number"
    )


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"question": ""}, "row 3, question: the question is empty"),
        ({"question": ["?"]}, "row 3, question: expected text, not a list"),
        ({"question": "?"}, "row 3, answers: no answer"),
        ({"question": "?", "answers": ["a", ""]}, "row 3, answers: an answer is empty"),
        ({"question": "?", "answers": {"a": 1}}, "row 3, answers: expected text, not an object"),
        ({"question": "?", "answers": [True]}, "row 3, answers: expected text, not true or false"),
        ({"question": "?", "answers": [], "answerable": True}, "row 3, answers: .* needs an answer"),
        ({"question": "?", "answers": ["a"], "answerable": False}, "row 3, answerable: "),
        ({"question": "?", "answers": ["a"], "answerable": "maybe"}, "row 3, answerable: .*yes or no"),
        ({"question": "?", "answers": ["a"], "evidence": "quote"}, "row 3, evidence: expected a list"),
        ({"question": "?", "answers": ["a"], "evidence": ["q"]}, "row 3, evidence: .*not text"),
        ({"question": "?", "answers": ["a"], "evidence": [{}]}, "row 3, evidence: .*neither"),
        ({"question": "?", "answers": ["a"], "lang": 0.5j}, "row 3, lang"),
        ({"question": "\u200b", "answers": ["a"]}, "row 3, question: the question is empty"),
        ({"question": "x" * 2_001, "answers": ["a"]}, "row 3, question: the question has 2,001 characters"),
        ({"question": "?", "answers": ["x" * 100_001]}, "row 3, answers: 100,001 characters"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(record: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        question_from(record, 1, at)


def test_an_unanswerable_question_needs_the_word() -> None:
    for word in (False, "no", "否", "0"):
        assert not question_from({"question": "?", "answerable": word}, 1, at).answerable


def test_ids_are_unique() -> None:
    question = Question("a", "?", ("x",))
    with pytest.raises(UsageError, match='the id "a" stands for two questions'):
        QuestionSet("set.json", (question, question))


def test_drafts_are_no_gold() -> None:
    draft = Question("a", "?", ("x",), draft=True)
    checked = Question("b", "?", ("x",))
    assert QuestionSet("set", (draft, checked)).gold.questions == (checked,)


def test_characters_that_no_file_holds_are_replaced() -> None:
    assert question_from({"question": "a\ud800\0b", "answers": ["x"]}, 1, at).text == "a\ufffd\ufffdb"


words = (
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
    .map(str.strip)
    .filter(bool)
)


@given(words, st.lists(words, unique=True), st.lists(st.builds(Evidence, words, words)), st.booleans())
def test_a_written_question_reads_back(
    text: str, answers: list[str], evidence: list[Evidence], draft: bool
) -> None:
    question = Question("q", f"问{text}", tuple(answers), tuple(evidence), "en", "who", "hard", draft)
    assert question_from(question_record(question), 1, at) == question


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("几册？", "zh"),
        ("何冊ですか", "ja"),
        ("몇 권?", "ko"),
        ("Who?", "Latin"),
        ("Сколько?", "Cyrillic"),
        ("كم", "Arabic"),
        ("WHO是什么组织", "zh"),
        ("42?", ""),
    ],
)
def test_the_script_tells_the_language(text: str, script: str) -> None:
    assert script_of(text) == script
