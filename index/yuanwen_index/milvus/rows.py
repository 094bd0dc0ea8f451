"""What stands in the rows: names, conditions and packed texts. No text of a user ever gets into a condition."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

from ..errors import IndexCorrupt
from ..filters import Filter, Metadata, Scalar

__all__ = [
    "FOR_EVER",
    "condition_of",
    "day_of",
    "pack",
    "record_rows",
    "stored_text",
    "tag",
    "tags_of",
    "unpack",
    "visible",
]

FOR_EVER = 2**62
"""``died`` of a row that nothing has replaced."""

REMEDY = "Index the files again, or copy the index anew: yuanwen copy FROM TO"
_PIECE = 60_000
_LONGEST = 65_535  # bytes of a text in Milvus
_MOST_TAGS = 4_096
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def visible(generation: int) -> str:
    """The condition for a row to be seen in one generation."""
    return f"born <= {generation} and died > {generation}"


def tag(*values: Scalar) -> str:
    """A short name (16 hexadecimal digits) for some values: equal JSON values, equal names; true is not 1, 1 is 1.0."""
    plain = [int(value) if isinstance(value, float) and value.is_integer() else value for value in values]
    return hashlib.sha256(json.dumps(plain).encode("ascii")).hexdigest()[:16]


def tags_of(source: str, reporters: Iterable[str], metadata: Metadata) -> list[str]:
    """What ``condition_of`` asks for, of an article."""
    tags = [tag("source", source), *(tag("metadata", name, value) for name, value in metadata.items())]
    return [*tags, *(tag("reporter", name) for name in reporters)][:_MOST_TAGS]


def day_of(date: str | None) -> int:
    """A day (ISO 8601) as a number that grows with time; 0 for none."""
    return int(date.replace("-", "")) if date else 0


def condition_of(where: Filter, generation: int) -> str:
    """The condition for a passage to be seen in one generation and wanted by a filter."""
    parts = [visible(generation)]
    tags = [tag("metadata", name, value) for name, value in where.metadata.items()]
    tags += [
        tag(kind, value)
        for kind, value in (("source", where.source), ("reporter", where.reporter))
        if value is not None
    ]
    if tags:
        parts.append(f"array_contains_all(tags, {json.dumps(tags)})")
    if where.date_from is not None or where.date_to is not None:
        parts.append(
            f"day >= {max(1, day_of(where.date_from))} and day <= {day_of(where.date_to or '9999-12-31')}"
        )
    return " and ".join(parts)


def stored_text(text: str) -> str:
    """A text as Milvus can hold it, for scoring only: without what UTF-8 cannot hold, cut after 65,535 bytes."""
    plain = _UNSTORABLE.sub("\ufffd", text)
    if len(plain) * 4 <= _LONGEST:
        return plain
    return plain.encode("utf-8")[:_LONGEST].decode("utf-8", "ignore")


def pack(data: bytes) -> list[str]:
    """Bytes as pieces of text that Milvus can hold; the first begins with their sha256."""
    packed = hashlib.sha256(data).hexdigest() + base64.b64encode(zlib.compress(data, 1)).decode("ascii")
    return [packed[start : start + _PIECE] for start in range(0, len(packed), _PIECE)]


def unpack(pieces: Sequence[str], what: str) -> bytes:
    """What ``pack`` was given, checked; IndexCorrupt when it is anything else."""
    packed = "".join(pieces)
    try:
        data = zlib.decompress(base64.b64decode(packed[64:], validate=True))
    except (ValueError, zlib.error) as error:
        raise IndexCorrupt(what, "it cannot be unpacked", REMEDY) from error
    if hashlib.sha256(data).hexdigest() != packed[:64]:
        raise IndexCorrupt(what, "its sha256 is not the one it was written with", REMEDY)
    return data


def record_rows(kind: str, key: str, born: int, data: bytes, about: str = "") -> list[dict[str, Any]]:
    """The rows of one record."""
    return [
        {
            "id": f"{kind}:{key}:{born}:{part}",
            "kind": kind,
            "key": key,
            "about": about,
            "part": part,
            "born": born,
            "died": FOR_EVER,
            "body": body,
            "vector": [0.0, 1.0],
        }
        for part, body in enumerate(pack(data))
    ]
