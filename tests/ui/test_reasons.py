"""Reasons why a file was not read: every one that the index gives has words in all three languages."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from yuanwen_index import MissingExtra
from yuanwen_ui.messages import LANGUAGES, script_words
from yuanwen_ui.reasons import reason_key

INDEX = Path(__file__).parents[2] / "index" / "yuanwen_index"


def given_reasons() -> list[str]:
    """What the index can say of a file, with X where something is filled in."""
    found = []
    for module in [INDEX / "documents.py", *(INDEX / "formats").glob("*.py")]:
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "DocumentUnreadable":
                reason = node.args[0]
                if isinstance(reason, ast.Constant):
                    found.append(str(reason.value))
                elif isinstance(reason, ast.JoinedStr):
                    found.append(
                        "".join(
                            str(part.value) if isinstance(part, ast.Constant) else "X"
                            for part in reason.values
                        )
                    )
    return found


def test_there_are_reasons() -> None:
    assert len(given_reasons()) > 12


@pytest.mark.parametrize(
    "reason",
    [
        *given_reasons(),
        "is neither UTF-8 nor GB18030; name its charset with --encoding",
        "has the byte order mark of UTF-16 but cannot be decoded as such",
        "cannot be decoded as big5",
        "needs a password",
        "is not a PDF file that can be read",
        "cannot be read: Permission denied",
        str(MissingExtra("reading .pdf", "documents")),
    ],
)
def test_every_reason_has_words(reason: str) -> None:
    key = reason_key(reason)
    assert key != "unread.other"
    assert all(script_words(language)[key] for language in LANGUAGES)


def test_an_unknown_reason_has_words_too() -> None:
    assert all(script_words(language)[reason_key("?")] for language in LANGUAGES)
