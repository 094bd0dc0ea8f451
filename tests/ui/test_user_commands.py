"""``yuanwen user``, run as a user runs it."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from yuanwen_ui.__main__ import main
from yuanwen_ui.serving.accounts import read_accounts


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str, typed: str = "") -> int:
    monkeypatch.setattr(sys, "argv", ["yuanwen", "user", *arguments])
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0)


def test_a_user_is_added_changed_and_removed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "users"
    add = ("add", "王芳", "--password-stdin", "--auth-file", str(file))
    assert run(monkeypatch, *add, typed="a first password\n") == 0
    assert "王芳 was added" in capsys.readouterr().out
    assert run(monkeypatch, *add, typed="another password\r\n") == 0
    assert "new password" in capsys.readouterr().out
    assert read_accounts(file).admit("王芳", "another password")
    assert run(monkeypatch, "remove", "王芳", "--auth-file", str(file)) == 0
    assert run(monkeypatch, "remove", "王芳", "--auth-file", str(file)) == 2
    assert "holds no user" in capsys.readouterr().err


def test_a_password_is_not_taken_from_the_command_line_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(tmp_path / "users")
    assert run(monkeypatch, "add", "a", "a long password", "--auth-file", file) == 2
    assert (
        run(monkeypatch, "add", "a", "--auth-file", file, "--password-stdin", typed="a long password\n") == 0
    )
    assert "a long password" not in capsys.readouterr().out
