"""Documents, articles and passages of a generation: bytes and rows, made into objects when asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from .articles import Article
from .documents import Document
from .errors import IndexCorrupt
from .files import Origin
from .manifest import REMEDY
from .passages import Passage
from .store import Draft, Generation

_ARTICLES_KEPT = 512
_DOCUMENTS_KEPT = 64
_Item = TypeVar("_Item")
_Cut = tuple[Article, list[Passage]]


class Lazy(Sequence[_Item]):
    """A sequence whose items are made when asked for."""

    def __init__(self, size: int, make: Callable[[int], _Item]) -> None:
        self._size = size
        self._make = make

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, index: int) -> _Item: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[_Item]: ...
    def __getitem__(self, index: int | slice) -> _Item | Sequence[_Item]:
        if isinstance(index, slice):
            return [self._make(i) for i in range(*index.indices(self._size))]
        if not -self._size <= index < self._size:
            raise IndexError(f"{index} is out of range: there are {self._size}")
        return self._make(index % self._size)

    def __iter__(self) -> Iterator[_Item]:
        return map(self._make, range(self._size))


class Corpus:
    """Read access to one generation's texts.

    ``extents`` (n_documents, 2) int64 holds where each document's text (bytes) and articles end; ``passages``
    (n_passages, 3) int32 holds article, start and end of each, articles ascending.
    """

    def __init__(self, generation: Generation) -> None:
        self._texts = generation.files["texts.utf8"]
        self._document_lines = _Lines(generation, "documents.jsonl")
        self._article_lines = _Lines(generation, "articles.jsonl")
        self.extents: NDArray[np.int64] = generation.array("extents.npy", np.int64, 2)
        self.rows: NDArray[np.int32] = generation.array("passages.npy", np.int32, 2)
        self._passage_ends: NDArray[np.int64] | None = None
        self._check(generation)
        self._document = lru_cache(_DOCUMENTS_KEPT)(self._make_document)
        self._article = lru_cache(_ARTICLES_KEPT)(self._make_article)
        self.documents: Lazy[Document] = Lazy(len(self.extents), self._document)
        self.articles: Lazy[Article] = Lazy(len(self._article_lines), self._article)
        self.passages: Lazy[Passage] = Lazy(len(self.rows), self._make_passage)

    def document_record(self, document: int) -> dict[str, Any]:
        """``source``, ``encoding``, ``sha256``, ``asked`` (the encoding asked for, or None), ``file``, ``metadata``."""
        record: dict[str, Any] = self._document_lines.record(document)
        record.setdefault("metadata", {})  # not there in the first indexes
        return record

    def document_lines(self, first: int, end: int) -> memoryview:
        """The stored lines of the documents ``first`` to ``end``."""
        return self._document_lines.between(first, end)

    def end_of(self, n_documents: int) -> tuple[int, int]:
        """Where the text (bytes) and the articles of the first so many documents end."""
        return (
            (self.extents.item(n_documents - 1, 0), self.extents.item(n_documents - 1, 1))
            if n_documents
            else (0, 0)
        )

    def article_record(self, article: int) -> dict[str, Any]:
        """The stored fields of one article, without making its text."""
        record: dict[str, Any] = self._article_lines.record(article)
        return record

    def article_lines(self, first: int, end: int) -> memoryview:
        """The stored lines of the articles ``first`` to ``end``."""
        return self._article_lines.between(first, end)

    def text_bytes(self, document: int) -> memoryview:
        """The decoded text of one document as UTF-8 (lone surrogates kept)."""
        return self.text_between(self.end_of(document)[0], self.end_of(document + 1)[0])

    def text_between(self, start: int, end: int) -> memoryview:
        """Bytes of all texts."""
        return self._texts.data[start:end]

    def article_range(self, document: int) -> tuple[int, int]:
        """Numbers of the articles of one document, half-open."""
        return self.end_of(document)[1], self.end_of(document + 1)[1]

    def passage_range(self, document: int) -> tuple[int, int]:
        """Numbers of the passages of one document, half-open."""
        if self._passage_ends is None:
            articles = np.ascontiguousarray(self.rows[:, 0])
            self._passage_ends = np.searchsorted(articles, self.extents[:, 1])
        return self._passage_ends.item(document - 1) if document else 0, self._passage_ends.item(document)

    def document_of(self, article: int) -> int:
        """Number of the document that an article stands in."""
        return int(np.searchsorted(self.extents[:, 1], article, side="right"))

    def check_texts(self) -> None:
        """Raise IndexCorrupt unless every text decodes and every article and passage lies inside its own."""
        for document in range(len(self.documents)):
            try:
                self._document(document)
                first, end = self.article_range(document)
                articles = [self._make_article(article) for article in range(first, end)]
            except (ValueError, KeyError, TypeError) as error:
                raise IndexCorrupt(
                    "texts.utf8", f"document {document} cannot be read ({error})", REMEDY
                ) from error
            for article in articles:
                check_article(article)
            start, stop = self.passage_range(document)
            for number, _, passage_end in self.rows[start:stop].tolist():
                if passage_end > len(articles[number - first].text):
                    raise IndexCorrupt("passages.npy", "a passage lies outside its article", REMEDY)

    def _make_document(self, document: int) -> Document:
        record = self.document_record(document)
        text = str(self.text_bytes(document), "utf-8", "surrogatepass")
        return Document(
            record["source"],
            text,
            record["encoding"],
            record["sha256"],
            Origin.from_record(record.get("file")),
            record["metadata"],
        )

    def _make_article(self, article: int) -> Article:
        record = self.article_record(article)
        return article_of(record, self._document(self.document_of(article)))

    def _make_passage(self, passage: int) -> Passage:
        article, start, end = self.rows[passage].tolist()
        return Passage(self._article(article), start, end)

    def _check(self, generation: Generation) -> None:
        """Raise IndexCorrupt unless the parts fit each other and the manifest's counts."""
        counts = generation.manifest.counts
        n_documents, n_articles = len(self._document_lines), len(self._article_lines)
        n_passages = len(self.rows)
        if (n_documents, n_articles, n_passages) != (counts.documents, counts.articles, counts.passages):
            raise IndexCorrupt("passages.npy", "the counts are not those of the manifest", REMEDY)
        ends = self.extents[-1].tolist() if len(self.extents) else [0, 0]
        falling = bool((np.diff(self.extents, axis=0, prepend=0) < 0).any())
        if self.extents.shape != (n_documents, 2) or falling or ends != [len(self._texts), n_articles]:
            raise IndexCorrupt("extents.npy", "it does not fit the texts and articles", REMEDY)
        if self.rows.shape != (n_passages, 3) or not _rows_fit(self.rows, n_articles):
            raise IndexCorrupt("passages.npy", "it does not fit the articles", REMEDY)


