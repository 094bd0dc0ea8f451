from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from yuanwen_index import UsageError
from yuanwen_ui.serving.accounts import add_user, read_accounts, remove_user

PASSWORD = "correct horse 马"


@pytest.fixture(scope="module")
def users(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("users") / "users"
    add_user(file, "王芳", PASSWORD)
    return file


def test_a_user_is_admitted_with_the_password_and_with_no_other(users: Path) -> None:
    accounts = read_accounts(users)
    assert accounts.admit("王芳", PASSWORD)
    assert not accounts.admit("王芳", PASSWORD + " ")
    assert not accounts.admit("王芳", "")
    assert not accounts.admit("李明", PASSWORD)
    assert not accounts.admit("王芳", "x" * 10_000)


def test_the_same_letters_from_another_keyboard_are_the_same_password(tmp_path: Path) -> None:
    add_user(tmp_path / "users", "é", "é" * 10)
    accounts = read_accounts(tmp_path / "users")
    assert accounts.admit(unicodedata.normalize("NFD", "é"), unicodedata.normalize("NFD", "é" * 10))


def test_the_file_holds_no_password_and_is_its_owners_alone(users: Path) -> None:
    text = users.read_text("utf-8")
    assert text.startswith("王芳:scrypt:")
    assert PASSWORD not in text
    assert users.stat().st_mode & 0o077 == 0
    assert [file.name for file in users.parent.iterdir()] == ["users"]


def test_the_same_password_is_hashed_differently_for_everyone(tmp_path: Path) -> None:
    file = tmp_path / "users"
    assert add_user(file, "a", PASSWORD)
    assert add_user(file, "b", PASSWORD)
    assert len({line.split(":")[-1] for line in file.read_text().splitlines()}) == 2


def test_a_new_password_replaces_the_old_one_and_a_removed_user_is_gone(tmp_path: Path) -> None:
    file = tmp_path / "users"
    add_user(file, "a", PASSWORD)
    assert not add_user(file, "a", "another one 1")
    assert not read_accounts(file).admit("a", PASSWORD)
    assert read_accounts(file).admit("a", "another one 1")
    remove_user(file, "a")
    with pytest.raises(UsageError, match="holds no user"):
        read_accounts(file)
    with pytest.raises(UsageError, match="no user 'a'"):
        remove_user(file, "a")


@pytest.mark.parametrize("name", ["", "a:b", "a\nb", "#a", " a", "x" * 65, "a\u202e"])
def test_a_name_that_the_file_cannot_hold_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="name"):
        add_user(tmp_path / "users", name, PASSWORD)


def test_a_short_password_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="10 to"):
        add_user(tmp_path / "users", "a", "short")
    assert not (tmp_path / "users").exists()


GOOD = f"scrypt:1024:8:1:{'ab' * 16}:{'cd' * 32}"


@pytest.mark.parametrize(
    "line",
    [
        "a",
        "a:password",
        f"a:md5:1024:8:1:{'ab' * 16}:{'cd' * 32}",
        f"a:scrypt:1000:8:1:{'ab' * 16}:{'cd' * 32}",
        f"a:scrypt:0:8:1:{'ab' * 16}:{'cd' * 32}",
        f"a:scrypt:-2:8:1:{'ab' * 16}:{'cd' * 32}",
        f"a:scrypt:1073741824:8:1:{'ab' * 16}:{'cd' * 32}",
        f"a:scrypt:1024:8:99999:{'ab' * 16}:{'cd' * 32}",
        f"a:scrypt:1024:8:1:xy:{'cd' * 32}",
        f"a:scrypt:1024:8:1:{'ab' * 16}:",
        f":{GOOD}",
    ],
)
def test_a_line_that_is_no_user_is_named(line: str, tmp_path: Path) -> None:
    file = tmp_path / "users"
    file.write_text(f"# who may come in\n\nb:{GOOD}\n{line}\n")
    file.chmod(0o600)
    with pytest.raises(UsageError, match="line 4: not a user"):
        read_accounts(file)


def test_a_file_that_is_missing_binary_or_open_to_everyone_is_refused_with_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "users"
    with pytest.raises(UsageError, match="cannot read the users"):
        read_accounts(file)
    file.write_bytes(b"\xff\xfe")
    file.chmod(0o600)
    with pytest.raises(UsageError, match="UTF-8"):
        read_accounts(file)
    file.write_text(f"a:{GOOD}\n")
    file.chmod(0o644)
    with pytest.raises(UsageError, match="chmod 600"):
        read_accounts(file)
