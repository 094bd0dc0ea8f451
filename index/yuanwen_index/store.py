"""The index folder: immutable generations, published by rename, verified to the last byte before use.

    INDEX/
      LOCK              held by the one writer; readers never lock
      CURRENT           one line: format, generation, sha256 of its manifest
      gen-000012/       MANIFEST.json and the files it lists

A generation is written in a temporary folder, every file synced, the manifest last, then renamed into place;
then CURRENT is replaced the same way. So a reader sees the old generation or the new one, whole, whatever
happens when.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import IndexCorrupt, IndexMissing
from .files import open_regular
from .manifest import FORMAT, MANIFEST, REMEDY, FileRecord, Manifest, other_format

CURRENT = "CURRENT"
Bytes = NDArray[np.uint8]

_CURRENT_LINE = re.compile(rb"yuanwen-index (\d{1,6}) gen-(\d{6,12}) ([0-9a-f]{64})\n")
_TEMPORARY = ".tmp-"
_MANIFEST_LIMIT = 1 << 30
_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class Generation:
    """One generation, read into memory and verified; ``files`` maps each name to its bytes.

    ``current`` is the line of CURRENT that named it.
    """

    current: bytes
    manifest: Manifest
    files: dict[str, Bytes]

    def array(self, name: str, kind: type[np.generic], ndim: int = 1) -> NDArray[Any]:
        """The .npy file ``name``, not copied; IndexCorrupt unless of this type and number of dimensions."""
        data = self.files[name]
        head = io.BytesIO(data[:4096].tobytes())
        try:
            np.lib.format.read_magic(head)
            shape, by_column, found = np.lib.format.read_array_header_1_0(head)
            if found != np.dtype(kind).newbyteorder("<") or by_column or len(shape) != ndim:
                raise ValueError(f"{found} of shape {shape}")
            return np.frombuffer(data[head.tell() :], found).reshape(shape)
        except ValueError as error:
            raise IndexCorrupt(name, f"not the expected array ({error})", REMEDY) from error


# reading


def open_generation(folder: Path) -> Generation:
    """Read and verify the current generation: CURRENT, manifest, sizes, then every file's sum.

    Raises IndexMissing, IndexMismatch (another format) or IndexCorrupt, naming the file.
    """
    for _ in range(_ATTEMPTS):
        line = read_current(folder)
        try:
            return _read_generation(folder, line)
        except (IndexCorrupt, OSError) as error:
            # A writer may have pruned the generation while it was being read; then CURRENT has moved on.
            if read_current(folder) == line:
                raise _as_corrupt(error) from error
    raise IndexCorrupt(CURRENT, "it changed on every attempt to read the index", "Try again.")


def current_generation(folder: Path) -> int | None:
    """Number that CURRENT names, or None when there is no readable CURRENT (then nothing is published)."""
    try:
        return _parse_current(read_current(folder))[1]
    except (IndexMissing, IndexCorrupt):
        return None


def check_format(folder: Path) -> None:
    """Raise IndexMismatch when a readable CURRENT names another format."""
    match = _CURRENT_LINE.fullmatch(read_current(folder))
    if match and int(match[1]) != FORMAT:
        raise other_format(int(match[1]))


def _as_corrupt(error: IndexCorrupt | OSError) -> IndexCorrupt:
    if isinstance(error, IndexCorrupt):
        return error
    file = Path(error.filename).name if error.filename else "a file"
    return IndexCorrupt(file, f"cannot be read ({error.strerror or error})", REMEDY)


def read_current(folder: Path) -> bytes:
    """The line that names the current generation and its sum; IndexMissing or IndexCorrupt."""
    try:
        return _read_small(folder / CURRENT, 1000)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise IndexMissing(f"there is no index in {folder}. Make one: yuanwen index PATH...") from error
    except OSError as error:
        raise IndexCorrupt(CURRENT, f"cannot be read ({error.strerror})", REMEDY) from error


def _parse_current(line: bytes) -> tuple[int, int, str]:
    match = _CURRENT_LINE.fullmatch(line)
    if match is None:
        raise IndexCorrupt(CURRENT, "it is not the line that names a generation", REMEDY)
    return int(match[1]), int(match[2]), match[3].decode("ascii")


def _read_generation(folder: Path, line: bytes) -> Generation:
    home, manifest = _read_manifest(folder, line)
    from concurrent.futures import ThreadPoolExecutor  # imports logging

    with ThreadPoolExecutor(max_workers=2) as pool:
        read = pool.map(lambda name: read_file(home, name, manifest.files[name]), manifest.files)
        return Generation(line, manifest, dict(zip(manifest.files, read, strict=True)))


def _read_manifest(folder: Path, line: bytes) -> tuple[Path, Manifest]:
    """The folder and the manifest of the generation that ``line`` names."""
    form, number, manifest_sum = _parse_current(line)
    if form != FORMAT:
        raise other_format(form)
    home = folder / _name(number)
    data = _read_small(home / MANIFEST, _MANIFEST_LIMIT)
    if hashlib.sha256(data).hexdigest() != manifest_sum:
        raise IndexCorrupt(f"{home.name}/{MANIFEST}", "its sha256 is not the one CURRENT names", REMEDY)
    manifest = Manifest.from_bytes(data, f"{home.name}/{MANIFEST}")
    if manifest.generation != number:
        raise IndexCorrupt(CURRENT, "it names another generation than the manifest", REMEDY)
    return home, manifest


def damages(folder: Path) -> list[IndexCorrupt]:
    """What is wrong with each damaged file of the current generation.

    Raises what ``open_generation`` raises when CURRENT or the manifest cannot be used.
    """
    try:
        home, manifest = _read_manifest(folder, read_current(folder))
    except OSError as error:
        raise _as_corrupt(error) from error
    found = []
    for name in manifest.files:
        try:
            read_file(home, name, manifest.files[name])
        except (IndexCorrupt, OSError) as error:
            found.append(_as_corrupt(error))
    return found


def read_file(home: Path, name: str, expected: FileRecord) -> Bytes:
    """The bytes of one file; what was hashed is what is returned, so nothing can change in between."""
    label = f"{home.name}/{name}"
    with open(home / name, "rb", buffering=0, opener=open_regular) as file:
        size = os.fstat(file.fileno()).st_size
        if size != expected.size:
            raise IndexCorrupt(label, f"{size} bytes where {expected.size} belong", REMEDY)
        data = np.empty(expected.size, np.uint8)
        done = 0
        while done < expected.size:
            count = file.readinto(data.data[done : done + (1 << 28)])
            if not count:
                raise IndexCorrupt(label, f"it ended after {done} of {expected.size} bytes", REMEDY)
            done += count
    if hashlib.sha256(data.data).hexdigest() != expected.sha256:
        raise IndexCorrupt(label, "its sha256 is not the one in the manifest", REMEDY)
    return data


def _read_small(path: Path, limit: int) -> bytes:
    with open(path, "rb", opener=open_regular) as file:
        return file.read(limit)


def _name(generation: int) -> str:
    return f"gen-{generation:06d}"


# writing (all of it under the writers' lock)


def make_folder(folder: Path) -> None:
    """Make the index folder and those above it, so that a power cut does not take them back."""
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for path in made:
        _sync_folder(path.parent)


class Draft:
    """A generation being written in a temporary folder; published whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._home = folder / f"{_TEMPORARY}{os.getpid()}"
        self._home.mkdir()
        (self._home / "terms").mkdir()
        self._files: dict[str, FileRecord] = {}

    def write(self, name: str, chunks: Iterable[bytes | memoryview]) -> None:
        """Write and sync one file of the generation."""
        digest, size = hashlib.sha256(), 0
        with (self._home / name).open("wb") as file:
            for chunk in chunks:
                digest.update(chunk)
                size += memoryview(chunk).nbytes
                file.write(chunk)
            _sync(file)
        self._files[name] = FileRecord(size, digest.hexdigest())

    def write_array(self, name: str, array: NDArray[Any]) -> None:
        """Write one array as little-endian .npy."""
        array = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
        head = io.BytesIO()
        np.lib.format.write_array_header_1_0(head, np.lib.format.header_data_from_array_1_0(array))
        self.write(name, [head.getvalue(), array.data.cast("B")] if array.size else [head.getvalue()])

    def publish(self, manifest: Manifest) -> Manifest:
        """Make this the current generation; ``manifest`` gets the sums of the files."""
        manifest = replace(manifest, files=self._files)
        data = manifest.to_bytes()
        _write_synced(self._home / MANIFEST, data)
        _sync_folder(self._home / "terms")
        _sync_folder(self._home)
        self._home.rename(self._folder / _name(manifest.generation))
        _sync_folder(self._folder)
        line = f"yuanwen-index {FORMAT} {_name(manifest.generation)} {hashlib.sha256(data).hexdigest()}\n"
        _write_synced(self._folder / f"{_TEMPORARY}{CURRENT}", line.encode("ascii"))
        (self._folder / f"{_TEMPORARY}{CURRENT}").replace(self._folder / CURRENT)
        _sync_folder(self._folder)
        return manifest

    def discard(self) -> None:
        """Remove what has not been published."""
        shutil.rmtree(self._home, ignore_errors=True)


def next_generation(folder: Path) -> int:
    """A number that no generation here has had."""
    numbers = [number for number, _ in _generations(folder)]
    return 1 + max([*numbers, current_generation(folder) or 0])


def sweep(folder: Path, keep: Callable[[int], bool]) -> None:
    """Remove what crashed writers left behind, and the generations that ``keep`` does not want.

    A generation is renamed before it is removed, so that no reader ever sees half of one.
    """
    for number, home in _generations(folder):
        if not keep(number):
            home.rename(folder / f"{_TEMPORARY}{home.name}")
    for leftover in folder.glob(f"{_TEMPORARY}*"):
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink(missing_ok=True)


def _generations(folder: Path) -> list[tuple[int, Path]]:
    found = [(re.fullmatch(r"gen-(\d{6,12})", path.name), path) for path in folder.iterdir()]
    return sorted((int(match[1]), path) for match, path in found if match)


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        _sync(file)


def _sync(file: io.BufferedWriter) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make renames in ``folder`` durable (Windows does so by itself and cannot open folders)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
