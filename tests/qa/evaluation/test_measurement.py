from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.qa.measured import QUESTIONS, NumberReader, write_corpus

from yuanwen_index import UsageError, build_index
from yuanwen_qa.evaluation.measurement import Measurement, Setting, open_index, open_paragraphs
from yuanwen_qa.evaluation.question_files import read_question_set
from yuanwen_qa.evaluation.question_sets import Context, Question, QuestionSet


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("measurement")
    build_index([write_corpus(home / "pages")], home / "index")
    (home / "set.json").write_text(json.dumps(QUESTIONS), "utf-8")
    return home


@pytest.fixture(scope="module")
def over_index(home: Path) -> Measurement:
    return open_index(read_question_set(home / "set.json"), home / "index", reader=NumberReader())


PARAGRAPHS = QuestionSet(
    "paragraphs",
    (
        Question("a", "展出多少册古籍？", ("126册",), context="x #1"),
        Question("b", "大桥全长多少米？", ("3200米",), context="x #2"),
    ),
    (Context("x #1", "x", "展出古籍126册。"), Context("x #2", "x", "大桥全长3200米，提前40天通车。")),
)


@pytest.mark.parametrize("mode", ["hybrid", "lexical", "dense"])
def test_an_index_is_measured_in_every_mode(over_index: Measurement, mode: str) -> None:
    results = over_index.run(Setting(mode))
    record = results.record()
    assert results.settings["mode"] == mode
    assert results.settings["reader"] == "last number"
    assert results.settings["threshold"] == 0.5
    assert record["recall@3"] == 1.0
    assert {one["id"]: one["exact_match"] for one in record["questions"]}["books"] == 1.0


def test_search_alone_is_measured_without_a_reader(home: Path) -> None:
    record = open_index(read_question_set(home / "set.json"), home / "index").run(Setting()).record()
    assert record["exact_match"] is None
    assert record["recall@3"] == 1.0
    assert "reader" not in record["settings"]


def test_paragraphs_of_the_set_are_searched(home: Path) -> None:
    results = open_paragraphs(PARAGRAPHS, "open", reader=NumberReader()).run(Setting("lexical"))
    assert [one.rank for one in results.outcomes] == [1, 1]
    assert [one.prediction for one in results.outcomes] == ["126册", "40天"]


def test_on_answerable_paragraphs_every_answer_is_given_unless_a_threshold_is_set() -> None:
    gold = open_paragraphs(PARAGRAPHS, "gold", reader=NumberReader())
    assert [one.answered for one in gold.run(Setting()).outcomes] == [True, True]
    assert [one.answered for one in gold.run(Setting(threshold=0.7)).outcomes] == [True, False]
    assert gold.run(Setting()).settings == {
        "contexts": "gold",
        "passages": 2,
        "reader": "last number",
        "threshold": 0.0,
    }


def test_of_an_index_the_gold_passages_are_those_with_the_quotes(home: Path) -> None:
    questions = read_question_set(home / "set.json")
    results = open_index(questions, home / "index", reader=NumberReader(), gold=True).run(Setting())
    assert [one.id for one in results.outcomes] == [one.id for one in questions.questions if one.answerable]
    assert (results.settings["contexts"], results.settings["threshold"]) == ("gold", 0.0)
    assert results.record()["recall@3"] is None
    with pytest.raises(UsageError, match="holds a quote"):
        open_index(PARAGRAPHS, home / "index", reader=NumberReader(), gold=True)


def test_gold_paragraphs_need_a_reader() -> None:
    with pytest.raises(UsageError, match="without a reader"):
        open_paragraphs(PARAGRAPHS, "gold")


def test_a_set_without_paragraphs_cannot_be_searched_in_them(home: Path) -> None:
    with pytest.raises(UsageError, match="brings no paragraphs"):
        open_paragraphs(read_question_set(home / "set.json"), "open")


def test_a_set_s_paragraphs_are_told_with_the_encoder_that_found_them() -> None:
    settings = open_paragraphs(PARAGRAPHS, "open").run(Setting()).settings
    assert (settings["encoder"], settings["passages"]) == ("yuanwen", 2)
    assert len(settings["fingerprint"]) == 64


def test_the_content_is_told_apart_by_its_texts(over_index: Measurement) -> None:
    other = PARAGRAPHS.contexts[0], Context("x #2", "x", "大桥全长3201米。")
    contents = {
        over_index.content,
        open_paragraphs(PARAGRAPHS, "open").content,
        open_paragraphs(QuestionSet("other", PARAGRAPHS.questions, other), "open").content,
    }
    assert len(contents) == 3


def test_a_complete_run_leaves_no_journal(over_index: Measurement, tmp_path: Path) -> None:
    over_index.run(Setting(), journal_folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "setting", [{"mode": "best"}, {"depth": 0}, {"depth": 1000}, {"threshold": -0.1}, {"threshold": 1.5}]
)
def test_a_setting_out_of_range_is_refused(setting: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        Setting(**setting)  # type: ignore[arg-type]
