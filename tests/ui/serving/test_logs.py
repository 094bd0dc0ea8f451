from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from yuanwen_index import UsageError
from yuanwen_ui.serving.logs import Lines, log_event, write_logs

SECRET = "谁生病了？\n{}\u2028"


@pytest.fixture
def root() -> Iterator[None]:
    """Leave the loggers as they were."""
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    yield
    for handler in root.handlers:
        handler.close()
    root.handlers[:] = kept
    root.setLevel(level)


def lines_of(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text("ascii").splitlines()]


def test_every_event_is_one_line_of_json(root: None, tmp_path: Path) -> None:
    write_logs(tmp_path / "log")
    log_event("request", path="/\n\u2028\udc80", status=200)
    (line,) = lines_of(tmp_path / "log")
    assert (line["event"], line["level"], line["path"], line["status"]) == (
        "request",
        "info",
        "/\n\u2028\udc80",
        200,
    )
    assert str(line["time"]).endswith("+00:00")


def test_the_text_of_a_question_is_written_only_when_asked_for(root: None, tmp_path: Path) -> None:
    for texts in (False, True):
        write_logs(tmp_path / str(texts), texts=texts)
        log_event("question", outcome="none", question=SECRET)
        try:
            raise ValueError(SECRET)
        except ValueError:
            logging.getLogger("x").exception("a question could not be answered")
    without, with_texts = ((tmp_path / str(texts)).read_text() for texts in (False, True))
    assert json.dumps(SECRET)[1:-1] not in without
    assert with_texts.count(json.dumps(SECRET)[1:-1]) == 2


def test_an_error_is_told_by_its_type_and_its_place(root: None, tmp_path: Path) -> None:
    write_logs(tmp_path / "log")
    try:
        raise KeyError("x")
    except KeyError:
        logging.getLogger("x").exception("something went wrong")
    (line,) = lines_of(tmp_path / "log")
    assert (line["level"], line["event"], line["error"]) == ("error", "something went wrong", "KeyError")
    assert "test_logs.py" in str(line["at"])


def test_without_a_file_only_warnings_are_told(root: None, capsys: pytest.CaptureFixture[str]) -> None:
    write_logs(None)
    log_event("request", path="/")
    logging.getLogger("x").warning("look here")
    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == ["look here"]


def test_a_minus_writes_everything_to_standard_error_once(
    root: None, capsys: pytest.CaptureFixture[str]
) -> None:
    write_logs(Path("-"))
    log_event("request", path="/")
    logging.getLogger("x").warning("look here")
    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == [
        "request",
        "look here",
    ]


def test_a_log_that_cannot_be_written_is_refused(root: None, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot write the log"):
        write_logs(tmp_path / "no" / "log")


def test_values_that_json_does_not_know_are_written_as_text() -> None:
    record = logging.makeLogRecord({"msg": "x", "fields": {"at": Path("a")}})
    assert json.loads(Lines().format(record))["at"] == "a"
