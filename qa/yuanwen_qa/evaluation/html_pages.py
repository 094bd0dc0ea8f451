"""The frame of the HTML reports: one page without any request, in two languages, with text kept inert.

Words of documents and questions enter a page in two ways only: escaped, or as JSON that the page's script
shows as text. A content security policy forbids every request and every script but that one.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from typing import Any

from .report_words import WORDS

__all__ = ["header", "number", "page", "table", "two", "visible"]


def page(title: str, body: str, data: dict[str, Any]) -> str:
    """A whole page; ``body`` is HTML, ``data`` JSON values for the page's script."""
    style, script = _file("report.css"), _file("report.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'"
    words = {"words": {key: list(value) for key, value in WORDS.items()}, "questions": [], **data}
    return (
        '<!doctype html>\n<html lang="zh"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{visible(title)} · 原文 Yuanwen</title><style>{style}</style></head><body>{body}"
        f'<script type="application/json" id="data">{_json(words)}</script>'
        f"<script>{script}</script></body></html>\n"
    )


def _file(name: str) -> str:
    return (files(__package__) / "report_files" / name).read_text("utf-8")


def _json(value: object) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def two(key: str) -> str:
    """The words for ``key`` in both languages, of which the page shows one."""
    chinese, english = WORDS[key]
    return f'<span class="zh">{escape(chinese)}</span><span class="en">{escape(english)}</span>'


def visible(text: str) -> str:
    """Escaped text without the characters that are not seen."""
    return escape("".join(character if character.isprintable() else "\ufffd" for character in text))


def header(kind: str, name: str) -> str:
    """The page's heading with the buttons that choose its language."""
    buttons = "".join(
        f'<button type="button" data-lang="{lang}" aria-pressed="false">{label}</button>'
        for lang, label in (("zh", "中文"), ("en", "English"))
    )
    return f"<header><h1>{two(kind)}: {visible(name)}</h1><div>{buttons}</div></header>"


def number(text: str) -> str:
    """A number, escaped, its digits aligned."""
    return f'<span class="number">{escape(text)}</span>'


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; header and cells are HTML already."""
    if not rows:
        return ""
    head = "".join(f"<th>{cell}</th>" for cell in header)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
