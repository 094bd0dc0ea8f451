"""Documents into an index on Milvus: written row by row, published at once."""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..articles import Article, parse_articles
from ..build import (
    BuildReport,
    Progress,
    batch_of,
    encoded,
    installed_versions,
    nothing_to_index,
    on_cluster,
)
from ..documents import Document, Skipped, read_document
from ..encoders import Encoder, load_encoder
from ..errors import DocumentUnreadable, IndexCorrupt, IndexMismatch, MissingExtra, UsageError
from ..files import Origin, open_regular
from ..filters import Metadata, same_metadata
from ..formats.decoding import GUESSED
from ..manifest import Counts, EncoderRecord, Manifest
from ..passages import Passage, split_passages
from ..places import MilvusPlace
from ..recipe import check_encoder, check_recipe, encoder_record, load_recorded, recipe
from ..terms import Postings
from .connection import Connection, Row
from .contents import Stored, Texts, pack_contents, revision_of
from .rows import FOR_EVER, REMEDY, day_of, record_rows, stored_text, tag, tags_of, unpack, visible
from .state import State, claimed, find_state, missing, stamp_of
from .words import Frequencies, most_buckets, weights_of

__all__ = ["Publication", "mirror_files", "publish_changes", "publishing"]

_GRACE = 60.0  # seconds for which rows stay after they went, for readers that have not noticed
_BATCH = 1000  # passages that are encoded and written together
_SUMMED = 32  # frequencies are added up after so many batches
_OUTGROWN = 8  # times as many terms to a bucket as intended
_ROW_FIELDS = ("id", "born", "died", "document", "place", "text", "tags", "day", "draw", "vector")
_RECORD_FIELDS = ("id", "born", "died", "kind", "key", "about", "part", "body", "vector")
_Cut = list[tuple[Article, list[Passage]]]


@dataclass(slots=True)
class _Pending:
    """A document whose rows are still to be written; ``vectors`` where they are known already."""

    stored: Stored
    document: Document
    articles: _Cut
    texts: list[str]
    vectors: NDArray[np.float32] | None


