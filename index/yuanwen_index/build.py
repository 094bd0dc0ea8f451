"""Files -> an index generation; what has not changed since the last one is taken over."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .ann import Ann
from .articles import Article, parse_articles
from .corpus import Corpus, CorpusWriter
from .documents import Document, Skipped, find_files, read_document
from .encoders import Encoder, load_encoder
from .errors import (
    DocumentUnreadable,
    IndexCorrupt,
    IndexMismatch,
    IndexMissing,
    IndexUnusable,
    MissingExtra,
    UsageError,
)
from .files import Origin, open_regular, settled
from .filters import Metadata, check_metadata, same_metadata
from .formats.decoding import GUESSED
from .lock import writing
from .manifest import ANN, FORMAT, AnnRecord, Counts, EncoderRecord, Manifest
from .passages import Passage, split_passages
from .places import Place, place_of
from .recipe import encoder_record, load_recorded, recipe
from .retriever import read_ann, read_postings, read_vectors
from .rows import Rows, check_rows
from .store import Draft, Generation, current_generation, make_folder, next_generation, open_generation, sweep
from .terms import Postings, PostingsWriter

Progress = Callable[[str, int, int], None]

_BATCH = 2048
_MOSTLY = 0.8


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What indexing did: ``added`` to ``unchanged`` count documents, ``encoded`` passages.

    ``guessed`` are the sources read now that are not UTF-8 and were taken for GB18030, nobody having named an encoding.
    """

    generation: int
    documents: int
    articles: int
    passages: int
    added: int
    updated: int
    removed: int
    unchanged: int
    encoded: int
    skipped: tuple[Skipped, ...]
    seconds: float
    guessed: tuple[str, ...] = ()


def build_index(
    paths: Sequence[Path],
    folder: str | Place,
    *,
    encoder: Encoder | None = None,
    encoding: str | None = None,
    metadata: Mapping[str, Metadata] | None = None,
    progress: Progress | None = None,
    ray: str | None = None,
) -> BuildReport:
    """Make the index in ``folder``, or at ``milvus://HOST/NAME``, mirror the files under ``paths``.

    Nothing is published when nothing changed. Without ``encoder`` the one that made the index goes on (the shipped one
    for a new index); another one makes every vector anew. ``metadata`` gives documents theirs by source; the others
    keep what they had. With ``ray`` passages are encoded on the Ray cluster at this address. ``progress`` is called
    with a stage (read, encode, match, save), done and total.
    Whenever it ends early, the index stays as it was. Raises UsageError (nothing to index), IndexLocked,
    IndexMismatch (another format is there), IndexUnusable (cannot be written), IndexUnreachable or EncoderUnavailable, and
    UsageError for metadata of a source that is not among the files.
    """
    started = time.monotonic()
    files = find_files(paths)
    given = {source: check_metadata(about) for source, about in (metadata or {}).items()}
    check_known(given, {source for _, source in files}, "among these files")
    tell = progress or (lambda _stage, _done, _total: None)
    place = place_of(folder)
    if not isinstance(place, Path):
        from .milvus.writing import mirror_files

        return mirror_files(place, files, encoder, encoding, given, tell, ray)
    with telling_what_failed(place), writing(place):
        current = current_generation(place)
        sweep(place, keep=lambda number: current is None or number <= current)
        earlier = _earlier_generation(place)
        if encoder is None:
            encoder = load_recorded(earlier.manifest.encoder) if earlier else load_encoder()
        if ray:
            encoder = on_cluster(encoder, ray)
        build = Build.start(earlier, encoder_record(encoder), encoding)
        build.read(files, given, tell)
        if build.same():
            return build.report(build.require_earlier(), started)
        vectors = build.encode(encoder, tell)
        manifest = build.publish(place, vectors, tell)
        sweep(place, keep=lambda number: number in (manifest.generation, manifest.parent))
        return build.report(manifest, started)


