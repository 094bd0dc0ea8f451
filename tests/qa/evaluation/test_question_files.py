from __future__ import annotations

import json
import lzma
from pathlib import Path

import pytest
from tests.qa.measured import QUESTIONS

from yuanwen_index import UsageError
from yuanwen_qa.evaluation.question_files import (
    example_questions,
    read_question_set,
    write_question_set,
)
from yuanwen_qa.evaluation.question_sets import Evidence, Question

SUFFIXES = (".json", ".jsonl", ".csv", ".tsv", ".xlsx")
QUESTION = Question(
    "a|b",
    "几册？",
    ("126册", "约|126册"),
    (Evidence("a.txt", "古籍126册"), Evidence("b.txt", "百余册")),
    "zh",
    "number",
)
HOSTILE = [
    Question("=1+1", "=HYPERLINK(1)", ("+1", "-2"), (), "en"),
    Question("q", "第一行\n第二行", ("@a",), (Evidence("f.txt", '他说，"是"'),), "zh", draft=True),
    Question("u", "谁？", (), (), "zh", "who", "hard"),
]


def test_a_json_set_is_read(tmp_path: Path) -> None:
    path = tmp_path / "set.json"
    path.write_text(json.dumps(QUESTIONS), "utf-8-sig")
    question_set = read_question_set(path)
    assert question_set.name == "set.json"
    assert [question.id for question in question_set.questions] == ["books", "chair", "bridge", "toll"]
    assert [question.answerable for question in question_set.questions] == [True, True, True, False]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_format_reads_back_what_was_written(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"set{suffix}"
    write_question_set(path, [QUESTION, *HOSTILE])
    assert list(read_question_set(path).questions) == [QUESTION, *HOSTILE]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_existing_file_is_not_overwritten(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"set{suffix}"
    path.write_text("kept")
    with pytest.raises(UsageError, match="exists already"):
        write_question_set(path, [QUESTION])
    assert path.read_text() == "kept"


def test_a_packed_set_is_read(tmp_path: Path) -> None:
    path = tmp_path / "set.json.xz"
    path.write_bytes(lzma.compress(json.dumps(QUESTIONS).encode()))
    assert len(read_question_set(path).questions) == 4


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.json", '[{"question": "?",\n "answers": [}]', r"a\.json: row 2, column 14: not JSON"),
        ("a.json", '[{"question": "?", "answers": ["a"]}, {}]', r'a\.json: question 2, key "question"'),
        ("a.json", '[{"question": "?", "answers": 1.5}, 3]', r"a\.json: question 2: expected an object"),
        ("a.json", '"text"', r"a\.json: expected a list of questions"),
        ("a.json", "[" * 100_000, r"a\.json: the JSON is nested too deeply"),
        ("a.jsonl", '{"question": "?", "answers": ["a"]}\n\n{"question": }', r"a\.jsonl: row 3, column 14"),
        ("a.jsonl", '{"question": "?", "answers": ["a"]}\n[]', r"a\.jsonl: row 2: expected an object"),
        ("a.jsonl", '{"question": "?"}', r'a\.jsonl: row 1, key "answers": no answer'),
        ("a.txt", "?", r"a\.txt: a question set is a \.json"),
        ("a.json.xz", "not packed", r"cannot read .*a\.json\.xz"),
    ],
)
def test_what_is_wrong_is_said_with_row_and_column(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=message):
        read_question_set(path)


def test_a_set_that_is_not_utf_8_names_its_row(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"[\n" + "问题".encode("gb18030"))
    with pytest.raises(UsageError, match="row 2: not UTF-8"):
        read_question_set(path)


def test_a_missing_set_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no such question set"):
        read_question_set(tmp_path / "none.json")


def test_the_examples_are_drafts() -> None:
    assert all(question.draft for question in example_questions())
    assert {question.answerable for question in example_questions()} == {True, False}