@dataclass(slots=True)
class Publication:
    """The next generation, while it is being written. Nothing of it is visible before ``publish``."""

    connection: Connection
    encoder: Encoder
    earlier: State | None
    check: Callable[[], None]
    stamp: str
    generation: int
    before: dict[str, Stored]
    known: dict[str, Stored]
    left: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)
    pending: list[_Pending] = field(default_factory=list)
    kept: dict[str, Stored] = field(default_factory=dict)
    put: dict[str, Stored] = field(default_factory=dict)
    moved: list[Stored] = field(default_factory=list)
    frequencies: list[Frequencies] = field(default_factory=list)
    mean: float = 0.0
    tokens: int = 0
    added: int = 0
    updated: int = 0
    encoded: int = 0
    waiting: int = 0
    guessed: list[str] = field(default_factory=list)

    @property
    def current(self) -> bool:
        """Whether what the earlier generation holds can be taken over."""
        return self.earlier is not None and self.earlier.stamp == self.stamp

    def keep(self, source: str, origin: Origin | None = None) -> None:
        """Take a document over as it is; ``origin`` says where its file is now, None that nothing is known."""
        stored = self.known[source]
        if origin is not None and (stored.file is None or Path(stored.file["path"]) != origin.path):
            stored = replace(stored, file=origin.record())
            self.moved.append(stored)
        self.kept[source] = stored

    def add(self, document: Document, asked: str | None, vectors: NDArray[np.float32] | None = None) -> None:
        """Put in a document, which was read with the encoding ``asked`` for; ``vectors`` (n_passages, dim) if known."""
        articles = [(article, split_passages(article)) for article in parse_articles(document)]
        self.add_parsed(document, asked, articles, vectors)
        if asked is None and document.encoding == GUESSED:
            self.guessed.append(document.source)

    def add_parsed(
        self,
        document: Document,
        asked: str | None,
        articles: _Cut,
        vectors: NDArray[np.float32] | None = None,
    ) -> None:
        """``add`` for a document that has been cut into articles and passages."""
        passages = [passage for _, cut in articles for passage in cut]
        revision = revision_of(document, asked, self.stamp)
        before = self.before.get(document.source)
        if self.current and before is not None and before.revision == revision:
            self.keep(document.source, document.origin)
            return
        if vectors is None and before is not None and self.current and _same_text(before, document):
            vectors = self._vectors(before)
        stored = Stored(
            revision=revision,
            source=document.source,
            encoding=document.encoding,
            sha256=document.sha256,
            asked=asked,
            file=document.origin.record() if document.origin else None,
            metadata=dict(document.metadata),
            articles=len(articles),
            passages=len(passages),
            tokens=0,
        )
        self.added += before is None
        self.updated += before is not None
        texts = [stored_text(passage.search_text) for passage in passages]
        self.pending.append(_Pending(stored, document, articles, texts, vectors))
        self.waiting += len(texts)
        if self.waiting >= batch_of(self.encoder, _BATCH):
            self.write()

    def _vectors(self, stored: Stored) -> NDArray[np.float32]:
        """The vectors of a document of the earlier generation, in the order of its passages."""
        rows = self.connection.scan(
            self.connection.passages(self.stamp),
            f'document == "{stored.revision}" and {visible(self.generation - 1)}',
            ["id", "vector"],
        )
        ordered = sorted((int(row["id"].rsplit("-", 1)[1], 16), row["vector"]) for row in rows)
        return np.array([vector for _, vector in ordered], np.float32).reshape(-1, self.encoder.dim)

    def write(self) -> None:
        """Write what is pending: passages, then texts, then the records that say that both are there."""
        pending, self.pending, self.waiting = self.pending, [], 0
        texts = [text for one in pending for text in one.texts]
        postings = Postings.of(texts) if texts else None
        lengths = postings.lengths if postings else np.empty(0, np.int32)
        if postings is not None:
            self.frequencies.append(Frequencies.of(postings))
            self.mean = self.mean or float(postings.lengths.mean())
            self.tokens += int(postings.lengths.sum())
        if len(self.frequencies) > _SUMMED:
            self.frequencies = [Frequencies.together(self.frequencies)]
        ends = np.cumsum([len(one.texts) for one in pending]).tolist()
        vectors = self._encode(pending, texts)
        weights = weights_of(postings, self.mean) if postings else iter(())
        for one, end in zip(pending, ends, strict=True):
            tokens = int(lengths[end - len(one.texts) : end].sum())
            self.put[one.stored.source] = replace(one.stored, tokens=tokens)
        new = [one for one in pending if one.stored.revision not in self.whole]
        self.connection.put(self.connection.passages(self.stamp), self._all_rows(pending, vectors, weights))
        self.connection.put(self.connection.records, (row for one in new for row in self._text_rows(one)))
        done = (row for one in pending for row in self._record(self.put[one.stored.source]))
        self.connection.put(self.connection.records, done)

    def _all_rows(
        self, pending: list[_Pending], vectors: NDArray[np.float32], weights: Iterator[dict[int, float]]
    ) -> Iterator[Row]:
        start = 0
        for one in pending:
            rows = self._rows(one, vectors[start : start + len(one.texts)], weights)
            start += len(one.texts)
            if one.stored.revision in self.whole:
                for _ in rows:
                    pass  # its weights are used up, too
            else:
                yield from rows

    def _text_rows(self, one: _Pending) -> list[Row]:
        contents = pack_contents(one.document, one.articles)
        return record_rows("text", one.stored.revision, self.generation, contents)

    def _encode(self, pending: list[_Pending], texts: list[str]) -> NDArray[np.float32]:
        """Vectors of all pending passages; those that are known or written already are not encoded."""
        vectors = np.zeros((len(texts), self.encoder.dim), np.float32)
        wanted: list[int] = []
        at = 0
        plain: list[str] = []
        for one in pending:
            if one.vectors is not None:
                vectors[at : at + len(one.texts)] = one.vectors
            elif one.stored.revision not in self.whole:
                wanted += range(at, at + len(one.texts))
                plain += [passage.search_text for _, cut in one.articles for passage in cut]
            at += len(one.texts)
        if plain:
            vectors[wanted] = encoded(self.encoder, plain)
            self.encoded += len(plain)
        return vectors

    def _rows(
        self, one: _Pending, vectors: NDArray[np.float32], weights: Iterator[dict[int, float]]
    ) -> Iterator[Row]:
        revision, document, number = one.stored.revision, one.document, 0
        for at, (article, passages) in enumerate(one.articles):
            tags = tags_of(document.source, article.reporters, document.metadata)
            for passage in passages:
                row: Row = {
                    "id": f"{revision}-{self.generation:x}-{number:x}",
                    "born": self.generation,
                    "died": FOR_EVER,
                    "document": revision,
                    "place": json.dumps([document.source, at, passage.start, passage.end]),
                    "text": one.texts[number],
                    "tags": tags,
                    "day": day_of(article.date_iso),
                    "draw": _draw(revision, number),
                    "vector": vectors[number].tolist(),
                }
                given = next(weights)
                yield row | ({"words": given} if self.connection.words else {})
                number += 1

    def _record(self, stored: Stored) -> list[Row]:
        about = tag("source", stored.source)
        return record_rows("document", stored.revision, self.generation, stored.to_bytes(), about)

    def same(self, skipped: Sequence[Skipped]) -> bool:
        """Whether the earlier generation already holds exactly this."""
        if not self.current or self.earlier is None or self.put or self.pending or self.moved:
            return False
        told = tuple((skip.source, skip.reason) for skip in skipped)
        return self.kept.keys() == self.before.keys() and told == self.earlier.manifest.skipped

    def publish(self, skipped: Sequence[Skipped], tell: Progress) -> Manifest:
        """Make this the current generation.

        Raises IndexCorrupt when the server does not hold what was written, and IndexLocked when somebody else may
        have been writing; nothing is published then.
        """
        self.write()
        tell("save", 0, 3)
        self._clear_left()
        gone = [stored for source, stored in self.before.items() if source not in self.kept]
        self._retire(gone)
        self._write_moved()
        tell("save", 1, 3)
        terms, buckets = self._write_frequencies()
        told = [[skip.source, skip.reason] for skip in skipped]
        if told:
            data = json.dumps(told).encode("ascii")
            self.connection.put(
                self.connection.records, record_rows("skipped", "skipped", self.generation, data)
            )
        tell("save", 2, 3)
        documents = [*self.kept.values(), *self.put.values()]
        manifest = Manifest(
            generation=self.generation,
            parent=self.earlier.generation if self.earlier else None,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            versions=installed_versions(),
            encoder=encoder_record(self.encoder),
            ann=None,
            recipe=recipe(),
            counts=Counts(
                len(documents),
                sum(stored.articles for stored in documents),
                sum(stored.passages for stored in documents),
            ),
            skipped=tuple((skip.source, skip.reason) for skip in skipped),
            files={},
        )
        state = State(
            manifest=manifest,
            stamp=self.stamp,
            tokens=sum(stored.tokens for stored in documents),
            terms=terms,
            buckets=buckets,
            mean=self.mean,
            words=self.connection.words,
            published=time.time(),
        )
        self._check_counts(manifest.counts)
        self.check()
        self.connection.put(self.connection.records, state.rows())
        tell("save", 3, 3)
        return manifest

    def _retire(self, gone: Sequence[Stored]) -> None:
        """Mark the rows of documents that go with this generation."""
        revisions = [stored.revision for stored in gone]
        seen = visible(self.generation - 1)
        records = self.connection.records
        if revisions:
            found = self.connection.named(records, "key", revisions, seen, _RECORD_FIELDS, now=True)
            self._mark(records, found, self.generation)
        skipped = self.connection.scan(records, f'kind == "skipped" and {seen}', _RECORD_FIELDS)
        self._mark(records, skipped, self.generation)
        if revisions and self.current:
            passages = self.connection.passages(self.stamp)
            fields = (*_ROW_FIELDS, "words") if self.connection.words else _ROW_FIELDS
            found = self.connection.named(passages, "document", revisions, seen, fields, now=True)
            self._mark(passages, found, self.generation, self._uncount)

    def _mark(
        self, name: str, rows: Iterator[Row], died: int, look: Callable[[list[Row]], None] | None = None
    ) -> None:
        """Write rows again with the generation that they went with."""
        for batch in _batches(rows):
            if look:
                look(batch)
            self.connection.put(name, [{**row, "died": died} for row in batch])

    def _uncount(self, rows: list[Row]) -> None:
        """Take the words of passages that go out of the statistics."""
        self.frequencies.append(Frequencies.of(Postings.of([row["text"] for row in rows]), sign=-1))

    def _write_moved(self) -> None:
        """Records of documents whose files are elsewhere now, everything else of which stays."""
        revisions = [stored.revision for stored in self.moved]
        records, seen = self.connection.records, f'kind == "document" and {visible(self.generation - 1)}'
        if revisions:
            found = self.connection.named(records, "key", revisions, seen, _RECORD_FIELDS, now=True)
            self._mark(records, found, self.generation)
            for stored in self.moved:
                self.connection.put(records, self._record(stored))

    def _write_frequencies(self) -> tuple[int, int]:
        """Bring the records of terms up to date; how many terms there are, and in how many records."""
        change = Frequencies.together(self.frequencies)
        records, seen = self.connection.records, f'kind == "terms" and {visible(self.generation - 1)}'
        terms, buckets = 0, most_buckets(len(change.keys))
        if self.current and self.earlier is not None:
            terms, buckets = self.earlier.terms, self.earlier.buckets
            if most_buckets(terms + len(change.keys)) > _OUTGROWN * buckets:
                buckets = most_buckets(terms + len(change.keys))
        regrouped = self.earlier is None or not self.current or buckets != self.earlier.buckets
        touched = change.buckets(buckets)
        if regrouped:
            before = self.connection.scan(records, seen, _RECORD_FIELDS)
        else:
            keys = [f"{bucket:x}" for bucket in touched]
            before = self.connection.named(records, "key", keys, seen, _RECORD_FIELDS, now=True)
        parts: list[Frequencies] = [change]

        def read(batch: list[Row]) -> None:
            if self.current:
                parts.extend(Frequencies.unpacked(row["body"]) for row in batch)

        self._mark(records, before, self.generation, read)
        earlier = 0 if regrouped else sum(len(part.keys) for part in parts[1:])
        together = Frequencies.together(parts)
        if (together.numbers < 0).any():
            raise IndexCorrupt("terms", "more passages go than there were", REMEDY)
        rows = [
            record_rows("terms", f"{bucket:x}", self.generation, part.packed())
            for bucket, part in together.buckets(buckets).items()
        ]
        if any(len(parts) > 1 for parts in rows):
            raise IndexCorrupt("terms", "a record has become too large", REMEDY)
        self.connection.put(records, [row for parts in rows for row in parts])
        return (0 if regrouped else terms - earlier) + len(together.keys), buckets

    def _clear_left(self) -> None:
        """Remove what an interrupted writer left and this one did not take up."""
        ours = {stored.revision for stored in self.put.values()}
        for revision, rows in self.left.items():
            if revision not in ours:
                for name in {collection for collection, _ in rows}:
                    self.connection.remove_rows(name, [row for collection, row in rows if collection == name])

    def _check_counts(self, counts: Counts) -> None:
        """What readers of this generation will see must be what was written."""
        seen = visible(self.generation)
        found = self.connection.count(self.connection.passages(self.stamp), seen)
        if found != counts.passages:
            raise IndexCorrupt(
                "passages", f"the server holds {found} where {counts.passages} were written", "Try again."
            )
        found = self.connection.count(self.connection.records, f'kind == "document" and {seen}')
        if found != counts.documents:
            raise IndexCorrupt(
                "document", f"the server holds {found} where {counts.documents} were written", "Try again."
            )

    def finish(self, skipped: Sequence[Skipped], tell: Progress, started: float) -> BuildReport:
        """Publish, unless nothing would change."""
        self.write()
        if self.earlier is not None and self.same(skipped):
            return self.report(self.earlier.manifest, skipped, started)
        return self.report(self.publish(skipped, tell), skipped, started)

    def report(self, manifest: Manifest, skipped: Sequence[Skipped], started: float) -> BuildReport:
        """What was done, with ``manifest`` as that of the generation that is current now."""
        counts = manifest.counts
        return BuildReport(
            generation=manifest.generation,
            documents=counts.documents,
            articles=counts.articles,
            passages=counts.passages,
            added=self.added,
            updated=self.updated,
            removed=len(self.before) - self.updated - len(self.kept),
            unchanged=len(self.kept),
            encoded=self.encoded,
            skipped=tuple(skipped),
            guessed=tuple(self.guessed),
            seconds=time.monotonic() - started,
        )


