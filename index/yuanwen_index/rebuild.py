"""A new generation from an old one, damaged or made by other rules: from the texts stored in it where they
are whole, else from the files that they were read from.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

from .build import Build, BuildReport, Progress, telling_what_failed
from .documents import Document, Skipped, read_document
from .encoders import Encoder, load_encoder
from .errors import DocumentUnreadable, MissingExtra, UsageError
from .lock import writing
from .places import Place, place_of
from .recipe import encoder_record, load_recorded
from .salvage import Remains, Stored, newest_generation
from .store import sweep

__all__ = ["RebuildReport", "rebuild_index"]


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """What a rebuild did.

    ``stored`` documents came from the index itself, the ``reread`` ones from their files, of which those in
    ``changed`` are no longer what was indexed. ``lost`` are those of which neither was left.
    """

    build: BuildReport
    stored: tuple[str, ...]
    reread: tuple[str, ...]
    changed: tuple[str, ...]
    lost: tuple[Skipped, ...]


def rebuild_index(
    folder: str | Place, *, encoder: Encoder | None = None, progress: Progress | None = None
) -> RebuildReport:
    """Make every article, passage, vector and posting anew and publish them as the next generation.

    Without ``encoder`` the one that the index names is used. What was there stays until the new generation is
    complete, and after it until the next one. Raises IndexMissing, IndexLocked, IndexUnusable (cannot be written),
    EncoderUnavailable, or UsageError when no text is left.
    """
    started = time.monotonic()
    tell = progress or (lambda _stage, _done, _total: None)
    place = place_of(folder)
    if not isinstance(place, Path):
        raise UsageError("an index on Milvus is not rebuilt; index the files again, or copy it anew")
    newest_generation(place)  # before a folder or a lock is made
    with telling_what_failed(place), writing(place):
        remains = Remains(place)
        manifest = remains.manifest
        if encoder is None:
            encoder = load_encoder() if manifest is None else load_recorded(manifest.encoder)
        build = Build.start(None, encoder_record(encoder), None)
        sources = _restore(build, remains, tell)
        if not build.writer.n_passages:
            raise UsageError(
                f"no text is left in {place} to rebuild it from. Index the files again: yuanwen index PATH..."
            )
        known = {stored.source for stored in remains.stored()}
        earlier = manifest.skipped if manifest else ()
        build.skipped += [Skipped(*pair) for pair in earlier if pair[0] not in known]
        vectors = build.encode(encoder, tell)
        published = build.publish(place, vectors, tell)
        sweep(place, keep=lambda number: number in (published.generation, remains.generation))
        return RebuildReport(build.report(published, started), *sources)


_Sources = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[Skipped, ...]]


def _restore(build: Build, remains: Remains, tell: Progress) -> _Sources:
    """Add every document to ``build``; what came from where."""
    stored, reread, changed, lost = [], [], [], []
    everything = list(remains.stored())
    for done, one in enumerate(everything):
        tell("read", done, len(everything))
        if one.document is not None:
            build.add(one.document, one.asked)
            stored.append(one.source)
            continue
        try:
            document = _read_again(one)
        except (DocumentUnreadable, MissingExtra, UsageError) as error:
            lost.append(Skipped(one.source, f"its stored text is damaged, and its file {error}"))
            continue
        build.add(document, one.asked)
        reread.append(one.source)
        if document.sha256 != one.sha256:
            changed.append(one.source)
    tell("read", len(everything), len(everything))
    build.skipped += lost
    if remains.unnamed:
        lost.append(Skipped(f"{remains.unnamed} more", "their records are damaged"))
    return tuple(stored), tuple(reread), tuple(changed), tuple(lost)


def _read_again(stored: Stored) -> Document:
    if stored.origin is None:
        raise DocumentUnreadable("was at a place that the index did not keep")
    document = read_document(stored.origin.path, stored.source, encoding=stored.asked)
    return replace(document, metadata=stored.metadata)
