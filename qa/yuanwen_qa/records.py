"""Answers and passages as plain JSON values: the one shape that the command line and the HTTP API share.

Every ``start`` and ``end`` is a half-open character offset in the decoded original file; lines count from 1.
``file_state`` says whether the user's file is still the one that was indexed: same, changed, gone or unknown.
"""

from __future__ import annotations

from typing import Any

from yuanwen_index import Hit, Passage

from .answers import Answer, Reply

__all__ = ["answer_record", "hit_record", "passage_record", "reply_record"]


def passage_record(passage: Passage) -> dict[str, Any]:
    """The place of a passage in its file and its text with layout line breaks removed."""
    start, end = passage.article.file_span(passage.start, passage.end)
    return {"start": start, "end": end, "text": passage.text}


def hit_record(hit: Hit) -> dict[str, Any]:
    """A ranked passage with its source; ``score`` is comparable within one search only, higher is better."""
    article = hit.passage.article
    first_line, last_line = article.lines(hit.passage.start, hit.passage.end)
    return {
        "score": hit.score,
        "source": article.document.source,
        "title": article.title,
        "date": article.date,
        "date_iso": article.date_iso,
        "metadata": dict(article.document.metadata),
        "first_line": first_line,
        "last_line": last_line,
        "file_state": article.document.file_state(),
        **passage_record(hit.passage),
    }


def answer_record(answer: Answer) -> dict[str, Any]:
    """An answer, its confidence in [0, 1], its citation and the passage it stands in."""
    citation = answer.citation
    return {
        "text": answer.text,
        "confidence": answer.confidence,
        "source": citation.source,
        "title": citation.title,
        "date": citation.date,
        "date_iso": answer.passage.article.date_iso,
        "metadata": dict(answer.passage.article.document.metadata),
        "start": citation.start,
        "end": citation.end,
        "first_line": citation.first_line,
        "last_line": citation.last_line,
        "file_state": citation.file_state,
        "passage": passage_record(answer.passage),
    }


def reply_record(reply: Reply) -> dict[str, Any]:
    """What ``yuanwen ask --json`` prints for one question."""
    return {
        "question": reply.question,
        "answers": [answer_record(answer) for answer in reply.answers],
        "answered": reply.answered,
        "passages": [hit_record(hit) for hit in reply.hits],
    }