@contextmanager
def publishing(
    place: MilvusPlace,
    encoder: Encoder | None,
    *,
    must_exist: bool = False,
    check: Callable[[EncoderRecord, State], None] | None = None,
    ray: str | None = None,
) -> Iterator[Publication]:
    """Be the one writer of an index, and clear up what earlier ones left.

    Without ``encoder`` the one that made the index goes on. ``check`` may refuse it. ``ray`` is the address of a cluster
    to encode on.
    """
    connection = Connection(place)
    try:
        if must_exist and connection.records not in connection.collections():
            raise missing(place)
        connection.make_records()
        with claimed(connection) as unclaimed:
            state = find_state(connection)
            if must_exist and state is None:
                raise missing(place)
            if encoder is None:
                encoder = load_recorded(state.manifest.encoder) if state else load_encoder()
            if ray:
                encoder = on_cluster(encoder, ray)
            record = encoder_record(encoder)
            if state is not None and check is not None:
                check(record, state)
            stamp = stamp_of(record, recipe())
            generation = state.generation if state else 0
            _sweep(connection, state, stamp)
            connection.make_passages(stamp, encoder.dim)
            stored = Texts(connection, generation, now=True).stored('key != ""') if state else []
            before = {one.source: one for one in stored}
            current = state is not None and state.stamp == stamp
            publication = Publication(
                connection,
                encoder,
                state,
                unclaimed,
                stamp,
                generation + 1,
                before,
                before if current else {},
                mean=state.mean if state and current else 0.0,
            )
            _take_up(publication)
            yield publication
    finally:
        connection.close()