def on_cluster(encoder: Encoder, address: str) -> Encoder:
    """The encoder, encoding passages on the nodes of a Ray cluster."""
    from .cluster import ClusterEncoder

    return ClusterEncoder(encoder, address)


def batch_of(encoder: Encoder, usual: int) -> int:
    """How many passages an encoder is given at once: some say so themselves, with ``batch``."""
    return int(getattr(encoder, "batch", usual))


def check_known(sources: Iterable[str], known: Collection[str], where: str) -> None:
    """Raise UsageError, naming one, unless all ``sources`` are known."""
    for source in sources:
        if source not in known:
            raise UsageError(f"there is no document {source!r:.200} {where}")


@contextmanager
def telling_what_failed(folder: Path) -> Iterator[None]:
    """Make the folder; what the system refuses there becomes an error that says so."""
    try:
        make_folder(folder)
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise IndexUnusable(f"cannot write to {folder}: {reason}. What was published there stays.") from error


def _earlier_generation(folder: Path) -> Generation | None:
    """The current generation, or None when none can be trusted (then everything is made anew)."""
    try:
        return open_generation(folder)
    except (IndexMissing, IndexCorrupt):
        return None


@dataclass(slots=True)
class Build:
    """One run of indexing: what is taken over, what is new."""

    earlier: Generation | None
    corpus: Corpus | None
    encoder: EncoderRecord
    encoding: str | None
    records: list[dict[str, Any]] = field(default_factory=list)
    known: dict[str, int] = field(default_factory=dict)
    writer: CorpusWriter = field(default_factory=CorpusWriter)
    skipped: list[Skipped] = field(default_factory=list)
    guessed: list[str] = field(default_factory=list)
    pending: list[tuple[int, str]] = field(default_factory=list)
    taken: list[tuple[int, int, int]] = field(default_factory=list)
    moved: bool = False
    added: int = 0
    updated: int = 0
    unchanged: int = 0

    @classmethod
    def start(cls, earlier: Generation | None, encoder: EncoderRecord, encoding: str | None) -> Build:
        """Nothing is taken over from a generation that other rules or another encoder made."""
        build = cls(earlier, None, encoder, encoding)
        if earlier is not None:
            corpus = Corpus(earlier)
            build.records = list(map(corpus.document_record, range(len(corpus.documents))))
            build.known = {record["source"]: number for number, record in enumerate(build.records)}
            manifest = earlier.manifest
            if manifest.recipe == recipe() and manifest.encoder == encoder:
                build.corpus = corpus
        return build

    def read(self, files: Sequence[tuple[Path, str]], given: Mapping[str, Metadata], tell: Progress) -> None:
        """Take over or parse every file; ``given`` is new metadata by source."""
        for done, (path, source) in enumerate(files):
            tell("read", done, len(files))
            try:
                self._read_file(path, source, given.get(source))
            except (DocumentUnreadable, MissingExtra) as error:
                self.skipped.append(Skipped(source, str(error)))
            except OSError as error:
                self.skipped.append(Skipped(source, f"cannot be read: {error.strerror or error}"))
        tell("read", len(files), len(files))
        if not self.writer.n_passages:
            raise UsageError(nothing_to_index(files, self.skipped))

    def _read_file(self, path: Path, source: str, given: Metadata | None) -> None:
        number = self.known.get(source)
        file = None if number is None else self._unchanged(path, number)
        if file is not None and number is not None:
            self.take(number, file, given)
            return
        document = read_document(path, source, encoding=self.encoding)
        kept = {} if number is None else self.records[number]["metadata"]
        self.add(replace(document, metadata=kept if given is None else given), self.encoding)

    def take(self, number: int, file: dict[str, Any] | None = None, given: Metadata | None = None) -> None:
        """Take document ``number`` over; ``file`` is the record of its origin. None leaves it what it had."""
        if self.corpus is None:
            raise IndexMismatch("nothing can be taken over from an index that other rules made")
        before = self.records[number]
        about = before["metadata"] if given is None else given
        same = same_metadata(about, before["metadata"])
        file = file or before.get("file")
        self._take_passages(*self.corpus.passage_range(number))
        changed = (
            None if same and file == before.get("file") else before | {"file": file, "metadata": dict(about)}
        )
        self.writer.copy(self.corpus, number, changed)
        self.unchanged += same
        self.updated += not same

    def _take_passages(self, start: int, end: int) -> None:
        """Take over the passages ``start`` to ``end``; those that follow on the last ones make one run with them."""
        home = self.writer.n_passages
        if self.taken:
            first, stop, at = self.taken[-1]
            if (stop, at + stop - first) == (start, home):
                self.taken[-1] = (first, end, at)
                return
        self.taken.append((start, end, home))

    def _unchanged(self, path: Path, number: int) -> dict[str, Any] | None:
        """The record of the origin of document ``number`` if the bytes at ``path`` and the encoding are those of last time.

        They are read only where the size and the time of the last change cannot tell.
        """
        if self.corpus is None or self.records[number]["asked"] != self.encoding:
            return None
        earlier: dict[str, Any] | None = self.records[number].get("file")
        try:
            if settled(earlier, path) and os.access(path, os.R_OK):
                return earlier
            with open(path, "rb", opener=open_regular) as file:
                about = os.fstat(file.fileno())
                if hashlib.file_digest(file, "sha256").hexdigest() != self.records[number]["sha256"]:
                    return None
        except OSError:
            return None
        found = Origin.of(path, about).record()
        self.moved |= earlier is None or earlier["path"] != found["path"]
        return found

    def add(self, document: Document, asked: str | None) -> None:
        """Parse a document, which was read with the encoding ``asked`` for."""
        self.add_parsed(
            document, asked, [(article, split_passages(article)) for article in parse_articles(document)]
        )
        if asked is None and document.encoding == GUESSED:
            self.guessed.append(document.source)

    def add_parsed(
        self, document: Document, asked: str | None, articles: Sequence[tuple[Article, list[Passage]]]
    ) -> None:
        """``add`` for a document that has been cut into articles and passages."""
        texts = [passage.search_text for _, passages in articles for passage in passages]
        self.pending.extend(enumerate(texts, start=self.writer.n_passages))
        self.writer.add(document, asked, articles)
        self.added += document.source not in self.known
        self.updated += document.source in self.known

    def same(self) -> bool:
        """Whether the earlier generation already holds exactly this, read from the same places."""
        if self.corpus is None or self.earlier is None or self.moved:
            return False
        skipped = tuple((skip.source, skip.reason) for skip in self.skipped)
        return self.unchanged == len(self.known) == self.writer.n_documents and (
            skipped == self.earlier.manifest.skipped
        )

    def require_earlier(self) -> Manifest:
        """The manifest of the generation that stays."""
        if self.earlier is None:
            raise IndexMismatch("there is no earlier generation to keep")
        return self.earlier.manifest

    def encode(self, encoder: Encoder, tell: Progress) -> Rows:
        """Vectors of all passages: the new ones encoded, the others taken over."""
        vectors = Rows.room(self.writer.n_passages, encoder.dim)
        if self.taken and self.earlier is not None:
            before = read_vectors(self.earlier)
            for start, end, home in self.taken:
                vectors.put_from(before, start, end, home)
        for batch in _batches(self.pending, batch_of(encoder, _BATCH)):
            tell("encode", batch.start, len(self.pending))
            numbers, texts = zip(*self.pending[batch], strict=True)
            vectors.put(np.array(numbers, np.int64), encoded(encoder, list(texts)))
        tell("encode", len(self.pending), len(self.pending))
        return vectors

    def _postings(self, tell: Progress) -> Postings:
        """Postings of all passages, those of unchanged documents taken over."""
        tell("match", 0, self.writer.n_passages)
        postings = PostingsWriter()
        if self.taken and self.earlier is not None:
            numbers = np.full(self.earlier.manifest.counts.passages, -1, np.int32)
            for start, end, home in self.taken:
                numbers[start:end] = np.arange(home, home + end - start)
            postings.reuse(read_postings(self.earlier), numbers)
        for number, text in self.pending:
            postings.add(number, text)
        finished = postings.finish(self.writer.n_passages)
        tell("match", self.writer.n_passages, self.writer.n_passages)
        return finished

    def _ann(self, vectors: Rows) -> Ann | None:
        """Codes to search by; those there are stay as long as they were made from nearly these vectors."""
        taken = sum(end - start for start, end, _ in self.taken)
        earlier = read_ann(self.earlier) if self.earlier and taken else None
        if earlier and taken >= _MOSTLY * max(len(vectors), earlier.record.rows):
            return earlier.again(vectors, self.taken)
        return Ann.of(vectors)

    def publish(self, folder: Path, vectors: Rows, tell: Progress) -> Manifest:
        """Write the new generation and make it the current one."""
        postings = self._postings(tell)
        ann = self._ann(vectors)
        tell("save", 0, 1)
        draft = Draft(folder)
        try:
            self.writer.write(draft)
            for file, data in vectors.files().items():
                draft.write(file, [data])
            for name in Postings.__slots__:
                draft.write_array(f"terms/{name}.npy", getattr(postings, name))
            if ann:
                draft.write(ANN, [ann.to_bytes().data])
            record = ann.record if ann else None
            manifest = draft.publish(
                self._manifest(next_generation(folder), current_generation(folder), record)
            )
        finally:
            draft.discard()
        tell("save", 1, 1)
        return manifest

    def _manifest(self, generation: int, parent: int | None, ann: AnnRecord | None) -> Manifest:
        return Manifest(
            generation=generation,
            parent=parent,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            versions=installed_versions(),
            encoder=self.encoder,
            ann=ann,
            recipe=recipe(),
            counts=Counts(self.writer.n_documents, self.writer.n_articles, self.writer.n_passages),
            skipped=tuple((skip.source, skip.reason) for skip in self.skipped),
            files={},
            format=FORMAT,
        )

    def report(self, manifest: Manifest, started: float) -> BuildReport:
        """What was done, with ``manifest`` as the generation that is current now."""
        counts = manifest.counts
        return BuildReport(
            generation=manifest.generation,
            documents=counts.documents,
            articles=counts.articles,
            passages=counts.passages,
            added=self.added,
            updated=self.updated,
            removed=len(self.known) - self.updated - self.unchanged,
            unchanged=self.unchanged,
            encoded=len(self.pending),
            skipped=tuple(self.skipped),
            seconds=time.monotonic() - started,
            guessed=tuple(self.guessed),
        )


