from __future__ import annotations

import csv
import io

import pytest
from tests.qa.measured import outcome, unanswerable, wrong

from yuanwen_qa.evaluation.comparison import compare_results
from yuanwen_qa.evaluation.exports import (
    cause_text,
    comparison_markdown,
    figure_names,
    figure_text,
    interval_text,
    results_csv,
    results_markdown,
)
from yuanwen_qa.evaluation.results import Results

HOSTILE = "=cmd|'x'!A1 | <script>alert(1)</script> `a` [b](http://c) *d*\nnew line"
RESULTS = Results(
    "set",
    {"mode": "hybrid"},
    (outcome(), wrong(id="q2", rank=3, question=HOSTILE, prediction=HOSTILE), unanswerable(id="q3")),
)
RECORD = RESULTS.record()


def test_the_table_has_one_row_a_question_and_no_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(results_csv(RECORD))))
    assert [row["id"] for row in rows] == ["q1", "q2", "q3"]
    assert rows[0]["exact_match"] == "1.0"
    assert rows[1]["prediction"] == "'" + HOSTILE
    assert rows[2]["answers"] == ""


def test_markdown_tells_figures_causes_and_breakdowns_and_renders_no_text() -> None:
    text = results_markdown(RECORD)
    assert "| exact\\_match | 50.0 % | " in text
    assert "## Causes" in text
    assert "## By lang" in text
    hostile = comparison_markdown(
        compare_results([("a", RESULTS), ("b", Results("set", {}, RESULTS.outcomes[:2]))])
    )
    assert "<script>" not in hostile
    won = compare_results(
        [
            ("a", Results("s", {}, RESULTS.outcomes)),
            ("b", Results("s", {}, (outcome(id="q2", question=HOSTILE),))),
        ]
    )
    text = comparison_markdown(won)
    assert "### Won: 1" in text
    assert "\\<script\\>" in text
    assert "\\[b\\](http" in text
    assert all(line.count(" | ") == 4 for line in text.splitlines() if line.startswith("| q2"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("exact_match", "50.0 %"),
        ("mrr@10", "66.7 %"),
        ("auroc", "1.000"),
        ("latency_ms.p50", "12.0 ms"),
        ("citation.precision", "50.0 %"),
        ("n", "3"),
    ],
)
def test_figures_are_told_as_people_read_them(name: str, text: str) -> None:
    assert figure_text(RECORD, name) == text


def test_a_missing_figure_is_a_dash_and_not_listed() -> None:
    search = Results("set", {}, (outcome(read=None),)).record()
    assert figure_text(search, "exact_match") == "–"
    assert "exact_match" not in figure_names(search)
    assert "recall@5" in figure_names(search)
    assert interval_text(search, "exact_match") == ""


def test_an_interval_is_told_once_with_its_unit() -> None:
    assert interval_text(RECORD, "exact_match") == "0.0 – 100.0 %"
    assert interval_text(RECORD, "latency_ms.p50") == "12.0 – 12.0 ms"


def test_a_cause_is_told_in_words() -> None:
    assert cause_text("wrong_span") == "right passage, wrong span"
