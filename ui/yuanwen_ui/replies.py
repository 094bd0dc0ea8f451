"""A conversation as the HTML of chat messages, inert whatever the articles, titles and file names hold.

Everything that is not markup written here passes ``html.escape``; the page then sanitizes the messages once
more. What can be clicked is a link to ``#source?...``, ``#copy`` or ``#verdict?...``, which the page's script
acts on: the sanitizer lets no other attribute through.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from yuanwen_qa import LONGEST_QUESTION

from .messages import Language, confidence_word, word
from .panel import text_sum
from .turns import Turn

__all__ = ["chat_messages", "citation_text", "leading_answers", "source_link", "turn_html", "wants_sentences"]

ANSWERS_SHOWN = 3
_QUOTED_LENGTH = 120
_WANTS_SENTENCES = re.compile(
    r"为什么|為什麼|为何|為何|为啥|原因|理由|怎么|怎麼|怎样|怎樣|如何|哪些|哪几|哪幾|哪[两二三四五六七八九十]|分别|分別"
    r"|有什么|有什麼|什么样|什麼樣|(?:要求|措施|内容|內容|做法|举措|舉措)(?:是什么|是什麼|有)|\bwhy\b|\breasons?\b"
    r"|\bwhat (?:are|were)\b|\bwhich (?:two|three|four|five|\w+s)\b|\bhow\b(?! (?:many|much|long|old|far|often)\b)|\blist\b",
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
        said = escape(word(key, language, limit=LONGEST_QUESTION, n=turn.found))
        return f'<p class="{"yw-note yw-busy" if turn.busy else "yw-note"}">{said}</p>'
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
    where["sum"] = text_sum(place["text"])
    return "#source?" + urlencode(where, errors="replace")


def citation_text(place: dict[str, Any], language: Language) -> str:
    """Title, date, file and lines of an answer or passage record in one line, and whether its file changed."""
    title = place["title"] or word("cite.untitled", language)
    parts = [title, place["date"], place["source"], _lines(place, language)]
    if place["file_state"] in ("changed", "gone"):
        parts.append(word(f"cite.{place['file_state']}", language))
    return " · ".join(part for part in parts if part)


def _answers(reply: dict[str, Any], language: Language) -> str:
    """The answers worth showing side by side, then the other candidates; numbered in the order shown."""
    leading, others = leading_answers(reply)
    whole = wants_sentences(reply["question"])
    parts = [_heading("reply.several", language)] if len(leading) > 1 else []
    for number, answer in enumerate(leading, start=1):
        shown = _as_sentence(answer, number, language) if whole else _as_span(answer, number, language)
        copy = f'<a class="yw-copy" href="#copy">{escape(word("reply.copy", language))}</a>'
        parts.append(f'<div class="yw-answer yw-best">{shown}{_citation(answer, language)}{copy}</div>')
    if others:
        items = "".join(
            f'<li class="yw-answer">{_other(answer, number, language, whole=whole)}'
            f"{_citation(answer, language, after=before)}</li>"
            for number, (before, answer) in enumerate(
                pairwise((leading[-1], *others)), start=len(leading) + 1
            )
        )
        parts.append(f"{_heading('reply.others', language)}<ul>{items}</ul>")
    return "".join(parts)


def leading_answers(reply: dict[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The answers to stand side by side, newest first where dates are known, and the other candidates shown.

    Beside the best answer stands the best one of every other article that is at least half as likely. Of a
    question that wants sentences, no sentence is shown twice.
    """
    best, *rest = reply["answers"]
    leading, others = [best], []
    articles, sentences = {_article(best)}, {_whole(best)}
    for answer in rest:
        likely = answer["confidence"] >= best["confidence"] / 2
        if likely and _article(answer) not in articles:
            articles.add(_article(answer))
            sentences.add(_whole(answer))
            leading.append(answer)
        elif not wants_sentences(reply["question"]):
            others.append(answer)
        elif _whole(answer) not in sentences:
            sentences.add(_whole(answer))
            others.append(answer)
    leading.sort(key=lambda answer: answer["date_iso"] or "", reverse=True)
    return leading, others[: max(ANSWERS_SHOWN - len(leading), 0)]


def wants_sentences(question: str) -> bool:
    """Whether a question asks for a list or a reason, for which a clipped span is not enough."""
    return bool(_WANTS_SENTENCES.search(question))


def _article(answer: dict[str, Any]) -> tuple[str, str | None, str | None]:
    return answer["source"], answer["title"], answer["date"]


def _whole(answer: dict[str, Any]) -> str:
    sentence = answer["sentence"]
    return f"{sentence['before']}{sentence['text']}{sentence['after']}"


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


def _other(answer: dict[str, Any], number: int, language: Language, *, whole: bool) -> str:
    if not whole:
        return f"{_marked(answer, number)} {_confidence(answer, language)}"
    before, text, after = _sentence_parts(answer)
    mark = _mark(source_link(answer, "answer"), number)
    return (
        f'<span class="yw-sentence">{before}<strong class="yw-text">{text}</strong>{after}</span> {mark} '
        f"{_confidence(answer, language)}"
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


def _citation(place: dict[str, Any], language: Language, *, after: dict[str, Any] | None = None) -> str:
    """The place in words, short where it is in the same article as the place it stands ``after``."""
    same = after is not None and _article(after) == _article(place)
    said = (
        f"{word('cite.same', language)} · {_lines(place, language)}"
        if same
        else citation_text(place, language)
    )
    return f'<p class="yw-cite">{escape(said)}</p>'


def _lines(place: dict[str, Any], language: Language) -> str:
    first, last = place["first_line"], place["last_line"]
    return word("cite.line" if first == last else "cite.lines", language, first=first, last=last)


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
        best = leading_answers(reply)[0][0]
        place = {"file": best["source"], "start": best["start"], "end": best["end"]}
        choices = ("right", "wrong", "unanswerable")
    links = []
    for verdict in choices:
        said = urlencode({"verdict": verdict, "question": reply["question"], **place}, errors="replace")
        label = escape(word(f"verdict.{verdict}", language))
        links.append(f'<a class="yw-verdict" href="{escape("#verdict?" + said)}">{label}</a>')
    return f'<p class="yw-verdicts">{" ".join(links)}</p>'
