from __future__ import annotations

import pytest
from tests.qa.measured import outcome, wrong

from yuanwen_index import UsageError
from yuanwen_qa.evaluation.demands import Demand, falls_short, parse_demands
from yuanwen_qa.evaluation.results import Results

RECORD = Results("set", {}, (outcome(), wrong(id="q2"))).record()


def test_demands_are_read_from_one_line() -> None:
    assert parse_demands(" exact_match = 0.5, recall@5=0.9 ") == [
        Demand("exact_match", 0.5),
        Demand("recall@5", 0.9),
    ]
    assert parse_demands("") == []


@pytest.mark.parametrize("text", ["exact=0.5", "exact_match", "exact_match=half", "=1", ","])
def test_what_is_no_demand_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_demands(text)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("exact_match=0.5,recall@5=0.9", []),
        ("exact_match=0.51", ["exact_match is 0.5000, under 0.51"]),
        ("citation.recall=1", []),
        ("ece=0.1", ["ece is 0.4000, over 0.1"]),  # less is better
        ("latency_ms.p50=100", []),
        ("abstention.recall=0.5", ["abstention.recall has no figure on this set, 0.5 was demanded"]),
    ],
)
def test_shortfalls_are_said(text: str, sentences: list[str]) -> None:
    assert falls_short(RECORD, parse_demands(text)) == sentences