def _sweep(connection: Connection, state: State | None, stamp: str) -> None:
    """Remove what no reader can still see, and undo the marks of a writer that was interrupted."""
    records = connection.records
    generation = state.generation if state else 0
    passages = re.compile(re.escape(connection.place.name) + "_passages_([0-9a-f]{8})")
    stamps = {match[1] for name in connection.collections() if (match := passages.fullmatch(name))}
    if state is not None:
        connection.load(connection.passages(state.stamp))
    if state is None or time.time() - state.published >= _GRACE:
        for name in [records, *([connection.passages(state.stamp)] if state else [])]:
            connection.remove(name, f"died <= {generation}")
        connection.remove(records, f'kind == "state" and born < {generation}')
        for old in stamps - {stamp, state.stamp if state else stamp}:
            connection.drop(connection.passages(old))
    connection.remove(records, f'kind in ["terms", "skipped"] and born > {generation}')
    now = time.time()
    for row in connection.query(records, 'kind == "writer"', ["id", "body"], now=True):
        if _ended(row["body"], now):
            connection.remove_rows(records, [row["id"]])
    _unmark(connection, records, _RECORD_FIELDS, generation)
    if state is not None:
        fields = (*_ROW_FIELDS, "words") if state.words else _ROW_FIELDS
        _unmark(connection, connection.passages(state.stamp), fields, generation)


