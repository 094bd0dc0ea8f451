from __future__ import annotations

import numpy as np
import pytest
from tests.qa.measured import outcome, unanswerable, wrong

from yuanwen_qa.evaluation.measures import (
    Figures,
    figure_of,
    figures_of,
    group_figures,
    is_lower_better,
    judged,
    known_measures,
    values_of,
)


@pytest.fixture
def figures() -> Figures:
    """Six questions whose figures can be worked out by hand."""
    return figures_of(
        [
            outcome(rank=1, latency_ms=10.0),
            wrong(rank=3, candidate_f1=0.5, sentence_holds=True, cites_evidence=True, confidence=0.6),
            outcome(rank=None, answered=False, confidence=0.3),  # right, but withheld
            wrong(rank=7, cites_article=False, latency_ms=None),
            unanswerable(),
            unanswerable(answered=True, confidence=0.8),
        ],
        seed=1,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("exact_match", 1 / 4),
        ("char_f1", 1.5 / 4),
        ("recall@1", 1 / 4),
        ("recall@3", 2 / 4),
        ("recall@5", 2 / 4),
        ("recall@10", 3 / 4),
        ("mrr@10", (1 + 1 / 3 + 0 + 1 / 7) / 4),
        ("ndcg@10", (1 + 1 / 2 + 0 + 1 / 3) / 4),  # log2(2), log2(4), -, log2(8)
        ("answer_sentence", 2 / 4),
        ("citation_accuracy", 2 / 3),  # of the three that were answered
        ("citation.precision", 2 / 3),
        ("citation.recall", 2 / 4),  # of the four that are answerable
        ("abstention.precision", 1 / 2),  # two withheld, one of them unanswerable
        ("abstention.recall", 1 / 2),
        # answerable .9 .6 .3 .9 over unanswerable .1 .8: 8 pairs, .6 and .3 lose to .8
        ("auroc", 6 / 8),
        ("latency_ms.p50", 12.0),
    ],
)
def test_each_figure_by_hand(figures: Figures, name: str, value: float) -> None:
    assert figures.values[name] == pytest.approx(value)


def test_the_calibration_error_by_hand(figures: Figures) -> None:
    # bins: .9 .9 half right (one of two); .6 wrong; .3 right; .1 never right; .8 never right
    error = (2 * abs(0.9 - 0.5) + 0.6 + 0.7 + 0.1 + 0.8) / 6
    assert figures.values["ece"] == pytest.approx(error)


def test_risk_over_coverage_by_hand(figures: Figures) -> None:
    # surest first: .9 and .9 share one error, then .8 .6 wrong, .3 right, .1 wrong
    risks = [0.5 / 1, 1 / 2, 2 / 3, 3 / 4, 3 / 5, 4 / 6]
    assert figures.values["aurc"] == pytest.approx(sum(risks) / 6)


def test_every_interval_holds_its_figure(figures: Figures) -> None:
    assert figures.intervals
    for name, interval in figures.intervals.items():
        value = figures.values[name]
        assert value is not None
        assert interval.low - 1e-9 <= value <= interval.high + 1e-9


def test_what_no_question_counts_for_has_no_figure() -> None:
    figures = figures_of([outcome(read=None, prediction=None, cites_article=None, latency_ms=None)], seed=1)
    assert figures.values["exact_match"] is None
    assert figures.values["abstention.recall"] is None
    assert figures.values["ece"] is None
    assert figures.values["latency_ms.p95"] is None
    assert figures.values["recall@1"] == 1.0
    assert "exact_match" not in figures.intervals


def test_a_group_has_the_same_figures_with_the_intervals_of_its_means() -> None:
    asked = [outcome(), wrong(rank=3), unanswerable()]
    whole, group = figures_of(asked, seed=1), group_figures(asked, seed=1)
    assert whole.values == group.values
    assert {name: figure_of(asked, name) for name in known_measures()} == whole.values
    assert {name: whole.intervals[name] for name in group.intervals} == group.intervals
    assert set(whole.intervals) - set(group.intervals) >= {"ece", "latency_ms.p95"}


def test_passages_that_were_given_have_no_rank() -> None:
    figures = figures_of([outcome(searched=False)], seed=1)
    assert (figures.values["recall@1"], figures.values["exact_match"]) == (None, 1.0)


def test_the_record_nests_names_with_a_dot(figures: Figures) -> None:
    record = figures.record()
    assert record["n"] == 6
    assert record["answerable"] == 4
    assert record["abstention"] == {"precision": 0.5, "recall": 0.5}
    assert set(record["latency_ms"]) == {"p50", "p95", "p99"}
    assert record["intervals"]["exact_match"][0] <= 0.25 <= record["intervals"]["exact_match"][1]


def test_values_are_by_question_and_nan_where_one_does_not_count() -> None:
    values = values_of([outcome(), unanswerable(), wrong()], "exact_match")
    assert np.array_equal(values, [1.0, np.nan, 0.0], equal_nan=True)


def test_confidence_is_judged_whether_or_not_the_answer_was_given() -> None:
    confidence, right = judged([outcome(answered=False), unanswerable(), outcome(read=None)])
    assert confidence.tolist() == [0.9, 0.1]
    assert right.tolist() == [1.0, 0.0]


def test_all_measures_are_known_and_some_are_better_when_lower() -> None:
    assert {"exact_match", "auroc", "latency_ms.p99"} <= set(known_measures())
    assert [name for name in known_measures() if is_lower_better(name)] == [
        "aurc",
        "ece",
        "latency_ms.p50",
        "latency_ms.p95",
        "latency_ms.p99",
    ]
