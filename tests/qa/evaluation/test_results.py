from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.qa.measured import outcome, unanswerable, wrong

from yuanwen_index import UsageError
from yuanwen_qa.evaluation.results import Results, group, read_results

RESULTS = Results(
    "set.json", {"mode": "hybrid"}, (outcome(), wrong(id="q2", lang="en"), unanswerable(id="q3"))
)
KEYS = {
    "n",
    "answerable",
    "exact_match",
    "char_f1",
    "recall@1",
    "recall@3",
    "recall@5",
    "recall@10",
    "mrr@10",
    "ndcg@10",
    "answer_sentence",
    "citation_accuracy",
    "citation",
    "abstention",
    "latency_ms",
    "auroc",
    "aurc",
    "ece",
    "causes",
    "intervals",
    "by",
    "questions",
}
QUESTION_KEYS = {
    "id",
    "question",
    "prediction",
    "confidence",
    "source",
    "start",
    "end",
    "answered",
    "exact_match",
    "f1",
    "rank",
    "cause",
}


def test_the_record_holds_the_promised_keys() -> None:
    record = RESULTS.record()
    assert set(record) >= KEYS
    assert set(record["questions"][0]) >= QUESTION_KEYS
    assert set(record["citation"]) == set(record["abstention"]) == {"precision", "recall"}
    assert {"p50", "p95"} <= set(record["latency_ms"])
    assert set(record["by"]) == {"lang", "type", "difficulty", "source"}
    assert record["by"]["lang"]["zh"]["n"] == 2
    json.dumps(record, allow_nan=False)


def test_written_results_read_back(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text(json.dumps(RESULTS.record()), "utf-8")
    assert read_results(path) == RESULTS


def test_groups_keep_the_order_of_the_set_and_unknown_ones_are_left_out() -> None:
    assert list(group(RESULTS.outcomes, "lang")) == ["zh", "en"]
    assert group([outcome(type="")], "type") == {}
    many = [outcome(type=f"type {number}") for number in range(41)]
    assert group(many, "type") == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not the JSON of an evaluation"),
        ("[]", "not the JSON of an evaluation"),
        ('{"format": 1}', "questions or settings are missing"),
        ('{"format": 1, "settings": {}, "questions": [1]}', "question 1: expected an object"),
        ('{"format": 1, "settings": {}, "questions": [{}]}', 'question 1, key "id"'),
        ("[" * 100_000, "not the JSON of an evaluation"),
    ],
)
def test_what_are_no_results_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "results.json"
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=message):
        read_results(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read"):
        read_results(tmp_path / "none.json")
