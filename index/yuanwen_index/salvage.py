"""What can be trusted of the documents stored in an index, also in a damaged one."""

from __future__ import annotations

import codecs
import hashlib
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .documents import Document
from .errors import IndexMismatch, IndexMissing
from .files import Origin, open_regular
from .filters import Metadata
from .manifest import MANIFEST, Manifest
from .store import check_format, current_generation

__all__ = ["Remains", "Stored", "newest_generation"]

_DOCUMENTS, _EXTENTS, _TEXTS = "documents.jsonl", "extents.npy", "texts.utf8"


@dataclass(frozen=True, slots=True)
class Stored:
    """One document as the index knew it; ``document`` is None where its stored text is not proven whole.

    ``asked`` is the encoding that was asked for.
    """

    source: str
    sha256: str
    asked: str | None
    origin: Origin | None
    metadata: Metadata
    document: Document | None


class Remains:
    """The newest generation in an index folder, as far as it can be read; nothing of it is taken on trust."""

    def __init__(self, folder: Path) -> None:
        self.generation = newest_generation(folder)
        self._home = folder / f"gen-{self.generation:06d}"
        self.manifest = self._read_manifest(folder)
        self._sums = {name: self._read(name) for name in (_DOCUMENTS, _EXTENTS, _TEXTS)}

    def stored(self) -> Iterator[Stored]:
        """Every document whose record can be trusted.

        A record is proven by the sum in the manifest, or by the name of the file and its path agreeing; a text
        by the sums, or by being encoded again: then it has the sum of the file that it was decoded from.
        """
        whole = all(intact for _, intact in self._sums.values())
        ends = self._text_ends()
        texts = self._sums[_TEXTS][0]
        for number, record in enumerate(self._records()):
            if record is None:
                continue
            origin = Origin.from_record(record["file"])
            text = None
            if ends is not None and number < len(ends):
                text = _text(texts, int(ends[number - 1]) if number else 0, int(ends[number]))
            document = None
            if text is not None and (whole or _is_of_file(text, record)):
                document = Document(
                    record["source"], text, record["encoding"], record["sha256"], origin, record["metadata"]
                )
            yield Stored(
                record["source"], record["sha256"], record["asked"], origin, record["metadata"], document
            )

    @property
    def unnamed(self) -> int:
        """How many documents cannot even be named any more."""
        records = self._records()
        counted = self.manifest.counts.documents if self.manifest else 0
        return max(counted, len(records)) - sum(record is not None for record in records)

    def _records(self) -> list[dict[str, Any] | None]:
        """The record of each document, None where it cannot be trusted."""
        data, intact = self._sums[_DOCUMENTS]
        records = [_record(line) for line in data.split(b"\n")[:-1]]
        return [record if record and (intact or _agrees(record)) else None for record in records]

    def _read_manifest(self, folder: Path) -> Manifest | None:
        try:
            return Manifest.from_bytes(_bytes(self._home / MANIFEST), MANIFEST)
        except IndexMismatch:
            check_format(folder)  # that CURRENT says so too makes it another format and no damage
            return None
        except Exception:  # whatever is wrong with it, it proves nothing
            return None

    def _read(self, name: str) -> tuple[bytes, bool]:
        """The bytes of a file, and whether they have the sum that the manifest gives."""
        try:
            data = _bytes(self._home / name)
        except OSError:
            return b"", False
        expected = self.manifest.files[name] if self.manifest else None
        return data, expected is not None and hashlib.sha256(data).hexdigest() == expected.sha256

    def _text_ends(self) -> NDArray[np.int64] | None:
        """Where each text ends in the stored texts (bytes); None when that cannot be read."""
        try:
            file = io.BytesIO(self._sums[_EXTENTS][0])
            np.lib.format.read_magic(file)
            shape, _, kind = np.lib.format.read_array_header_1_0(file)
            return np.frombuffer(file.read(), kind).reshape(shape).astype(np.int64)[:, 0]
        except Exception:  # a damaged header may be anything
            return None


def newest_generation(folder: Path) -> int:
    """The generation that CURRENT names if it is there, else the one with the highest number; IndexMissing."""
    current = current_generation(folder)
    found = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    numbers = [int(match[1]) for name in found if (match := re.fullmatch(r"gen-(\d{6,12})", name))]
    if current in numbers:
        return int(current)
    if not numbers:
        raise IndexMissing(f"there is no index in {folder}. Make one: yuanwen index PATH...")
    return max(numbers)


def _bytes(path: Path) -> bytes:
    with open(path, "rb", opener=open_regular) as file:
        return file.read()


def _record(line: bytes) -> dict[str, Any] | None:
    """The record of a document, if the line holds one."""
    try:
        record = json.loads(line)
        record.setdefault("file", None)
        record.setdefault("metadata", {})
        Origin.from_record(record["file"])
        texts = (record["source"], record["encoding"], record["sha256"], record["asked"] or "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    whole = all(isinstance(text, str) for text in texts) and isinstance(record["metadata"], dict)
    return record if whole else None


def _agrees(record: dict[str, Any]) -> bool:
    origin = Origin.from_record(record["file"])
    return origin is not None and bool(record["source"]) and origin.path.as_posix().endswith(record["source"])


def _text(texts: bytes, start: int, end: int) -> str | None:
    if not 0 <= start <= end <= len(texts):
        return None
    try:
        return texts[start:end].decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return None


def _is_of_file(text: str, record: dict[str, Any]) -> bool:
    name = record["encoding"]
    try:
        data = text.encode(name)
        if codecs.lookup(name).name != name:  # Python takes "utf,8" for utf-8
            return False
    except (LookupError, ValueError):
        return False
    return hashlib.sha256(data).hexdigest() == str(record["sha256"])
