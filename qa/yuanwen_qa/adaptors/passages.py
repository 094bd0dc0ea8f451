"""From the fields that a framework carries back to the passages of an index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from yuanwen_index import Hit, Ranks, Retriever, UsageError

__all__ = ["hits_of"]


def hits_of(retriever: Retriever, places: Iterable[tuple[Mapping[str, Any], float | None]]) -> list[Hit]:
    """Hits on the passages that start at ``source`` and ``start`` of each place, in order, with their scores.

    Raises UsageError for a place that is not the start of a passage of this index.
    """
    hits = []
    for fields, score in places:
        source, start = fields.get("source"), fields.get("start")
        passage = None
        if isinstance(source, str) and isinstance(start, int):
            passage = retriever.passage_at(source, start)
        if passage is None:
            raise UsageError(f"the index holds no passage at {source!r:.200}, character {start!r:.20}")
        hits.append(Hit(passage, score or 0.0, Ranks(None, None)))
    return hits
