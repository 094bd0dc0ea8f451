r"""Question sets as tables (CSV, TSV, XLSX) for people who write them in a spreadsheet.

One row a question. Several answers in one cell are divided by ``|`` or by a line break in the cell; so are
several sources and quotes, which go together in order. A ``|`` inside an answer is written ``\|``.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from yuanwen_index import MissingExtra, UsageError

from .question_sets import Question, question_from

__all__ = ["COLUMNS", "is_table", "read_table", "safe_cell", "write_table"]

COLUMNS = (
    "id",
    "question",
    "answers",
    "answerable",
    "source",
    "quote",
    "lang",
    "type",
    "difficulty",
    "draft",
)
LARGEST_TABLE = 64 * 1024 * 1024
_NAMES = {
    "id": ("id", "编号", "編號"),
    "question": ("question", "问题", "問題"),
    "answers": ("answers", "answer", "answer(s)", "答案"),
    "answerable": ("answerable", "可回答", "有答案"),
    "source": ("source", "file", "来源", "來源", "文件"),
    "quote": ("quote", "evidence", "引文", "原文", "证据", "證據"),
    "lang": ("lang", "language", "语言", "語言"),
    "type": ("type", "类型", "類型"),
    "difficulty": ("difficulty", "难度", "難度"),
    "draft": ("draft", "草稿"),
}
_KEY_OF = {name: key for key, names in _NAMES.items() for name in names}
_DIVIDER = re.compile(r"(?<!\\)\||\n")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def is_table(path: Path) -> bool:
    """Whether the suffix is one of a table."""
    return path.suffix.lower() in {".csv", ".tsv", ".xlsx"}


def read_table(path: Path) -> list[Question]:
    """The questions of a table, empty rows left out.

    Raises:
        UsageError: naming row and column of what is wrong, counted as the spreadsheet counts them.
        MissingExtra: the package that reads XLSX is not installed.
    """
    rows = _xlsx_rows(path) if path.suffix.lower() == ".xlsx" else _csv_rows(path)
    numbered = [(number, row) for number, row in enumerate(rows, 1) if any(cell.strip() for cell in row)]
    if not numbered:
        raise UsageError(f"{path.name}: row 1: the table is empty")
    header_row, header = numbered[0]
    keys = _keys(path.name, header_row, header)
    return [
        question_from(_record(keys, row), count, _place(path.name, number, keys, header))
        for count, (number, row) in enumerate(numbered[1:], 1)
    ]


def write_table(path: Path, records: Iterable[dict[str, Any]]) -> None:
    """Write question records as CSV, TSV or XLSX.

    Raises:
        MissingExtra: the package that writes XLSX is not installed.
    """
    rows = [list(COLUMNS), *(_cells(record) for record in records)]
    if path.suffix.lower() == ".xlsx":
        _write_xlsx(path, rows)
        return
    with path.open("x", encoding="utf-8-sig", newline="") as file:  # the mark tells Excel that it is UTF-8
        writer = csv.writer(file, delimiter="\t" if path.suffix.lower() == ".tsv" else ",")
        writer.writerows([safe_cell(cell) for cell in row] for row in rows)


def safe_cell(text: str) -> str:
    """``text`` so that no spreadsheet takes it for a formula: an apostrophe before ``= + - @``."""
    return "'" + text if text.startswith(_FORMULA) else text


def _keys(name: str, number: int, header: Sequence[str]) -> list[str | None]:
    keys = [_KEY_OF.get(cell.strip().lower()) for cell in header]
    for needed in ("question", "answers"):
        if needed not in keys:
            columns = ", ".join(COLUMNS)
            raise UsageError(
                f'{name}: row {number}: there is no column "{needed}"; the columns are {columns}'
            )
    for column, key in enumerate(keys):
        if key is not None and key in keys[:column]:
            raise UsageError(f'{name}: row {number}, column {_letter(column)}: a second column "{key}"')
    return keys


def _place(name: str, number: int, keys: list[str | None], header: Sequence[str]) -> Callable[[str], str]:
    def at(key: str) -> str:
        key = "quote" if key == "evidence" else key
        if key not in keys:
            return f'{name}: row {number}, column "{key}" (missing)'
        column = keys.index(key)
        return f'{name}: row {number}, column {_letter(column)} ("{header[column].strip()}")'

    return at


def _record(keys: list[str | None], row: Sequence[str]) -> dict[str, Any]:
    cells = {key: _unquoted(cell) for key, cell in zip(keys, row, strict=False) if key is not None}
    record: dict[str, Any] = {key: cell for key, cell in cells.items() if key not in {"source", "quote"}}
    record["answers"] = _divided(cells.get("answers", ""))
    sources, quotes = _divided(cells.get("source", "")), _divided(cells.get("quote", ""))
    if len(sources) == 1:
        sources *= max(1, len(quotes))
    pairs = max(len(sources), len(quotes))
    sources += [""] * (pairs - len(sources))
    quotes += [""] * (pairs - len(quotes))
    record["evidence"] = [
        {"file": source, "quote": quote} for source, quote in zip(sources, quotes, strict=True)
    ]
    return record


def _cells(record: dict[str, Any]) -> list[str]:
    evidence = record["evidence"]
    sources = list(dict.fromkeys(one["file"] for one in evidence))
    cells = {
        **{key: str(record.get(key, "")) for key in ("id", "question", "lang", "type", "difficulty")},
        "answers": _joined(record["answers"]),
        "answerable": "yes" if record["answerable"] else "no",
        "source": _joined(sources if len(sources) == 1 else [one["file"] for one in evidence]),
        "quote": _joined(one["quote"] for one in evidence),
        "draft": "yes" if record.get("draft") else "",
    }
    return [cells[column] for column in COLUMNS]


def _divided(cell: str) -> list[str]:
    return [part.strip().replace("\\|", "|") for part in _DIVIDER.split(cell) if part.strip()]


def _joined(parts: Iterable[str]) -> str:
    return " | ".join(part.replace("|", "\\|") for part in parts)


def _unquoted(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def _letter(column: int) -> str:
    """A, B, ... Z, AA, AB: what a spreadsheet calls column ``column`` (from 0)."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _csv_rows(path: Path) -> list[list[str]]:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_TABLE + 1)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    if len(data) > LARGEST_TABLE:
        raise UsageError(f"{path.name} is larger than {LARGEST_TABLE // 2**20} MiB")
    text = _decoded(path.name, data)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max("\t,;", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    try:
        rows.extend(reader)
    except csv.Error as error:
        raise UsageError(f"{path.name}: row {len(rows) + 1}: not CSV: {error}") from error
    return rows


def _decoded(name: str, data: bytes) -> str:
    for charset in ("utf-8-sig", "gb18030"):  # Excel in China still saves CSV in the latter
        try:
            return data.decode(charset)
        except UnicodeDecodeError:
            continue
    raise UsageError(f"{name}: row 1: neither UTF-8 nor GB18030; save the table as UTF-8")


def _xlsx_rows(path: Path) -> list[list[str]]:
    openpyxl = _openpyxl()
    try:
        with zipfile.ZipFile(path) as parts:
            if sum(part.file_size for part in parts.infolist()) > LARGEST_TABLE:
                raise UsageError(f"{path.name} unpacks to more than {LARGEST_TABLE // 2**20} MiB")
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            rows = book.worksheets[0].iter_rows(values_only=True)
            return [[_cell_text(value) for value in row] for row in rows]
        finally:
            book.close()
    except UsageError:
        raise
    except Exception as error:  # a damaged workbook fails anywhere inside the XML reader
        raise UsageError(f"{path.name}: row 1: not a readable XLSX table ({error})") from error


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _write_xlsx(path: Path, rows: list[list[str]]) -> None:
    book = _openpyxl().Workbook()
    sheet = book.active
    for number, row in enumerate(rows, 1):
        for place, text in enumerate(row, 1):
            cell = sheet.cell(number, place)
            cell.value = "".join(character for character in text if character >= " " or character in "\n\t")
            cell.data_type = "s"  # text, whatever it begins with
    for column, width in zip("ABCDEFGHIJ", (12, 48, 32, 12, 24, 48, 8, 12, 12, 8), strict=True):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "A2"
    book.save(path)


def _openpyxl() -> Any:
    try:
        return import_module("openpyxl")
    except ImportError as error:
        raise MissingExtra("A question set in XLSX", "eval") from error
