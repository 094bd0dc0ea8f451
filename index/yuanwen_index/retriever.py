"""A question in, ranked passages out: words and meaning searched together, scores fused."""

from __future__ import annotations

import re
import threading
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from .ann import Ann
from .articles import Article
from .corpus import Corpus, Lazy
from .documents import Document
from .encoders import Encoder
from .errors import UsageError
from .filters import ANYWHERE, Filter, Metadata
from .hits import POOL, Hit, Mode, Ranks, fused_hits
from .manifest import ANN, Manifest
from .passages import Passage
from .places import Place, place_of
from .recipe import check_encoder, check_recipe, encoder_record, load_recorded
from .rows import Rows
from .store import Generation, open_generation, read_current
from .terms import Postings, TermIndex
from .vectors import Mask, VectorIndex

_Facts = tuple[str, str | None, frozenset[str], Metadata]  # source, date, reporters, metadata of an article

_UNREADABLE = re.compile("[\0\ud800-\udfff]")


class OpenIndex(Protocol):
    """One generation of an index, ready to be searched; nothing in it changes."""

    @property
    def manifest(self) -> Manifest:
        """What the index says about itself."""
        ...

    @property
    def encoder(self) -> Encoder:
        """The encoder that made the index."""
        ...

    @property
    def documents(self) -> Lazy[Document]:
        """The documents, by source."""
        ...

    @property
    def articles(self) -> Lazy[Article]:
        """Their articles."""
        ...

    @property
    def passages(self) -> Lazy[Passage]:
        """Their passages."""
        ...

    def article_at(self, source: str, offset: int) -> Article | None:
        """The article that character ``offset`` of a document stands in, or the last before it."""
        ...

    def passage_at(self, source: str, offset: int) -> Passage | None:
        """The passage that character ``offset`` of a document stands in."""
        ...

    def search(self, questions: list[str], k: int, mode: Mode, where: Filter) -> list[list[Hit]]:
        """The ``k`` best passages for each question."""
        ...

    def check_texts(self) -> None:
        """IndexCorrupt when a text, an article or a passage does not fit."""
        ...

    @property
    def current(self) -> bytes:
        """What names this generation."""
        ...

    def published(self) -> bytes:
        """What names the generation published last."""
        ...

    def newer(self) -> OpenIndex | None:
        """The current generation, None when it is this one."""
        ...

    def moved_on(self) -> OpenIndex | None:
        """``newer`` for an index that does not keep what it is reading for ever, so that it has to be followed."""
        ...


class Retriever:
    """Search over one index; thread-safe, also while ``reload`` takes up a new generation."""

    def __init__(self, index: OpenIndex, mode: Mode) -> None:
        self._mode = mode
        self._opened = index
        self._reloading = threading.Lock()

    @classmethod
    def open(cls, folder: str | Place, *, encoder: Encoder | None = None, mode: Mode = "hybrid") -> Retriever:
        """Open the current generation of an index: a folder, verified to the last byte, or ``milvus://HOST/NAME``.

        Without ``encoder`` the one that made the index is loaded. Raises IndexMissing, IndexCorrupt,
        IndexMismatch (made by another encoder or other rules), EncoderUnavailable or, on Milvus, IndexUnreachable.
        """
        if mode not in ("hybrid", "lexical", "dense"):
            raise UsageError(f'there is no search mode "{mode}": choose hybrid, lexical or dense')
        place = place_of(folder)
        if isinstance(place, Path):
            return cls(_Index.open(place, encoder), mode)
        from .milvus.reading import MilvusIndex

        return cls(MilvusIndex.open(place, encoder), mode)

    @property
    def _index(self) -> OpenIndex:
        self._opened = self._opened.moved_on() or self._opened
        return self._opened

    @property
    def documents(self) -> Lazy[Document]:
        """The indexed documents."""
        return self._index.documents

    @property
    def articles(self) -> Lazy[Article]:
        """The articles of all documents."""
        return self._index.articles

    @property
    def passages(self) -> Lazy[Passage]:
        """The passages of all articles: what is searched."""
        return self._index.passages

    @property
    def encoder(self) -> Encoder:
        """The encoder that made the index."""
        return self._opened.encoder

    @property
    def manifest(self) -> Manifest:
        """What the index says about itself."""
        return self._opened.manifest

    @property
    def generation(self) -> int:
        """Number of the generation being searched."""
        return self._opened.manifest.generation

    def article_at(self, source: str, offset: int) -> Article | None:
        """The article of the file ``source`` that character ``offset`` stands in, or the last before it."""
        return self._index.article_at(source, offset)

    def passage_at(self, source: str, offset: int) -> Passage | None:
        """The passage of the file ``source`` that character ``offset`` stands in."""
        return self._index.passage_at(source, offset)

    @property
    def current(self) -> bytes:
        """What names the generation being searched."""
        return self._opened.current

    @property
    def published(self) -> bytes:
        """What names the generation published last; IndexMissing or IndexCorrupt where there is none."""
        return self._opened.published()

    def reload(self) -> bool:
        """Take up the generation published last if it is another one; whether it was.

        Searches go on in the one before until then. Raises what ``open`` raises, and nothing has changed then.
        """
        with self._reloading:
            newer = self._opened.newer()
            self._opened = newer or self._opened
            return newer is not None

    def check_texts(self) -> None:
        """Make every document, article and passage once; IndexCorrupt when one does not fit."""
        self._index.check_texts()

    def search(self, question: str, k: int = 10, *, where: Filter = ANYWHERE) -> list[Hit]:
        """The at most ``k`` best passages for a question in the articles that ``where`` wants, best first.

        Raises UsageError for an empty question or k < 1.
        """
        return self.search_many([question], k, where=where)[0]

    def search_many(
        self, questions: Sequence[str], k: int = 10, *, where: Filter = ANYWHERE
    ) -> list[list[Hit]]:
        """``search`` for several questions, which are encoded together."""
        if k < 1:
            raise UsageError(f"k must be at least 1, not {k}")
        readable = [readable_question(question) for question in questions]
        return self._index.search(readable, k, self._mode, where)

    async def asearch(self, question: str, k: int = 10, *, where: Filter = ANYWHERE) -> list[Hit]:
        """``search`` in a thread, for callers that must not wait."""
        import asyncio  # 15 ms that only those who use it pay

        return await asyncio.to_thread(self.search, question, k, where=where)


