"""An index checked to the last character, without searching it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .encoders import Encoder
from .errors import IndexCorrupt
from .files import FileState
from .manifest import Manifest
from .places import Place, place_of
from .retriever import Retriever
from .store import damages

__all__ = ["Verification", "verify_index"]


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found: ``damaged`` files, each with what is wrong; without any, ``manifest`` and file states.

    ``states`` pairs the sources whose files are no longer what was indexed with what they are.
    """

    damaged: tuple[IndexCorrupt, ...]
    manifest: Manifest | None
    states: tuple[tuple[str, FileState], ...]


def verify_index(folder: str | Place, *, encoder: Encoder | None = None) -> Verification:
    """Check every file's sum, that all parts fit, and that every article and passage lies inside its document.

    On Milvus every document's sum, and that all passages are there. Raises IndexMissing, IndexMismatch,
    EncoderUnavailable, IndexUnreachable, or IndexCorrupt when CURRENT or the manifest cannot be used.
    """
    place = place_of(folder)
    damaged = tuple(damages(place)) if isinstance(place, Path) else ()
    if damaged:
        return Verification(damaged, None, ())
    retriever = Retriever.open(folder, encoder=encoder)
    retriever.check_texts()
    states = ((document.source, document.file_state()) for document in retriever.documents)
    return Verification((), retriever.manifest, tuple(pair for pair in states if pair[1] != "same"))