def encoded(encoder: Encoder, texts: list[str]) -> NDArray[np.float32]:
    """Vectors (n_texts, dim) of texts; ValueError when the encoder gives anything else."""
    rows = np.asarray(encoder.encode_passages(texts), np.float32)
    check_rows(rows)
    if rows.shape != (len(texts), encoder.dim):
        wanted = (len(texts), encoder.dim)
        raise ValueError(f"the encoder {encoder.name} gave vectors of shape {rows.shape}, not {wanted}")
    return rows


def _batches(pending: Sequence[object], size: int) -> Iterator[slice]:
    for start in range(0, len(pending), size):
        yield slice(start, min(start + size, len(pending)))


def nothing_to_index(files: Sequence[tuple[Path, str]], skipped: Sequence[Skipped]) -> str:
    """Why there is nothing to index in these files."""
    if not files:
        return (
            "there is nothing to index: name files or folders with .txt, .md, .html, .docx or .pdf in them."
        )
    if skipped:
        return f"none of the {len(files)} files could be indexed. {skipped[0].source}: {skipped[0].reason}"
    return f"there is nothing to index: no text in the {len(files)} files."


def installed_versions() -> dict[str, str]:
    """The packages whose output the index holds."""
    from importlib.metadata import PackageNotFoundError, version  # imports the mail parser

    found = {}
    for name in ("yuanwen", "numpy", "faiss-cpu"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