def _ended(body: str, now: float) -> bool:
    return bool(json.loads(unpack([body], "writer"))["until"] < now - _GRACE)


def _unmark(connection: Connection, name: str, fields: Sequence[str], generation: int) -> None:
    """Rows that were to go with a generation that never came stay."""
    condition = f"born <= {generation} and died > {generation} and died < {FOR_EVER}"
    for batch in _batches(connection.scan(name, condition, fields)):
        connection.put(name, [{**row, "died": FOR_EVER} for row in batch])


def _take_up(publication: Publication) -> None:
    """Find what an interrupted writer left of this generation: whole documents need not be written again."""
    connection, after = publication.connection, f"born >= {publication.generation}"
    passages = connection.passages(publication.stamp)
    for row in connection.scan(passages, after, ["id", "document"]):
        publication.left.setdefault(row["document"], []).append((passages, row["id"]))
    for row in connection.scan(connection.records, after, ["id", "kind", "key"]):
        if row["kind"] in ("document", "text"):
            publication.left.setdefault(row["key"], []).append((connection.records, row["id"]))
            if row["kind"] == "document":
                publication.whole.add(row["key"])


def mirror_files(
    place: MilvusPlace,
    files: Sequence[tuple[Path, str]],
    encoder: Encoder | None,
    encoding: str | None,
    given: Mapping[str, Metadata],
    tell: Progress,
    ray: str | None = None,
) -> BuildReport:
    """Make an index on Milvus hold just these files; what ``build_index`` does for a folder."""
    started = time.monotonic()
    with publishing(place, encoder, ray=ray) as publication:
        skipped: list[Skipped] = []
        for done, (path, source) in enumerate(files):
            tell("read", done, len(files))
            try:
                _read_file(publication, path, source, encoding, given.get(source))
            except (DocumentUnreadable, MissingExtra) as error:
                skipped.append(Skipped(source, str(error)))
            except OSError as error:
                skipped.append(Skipped(source, f"cannot be read: {error.strerror or error}"))
        tell("read", len(files), len(files))
        publication.write()
        documents = [*publication.kept.values(), *publication.put.values()]
        if not any(stored.passages for stored in documents):
            raise UsageError(nothing_to_index(files, skipped))
        return publication.finish(skipped, tell, started)


