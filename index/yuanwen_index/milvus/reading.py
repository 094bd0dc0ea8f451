"""Search over an index on Milvus: what it proposes from both sides, scored exactly."""

from __future__ import annotations

import json
import threading
import time
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..articles import Article
from ..corpus import Lazy
from ..documents import Document
from ..encoders import Encoder
from ..errors import IndexCorrupt, IndexMismatch
from ..filters import Filter
from ..hits import POOL, Hit, Mode, Ranks, fused_hits
from ..manifest import Manifest
from ..passages import Passage
from ..places import MilvusPlace
from ..recipe import RecordedEncoder, check_encoder, check_recipe, encoder_record, load_recorded
from ..terms import Asked, ask_words
from ..vectors import SAMPLED, VectorIndex
from .connection import Connection, Row
from .contents import Contents, Stored, Texts
from .rows import REMEDY, condition_of, tag, visible
from .state import State, missing, read_state
from .words import Frequencies, asked_words, exact_scores

__all__ = ["MilvusIndex"]

_PROPOSED = (
    2  # times as many passages as are wanted are proposed by words, whose weights are not quite up to date
)
_FOLLOWED = 1.0  # seconds after which it is looked whether another generation is current
_SETTLED = 10.0  # seconds after which all replicas have seen a publication
_FIELDS = ("document", "place", "text", "vector")
_AHEAD = 50  # documents fetched together
_DRAWS = 1 << 31
_ALL_OF = 2 * SAMPLED  # so many passages are all taken as the sample, as a folder takes them


@dataclass(frozen=True, slots=True)
class _Found:
    """The passages that either side proposed, in the order of the documents."""

    rows: list[Row]
    places: list[tuple[str, int, int, int]]
    numbers: dict[str, int]

    @classmethod
    def of(cls, *sides: Sequence[Row]) -> _Found:
        """Each passage once."""
        rows = {row["id"]: row for side in sides for row in side}
        pairs = sorted(((_place(row), row) for row in rows.values()), key=lambda pair: pair[0])
        numbers = {row["id"]: number for number, (_, row) in enumerate(pairs)}
        return cls([row for _, row in pairs], [place for place, _ in pairs], numbers)

    @property
    def texts(self) -> list[str]:
        return [row["text"] for row in self.rows]

    @property
    def vectors(self) -> NDArray[np.float32]:
        return np.array([row["vector"] for row in self.rows], np.float32)


