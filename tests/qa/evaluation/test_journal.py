from __future__ import annotations

from pathlib import Path

import pytest
from tests.qa.measured import outcome

from yuanwen_index import UsageError
from yuanwen_qa.evaluation.journal import Journal, journal_folder


def test_finished_questions_are_found_again_under_the_same_settings(tmp_path: Path) -> None:
    with Journal(tmp_path, {"k": 5}) as journal:
        journal.add(outcome(id="a"))
        journal.add(outcome(id="b"))
    with Journal(tmp_path, {"k": 5}) as journal:
        assert journal.finished == {"a": outcome(id="a"), "b": outcome(id="b")}
    with Journal(tmp_path, {"k": 6}) as journal:
        assert journal.finished == {}
    assert len(list(tmp_path.iterdir())) == 1


def test_a_line_cut_off_in_writing_is_asked_again(tmp_path: Path) -> None:
    with Journal(tmp_path, {}) as journal:
        journal.add(outcome(id="a"))
        journal.add(outcome(id="b"))
    (file,) = tmp_path.iterdir()
    text = file.read_text("utf-8")
    file.write_text(text[: len(text) // 2 + 40], "utf-8")
    with Journal(tmp_path, {}) as journal:
        assert list(journal.finished) == ["a"]
        journal.add(outcome(id="b"))
    with Journal(tmp_path, {}) as journal:
        assert list(journal.finished) == ["a", "b"]


def test_complete_work_leaves_nothing_behind(tmp_path: Path) -> None:
    with Journal(tmp_path, {}) as journal:
        journal.add(outcome())
        journal.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot keep finished questions"):
        Journal(tmp_path / "file", {})


def test_journals_stand_in_the_user_s_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert journal_folder() == tmp_path / "yuanwen" / "evaluations"