def readable_question(question: str) -> str:
    """The question without what no text holds (NUL, lone surrogates); UsageError when empty."""
    readable = _UNREADABLE.sub("\ufffd", question).strip()
    if not readable.strip("\ufffd \t\r\n"):
        raise UsageError("the question is empty")
    return readable


class _Index:
    """One generation of a folder, in memory."""

    def __init__(self, folder: Path, generation: Generation, encoder: Encoder, named: Encoder | None) -> None:
        self._folder = folder
        self.current = generation.current
        self._named_encoder = named
        self.manifest = generation.manifest
        self.encoder = encoder
        self.corpus = Corpus(generation)
        self.terms = TermIndex(read_postings(generation))
        self.vectors = VectorIndex(read_vectors(generation), read_ann(generation))
        self._article_facts: list[_Facts] | None = None

    @classmethod
    def open(cls, folder: Path, encoder: Encoder | None) -> _Index:
        generation = open_generation(folder)
        check_recipe(generation.manifest)
        recorded = generation.manifest.encoder
        found = encoder or load_recorded(recorded)
        check_encoder(encoder_record(found), recorded)
        return cls(folder, generation, found, encoder)

    def published(self) -> bytes:
        return read_current(self._folder)

    def newer(self) -> _Index | None:
        if read_current(self._folder) == self.current:
            return None
        return _Index.open(self._folder, self._named_encoder)

    def moved_on(self) -> None:
        """A folder's generation is read whole when it is opened."""

    @property
    def documents(self) -> Lazy[Document]:
        return self.corpus.documents

    @property
    def articles(self) -> Lazy[Article]:
        return self.corpus.articles

    @property
    def passages(self) -> Lazy[Passage]:
        return self.corpus.passages

    def check_texts(self) -> None:
        self.corpus.check_texts()

    def article_at(self, source: str, offset: int) -> Article | None:
        number = self._article_number(source, offset)
        return None if number is None else self.corpus.articles[number]

    def _article_number(self, source: str, offset: int) -> int | None:
        articles = self.corpus.articles
        after = bisect_right(articles, (source, offset), key=_place)
        return after - 1 if after and articles[after - 1].document.source == source else None

    def passage_at(self, source: str, offset: int) -> Passage | None:
        number = self._article_number(source, offset)
        if number is None:
            return None
        first, end = np.searchsorted(self.corpus.rows[:, 0], [number, number + 1]).tolist()
        for passage in self.corpus.passages[first:end]:
            file_start, file_end = passage.article.file_span(passage.start, passage.end)
            if file_start <= offset < file_end:
                return passage
        return None

    def search(self, questions: list[str], k: int, mode: Mode, where: Filter) -> list[list[Hit]]:
        allowed = None if where == ANYWHERE else self._allowed(where)
        if not questions:
            return []
        if mode == "lexical":
            return [self._lexical_hits(question, k, allowed) for question in questions]
        queries = np.asarray(self.encoder.encode_questions(questions), np.float32)
        near, cosines = self.vectors.search(queries, k if mode == "dense" else max(k, POOL), allowed)
        if mode == "dense":
            return [self._dense_hits(*row) for row in zip(near.tolist(), cosines.tolist(), strict=True)]
        return [
            self._fused_hits(question, query, ids, k, allowed)
            for question, query, ids in zip(questions, queries, near, strict=True)
        ]

    def _dense_hits(self, passages: list[int], cosines: list[float]) -> list[Hit]:
        ranked = enumerate(zip(passages, cosines, strict=True), start=1)
        return [self._hit(passage, cosine, None, rank) for rank, (passage, cosine) in ranked]

    def _lexical_hits(self, question: str, k: int, allowed: Mask | None) -> list[Hit]:
        found = self.terms.best(self.terms.ask(question), k, allowed)
        ranked = enumerate(zip(found.passages.tolist(), found.scores.tolist(), strict=True), start=1)
        return [self._hit(passage, score, rank, None) for rank, (passage, score) in ranked]

    def _fused_hits(
        self, question: str, query: NDArray[np.float32], near: NDArray[np.int64], k: int, allowed: Mask | None
    ) -> list[Hit]:
        """Both scores, exact, for the best of either side."""
        asked = self.terms.ask(question)
        found = self.terms.best(asked, max(k, POOL), allowed, also=near)
        lexical_rank = {passage: rank for rank, passage in enumerate(found.passages.tolist(), start=1)}
        dense_rank = {passage: rank for rank, passage in enumerate(near.tolist(), start=1)}
        candidates = np.union1d(found.passages, near)
        lexical = np.empty(len(candidates), np.float32)
        lexical[np.searchsorted(candidates, found.passages)] = found.scores
        lexical[np.searchsorted(candidates, near)] = found.also
        return fused_hits(
            candidates,
            lexical,
            asked,
            query,
            self.vectors,
            self.encoder,
            lambda numbers: {number: self.corpus.passages[number] for number in numbers},
            lexical_rank,
            dense_rank,
            k,
        )

    def _hit(self, passage: int, score: float, lexical: int | None, dense: int | None) -> Hit:
        return Hit(self.corpus.passages[passage], score, Ranks(lexical, dense))

    def _allowed(self, where: Filter) -> Mask:
        """Which passages (n,) stand in articles that the filter wants."""
        facts = self._article_facts = self._article_facts or self._read_facts()
        wanted_articles = np.array([where.wants(*fact) for fact in facts], np.bool_)
        return np.asarray(wanted_articles[self.corpus.rows[:, 0]], np.bool_)

    def _read_facts(self) -> list[_Facts]:
        facts = []
        for document in range(len(self.corpus.documents)):
            about = self.corpus.document_record(document)
            for article in range(*self.corpus.article_range(document)):
                record = self.corpus.article_record(article)
                reporters = frozenset(record["reporters"])
                facts.append((about["source"], record["date_iso"], reporters, about["metadata"]))
        return facts


def _place(article: Article) -> tuple[str, int]:
    """What the articles of an index are sorted by."""
    return article.document.source, article.file_offset(0) if article.text else 0


def read_postings(generation: Generation) -> Postings:
    """The stored postings, checked."""
    postings = Postings(
        keys=generation.array("terms/keys.npy", np.uint64),
        starts=generation.array("terms/starts.npy", np.int64),
        passages=generation.array("terms/passages.npy", np.int32),
        counts=generation.array("terms/counts.npy", np.uint8),
        lengths=generation.array("terms/lengths.npy", np.int32),
    )
    postings.check(generation.manifest.counts.passages)
    return postings


def read_vectors(generation: Generation) -> Rows:
    """The stored vectors."""
    return Rows.from_files(
        generation.files, generation.manifest.counts.passages, generation.manifest.encoder.dim
    )


def read_ann(generation: Generation) -> Ann | None:
    """The stored codes of the vectors; None where search is exact."""
    counts, record = generation.manifest.counts, generation.manifest.ann
    if record is None:
        return None
    return Ann.from_bytes(generation.files[ANN], record, (counts.passages, generation.manifest.encoder.dim))
