"""Turns: the stages of an answer, what is carried over, and what comes back from a visitor's browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanwen_index import ANYWHERE, Filter, Retriever
from yuanwen_ui.library import Library
from yuanwen_ui.turns import Turn, answering, restored, stored

COUNTED = "二七区纪委监委开展了多少次监督检查?"


@pytest.fixture(scope="module")
def library(index_folder: Path) -> Library:
    return Library(Retriever.open(index_folder))


def ask(library: Library, typed: str, *earlier: Turn, where: Filter = ANYWHERE) -> list[Turn]:
    return list(answering(library.assistant, typed, earlier, where))


def test_a_turn_goes_from_searching_to_reading_to_answered(library: Library) -> None:
    stages = ask(library, COUNTED)
    assert [turn.stage for turn in stages] == ["searching", "reading", "answered"]
    assert [turn.busy for turn in stages] == [True, True, False]
    assert stages[1].found > 0
    assert stages[-1].reply is not None


def test_a_turn_says_what_yuanwen_ask_says(library: Library) -> None:
    reply = ask(library, COUNTED)[-1].reply
    assert reply is not None
    direct = library.assistant.answer(COUNTED, n=5)
    assert [answer["text"] for answer in reply["answers"]] == [answer.text for answer in direct.answers]
    for shown, answer in zip(reply["answers"], direct.answers, strict=True):
        sentence = shown["sentence"]
        whole = sentence["before"] + sentence["text"] + sentence["after"]
        assert sentence["text"] == answer.text
        assert whole in answer.passage.article.text


@pytest.mark.parametrize("typed", ["", "  \n", "\x00\u200b"])
def test_an_empty_question_is_not_asked(library: Library, typed: str) -> None:
    (turn,) = ask(library, typed)
    assert turn.failure == "error.question_empty"


def test_a_question_that_is_too_long_is_not_asked(library: Library) -> None:
    (turn,) = ask(library, "问" * 10_000)
    assert turn.failure == "error.question_long"
    assert len(turn.typed) < 10_000


def test_a_follow_up_is_asked_with_what_it_leaves_out(library: Library) -> None:
    first = ask(library, COUNTED)[-1]
    second = ask(library, "那发现了多少个问题？", first)[-1]
    assert second.rewritten
    assert "监督检查" in second.question
    assert not ask(library, "那发现了多少个问题？")[-1].rewritten


def test_only_what_is_wanted_is_searched(library: Library) -> None:
    where = Filter(source="003_84ebe029d2cf1232.txt")
    turn = ask(library, COUNTED, where=where)[-1]
    assert turn.narrowed
    assert turn.reply is not None
    assert {place["source"] for place in [*turn.reply["answers"], *turn.reply["passages"]]} == {where.source}


def test_a_filter_that_lets_nothing_through_finds_nothing(library: Library) -> None:
    turn = ask(library, COUNTED, where=Filter(source="no such file.txt"))[-1]
    assert turn.reply is not None
    assert not turn.reply["answered"]
    assert turn.reply["passages"] == []


def test_a_stopped_turn_stays_stopped_and_an_answer_stays_an_answer(library: Library) -> None:
    searching, _, answered = ask(library, COUNTED)
    assert searching.stopped().stage == "stopped"
    assert answered.stopped() == answered


def test_what_was_stored_comes_back_as_it_was(library: Library) -> None:
    turns = (ask(library, COUNTED)[-1], ask(library, "火星上的水冰储量是多少吨？")[-1])
    kept = json.loads(json.dumps(stored(turns)))
    back = restored(kept, library.retriever.article_at)
    assert [turn.question for turn in back] == [turn.question for turn in turns]
    for old, new in zip(turns, back, strict=True):
        assert old.reply is not None
        assert new.reply is not None
        for kind in ("answers", "passages"):
            assert [(place["text"], place["start"], place["first_line"]) for place in new.reply[kind]] == [
                (place["text"], place["start"], place["first_line"]) for place in old.reply[kind]
            ]


@pytest.mark.parametrize(
    "change",
    [
        {"text": "350次"},
        {"start": 3},
        {"end": 10**9},
        {"source": "gone.txt"},
        {"start": "x"},
        {"confidence": 7},
    ],
)
def test_a_stored_turn_that_the_files_no_longer_bear_out_is_left_out(
    library: Library, change: dict[str, Any]
) -> None:
    (kept,) = stored([ask(library, COUNTED)[-1]])
    kept["answers"][0] |= change
    assert restored([kept], library.retriever.article_at) == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["typed", "question", "answered", "answers", "passages", "source", "start", "end", "text", "confidence"]
    ), inner, max_size=6),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_nonsense_from_a_browser_restores_nothing_and_breaks_nothing(value: Any) -> None:
    assert all(not turn.busy for turn in restored(value, lambda source, start: None))