def _read_file(
    publication: Publication, path: Path, source: str, encoding: str | None, given: Metadata | None
) -> None:
    before = publication.before.get(source)
    about = given if given is not None else before.metadata if before else {}
    stored = publication.known.get(source)
    if stored is not None and stored.asked == encoding and same_metadata(about, stored.metadata):
        origin = _unchanged(path, stored)
        if origin is not None:
            publication.keep(source, origin)
            return
    document = read_document(path, source, encoding=encoding)
    publication.add(replace(document, metadata=about), encoding)


def _unchanged(path: Path, stored: Stored) -> Origin | None:
    """The origin of a file when its bytes are those of last time."""
    try:
        with open(path, "rb", opener=open_regular) as file:
            about = os.fstat(file.fileno())
            same = hashlib.file_digest(file, "sha256").hexdigest() == stored.sha256
    except OSError:
        return None
    return Origin.of(path, about) if same else None


def publish_changes(
    place: MilvusPlace,
    new: Mapping[str, Document],
    gone: Collection[str],
    check: Callable[[Collection[str]], None],
    encoder: Encoder | None,
    tell: Progress,
    *,
    must_exist: bool,
) -> BuildReport:
    """Add, change and remove single documents; what ``add_documents`` and the others do for a folder."""
    started = time.monotonic()

    def refuse(record: EncoderRecord, state: State) -> None:
        check_recipe(state.manifest)
        check_encoder(record, state.manifest.encoder)

    with publishing(place, encoder, must_exist=must_exist, check=refuse) as publication:
        check(publication.before)
        sources = sorted((publication.before.keys() | new.keys()) - set(gone))
        for done, source in enumerate(sources):
            tell("read", done, len(sources))
            if source in new:
                stored = publication.known.get(source)
                asked = stored.asked if stored and _same_text(stored, new[source]) else None
                publication.add(new[source], asked)
            elif source in publication.known:
                publication.keep(source)
            else:
                raise IndexMismatch("nothing can be taken over from an index that other rules made")
        tell("read", len(sources), len(sources))
        publication.write()
        passages = sum(stored.passages for stored in [*publication.kept.values(), *publication.put.values()])
        if new and not passages:
            raise UsageError("no text would be in the index: there is none in these documents")
        earlier = publication.earlier.manifest.skipped if publication.earlier else ()
        skipped = [Skipped(*pair) for pair in earlier if pair[0] not in new and pair[0] not in gone]
        return publication.finish(skipped, tell, started)


def _same_text(stored: Stored, document: Document) -> bool:
    return (stored.sha256, stored.encoding) == (document.sha256, document.encoding)


def _draw(revision: str, number: int) -> int:
    """A number below 2**31 that says whether a passage is drawn into a sample."""
    return int(hashlib.sha256(f"{revision} {number}".encode("ascii")).hexdigest()[:8], 16) >> 1


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