class CorpusWriter:
    """Collects documents in order, new ones and those taken over from an earlier generation."""

    def __init__(self) -> None:
        self._texts: list[bytes | memoryview] = []
        self._documents: list[bytes | memoryview] = []
        self._articles: list[bytes | memoryview] = []
        self._extents: list[NDArray[np.int64]] = []
        self._rows: list[NDArray[np.int32]] = []
        self._n_bytes = 0
        self._run: tuple[Corpus, int, int, int] | None = None  # documents to copy, and articles before them
        self.n_documents = 0
        self.n_articles = 0
        self.n_passages = 0

    def add(self, document: Document, asked: str | None, articles: Sequence[_Cut]) -> None:
        """Append a document with its articles and their passages; ``asked`` is the encoding asked for."""
        rows = [
            (self.n_articles + number, passage.start, passage.end)
            for number, (_, passages) in enumerate(articles)
            for passage in passages
        ]
        record = {
            "source": document.source,
            "encoding": document.encoding,
            "sha256": document.sha256,
            "asked": asked,
            "file": document.origin and document.origin.record(),
            "metadata": dict(document.metadata),
        }
        self._close_run()
        text = document.text.encode("utf-8", "surrogatepass")
        self._articles += [_line(article_fields(article)) for article, _ in articles]
        self.n_articles += len(articles)
        self._append([_line(record)], text, np.array(rows, np.int32))
        self._extents.append(np.array([[self._n_bytes, self.n_articles]], np.int64))
        self.n_documents += 1
        self.n_passages += len(rows)

    def copy(self, corpus: Corpus, document: int, changed: dict[str, Any] | None = None) -> None:
        """Append a document of ``corpus``, its articles and passages as they are; ``changed`` is its record if another.

        Documents that follow each other are copied together.
        """
        first, end = corpus.article_range(document)
        start, stop = corpus.passage_range(document)
        if changed or self._run is None or self._run[0] is not corpus or self._run[2] != document:
            self._close_run()
            self._run = corpus, document, document, self.n_articles
        self._run = (*self._run[:2], document + 1, self._run[3])
        self.n_documents += 1
        self.n_articles += end - first
        self.n_passages += stop - start
        if changed:
            self._close_run(_line(changed))

    def _close_run(self, line: bytes | None = None) -> None:
        """Copy the documents that wait for it; ``line`` is the record of the only one if another."""
        if self._run is None:
            return
        corpus, start, stop, before = self._run
        self._run = None
        (text_start, first), (text_end, end) = corpus.end_of(start), corpus.end_of(stop)
        shift = np.array([self._n_bytes - text_start, before - first], np.int64)
        self._extents.append(corpus.extents[start:stop] + shift)
        self._articles.append(corpus.article_lines(first, end))
        rows = corpus.rows[corpus.passage_range(start)[0] : corpus.passage_range(stop - 1)[1]]
        self._append(
            [line or corpus.document_lines(start, stop)],
            corpus.text_between(text_start, text_end),
            rows + np.array([before - first, 0, 0], np.int32),
        )

    def _append(
        self, lines: list[bytes | memoryview], text: bytes | memoryview, rows: NDArray[np.int32]
    ) -> None:
        self._documents += lines
        self._texts.append(text)
        self._n_bytes += len(text)
        self._rows.append(rows.reshape(-1, 3))

    def write(self, draft: Draft) -> None:
        """Write all that was collected."""
        self._close_run()
        draft.write("documents.jsonl", self._documents)
        draft.write("articles.jsonl", self._articles)
        draft.write("texts.utf8", self._texts)
        draft.write_array("extents.npy", np.concatenate([np.empty((0, 2), np.int64), *self._extents]))
        draft.write_array("passages.npy", np.concatenate([np.empty((0, 3), np.int32), *self._rows]))


