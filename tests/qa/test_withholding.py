"""The shipped models over the newspaper pages of the project: what nothing there supports is not answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from yuanwen_index import build_index
from yuanwen_qa import Assistant

SEEDS = Path(__file__).resolve().parents[2] / "seeds"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder = tmp_path_factory.mktemp("index")
    build_index([SEEDS], folder)
    return Assistant.open(folder)


@pytest.mark.parametrize(
    "question",
    ["火星上的水冰储量是多少吨？", "恐龙是什么时候灭绝的？", "Who discovered penicillin?"],
)
def test_a_question_about_something_else_altogether_is_not_answered(
    assistant: Assistant, question: str
) -> None:
    reply = assistant.answer(question)
    assert not reply.answered
    assert reply.hits


def test_a_question_that_the_pages_answer_in_so_many_words_is_answered(assistant: Assistant) -> None:
    reply = assistant.answer("二七区纪委监委开展了多少次监督检查?")
    assert reply.answered
    assert "349" in reply.answers[0].text
