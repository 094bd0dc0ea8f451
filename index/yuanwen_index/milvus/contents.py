"""Documents as they are kept on Milvus: the text, its articles and passages in one record, checked when read."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..articles import Article
from ..corpus import article_fields, article_of, check_article
from ..documents import Document
from ..errors import IndexCorrupt
from ..files import Origin
from ..passages import Passage
from .connection import Connection
from .rows import REMEDY, unpack, visible

__all__ = ["Contents", "Stored", "Texts", "pack_contents", "revision_of"]

_KEPT = 32_000_000  # characters of documents that are kept in memory
_FIELDS = ("kind", "key", "part", "body")


@dataclass(frozen=True, slots=True)
class Stored:
    """What is recorded of a document; ``revision`` names this content of it, the numbers count what it has."""

    revision: str
    source: str
    encoding: str
    sha256: str
    asked: str | None
    file: dict[str, Any] | None
    metadata: dict[str, Any]
    articles: int
    passages: int
    tokens: int

    def to_bytes(self) -> bytes:
        """JSON."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__}).encode("ascii")

    @classmethod
    def from_body(cls, body: str) -> Stored:
        """Read a record; IndexCorrupt when it is none."""
        try:
            return cls(**json.loads(unpack([body], "document")))
        except (ValueError, TypeError) as error:
            raise IndexCorrupt("document", f"it cannot be read ({type(error).__name__})", REMEDY) from error


@dataclass(frozen=True, slots=True)
class Contents:
    """A document with its articles and their passages."""

    document: Document
    articles: tuple[Article, ...]
    passages: tuple[Passage, ...]

    def check(self) -> None:
        """Raise IndexCorrupt unless every article and passage lies inside its own."""
        for article in self.articles:
            check_article(article)
        for passage in self.passages:
            if not 0 <= passage.start < passage.end <= len(passage.article.text):
                raise IndexCorrupt("text", "a passage lies outside its article", REMEDY)


def revision_of(document: Document, asked: str | None, stamp: str) -> str:
    """Twenty hexadecimal digits for a document as it is now: equal ones need not be written again."""
    text = hashlib.sha256(document.text.encode("utf-8", "surrogatepass")).hexdigest()
    facts = [
        stamp,
        document.source,
        document.encoding,
        document.sha256,
        asked,
        text,
        sorted(document.metadata.items()),
    ]
    return hashlib.sha256(json.dumps(facts).encode("ascii")).hexdigest()[:20]


def pack_contents(document: Document, articles: Sequence[tuple[Article, Sequence[Passage]]]) -> bytes:
    """The text of a document with its articles and passages, as JSON."""
    rows = [
        [number, passage.start, passage.end]
        for number, (_, passages) in enumerate(articles)
        for passage in passages
    ]
    fields = [article_fields(article) for article, _ in articles]
    return json.dumps({"text": document.text, "articles": fields, "passages": rows}).encode("ascii")


class Texts:
    """The documents of one generation, read when asked for; thread-safe."""

    def __init__(self, connection: Connection, generation: int, *, now: bool) -> None:
        self._connection = connection
        self._visible = visible(generation)
        self._now = now
        self._lock = threading.Lock()
        self._kept: dict[str, Contents] = {}
        self._characters = 0

    def read(self, revisions: Iterable[str]) -> dict[str, Contents]:
        """The documents with these revisions."""
        wanted = set(revisions)
        with self._lock:
            found = {revision: self._kept[revision] for revision in wanted if revision in self._kept}
        missing = sorted(wanted - found.keys())
        for start in range(0, len(missing), 50):
            found |= self._fetch(missing[start : start + 50])
        return found

    def stored(self, condition: str) -> list[Stored]:
        """The records of documents for which a condition holds."""
        rows = self._connection.scan(
            self._connection.records,
            f'kind == "document" and {condition} and {self._visible}',
            ["body"],
            now=self._now,
        )
        return [Stored.from_body(row["body"]) for row in rows]

    def _fetch(self, revisions: list[str]) -> dict[str, Contents]:
        quoted = ", ".join(f'"{revision}"' for revision in revisions)
        condition = f'key in [{quoted}] and kind in ["document", "text"] and {self._visible}'
        pieces: dict[tuple[str, str], list[tuple[int, str]]] = {}
        for row in self._connection.query(self._connection.records, condition, _FIELDS, now=self._now):
            pieces.setdefault((row["kind"], row["key"]), []).append((int(row["part"]), row["body"]))
        found = {}
        for revision in revisions:
            if ("document", revision) not in pieces or ("text", revision) not in pieces:
                raise IndexCorrupt("text", "a document that a passage belongs to is missing", REMEDY)
            (_, body), *_ = pieces["document", revision]
            parts = [body for _, body in sorted(pieces["text", revision])]
            found[revision] = _contents(Stored.from_body(body), unpack(parts, "text"))
        self._keep(found)
        return found

    def _keep(self, found: dict[str, Contents]) -> None:
        with self._lock:
            for revision, contents in found.items():
                if revision not in self._kept:
                    self._kept[revision] = contents
                    self._characters += len(contents.document.text)
            while self._characters > _KEPT and len(self._kept) > 1:
                gone = self._kept.pop(next(iter(self._kept)))
                self._characters -= len(gone.document.text)


def _contents(stored: Stored, data: bytes) -> Contents:
    try:
        record = json.loads(data)
        document = Document(
            stored.source,
            record["text"],
            stored.encoding,
            stored.sha256,
            Origin.from_record(stored.file),
            stored.metadata,
        )
        articles = tuple(article_of(fields, document) for fields in record["articles"])
        passages = tuple(Passage(articles[number], start, end) for number, start, end in record["passages"])
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise IndexCorrupt("text", f"it cannot be read ({type(error).__name__})", REMEDY) from error
    return Contents(document, articles, passages)