class _Lines:
    """The lines of a JSONL file, by number."""

    def __init__(self, generation: Generation, name: str) -> None:
        self._data = generation.files[name].data
        self._ends = np.flatnonzero(generation.files[name] == ord("\n"))
        if len(self._data) != (int(self._ends[-1]) + 1 if len(self._ends) else 0):
            raise IndexCorrupt(name, "its last line is cut", REMEDY)

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, number: int) -> bytes:
        return bytes(self.between(number, number + 1))

    def record(self, number: int) -> Any:
        """The JSON value of one line."""
        return json.loads(
            str(self.between(number, number + 1), "ascii")
        )  # bytes would be searched for their encoding

    def between(self, first: int, end: int) -> memoryview:
        """The lines ``first`` to ``end``."""
        start = self._ends.item(first - 1) + 1 if first else 0
        return self._data[start : self._ends.item(end - 1) + 1 if end else 0]


def _rows_fit(rows: NDArray[np.int32], n_articles: int) -> bool:
    if not len(rows):
        return True
    ascending = bool((np.diff(rows[:, 0]) >= 0).all())
    inside = int(rows[0, 0]) >= 0 and int(rows[-1, 0]) < n_articles
    return ascending and inside and bool((rows[:, 1] >= 0).all() and (rows[:, 2] > rows[:, 1]).all())


def article_fields(article: Article) -> dict[str, Any]:
    """What is stored of an article, as JSON values: ``article_of`` makes it again."""
    return {
        "title": article.title,
        "title_spans": article.title_spans,
        "date": article.date,
        "date_iso": article.date_iso,
        "date_inferred": article.date_inferred,
        "reporters": article.reporters,
        "paragraphs": article.paragraphs,
    }


def article_of(record: dict[str, Any], document: Document) -> Article:
    """The article of ``document`` that ``article_fields`` describe."""
    return Article(
        document=document,
        title=record["title"],
        title_spans=_spans(record["title_spans"]),
        date=record["date"],
        date_iso=record["date_iso"],
        date_inferred=record["date_inferred"],
        reporters=tuple(record["reporters"]),
        paragraphs=tuple(_spans(pieces) for pieces in record["paragraphs"]),
    )


def check_article(article: Article) -> None:
    """Raise IndexCorrupt unless every span of the article lies inside its document."""
    pieces = [*article.title_spans, *(piece for part in article.paragraphs for piece in part)]
    if not all(0 <= start <= stop <= len(article.document.text) for start, stop in pieces):
        raise IndexCorrupt("articles.jsonl", "a span lies outside its document", REMEDY)


def _line(record: dict[str, Any]) -> bytes:
    return (json.dumps(record, separators=(",", ":")) + "\n").encode("ascii")


def _spans(pairs: list[list[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in pairs)
