"""A conversation as a file to keep: Markdown, an HTML answer sheet to print, or JSON."""

from __future__ import annotations

import json
import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Sequence
from html import escape
from typing import Any

from .messages import Language, confidence_word, word
from .replies import citation_text, leading_answers
from .turns import Turn

__all__ = ["FORMATS", "Exports", "to_html", "to_json", "to_markdown"]

CONVERSATIONS_KEPT = 1_000
_MARKDOWN_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~&])")
_STYLE = (
    "body{font:16px/1.7 system-ui,'Noto Sans CJK SC',sans-serif;max-width:44em;margin:2em auto;padding:0 1em}"
    "h2{font-size:1.05em;margin-top:2em}blockquote{margin:.4em 0;padding-left:1em;border-left:3px solid #bbb}"
    "p.place{color:#555;font-size:.85em;margin:.2em 0 1em}article{break-inside:avoid}"
)


class Exports:
    """The latest conversations by the unguessable token that each visitor's page holds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[tuple[Turn, ...], Language]] = OrderedDict()

    def token(self) -> str:
        """A new name for one visitor's conversation."""
        return secrets.token_urlsafe(24)

    def put(self, token: str, turns: Sequence[Turn], language: Language) -> None:
        """Keep the conversation as it is now; the longest unused one makes room."""
        if not token:
            return
        with self._lock:
            self._kept[token] = tuple(turns), language
            self._kept.move_to_end(token)
            while len(self._kept) > CONVERSATIONS_KEPT:
                self._kept.popitem(last=False)

    def get(self, token: str) -> tuple[tuple[Turn, ...], Language] | None:
        """The conversation kept under ``token``."""
        with self._lock:
            return self._kept.get(token)


def to_json(turns: Sequence[Turn], language: Language) -> str:
    """The records of ``yuanwen ask --json``, each with the question as it was typed."""
    records = [{"typed": turn.typed, **turn.reply} for turn in turns if turn.reply is not None]
    return json.dumps({"language": language, "turns": records}, ensure_ascii=False, indent=2) + "\n"


def to_markdown(turns: Sequence[Turn], language: Language) -> str:
    """Questions as headings, quotations with their places; what articles hold is escaped."""
    lines = [f"# {word('export.title', language)}", ""]
    for turn in turns:
        if turn.reply is None:
            continue
        lines += [f"## {_plain(turn.typed)}", ""]
        if turn.rewritten:
            lines += [_plain(word("reply.carried", language, question=turn.question)), ""]
        if not turn.reply["answered"]:
            lines += [word("reply.not_found", language), ""]
            lines += _nearest_markdown(turn.reply["passages"], language)
            continue
        for number, answer in enumerate(_shown(turn.reply), start=1):
            sure = confidence_word(answer["confidence"], language)
            lines += [f"{number}. **{_plain(answer['text'])}** ({sure})", ""]
            lines += [f"   > {_plain(_sentence(answer))}", ""]
            lines += [f"   {_plain(citation_text(answer, language))}", ""]
    return "\n".join([*lines, f"*{word('export.made', language)}*", ""])


def to_html(turns: Sequence[Turn], language: Language) -> str:
    """One page without scripts or outside parts, to read or print."""
    parts = [_turn_html(turn, language) for turn in turns if turn.reply is not None]
    title = escape(word("export.title", language))
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1>\n{''.join(parts)}"
        f"<hr><p>{escape(word('export.made', language))}</p></body></html>\n"
    )


FORMATS = {
    "md": (to_markdown, "text/markdown; charset=utf-8"),
    "html": (to_html, "text/html; charset=utf-8"),
    "json": (to_json, "application/json"),
}


def _turn_html(turn: Turn, language: Language) -> str:
    reply: dict[str, Any] = turn.reply or {}
    carried = word("reply.carried", language, question=turn.question) if turn.rewritten else ""
    head = f"<article><h2>{escape(turn.typed)}</h2>" + (f"<p>{escape(carried)}</p>" if carried else "")
    if not reply["answered"]:
        nearest = _nearest_html(reply["passages"], language)
        return f"{head}<p>{escape(word('reply.not_found', language))}</p>{nearest}</article>\n"
    items = []
    for answer in _shown(reply):
        before, text, after = (escape(answer["sentence"][part]) for part in ("before", "text", "after"))
        sure = escape(confidence_word(answer["confidence"], language))
        place = escape(citation_text(answer, language))
        items.append(
            f"<li><strong>{text}</strong> ({sure})<blockquote>{before}<mark>{text}</mark>{after}</blockquote>"
            f'<p class="place">{place}</p></li>'
        )
    return f"{head}<ol>{''.join(items)}</ol></article>\n"


def _nearest_markdown(passages: list[dict[str, Any]], language: Language) -> list[str]:
    lines = [word("reply.nearest", language), ""] if passages else []
    for number, passage in enumerate(passages, start=1):
        lines += [
            f"{number}. > {_plain(passage['text'])}",
            "",
            f"   {_plain(citation_text(passage, language))}",
            "",
        ]
    return lines


def _nearest_html(passages: list[dict[str, Any]], language: Language) -> str:
    items = "".join(
        f"<li><blockquote>{escape(passage['text'])}</blockquote>"
        f'<p class="place">{escape(citation_text(passage, language))}</p></li>'
        for passage in passages
    )
    return f"<p>{escape(word('reply.nearest', language))}</p><ol>{items}</ol>" if items else ""


def _shown(reply: dict[str, Any]) -> list[dict[str, Any]]:
    """The answers in the order in which the page numbers them."""
    leading, others = leading_answers(reply)
    return leading + others


def _sentence(answer: dict[str, Any]) -> str:
    return "".join(answer["sentence"][part] for part in ("before", "text", "after"))


def _plain(text: str) -> str:
    """``text`` so that Markdown shows it as it is, on one line."""
    return _MARKDOWN_MARKS.sub(r"\\\1", " ".join(text.split()))
