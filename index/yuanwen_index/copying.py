"""An index from one place to another, between folders and Milvus, without reading or encoding anything again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .articles import Article
from .build import Build, BuildReport, Progress, telling_what_failed
from .corpus import Corpus
from .documents import Document, Skipped
from .errors import IndexCorrupt, IndexMissing, UsageError
from .lock import writing
from .manifest import Manifest
from .passages import Passage
from .places import MilvusPlace, Place, place_of
from .recipe import RecordedEncoder, check_recipe
from .retriever import read_vectors
from .rows import Rows
from .store import current_generation, open_generation, sweep

__all__ = ["copy_index"]

_Cut = list[tuple[Article, list[Passage]]]


@dataclass(frozen=True, slots=True)
class _Copied:
    """One document on its way, with what was made of it; ``vectors`` (n_passages, dim)."""

    document: Document
    asked: str | None
    articles: _Cut
    vectors: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Shelf:
    """An index that is copied, or was: ``listed`` has for each source what tells one content of it from another."""

    manifest: Manifest
    listed: dict[str, tuple[object, ...]]
    documents: Callable[[], Iterator[_Copied]]

    @property
    def facts(self) -> tuple[object, ...]:
        """What must be the same in both places."""
        told = self.manifest
        return told.encoder, told.recipe, told.counts, told.skipped, self.listed


def copy_index(source: str | Place, target: str | Place, *, progress: Progress | None = None) -> BuildReport:
    """Make the index at ``target`` hold what the one at ``source`` holds; each is a folder or ``milvus://HOST/NAME``.

    Published at once when everything is there; done again it changes nothing, and on Milvus an interrupted copy goes
    on where it was. Afterwards counts, encoder and every document are compared. ``progress`` is called with a stage
    (copy, match, save), done and total. Raises UsageError when the target holds documents that the source has not (they
    would be lost), IndexMissing, IndexCorrupt, IndexMismatch (made by other rules), IndexLocked, IndexUnusable or
    IndexUnreachable.
    """
    started = time.monotonic()
    tell = progress or (lambda _stage, _done, _total: None)
    come, go = place_of(source), place_of(target)
    found, held = _open(come), _there(go)
    check_recipe(found.manifest)
    if held is not None and (lost := held.listed.keys() - found.listed.keys()):
        raise UsageError(
            f"{go} holds documents that {come} has not, such as {min(lost)!r:.100}: copy to another place"
        )
    if held is not None and held.facts == found.facts:
        return _nothing_done(held, started)
    report = _into(found, go, tell, started)
    if _open(go).facts != found.facts:
        raise IndexCorrupt("the copy", f"it is not what {come} holds", "Was that being written? Copy again.")
    return report


def _open(place: Place) -> _Shelf:
    return _folder(place) if isinstance(place, Path) else _milvus(place)


def _there(place: Place) -> _Shelf | None:
    try:
        return _open(place)
    except IndexMissing:
        return None


def _folder(folder: Path) -> _Shelf:
    generation = open_generation(folder)
    corpus, vectors = Corpus(generation), read_vectors(generation)
    listed: dict[str, tuple[object, ...]] = {}
    for number in range(len(corpus.documents)):
        record = corpus.document_record(number)
        start, end = corpus.passage_range(number)
        listed[record["source"]] = (*_named(record), end - start)

    def documents() -> Iterator[_Copied]:
        for number, document in enumerate(corpus.documents):
            first, end = corpus.article_range(number)
            start, stop = corpus.passage_range(number)
            articles: _Cut = [(corpus.articles[article], []) for article in range(first, end)]
            for article, opens, closes in corpus.rows[start:stop].tolist():
                made, passages = articles[article - first]
                passages.append(Passage(made, opens, closes))
            asked = corpus.document_record(number)["asked"]
            yield _Copied(document, asked, articles, vectors.take(slice(start, stop)))

    return _Shelf(generation.manifest, listed, documents)


def _milvus(place: MilvusPlace) -> _Shelf:
    from .milvus.reading import MilvusIndex

    index = MilvusIndex.to_copy(place)
    listed: dict[str, tuple[object, ...]] = {
        stored.source: (stored.sha256, stored.encoding, stored.asked, stored.metadata, stored.passages)
        for stored in index.stored()
    }

    def documents() -> Iterator[_Copied]:
        for stored, contents, vectors in index.copied():
            articles: _Cut = [(article, []) for article in contents.articles]
            passages = {id(article): cut for article, cut in articles}
            for passage in contents.passages:
                passages[id(passage.article)].append(passage)
            yield _Copied(contents.document, stored.asked, articles, vectors)

    return _Shelf(index.manifest, listed, documents)


def _named(record: dict[str, object]) -> tuple[object, ...]:
    return tuple(record[name] for name in ("sha256", "encoding", "asked", "metadata"))


def _into(found: _Shelf, place: Place, tell: Progress, started: float) -> BuildReport:
    if isinstance(place, Path):
        return _into_folder(found, place, tell, started)
    return _into_milvus(found, place, tell, started)


def _into_folder(found: _Shelf, folder: Path, tell: Progress, started: float) -> BuildReport:
    counts, encoder = found.manifest.counts, found.manifest.encoder
    with telling_what_failed(folder), writing(folder):
        current = current_generation(folder)
        sweep(folder, keep=lambda number: current is None or number <= current)
        build = Build.start(None, encoder, None)
        build.skipped = [Skipped(*pair) for pair in found.manifest.skipped]
        vectors = Rows.room(counts.passages, encoder.dim)
        for done, copied in enumerate(found.documents()):
            tell("copy", done, counts.documents)
            at = build.writer.n_passages
            vectors.put(slice(at, at + len(copied.vectors)), copied.vectors)
            build.add_parsed(copied.document, copied.asked, copied.articles)
        tell("copy", counts.documents, counts.documents)
        manifest = build.publish(folder, vectors, tell)
        sweep(folder, keep=lambda number: number in (manifest.generation, manifest.parent))
        return build.report(manifest, started)


def _into_milvus(found: _Shelf, place: MilvusPlace, tell: Progress, started: float) -> BuildReport:
    from .milvus.writing import publishing

    counts = found.manifest.counts
    with publishing(place, RecordedEncoder(found.manifest.encoder)) as publication:
        for done, copied in enumerate(found.documents()):
            tell("copy", done, counts.documents)
            publication.add_parsed(copied.document, copied.asked, copied.articles, copied.vectors)
        tell("copy", counts.documents, counts.documents)
        return publication.finish([Skipped(*pair) for pair in found.manifest.skipped], tell, started)


def _nothing_done(held: _Shelf, started: float) -> BuildReport:
    counts = held.manifest.counts
    return BuildReport(
        generation=held.manifest.generation,
        documents=counts.documents,
        articles=counts.articles,
        passages=counts.passages,
        added=0,
        updated=0,
        removed=0,
        unchanged=counts.documents,
        encoded=0,
        skipped=tuple(Skipped(*pair) for pair in held.manifest.skipped),
        seconds=time.monotonic() - started,
    )
