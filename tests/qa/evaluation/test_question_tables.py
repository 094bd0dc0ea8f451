from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest

from yuanwen_index import UsageError
from yuanwen_qa.evaluation.question_sets import Evidence
from yuanwen_qa.evaluation.question_tables import read_table, safe_cell


def table(tmp_path: Path, text: str, charset: str = "utf-8") -> Path:
    path = tmp_path / "set.csv"
    path.write_bytes(text.encode(charset))
    return path


def sheet(tmp_path: Path, rows: list[list[object]]) -> Path:
    path = tmp_path / "set.xlsx"
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_a_chinese_table_from_excel_is_read(tmp_path: Path) -> None:
    text = "问题,答案,来源,引文\n几册？,126册|126,a.txt,古籍126册\n谁？,周文涛,a.txt,馆长周文涛 | 由周文涛\n"
    first, second = read_table(table(tmp_path, text, "gb18030"))
    assert (first.text, first.answers, first.id) == ("几册？", ("126册", "126"), "1")
    assert first.evidence == (Evidence("a.txt", "古籍126册"),)
    assert second.evidence == (Evidence("a.txt", "馆长周文涛"), Evidence("a.txt", "由周文涛"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_header_tells_the_delimiter(tmp_path: Path, delimiter: str) -> None:
    text = delimiter.join(("question", "answers")) + "\n" + delimiter.join(("谁？", "周")) + "\n"
    assert read_table(table(tmp_path, text))[0].answers == ("周",)


def test_answers_are_divided_by_line_breaks_too(tmp_path: Path) -> None:
    assert read_table(table(tmp_path, 'question,answers\n谁？,"周\n馆长周"\n'))[0].answers == ("周", "馆长周")


def test_a_worksheet_s_numbers_dates_and_ticks_are_text(tmp_path: Path) -> None:
    from datetime import datetime

    rows = [
        ["question", "answers", "answerable"],
        ["几册？", 126, True],
        ["哪天？", datetime(2022, 5, 18), None],
        ["多少？", 1.5, None],
        ["谁？", None, False],
    ]
    questions = read_table(sheet(tmp_path, rows))
    assert [question.answers for question in questions] == [("126",), ("2022-05-18",), ("1.5",), ()]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "row 1: the table is empty"),
        ("answers\na\n", 'row 1: there is no column "question"'),
        ("question\na\n", 'row 1: there is no column "answers"'),
        ("question,answers,answer\na,b,c\n", 'row 1, column C: a second column "answers"'),
        ("id,question,answers\n1,?,a\n2,,b\n", r'row 3, column B \("question"\): the question is empty'),
        ("question,answers\n?,\n", r'row 2, column B \("answers"\): no answer'),
        (
            "question,answers,answerable\n?,a,perhaps\n",
            r'row 2, column C \("answerable"\): expected yes or no',
        ),
        ("\n\nquestion,answers\n\n,a\n", r"row 5, column A"),
        ('question,answers\n?,"a\n', "row 2: not CSV"),
    ],
)
def test_what_is_wrong_in_csv_is_said_with_row_and_column(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_table(table(tmp_path, text))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "row 1: the table is empty"),
        ([["question"]], 'row 1: there is no column "answers"'),
        ([["question", "答案"], ["谁？", "周"], [None, "王"]], r'row 3, column A \("question"\)'),
        ([["question", "答案"], ["谁？", None]], r'row 2, column B \("答案"\): no answer'),
    ],
)
def test_what_is_wrong_in_xlsx_is_said_with_row_and_column(
    tmp_path: Path, rows: list[list[object]], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        read_table(sheet(tmp_path, rows))


def test_bytes_of_no_known_charset_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "set.csv"
    path.write_bytes(b"question,answers\n\xff\xff\xff,a\n")
    with pytest.raises(UsageError, match="neither UTF-8 nor GB18030"):
        read_table(path)


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "set.xlsx"
    path.write_bytes(b"PK\x03\x04 not a workbook")
    with pytest.raises(UsageError, match="row 1: not a readable XLSX table"):
        read_table(path)


def test_a_workbook_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "set.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b" " * (65 * 1024 * 1024))
    with pytest.raises(UsageError, match="unpacks to more than 64 MiB"):
        read_table(path)


def test_no_cell_is_a_formula() -> None:
    assert [safe_cell(text) for text in ("=1", "+1", "-1", "@a", "a=1")] == [
        "'=1",
        "'+1",
        "'-1",
        "'@a",
        "a=1",
    ]
