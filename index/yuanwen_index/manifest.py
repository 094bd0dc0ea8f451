"""What a generation says about itself: made by what, from what, and the sum of every file."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

from .errors import IndexCorrupt, IndexMismatch
from .rows import PLAIN, stored_as

FORMAT = 1
MANIFEST = "MANIFEST.json"
FILES = (
    "documents.jsonl",
    "extents.npy",
    "texts.utf8",
    "articles.jsonl",
    "passages.npy",
    "vectors.f32",
    "terms/keys.npy",
    "terms/starts.npy",
    "terms/passages.npy",
    "terms/counts.npy",
    "terms/lengths.npy",
)
ANN = "ann.faiss"
REMEDY = "Repair it: yuanwen rebuild; or index the files again: yuanwen index PATH..."

_Part = TypeVar("_Part", "EncoderRecord", "Counts", "FileRecord", "AnnRecord")
_Plain = TypeVar("_Plain", str, int, float, dict[str, Any])


@dataclass(frozen=True, slots=True)
class EncoderRecord:
    """Which encoder made the vectors; ``fingerprint`` is of its weights, tokenizer and prompts."""

    name: str
    dim: int
    fingerprint: str

    def __str__(self) -> str:
        return f"{self.name} (dimension {self.dim}, fingerprint {self.fingerprint[:12]})"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of each a generation holds."""

    documents: int
    articles: int
    passages: int


@dataclass(frozen=True, slots=True)
class AnnRecord:
    """What ``ann.faiss`` is: FAISS's name for it and how many rows it proposes for a query.

    ``recall`` (0..1) is their recall@10, measured when it was made, of ``rows`` rows.
    """

    structure: str
    rescored: int
    recall: float
    rows: int


@dataclass(frozen=True, slots=True)
class FileRecord:
    """Size in bytes and sha256 (hex) of one file."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The MANIFEST.json of one generation.

    ``ann`` is None where every vector is compared. ``recipe`` names the rules that cut articles, passages and
    tokens; ``skipped`` pairs sources with reasons; ``created`` is UTC, ISO 8601.
    """

    generation: int
    parent: int | None
    created: str
    versions: Mapping[str, str]
    encoder: EncoderRecord
    ann: AnnRecord | None
    recipe: Mapping[str, Any]
    counts: Counts
    skipped: tuple[tuple[str, str], ...]
    files: Mapping[str, FileRecord]
    format: int = FORMAT

    def to_bytes(self) -> bytes:
        """JSON, UTF-8, readable by people."""
        return (json.dumps(asdict(self), indent=1, sort_keys=True) + "\n").encode("ascii")

    @classmethod
    def from_bytes(cls, data: bytes, file: str, names: Collection[str] = FILES) -> Manifest:
        """Read what ``to_bytes`` wrote; ``names`` are the files that it has to list.

        Raises IndexMismatch for another format, and where a field is missing or unknown (the sum in CURRENT says
        that it was written so); IndexCorrupt for anything else.
        """
        record: Any = None
        try:
            record = json.loads(data)
            if record["format"] != FORMAT:
                raise other_format(record["format"])
            manifest = _from_record(record, names)
        except KeyError as error:
            raise _other_version(record, f"has no {error.args[0]!r:.60}") from error
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise IndexCorrupt(file, f"not a manifest ({type(error).__name__}: {error})", REMEDY) from error
        if manifest.to_bytes() != data:
            raise _other_version(record, "is not written as this version writes it")
        return manifest


def other_format(found: object) -> IndexMismatch:
    """The error for an index of a format that this version does not read."""
    return IndexMismatch(
        f"the index has format {found!r:.60}, this yuanwen reads format {FORMAT}. "
        "Use the yuanwen that made it, or index into another folder."
    )


def _other_version(record: dict[str, Any], what: str) -> IndexMismatch:
    """The error for a manifest of this format that another version wrote."""
    versions = record.get("versions")
    made = versions.get("yuanwen") if isinstance(versions, dict) else None
    return IndexMismatch(
        f"the index was made by another version of yuanwen ({made!r:.60}): its manifest {what}. "
        "Bring it up to date: yuanwen rebuild"
    )


def _from_record(record: dict[str, Any], names: Collection[str]) -> Manifest:
    parent, generation = record["parent"], _typed(record["generation"], int)
    if parent is not None and _typed(parent, int) >= generation:
        raise ValueError("its parent is not older than itself")
    files = {name: _whole(FileRecord, entry) for name, entry in record["files"].items()}
    ann = None if record["ann"] is None else _whole(AnnRecord, record["ann"])
    wanted = {*names, *([ANN] if ann else [])}
    if wanted >= PLAIN:
        wanted = wanted - PLAIN | stored_as(files)
    if missing := sorted(wanted - set(files)):
        raise KeyError(missing[0])
    if set(files) != wanted:
        raise ValueError("it lists other files than those of an index")
    return Manifest(
        generation=generation,
        parent=parent,
        created=_typed(record["created"], str),
        versions={name: _typed(version, str) for name, version in record["versions"].items()},
        encoder=_whole(EncoderRecord, record["encoder"]),
        ann=ann,
        recipe=_typed(record["recipe"], dict),
        counts=_whole(Counts, record["counts"]),
        skipped=tuple((_typed(source, str), _typed(reason, str)) for source, reason in record["skipped"]),
        files=files,
    )


def _whole(kind: type[_Part], entry: dict[str, Any]) -> _Part:
    """A dataclass of strings and non-negative numbers from its JSON object."""
    types: dict[str, type[Any]] = {"str": str, "int": int, "float": float}
    values: dict[str, Any] = {
        field.name: _typed(entry[field.name], types[str(field.type)]) for field in fields(kind)
    }
    return kind(**values)


def _typed(value: object, kind: type[_Plain]) -> _Plain:
    if type(value) is not kind or (isinstance(value, int | float) and not value >= 0):
        raise TypeError(f"{value!r:.60} where a {kind.__name__} belongs")
    return value
