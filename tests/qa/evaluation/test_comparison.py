from __future__ import annotations

import json

import pytest
from tests.qa.measured import outcome, unanswerable, wrong

from yuanwen_index import UsageError
from yuanwen_qa.evaluation.comparison import compare_results, differing_settings, statement
from yuanwen_qa.evaluation.results import Results


def results(mode: str, *rights: bool) -> Results:
    outcomes = [
        outcome(id=f"q{place}", rank=1) if right else wrong(id=f"q{place}", rank=4)
        for place, right in enumerate(rights)
    ]
    return Results("set", {"mode": mode, "depth": 5}, tuple(outcomes))


WEAK = results("lexical", *[True] * 10, *[False] * 20)
STRONG = results("hybrid", *[True] * 9, False, *[True] * 18, False, False)


def test_the_difference_is_paired_by_question() -> None:
    (pair,) = compare_results([("weak", WEAK), ("strong", STRONG)]).pairs
    change = pair.change("exact_match")
    assert change is not None
    assert (change.first, change.second, change.n) == (pytest.approx(10 / 30), pytest.approx(27 / 30), 30)
    assert change.difference.mean == pytest.approx(17 / 30)
    assert change.difference.significant
    assert len(pair.won) == 18
    assert [after.id for _, after in pair.lost] == ["q9"]


def test_the_statement_says_how_much_and_whether_it_may_be_chance() -> None:
    (pair,) = compare_results([("weak", WEAK), ("strong", STRONG)]).pairs
    change = pair.change("recall@1")
    assert change is not None
    assert statement(change).startswith("recall@1 0.333 -> 0.900, +0.567 (95 % +0.")
    assert statement(change).endswith("n=30), significant (p = 0.001 or less)")
    (same,) = compare_results([("a", WEAK), ("b", WEAK)]).pairs
    unchanged = same.change("recall@1")
    assert unchanged is not None
    assert statement(unchanged) == "recall@1 0.333 -> 0.333, the same on every question"


def test_a_significant_loss_is_worse_and_chance_is_not() -> None:
    assert compare_results([("strong", STRONG), ("weak", WEAK)]).worse(["exact_match", "recall@5"]) != []
    assert compare_results([("weak", WEAK), ("strong", STRONG)]).worse(["exact_match"]) == []
    nearly = results("x", *[True] * 9, *[False] * 21)
    assert compare_results([("weak", WEAK), ("nearly", nearly)]).worse(["exact_match"]) == []


def test_questions_that_not_all_have_are_left_out() -> None:
    shorter = Results("set", {}, STRONG.outcomes[5:])
    comparison = compare_results([("weak", WEAK), ("shorter", shorter), ("strong", STRONG)])
    assert (comparison.questions, comparison.left_out) == (25, 5)
    assert [pair.name for pair in comparison.pairs] == ["shorter", "strong"]


def test_search_alone_is_compared_by_rank() -> None:
    before = Results("set", {}, (outcome(read=None, rank=4),))
    after = Results("set", {}, (outcome(read=None, rank=2),))
    (pair,) = compare_results([("before", before), ("after", after)]).pairs
    assert pair.change("exact_match") is None
    assert len(pair.won) == 1


def test_only_settings_that_differ_are_told() -> None:
    assert differing_settings(compare_results([("weak", WEAK), ("strong", STRONG)])) == ["mode"]


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (Results("set", {}, (outcome(id="other"),)), "no question in common"),
        (Results("set", {}, (outcome(id="q0", question="别的？"),)), "different questions"),
    ],
)
def test_what_cannot_be_compared_is_refused(second: Results, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        compare_results([("first", WEAK), ("second", second)])


def test_one_evaluation_is_no_comparison() -> None:
    with pytest.raises(UsageError, match="at least two"):
        compare_results([("only", WEAK)])


def test_the_record_is_json() -> None:
    mixed = Results("set", {}, (*WEAK.outcomes, unanswerable(id="u")))
    record = compare_results([("a", mixed), ("b", mixed)]).record()
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert record["pairs"][0]["changes"]["exact_match"]["difference"] == 0.0
