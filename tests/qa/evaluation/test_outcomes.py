from __future__ import annotations

import json

import pytest
from tests.qa.measured import outcome, unanswerable, wrong

from yuanwen_index import UsageError
from yuanwen_qa.evaluation.outcomes import Outcome


def test_a_withheld_answer_counts_as_wrong_on_an_answerable_question() -> None:
    withheld = outcome(answered=False)
    assert (withheld.exact_match, withheld.f1) == (0.0, 0.0)
    assert withheld.prediction == "126册"


def test_an_unanswerable_question_is_right_when_left_unanswered() -> None:
    assert unanswerable().exact_match == 1.0
    assert unanswerable(answered=True).f1 == 0.0


def test_search_alone_has_no_score_of_answers() -> None:
    assert outcome(read=None).exact_match is None


@pytest.mark.parametrize(
    "one", [outcome(), wrong(), unanswerable(), outcome(read=None, start=None, marked=None)]
)
def test_a_record_reads_back_as_the_same_outcome(one: Outcome) -> None:
    assert Outcome.from_record(json.loads(json.dumps(one.record())), "here") == one


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("rank", "1"),
        ("rank", True),
        ("answers", "126册"),
        ("answers", [1]),
        ("evidence", ["quote"]),
        ("answered", 1),
        ("confidence", None),
        ("marked", ["a"]),
    ],
)
def test_a_record_of_the_wrong_kind_is_refused_with_its_place(key: str, value: object) -> None:
    with pytest.raises(UsageError, match=f'a.json: question 3, key "{key}"'):
        Outcome.from_record({**outcome().record(), key: value}, "a.json: question 3")


def test_a_missing_fact_is_refused() -> None:
    record = outcome().record()
    del record["read"]
    with pytest.raises(UsageError, match='"read"'):
        Outcome.from_record(record, "a.json: question 1")
