"""What the adaptors say of a passage, the same in every framework."""

from __future__ import annotations

from typing import Any

from ..hits import Hit

__all__ = ["passage_fields", "passage_id"]


def passage_fields(hit: Hit) -> dict[str, Any]:
    """Where a passage stands, as JSON values.

    ``start`` and ``end`` are half-open character offsets in the decoded original file, lines count from 1; ``metadata``
    is the document's own.
    """
    passage = hit.passage
    article = passage.article
    start, end = article.file_span(passage.start, passage.end)
    first_line, last_line = article.lines(passage.start, passage.end)
    return {
        "source": article.document.source,
        "title": article.title,
        "date": article.date,
        "date_iso": article.date_iso,
        "reporters": list(article.reporters),
        "start": start,
        "end": end,
        "first_line": first_line,
        "last_line": last_line,
        "metadata": dict(article.document.metadata),
    }


def passage_id(hit: Hit) -> str:
    """What names a passage as long as its file stays as it is."""
    passage = hit.passage
    start, end = passage.article.file_span(passage.start, passage.end)
    return f"{passage.article.document.source}:{start}-{end}"
