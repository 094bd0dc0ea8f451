from __future__ import annotations

import json
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanwen_qa.evaluation.metrics import holds_answer, longest_common_run, rules_for, score_text

CASES = json.loads((Path(__file__).parent / "cmrc_cases.json").read_text("utf-8"))


@pytest.mark.parametrize(
    "case", CASES["cases"], ids=lambda case: f"{case['prediction']}|{case['answers'][0]}"
)
def test_each_tricky_prediction_scores_as_in_the_published_script(case: dict[str, object]) -> None:
    score = score_text(case["prediction"], case["answers"], "cmrc")  # type: ignore[arg-type]
    assert score.exact_match == case["exact_match"]
    assert score.f1 == pytest.approx(case["f1"], abs=1e-11)


def test_the_totals_over_200_predictions_are_the_published_script_s() -> None:
    scores = [score_text(case["prediction"], case["answers"], "cmrc") for case in CASES["cases"]]
    assert len(scores) == 200
    assert 100 * sum(score.exact_match for score in scores) / 200 == pytest.approx(
        CASES["exact_match"], abs=1e-8
    )
    assert 100 * sum(score.f1 for score in scores) / 200 == pytest.approx(CASES["f1"], abs=1e-8)


def test_char_f1_counts_the_longest_unbroken_run() -> None:
    # accepted: 9 月 7 日; predicted: 7 日 上 午; shared run 7 日: P 2/4, R 2/4
    assert score_text("7日上午", ["9月7日"], "cmrc").f1 == pytest.approx(0.5)
    # the run must be unbroken: 甲乙 丙 against 甲乙丁丙 shares 甲乙 only: P 2/3, R 2/4
    assert score_text("甲乙丙", ["甲乙丁丙"], "cmrc").f1 == pytest.approx(
        2 * (2 / 3) * (2 / 4) / (2 / 3 + 2 / 4)
    )


def test_the_best_accepted_answer_counts() -> None:
    score = score_text("连续3年", ["3年", "连续3年"], "cmrc")
    assert (score.exact_match, score.f1) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("prediction", "gold", "exact", "f1"),
    [
        ("The Denver Broncos", "denver broncos", 1.0, 1.0),
        ("Broncos of Denver", "Denver Broncos", 0.0, 0.8),  # 2 shared of 3 and 2
        ("New York.", "new york", 1.0, 1.0),
        ("a cat", "the dog", 0.0, 0.0),
        ("the", "a", 1.0, 1.0),  # both empty once articles are gone
        ("", "Paris", 0.0, 0.0),
        ("Москва", "москва", 1.0, 1.0),
    ],
)
def test_latin_text_follows_the_squad_rules(prediction: str, gold: str, exact: float, f1: float) -> None:
    score = score_text(prediction, [gold], "squad")
    assert (score.exact_match, score.f1) == (exact, pytest.approx(f1))


def test_a_missing_accepted_answer_is_an_error() -> None:
    with pytest.raises(ValueError, match="accepted answer"):
        score_text("x", [], "cmrc")


@pytest.mark.parametrize(
    ("texts", "rules"),
    [
        (["How many?", "349", "349次监督检查"], "cmrc"),
        (["How many?", "349", "349 checks"], "squad"),
        (["何人ですか"], "cmrc"),
        (["Сколько?", "308"], "squad"),
        (["누구?"], "squad"),
        ([], "squad"),
    ],
)
def test_the_rules_follow_the_script_of_question_answer_and_evidence(texts: list[str], rules: str) -> None:
    assert rules_for(texts) == rules


segments = st.lists(st.sampled_from("一二三ab"), max_size=12)


@given(segments, segments)
def test_the_longest_common_run_is_the_one_difflib_finds(first: list[str], second: list[str]) -> None:
    match = SequenceMatcher(None, first, second, autojunk=False).find_longest_match()
    assert longest_common_run(first, second) == match.size


@given(
    st.text(max_size=20),
    st.lists(st.text(max_size=20), min_size=1, max_size=3),
    st.sampled_from(["cmrc", "squad"]),
)
def test_scores_are_fractions_and_an_accepted_answer_is_an_exact_match(
    prediction: str, accepted: list[str], rules: str
) -> None:
    score = score_text(prediction, accepted, rules)  # type: ignore[arg-type]
    assert 0.0 <= score.f1 <= 1.0
    assert score_text(accepted[-1], accepted, rules).exact_match == 1.0  # type: ignore[arg-type]


def test_a_sentence_holds_an_answer_whatever_its_blanks_and_quotation_marks() -> None:
    assert holds_answer("会议由区委书记\n陈红民主持。", ["“陈红 民”"])
    assert not holds_answer("会议由区长主持。", ["陈红民"])
    assert not holds_answer("会议", ["，"])
