"""A conversation as the HTML of chat messages, inert whatever the articles, titles and file names hold.

Everything that is not markup written here passes ``html.escape``; the page then sanitizes the messages once
more. What can be clicked is a link to ``#source?...``, ``#copy`` or ``#verdict?...``, which the page's script
acts on: the sanitizer lets no other attribute through.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any
from urllib.parse import urlencode

from yuanwen_qa import LONGEST_QUESTION

from .messages import Language, confidence_word, word
from .turns import Turn

__all__ = ["chat_messages", "citation_text", "source_link", "turn_html"]

LIKELY = 0.5
_QUOTED_LENGTH = 120
_WANTS_A_SENTENCE = re.compile(
    r"为什么|為什麼|为何|為何|为啥|原因|怎么|怎麼|如何|哪些|哪几|哪幾|分别|分別|\bwhy\b|\breasons?\b"
    r"|\bhow\b(?! (?:many|much|long|old|far|often)\b)|\blist\b",
    re.IGNORECASE,
)


def chat_messages(turns: Sequence[Turn], language: Language) -> list[dict[str, str]]:
    """The messages of the chat, two a turn."""
    messages = []
    for turn in turns:
        asked = f'<span class="yw-question">{escape(turn.typed)}</span>'
        messages.append({"role": "user", "content": asked})
        messages.append({"role": "assistant", "content": turn_html(turn, language)})
    return messages


def turn_html(turn: Turn, language: Language) -> str:
    """What the assistant says in one turn: a state, an error, the answers, or "not found"."""
    if turn.reply is None:
        key = turn.failure or f"state.{turn.stage}"
        return f'<p class="yw-note">{escape(word(key, language, limit=LONGEST_QUESTION, n=turn.found))}</p>'
    parts = []
    if turn.rewritten:
        carried = word("reply.carried", language, question=turn.question)
        parts.append(f'<p class="yw-carried">{escape(carried)}</p>')
    if turn.narrowed:
        parts.append(f'<p class="yw-carried">{escape(word("reply.narrowed", language))}</p>')
    answered = turn.reply["answered"]
    parts.append(_answers(turn.reply, language) if answered else _not_found(turn.reply, language))
    parts.append(_verdicts(turn.reply, language))
    return f'<div class="yw-reply" lang="{language}">{"".join(parts)}</div>'


def source_link(place: dict[str, Any], kind: str) -> str:
    """The link that opens the file of an answer or passage record, marked as ``kind``."""
    where = {"file": place["source"], "start": place["start"], "end": place["end"], "kind": kind}
    return "#source?" + urlencode(where, errors="replace")


def citation_text(place: dict[str, Any], language: Language) -> str:
    """Title, date, file and lines of an answer or passage record in one line, and whether its file changed."""
    first, last = place["first_line"], place["last_line"]
    where = word("cite.line" if first == last else "cite.lines", language, first=first, last=last)
    parts = [place["title"] or word("cite.untitled", language), place["date"], place["source"], where]
    if place["file_state"] in ("changed", "gone"):
        parts.append(word(f"cite.{place['file_state']}", language))
    return " · ".join(part for part in parts if part)


def _answers(reply: dict[str, Any], language: Language) -> str:
    """The answers worth showing side by side, then the other candidates; numbered in the order shown."""
    leading = _leading(reply["answers"])
    others = [answer for answer in reply["answers"] if answer not in leading]
    whole = bool(_WANTS_A_SENTENCE.search(reply["question"]))
    parts = [_heading("reply.several", language)] if len(leading) > 1 else []
    for number, answer in enumerate(leading, start=1):
        shown = _as_sentence(answer, number, language) if whole else _as_span(answer, number, language)
        copy = f'<a class="yw-copy" href="#copy">{escape(word("reply.copy", language))}</a>'
        parts.append(f'<div class="yw-answer yw-best">{shown}{_citation(answer, language)}{copy}</div>')
    if others:
        items = "".join(
            f'<li class="yw-answer">{_marked(answer, number)} {_confidence(answer, language)}'
            f"{_citation(answer, language)}</li>"
            for number, answer in enumerate(others, start=len(leading) + 1)
        )
        parts.append(f"{_heading('reply.others', language)}<ul>{items}</ul>")
    return "".join(parts)


def _leading(answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The best answer, and those that other articles support as well, newest first where dates are known."""
    best = answers[0]
    articles = {(best["source"], best["title"])}
    leading = [best]
    for answer in answers[1:]:
        article = (answer["source"], answer["title"])
        if answer["confidence"] >= LIKELY and article not in articles:
            articles.add(article)
            leading.append(answer)
    return sorted(leading, key=lambda answer: answer["date_iso"] or "", reverse=True)


