"""Documents added to an index, changed in it and taken out of it one by one; nothing else is encoded again.

Where ``build_index`` makes an index mirror files, these leave alone what they are not told of.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from .build import Build, BuildReport, Progress, check_known, telling_what_failed
from .documents import Document, Skipped
from .encoders import Encoder, load_encoder
from .errors import IndexMissing, UsageError
from .lock import writing
from .places import Place, place_of
from .recipe import check_encoder, check_recipe, encoder_record, load_recorded
from .store import Generation, current_generation, open_generation, read_current, sweep

__all__ = ["add_documents", "delete_documents", "update_documents"]


def add_documents(
    documents: Sequence[Document],
    folder: str | Place,
    *,
    encoder: Encoder | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    """Publish a generation that holds ``documents`` as well; without an index in ``folder`` make one.

    No documents at all make an empty index, to which some can be added later.
    Documents come from ``read_document`` (a file) or ``text_document`` (a text). ``encoder`` is needed only where
    it cannot be loaded by its name. Raises UsageError when one of the sources is in the index already, when two
    documents share one, or when there is no text to index; IndexLocked, IndexCorrupt, IndexMismatch,
    IndexUnusable (cannot be written) and EncoderUnavailable. The index is then as it was.
    """
    new = _by_source(documents)

    def check(known: Collection[str]) -> None:
        for source in new:
            if source in known:
                raise UsageError(f"{source!r:.200} is in the index already; update_documents changes it")

    return _publish(folder, new, (), check, encoder, progress)


def update_documents(
    documents: Sequence[Document],
    folder: str | Place,
    *,
    encoder: Encoder | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    """Publish a generation where ``documents`` stand in place of those of the same sources.

    What is the same as before is not encoded again; when only metadata differ, nothing is. Raises UsageError when
    a source is not in the index; IndexMissing, and what ``add_documents`` raises.
    """
    new = _by_source(documents)
    return _publish(
        folder, new, (), lambda known: check_known(new, known, _HERE), encoder, progress, must_exist=True
    )


def delete_documents(
    sources: Collection[str],
    folder: str | Place,
    *,
    encoder: Encoder | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    """Publish a generation without the documents called ``sources``.

    Raises UsageError when one is not in the index; IndexMissing, and what ``add_documents`` raises.
    """
    gone = set(sources)
    return _publish(
        folder, {}, gone, lambda known: check_known(gone, known, _HERE), encoder, progress, must_exist=True
    )


_HERE = "in the index"


def _publish(
    folder: str | Place,
    new: Mapping[str, Document],
    gone: Collection[str],
    check: Callable[[Collection[str]], None],
    encoder: Encoder | None,
    progress: Progress | None,
    *,
    must_exist: bool = False,
) -> BuildReport:
    started = time.monotonic()
    tell = progress or (lambda _stage, _done, _total: None)
    place = place_of(folder)
    if not isinstance(place, Path):
        from .milvus.writing import publish_changes

        return publish_changes(place, new, gone, check, encoder, tell, must_exist=must_exist)
    if must_exist:
        read_current(place)
    with telling_what_failed(place), writing(place):
        current = current_generation(place)
        sweep(place, keep=lambda number: current is None or number <= current)
        earlier = _earlier_generation(place)
        if encoder is None:
            encoder = load_recorded(earlier.manifest.encoder) if earlier else load_encoder()
        if earlier is not None:
            check_recipe(earlier.manifest)
            check_encoder(encoder_record(encoder), earlier.manifest.encoder)
        build = Build.start(earlier, encoder_record(encoder), None)
        check(build.known)
        _gather(build, new, gone, tell)
        if build.same():
            return build.report(build.require_earlier(), started)
        vectors = build.encode(encoder, tell)
        manifest = build.publish(place, vectors, tell)
        sweep(place, keep=lambda number: number in (manifest.generation, manifest.parent))
        return build.report(manifest, started)


def _earlier_generation(folder: Path) -> Generation | None:
    """The current generation; damage is not passed over, for the documents could not be read again."""
    try:
        return open_generation(folder)
    except IndexMissing:
        return None


def _gather(build: Build, new: Mapping[str, Document], gone: Collection[str], tell: Progress) -> None:
    """Take over what stays and parse what is new, in the order of the sources."""
    sources = sorted((build.known.keys() | new.keys()) - set(gone))
    for done, source in enumerate(sources):
        tell("read", done, len(sources))
        number = build.known.get(source)
        if source not in new:
            build.take(build.known[source])
        elif number is not None and _same_text(build, number, new[source]):
            origin = new[source].origin
            build.take(number, origin.record() if origin else None, new[source].metadata)
        else:
            build.add(new[source], None)
    tell("read", len(sources), len(sources))
    if new and not build.writer.n_passages:
        raise UsageError("no text would be in the index: there is none in these documents")
    if build.earlier is not None:
        skipped = build.earlier.manifest.skipped
        build.skipped = [Skipped(*pair) for pair in skipped if pair[0] not in new and pair[0] not in gone]


def _same_text(build: Build, number: int, document: Document) -> bool:
    record = build.corpus.document_record(number) if build.corpus else {}
    return (record.get("sha256"), record.get("encoding")) == (document.sha256, document.encoding)


def _by_source(documents: Sequence[Document]) -> dict[str, Document]:
    named = {document.source: document for document in documents}
    if len(named) < len(documents):
        raise UsageError("two of the documents have the same source")
    return named
