from __future__ import annotations

import pytest
from tests.qa.measured import outcome, unanswerable, wrong

from yuanwen_qa.evaluation.causes import CAUSES, cause_of, count_causes


@pytest.mark.parametrize(
    ("asked", "cause"),
    [
        (outcome(), None),
        (unanswerable(), None),
        (unanswerable(answered=True), "answered_unanswerable"),
        (wrong(rank=None, answer_indexed=False), "answer_not_in_files"),
        (wrong(answer_indexed=False), "answer_not_in_files"),
        (wrong(rank=None, evidence_indexed=False), "evidence_not_indexed"),
        (wrong(rank=None), "not_retrieved"),
        (wrong(rank=None, evidence_indexed=None, answer_indexed=None), "not_retrieved"),
        (wrong(rank=6, read=5), "not_read"),
        (wrong(rank=2, read_evidence=False), "wrong_passage"),
        (wrong(rank=2), "wrong_span"),
        (wrong(prediction=None, answered=False, read_evidence=None), "wrong_span"),
        (outcome(answered=False), "below_threshold"),
        (wrong(answered=False), "wrong_span"),
        (outcome(rank=None), None),  # right words, though from elsewhere
        (outcome(read=None, prediction=None), None),
        (outcome(read=None, prediction=None, rank=None), "not_retrieved"),
    ],
)
def test_the_cause_is_the_first_step_that_lost_the_answer(asked: object, cause: str | None) -> None:
    assert cause_of(asked) == cause  # type: ignore[arg-type]


def test_causes_are_counted_most_frequent_first() -> None:
    asked = [outcome(), wrong(), wrong(rank=None), wrong(rank=None), unanswerable(answered=True)]
    assert list(count_causes(asked).items()) == [
        ("not_retrieved", 2),
        ("wrong_span", 1),
        ("answered_unanswerable", 1),
    ]
    assert set(count_causes(asked)) <= set(CAUSES)
