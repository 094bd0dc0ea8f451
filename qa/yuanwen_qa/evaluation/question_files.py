"""Question sets in files: JSON, JSONL, SQuAD and CMRC JSON (all also as .xz), CSV and XLSX.

What is wrong with a file is said with its row and column: for JSON the number of the question and the key.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

from yuanwen_index import UsageError

from .question_sets import Evidence, Question, QuestionSet, question_from, question_record
from .question_tables import is_table, read_table, write_table
from .squad_sets import is_squad, read_squad

__all__ = ["example_questions", "read_question_set", "write_question_set"]

LARGEST_FILE = 512 * 1024 * 1024


def read_question_set(path: Path | str) -> QuestionSet:
    """Read a question set in any of the formats; the suffix tells which.

    Raises:
        UsageError: the file cannot be read, or it holds something wrong; row and column are named.
    """
    path = Path(path)
    if not path.is_file():
        raise UsageError(f"{path}: there is no such question set")
    if is_table(path):
        return QuestionSet(path.name, tuple(read_table(path)))
    if _bare_suffix(path) == ".jsonl":
        return QuestionSet(path.name, tuple(_json_lines(path.name, _read_text(path))))
    if _bare_suffix(path) != ".json":
        raise UsageError(f"{path}: a question set is a .json, .jsonl, .csv, .tsv or .xlsx file")
    value = _parse(path.name, _read_text(path))
    if is_squad(value):
        return read_squad(path.name, value)
    return QuestionSet(path.name, tuple(_json_questions(path.name, value)))


def write_question_set(path: Path | str, questions: list[Question]) -> None:
    """Write questions as the suffix of ``path`` says; an existing file is not overwritten.

    Raises:
        UsageError: the file exists already, cannot be written, or its suffix is unknown.
    """
    path = Path(path)
    if path.exists():
        raise UsageError(f"{path} exists already; choose another name")
    records = [question_record(question) for question in questions]
    try:
        if is_table(path):
            write_table(path, records)
        elif path.suffix == ".jsonl":
            lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
            path.write_text("".join(lines), "utf-8")
        elif path.suffix == ".json":
            path.write_text(json.dumps(records, ensure_ascii=False, indent=1) + "\n", "utf-8")
        else:
            raise UsageError(f"{path}: a question set is a .json, .jsonl, .csv, .tsv or .xlsx file")
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error


def example_questions() -> list[Question]:
    """Two questions that show how a set is written, marked as drafts so that they never count."""
    answerable = Question(
        "example-1",
        "展览于哪天开幕？",
        ("5月18日", "5月18日上午"),
        (Evidence("articles.txt", "5月18日上午，展览在市图书馆开幕"),),
        "zh",
        "when",
        "lexical",
        draft=True,
    )
    return [
        answerable,
        Question("example-2", "Who paid for the exhibition?", (), (), "en", "who", "hard", draft=True),
    ]


def _bare_suffix(path: Path) -> str:
    return Path(path.stem).suffix.lower() if path.suffix.lower() == ".xz" else path.suffix.lower()


def _read_text(path: Path) -> str:
    try:
        if path.suffix.lower() == ".xz":
            with lzma.open(path) as file:
                data = file.read(LARGEST_FILE + 1)
        else:
            with path.open("rb") as file:
                data = file.read(LARGEST_FILE + 1)
    except (OSError, EOFError, lzma.LZMAError) as error:
        raise UsageError(f"cannot read {path}: {error}") from error
    if len(data) > LARGEST_FILE:
        raise UsageError(f"{path} is larger than {LARGEST_FILE // 2**20} MiB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        raise UsageError(f"{path}: row {row}: not UTF-8; save the file as UTF-8 and try again") from error


def _parse(name: str, text: str, row: int | None = None) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = f"row {row or error.lineno}, column {error.colno}"
        raise UsageError(f"{name}: {place}: not JSON: {error.msg}") from error
    except RecursionError as error:
        raise UsageError(f"{name}: the JSON is nested too deeply") from error
    except ValueError as error:  # an integer of thousands of digits
        raise UsageError(f"{name}: not JSON: {error}") from error


def _json_lines(name: str, text: str) -> list[Question]:
    questions: list[Question] = []
    for row, line in enumerate(text.split("\n"), 1):
        if line.strip():
            record = _parse(name, line, row)
            if not isinstance(record, dict):
                raise UsageError(f"{name}: row {row}: expected an object with a question")
            questions.append(question_from(record, len(questions) + 1, _place(name, f"row {row}")))
    return questions


def _json_questions(name: str, value: Any) -> list[Question]:
    records = value.get("questions") if isinstance(value, dict) else value
    if not isinstance(records, list):
        raise UsageError(f"{name}: expected a list of questions, or SQuAD's data")
    questions = []
    for number, record in enumerate(records, 1):
        if not isinstance(record, dict):
            raise UsageError(f"{name}: question {number}: expected an object with a question")
        questions.append(question_from(record, number, _place(name, f"question {number}")))
    return questions


def _place(name: str, row: str) -> Callable[[str], str]:
    return lambda key: f'{name}: {row}, key "{key}"'