def _as_span(answer: dict[str, Any], number: int, language: Language) -> str:
    before, text, after = _sentence_parts(answer)
    return (
        f"<p>{_marked(answer, number)} {_confidence(answer, language)}</p>"
        f'<p class="yw-sentence">{before}<strong>{text}</strong>{after}</p>'
    )


def _as_sentence(answer: dict[str, Any], number: int, language: Language) -> str:
    """For a list or a reason a clipped span is not enough: the whole sentence is the answer."""
    before, text, after = _sentence_parts(answer)
    mark = _mark(source_link(answer, "answer"), number)
    return (
        f'<p class="yw-sentence yw-whole">{before}<strong class="yw-text">{text}</strong>{after} {mark} '
        f"{_confidence(answer, language)}</p>"
    )


def _sentence_parts(answer: dict[str, Any]) -> tuple[str, str, str]:
    sentence = answer["sentence"]
    return escape(sentence["before"]), escape(sentence["text"]), escape(sentence["after"])


def _heading(key: str, language: Language) -> str:
    return f'<p class="yw-heading">{escape(word(key, language))}</p>'


def _marked(answer: dict[str, Any], number: int) -> str:
    mark = _mark(source_link(answer, "answer"), number)
    return f'<span class="yw-text">{escape(answer["text"])}</span> {mark}'


def _mark(link: str, number: int) -> str:
    return f'<a class="yw-mark" href="{escape(link)}">[{number}]</a>'


def _confidence(answer: dict[str, Any], language: Language) -> str:
    return f'<span class="yw-confidence">{escape(confidence_word(answer["confidence"], language))}</span>'


def _citation(place: dict[str, Any], language: Language) -> str:
    return f'<p class="yw-cite">{escape(citation_text(place, language))}</p>'


def _not_found(reply: dict[str, Any], language: Language) -> str:
    parts = [f'<p class="yw-none">{escape(word("reply.not_found", language))}</p>']
    if reply["passages"]:
        items = "".join(
            _nearest(passage, number, language) for number, passage in enumerate(reply["passages"], start=1)
        )
        parts.append(f"{_heading('reply.nearest', language)}<ul>{items}</ul>")
    return "".join(parts)


def _nearest(passage: dict[str, Any], number: int, language: Language) -> str:
    text = passage["text"].replace("\n", " ")
    quoted = text if len(text) <= _QUOTED_LENGTH else text[:_QUOTED_LENGTH] + "……"
    mark = _mark(source_link(passage, "passage"), number)
    return f'<li><span class="yw-passage">{escape(quoted)}</span> {mark}{_citation(passage, language)}</li>'


def _verdicts(reply: dict[str, Any], language: Language) -> str:
    place: dict[str, Any] = {}
    choices: tuple[str, ...] = ("rightly-none", "answerable")
    if reply["answered"]:
        best = reply["answers"][0]
        place = {"file": best["source"], "start": best["start"], "end": best["end"]}
        choices = ("right", "wrong", "unanswerable")
    links = []
    for verdict in choices:
        said = urlencode({"verdict": verdict, "question": reply["question"], **place}, errors="replace")
        label = escape(word(f"verdict.{verdict}", language))
        links.append(f'<a class="yw-verdict" href="{escape("#verdict?" + said)}">{label}</a>')
    return f'<p class="yw-verdicts">{" ".join(links)}</p>'
