from __future__ import annotations

import pytest
from tests.qa.measured import NumberReader, outcome, unanswerable

from yuanwen_index import UsageError
from yuanwen_qa.evaluation.measurement import Measurement, Setting, open_paragraphs
from yuanwen_qa.evaluation.question_sets import Context, Question, QuestionSet
from yuanwen_qa.evaluation.results import Results
from yuanwen_qa.evaluation.sweep import grid_of, split, sweep_settings, with_threshold

CONTEXTS = tuple(Context(f"c{n}", "", f"第{n}号展厅展出古籍{n * 37}册。") for n in range(1, 21))
SET = QuestionSet(
    "halls",
    tuple(
        Question(f"q{n}", f"第{n}号展厅展出多少册？", (f"{n * 37}册",), context=f"c{n}") for n in range(1, 21)
    ),
    CONTEXTS,
)


@pytest.fixture(scope="module")
def measurement() -> Measurement:
    return open_paragraphs(SET, "open", reader=NumberReader())


def test_a_grid_is_every_combination() -> None:
    grid = grid_of(["k=1,5", "threshold=0,0.5,1"], Setting("lexical"))
    assert len(grid) == 6
    assert grid[0] == Setting("lexical", 1, 0.0)
    assert grid[-1] == Setting("lexical", 5, 1.0)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["depth"], "write it once"),
        (["size=3"], "choose k"),
        (["k=one"], '"one" is not a number'),
        (["k=1", "k=2"], "write it once"),
        (["k=0"], "between 1 and 200"),
        (["threshold=2"], "between 0 and 1"),
        (["mode=best"], "no search mode"),
        ([f"threshold={','.join(str(n / 1000) for n in range(600))}"], "at most 500"),
    ],
)
def test_what_is_no_grid_is_refused(texts: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        grid_of(texts, Setting())


def test_questions_are_asked_once_for_all_thresholds(measurement: Measurement) -> None:
    ran: list[Setting] = []

    def run(setting: Setting) -> Results:
        ran.append(setting)
        return measurement.run(setting, jobs=1)

    grid = grid_of(["threshold=0,0.7,1", "k=1,2"], Setting("lexical"))
    tried = sweep_settings(measurement, grid, measure="char_f1", run=run)
    assert len(ran) == 2
    for trial in tried.trials:
        alone = measurement.run(trial.setting, jobs=1)
        assert [one.answered for one in trial.results.outcomes] == [one.answered for one in alone.outcomes]
        assert trial.results.settings["threshold"] == alone.settings["threshold"]
    assert tried.best.setting.threshold == 0.0
    assert not tried.held_out


def test_a_tuning_part_is_not_reported_on(measurement: Measurement) -> None:
    tried = sweep_settings(measurement, grid_of(["threshold=0,1"], Setting("lexical")), tune=0.4)
    assert tried.held_out
    assert len(tried.results.outcomes) == 12
    assert not {one.id for one in tried.results.outcomes} & split(SET.questions, 0.4)


def test_the_lowest_is_best_where_less_is_better(measurement: Measurement) -> None:
    tried = sweep_settings(measurement, grid_of(["k=1,2"], Setting("lexical")), measure="latency_ms.p50")
    figures = [trial.figure for trial in tried.trials if trial.figure is not None]
    assert tried.best.figure == min(figures)


def test_the_split_depends_on_ids_alone() -> None:
    assert split(SET.questions, 0.3) == split(SET.questions[::-1], 0.3)
    assert len(split(SET.questions, 0.3)) == 6
    for share in (0.0, 1.0, -1.0, 0.001):
        with pytest.raises(UsageError):
            split(SET.questions, share)


def test_another_threshold_only_changes_what_is_answered() -> None:
    results = Results("set", {"threshold": 0.5}, (outcome(confidence=0.4), unanswerable(confidence=0.6)))
    low, high = with_threshold(results, 0.3), with_threshold(results, 0.5)
    assert [one.answered for one in low.outcomes] == [True, True]
    assert [one.answered for one in high.outcomes] == [False, True]
    assert high.settings["threshold"] == 0.5


def test_an_unknown_measure_is_refused(measurement: Measurement) -> None:
    with pytest.raises(UsageError, match='no measure "goodness"'):
        sweep_settings(measurement, [Setting()], measure="goodness")
    with pytest.raises(UsageError, match="no setting has a figure"):
        sweep_settings(measurement, [Setting("lexical")], measure="abstention.recall")