class MilvusIndex:
    """One generation of an index on Milvus; thread-safe."""

    def __init__(self, connection: Connection, state: State, encoder: Encoder, named: Encoder | None) -> None:
        self._connection = connection
        self._state = state
        self.encoder = encoder
        self._named_encoder = named
        self._collection = connection.passages(state.stamp)
        self._opened = self._looked = time.monotonic()
        self._texts = Texts(connection, state.generation, now=True)
        self._frequencies: dict[int, Frequencies] = {}
        self._sample = self._draw()
        self._lock = threading.Lock()
        self._directory: _Directory | None = None

    @classmethod
    def open(cls, place: MilvusPlace, encoder: Encoder | None) -> MilvusIndex:
        """The current generation; raises what ``Retriever.open`` raises."""
        connection, state = _published(place)
        return cls._of(connection, state, encoder)

    @classmethod
    def to_copy(cls, place: MilvusPlace) -> MilvusIndex:
        """``open`` for one who does not search: without the encoder."""
        connection, state = _published(place)
        return cls._of(connection, state, RecordedEncoder(state.manifest.encoder))

    @classmethod
    def _of(cls, connection: Connection, state: State, encoder: Encoder | None) -> MilvusIndex:
        check_recipe(state.manifest)
        found = encoder or load_recorded(state.manifest.encoder)
        check_encoder(encoder_record(found), state.manifest.encoder)
        connection.load(connection.passages(state.stamp))
        return cls(connection, state, found, encoder)

    @property
    def manifest(self) -> Manifest:
        """What the index says about itself."""
        return self._state.manifest

    @property
    def current(self) -> bytes:
        """What names this generation."""
        return str(self._state.generation).encode("ascii")

    def published(self) -> bytes:
        """What names the generation published last, as known a second ago at the earliest."""
        if time.monotonic() - self._looked < _FOLLOWED:
            return self.current
        self._looked = time.monotonic()
        return str(read_state(self._connection, now=False).generation).encode("ascii")

    def newer(self) -> MilvusIndex | None:
        """The current generation, None when it is this one."""
        self._looked = time.monotonic()
        state = read_state(self._connection)
        if state.generation <= self._state.generation:
            return None
        return self._of(self._connection, state, self._named_encoder or self.encoder)

    def moved_on(self) -> MilvusIndex | None:
        """Rows that went are deleted a minute later, so a reader must not stay with an old generation."""
        return self.newer() if self.published() != self.current else None

    @property
    def documents(self) -> Lazy[Document]:
        """The documents, by source; the first look at these fetches a list of all."""
        return self._listed().documents

    @property
    def articles(self) -> Lazy[Article]:
        """Their articles."""
        return self._listed().articles

    @property
    def passages(self) -> Lazy[Passage]:
        """Their passages."""
        return self._listed().passages

    def _listed(self) -> _Directory:
        with self._lock:
            self._directory = self._directory or _Directory(self._texts, self._state)
            return self._directory

    def _document(self, source: str) -> Contents | None:
        found = self._texts.stored(f'about == "{tag("source", source)}"')
        same = [stored.revision for stored in found if stored.source == source]
        return self._texts.read(same)[same[0]] if same else None

    def article_at(self, source: str, offset: int) -> Article | None:
        """The article that character ``offset`` of a document stands in, or the last before it."""
        contents = self._document(source)
        if contents is None:
            return None
        starts = [article.file_offset(0) if article.text else 0 for article in contents.articles]
        after = bisect_right(starts, offset)
        return contents.articles[after - 1] if after else None

    def passage_at(self, source: str, offset: int) -> Passage | None:
        """The passage that character ``offset`` of a document stands in."""
        contents = self._document(source)
        for passage in contents.passages if contents else ():
            start, end = passage.article.file_span(passage.start, passage.end)
            if start <= offset < end:
                return passage
        return None

    def check_texts(self) -> None:
        """Read every document; IndexCorrupt when one is missing, changed, or does not fit."""
        counts = self._state.manifest.counts
        seen = visible(self._state.generation)
        found = self._connection.count(self._collection, seen)
        if found != counts.passages:
            raise IndexCorrupt("passages", f"{found} rows where {counts.passages} belong", REMEDY)
        revisions = self._listed().revisions
        for start in range(0, len(revisions), _AHEAD):
            for contents in self._texts.read(revisions[start : start + _AHEAD]).values():
                contents.check()

    def stored(self) -> list[Stored]:
        """The records of all documents, by source."""
        return self._listed().stored

    def vectors_of(self, revisions: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The vectors (n_passages, dim) of the documents with these revisions."""
        rows = self._connection.named(
            self._collection,
            "document",
            revisions,
            visible(self._state.generation),
            ["id", "document", "vector"],
            now=True,
        )
        found: dict[str, list[tuple[int, list[float]]]] = {revision: [] for revision in revisions}
        for row in rows:
            found[row["document"]].append((int(row["id"].rsplit("-", 1)[1], 16), row["vector"]))
        return {
            revision: np.array([vector for _, vector in sorted(numbered)], np.float32).reshape(
                -1, self.encoder.dim
            )
            for revision, numbered in found.items()
        }

    def copied(self) -> Iterator[tuple[Stored, Contents, NDArray[np.float32]]]:
        """Every document with its record and its vectors (n_passages, dim), by source."""
        listed = self._listed()
        for start in range(0, len(listed.stored), _AHEAD):
            some = listed.stored[start : start + _AHEAD]
            contents = self._texts.read(listed.revisions[start : start + _AHEAD])
            vectors = self.vectors_of(listed.revisions[start : start + _AHEAD])
            for stored in some:
                if len(vectors[stored.revision]) != stored.passages:
                    raise IndexCorrupt("passages", "some rows of a document are missing", REMEDY)
                yield stored, contents[stored.revision], vectors[stored.revision]

    def search(self, questions: list[str], k: int, mode: Mode, where: Filter) -> list[list[Hit]]:
        """The ``k`` best passages for each question."""
        if not self._state.words and mode != "dense":
            raise IndexMismatch(
                "this index was written to a Milvus before 2.4, which cannot hold the words of passages: search it "
                'with mode "dense", or use a newer Milvus.'
            )
        if not questions or not len(self._sample):
            return [[] for _ in questions]
        condition = condition_of(where, self._state.generation)
        if mode == "lexical":
            return [self._lexical_hits(question, k, condition) for question in questions]
        queries = np.asarray(self.encoder.encode_questions(questions), np.float32)
        if mode == "dense":
            return [self._dense_hits(query, k, condition) for query in queries]
        return [
            self._fused_hits(question, query, k, condition)
            for question, query in zip(questions, queries, strict=True)
        ]

    def _dense_hits(self, query: NDArray[np.float32], k: int, condition: str) -> list[Hit]:
        found = _Found.of(self._near(query, k, condition))
        cosines = (
            VectorIndex(found.vectors).cosines(query, np.arange(len(found.rows)))
            if found.rows
            else np.empty(0)
        )
        best = np.argsort(-cosines, kind="stable")
        passages = self._passages(found, best.tolist())
        return [
            Hit(passages[number], float(cosines[number]), Ranks(None, rank))
            for rank, number in enumerate(best.tolist(), start=1)
        ]

    def _lexical_hits(self, question: str, k: int, condition: str) -> list[Hit]:
        asked = self._ask(question)
        found = _Found.of(self._matching(asked, _PROPOSED * k, condition))
        scores = exact_scores(asked, found.texts, self._mean)
        best = _best(scores, k)
        passages = self._passages(found, best)
        return [
            Hit(passages[number], float(scores[number]), Ranks(rank, None))
            for rank, number in enumerate(best, 1)
        ]

    def _fused_hits(self, question: str, query: NDArray[np.float32], k: int, condition: str) -> list[Hit]:
        asked = self._ask(question)
        pool = max(k, POOL)
        near = self._near(query, pool, condition)
        matching = self._matching(asked, _PROPOSED * pool, condition)
        proposed = _Found.of(matching)
        scores = exact_scores(asked, proposed.texts, self._mean)
        matching = [proposed.rows[number] for number in _best(scores, pool)]
        found = _Found.of(matching, near)
        if not found.rows:
            return []
        vectors = VectorIndex(found.vectors, sample=self._sample)
        nearest = np.argsort(
            -vectors.cosines(query, np.array([found.numbers[row["id"]] for row in near])), kind="stable"
        )
        return fused_hits(
            np.arange(len(found.rows)),
            exact_scores(asked, found.texts, self._mean),
            asked,
            query,
            vectors,
            self.encoder,
            lambda numbers: self._passages(found, numbers),
            {found.numbers[row["id"]]: rank for rank, row in enumerate(matching, start=1)},
            {found.numbers[near[place]["id"]]: rank for rank, place in enumerate(nearest.tolist(), start=1)},
            k,
        )

    @property
    def _now(self) -> bool:
        """Whether a replica may still be behind this generation, so that it must be waited for."""
        return time.monotonic() - self._opened < _SETTLED

    @property
    def _mean(self) -> float:
        return self._state.tokens / max(1, self._state.manifest.counts.passages)

    def _near(self, query: NDArray[np.float32], k: int, condition: str) -> list[Row]:
        return self._connection.search(
            self._collection, "vector", query.tolist(), k, condition, _FIELDS, now=self._now
        )

    def _matching(self, asked: Asked, k: int, condition: str) -> list[Row]:
        if not asked.terms:
            return []
        return self._connection.search(
            self._collection, "words", asked_words(asked), k, condition, _FIELDS, now=self._now
        )

    def _ask(self, question: str) -> Asked:
        return ask_words(question, self._state.manifest.counts.passages, self._find)

    def _find(self, keys: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The places of tokens among ``keys``, and in how many passages each stands."""
        buckets = (keys & np.uint64(self._state.buckets - 1)).tolist()
        missing = sorted({bucket for bucket in buckets if bucket not in self._frequencies})
        if missing:
            rows = self._connection.named(
                self._connection.records,
                "key",
                [f"{bucket:x}" for bucket in missing],
                f'kind == "terms" and {visible(self._state.generation)}',
                ["key", "body"],
                now=self._now,
            )
            found = {int(row["key"], 16): Frequencies.unpacked(row["body"]) for row in rows}
            self._frequencies.update({bucket: found.get(bucket, Frequencies.none()) for bucket in missing})
        numbers = [
            int(self._frequencies[bucket].find(keys[place : place + 1])[0])
            for place, bucket in enumerate(buckets)
        ]
        return np.arange(len(keys)), np.array(numbers, np.int64)

    def _draw(self) -> NDArray[np.float32]:
        """Vectors (n, dim) of passages drawn by chance: all of a small index, about 512 of a large one."""
        passages = self._state.manifest.counts.passages
        bound = _DRAWS if passages < _ALL_OF else int(_DRAWS * SAMPLED / passages)
        rows = self._connection.query(
            self._collection, f"draw < {bound} and {visible(self._state.generation)}", ["vector"], now=True
        )
        return np.array([row["vector"] for row in rows], np.float32).reshape(-1, self.encoder.dim)

    def _passages(self, found: _Found, numbers: Sequence[int]) -> dict[int, Passage]:
        contents = self._texts.read(found.rows[number]["document"] for number in numbers)
        made = {}
        for number in numbers:
            revision = found.rows[number]["document"]
            _, article, start, end = found.places[number]
            if article >= len(contents[revision].articles):
                raise IndexCorrupt(
                    "passages", "a row names an article that its document does not have", REMEDY
                )
            made[number] = Passage(contents[revision].articles[article], start, end)
        return made


class _Directory:
    """The documents of a generation in the order of their sources, with what each has."""

    def __init__(self, texts: Texts, state: State) -> None:
        stored = sorted(texts.stored('key != ""'), key=lambda one: one.source)
        counts = state.manifest.counts
        if len(stored) != counts.documents:
            raise IndexCorrupt("document", f"{len(stored)} records where {counts.documents} belong", REMEDY)
        self._texts = texts
        self.stored: list[Stored] = stored
        self.revisions = [one.revision for one in stored]
        self._articles = [*accumulate((one.articles for one in stored), initial=0)]
        self._passages = [*accumulate((one.passages for one in stored), initial=0)]
        self._last = -1
        self.documents: Lazy[Document] = Lazy(len(stored), lambda number: self._contents(number).document)
        self.articles: Lazy[Article] = Lazy(self._articles[-1], self._article)
        self.passages: Lazy[Passage] = Lazy(self._passages[-1], self._passage)

    def _contents(self, number: int) -> Contents:
        """One document; those after it too where they are read in order."""
        ahead = _AHEAD if number == self._last + 1 else 1
        self._last = number
        return self._texts.read(self.revisions[number : number + ahead])[self.revisions[number]]

    def _article(self, number: int) -> Article:
        document = bisect_right(self._articles, number) - 1
        return self._contents(document).articles[number - self._articles[document]]

    def _passage(self, number: int) -> Passage:
        document = bisect_right(self._passages, number) - 1
        return self._contents(document).passages[number - self._passages[document]]


def _published(place: MilvusPlace) -> tuple[Connection, State]:
    connection = Connection(place)
    if connection.records not in connection.collections():
        raise missing(place)
    connection.load(connection.records)
    return connection, read_state(connection)


def _best(scores: NDArray[np.float32], k: int) -> list[int]:
    """Numbers of the ``k`` best scores above 0, best first, equal ones in order."""
    order = np.argsort(-scores, kind="stable")[:k]
    return [int(number) for number in order.tolist() if scores[number] > 0]


def _place(row: Row) -> tuple[str, int, int, int]:
    """Source, number of the article in its document, start and end in it."""
    place: Any = json.loads(row["place"])
    source, article, start, end = place
    return str(source), int(article), int(start), int(end)
