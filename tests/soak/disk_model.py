"""A disk that may lose whatever was not synced: what it can hold after a power cut at any moment.

It promises no more than POSIX does: what was written to a file lasts once the file is synced, the names in a folder
once the folder is. All else may be there, be missing, be cut, or be zeros, in any combination; a rename within one
folder is there or not. Made from the log that strace writes of a real run.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

TRACED = "trace=openat,write,pwrite64,writev,fsync,fdatasync,ftruncate,rename,renameat,renameat2,mkdir,unlink,unlinkat,rmdir"
OPTIONS = ["-y", "-xx", "-s", "100000000", "-e", TRACED]

Kept = Literal["whole", "half", "zeros"]


@dataclass(eq=False)
class Node:
    """A file (``data``) or a folder (``names``), as it was on the disk when the log begins."""

    data: bytes = b""
    names: dict[str, Node] | None = None


@dataclass(eq=False)
class Change:
    """One step: bytes at an offset, a new length, or names that appear, move or vanish; or a sync."""

    node: Node
    at: int = 0
    data: bytes | None = None
    length: int | None = None
    names: dict[str, Node | None] = field(default_factory=dict)
    sync: bool = False


def read_tree(path: Path) -> Node:
    """What is under ``path``."""
    if path.is_dir():
        return Node(names={entry.name: read_tree(entry) for entry in path.iterdir()})
    return Node(path.read_bytes())


def write_tree(node: Node, path: Path) -> None:
    """Make ``path`` hold it."""
    if node.names is None:
        path.write_bytes(node.data)
        return
    path.mkdir()
    for name, entry in node.names.items():
        write_tree(entry, path / name)


_CALL = re.compile(r"^\d+ +(\w+)\((.*)\) += (\d+)", re.MULTILINE)
_FIRST = re.compile(r'(?:AT_FDCWD|(\d+))?(?:<([^>]*)>)?(?:, )?(?:"([^"]*)")?')


def _text(hexed: str) -> str:
    return bytes.fromhex(hexed.replace("\\x", "")).decode("utf-8", "surrogateescape")


class Recording:
    """The changes under ``root`` that a log tells, in order; ``start`` is what was there before."""

    def __init__(self, start: Node, root: Path, log: str) -> None:
        self.start = start
        self.changes: list[Change] = []
        self._root = root
        self._names: dict[Node, dict[str, Node]] = {}
        self._lengths: dict[Node, int] = {}
        for call, arguments, _ in _CALL.findall(log):
            getattr(self, f"_{call}")(arguments)

    def _live(self, folder: Node) -> dict[str, Node]:
        """The names that running programs see in a folder."""
        return self._names.setdefault(folder, dict(folder.names or {}))

    def _find(self, path: str) -> tuple[Node, str] | None:
        """The folder and the name of ``path``; None outside the root."""
        try:
            parts = Path(path).relative_to(self._root).parts
        except ValueError:
            return None
        if not parts:
            return None
        folder = self.start
        for part in parts[:-1]:
            folder = self._live(folder)[part]
        return folder, parts[-1]

    def _node(self, path: str) -> Node | None:
        if Path(path) == self._root:
            return self.start
        found = self._find(path)
        return found and self._live(found[0]).get(found[1])

    def _rename_names(self, folder: Node, names: dict[str, Node | None]) -> None:
        for name, node in names.items():
            if node is None:
                self._live(folder).pop(name, None)
            else:
                self._live(folder)[name] = node
        self.changes.append(Change(folder, names=names))

    def _openat(self, arguments: str) -> None:
        match = re.match(r'[^"]*"([^"]*)", ([A-Z_|]+)', arguments)
        found = match and self._find(_text(match[1]))
        if not found:
            return
        folder, name = found
        node = self._live(folder).get(name)
        if node is None and "O_CREAT" in match[2]:
            self._rename_names(folder, {name: Node()})
        elif node is not None and "O_TRUNC" in match[2]:
            self._set_length(node, 0)

    def _set_length(self, node: Node, length: int) -> None:
        self._lengths[node] = length
        self.changes.append(Change(node, length=length))

    def _fd(self, arguments: str) -> tuple[Node | None, str]:
        match = re.match(r"\d+<([^>]*)>(.*)", arguments, re.DOTALL)
        return (self._node(_text(match[1])), match[2]) if match and "\\x" in match[1] else (None, "")

    def _write(self, arguments: str) -> None:
        node, rest = self._fd(arguments)
        if node is not None and (match := re.match(r', "([^"]*)", \d+', rest)):
            data = bytes.fromhex(match[1].replace("\\x", ""))
            at = self._lengths.get(node, len(node.data))
            self.changes.append(Change(node, at=at, data=data))
            self._lengths[node] = at + len(data)

    def _fsync(self, arguments: str) -> None:
        node, _ = self._fd(arguments)
        if node is not None:
            self.changes.append(Change(node, sync=True))

    _fdatasync = _fsync

    def _ftruncate(self, arguments: str) -> None:
        node, rest = self._fd(arguments)
        if node is not None:
            self._set_length(node, int(rest.removeprefix(", ")))

    def _rename(self, arguments: str) -> None:
        before, after = (self._find(_text(path)) for path in re.findall(r'"([^"]*)"', arguments))
        if before and after:
            if before[0] is not after[0]:
                raise ValueError("a rename between folders is not modelled")
            self._rename_names(before[0], {before[1]: None, after[1]: self._live(before[0])[before[1]]})

    def _mkdir(self, arguments: str) -> None:
        found = self._find(_text(re.findall(r'"([^"]*)"', arguments)[0]))
        if found:
            self._rename_names(found[0], {found[1]: Node(names={})})

    def _unlinkat(self, arguments: str) -> None:
        names = re.findall(r'"([^"]*)"', arguments)
        folder = re.match(r"\d+<([^>]*)>", arguments)
        path = _text(names[0])
        found = self._find(str(Path(_text(folder[1])) / path) if folder else path)
        if found:
            self._rename_names(found[0], {found[1]: None})

    _unlink = _rmdir = _unlinkat

    def _unmodelled(self, arguments: str) -> None:
        if str(self._root).encode().hex() in arguments.replace("\\x", ""):
            raise ValueError("a call that is not modelled")

    _pwrite64 = _writev = _renameat = _renameat2 = _unmodelled


def unsynced(changes: list[Change]) -> list[Change]:
    """The changes that a power cut after them may undo."""
    synced: set[Node] = set()
    pending = []
    for change in reversed(changes):
        if change.sync:
            synced.add(change.node)
        elif change.node not in synced:
            pending.append(change)
    return pending[::-1]


def after_power_cut(start: Node, changes: list[Change], kept: dict[Change, Kept]) -> Node:
    """The disk with everything synced and, of the rest, what is ``kept``."""
    pending = set(unsynced(changes))
    data: dict[Node, bytearray] = {}
    names: dict[Node, dict[str, Node]] = {}
    for change in changes:
        if change.sync or (change in pending and change not in kept):
            continue
        if change.names:
            entries = names.setdefault(change.node, dict(change.node.names or {}))
            for name, node in change.names.items():
                if node is None:
                    entries.pop(name, None)
                else:
                    entries[name] = node
            continue
        content = data.setdefault(change.node, bytearray(change.node.data))
        if change.length is not None:
            content[:] = content[: change.length].ljust(change.length, b"\0")
        elif change.data is not None:
            written = {"half": change.data[: len(change.data) // 2], "zeros": bytes(len(change.data))}.get(
                kept.get(change, "whole"), change.data
            )
            content[len(content) :] = bytes(max(0, change.at - len(content)))
            content[change.at : change.at + len(written)] = written

    def frozen(node: Node) -> Node:
        if node.names is None and node not in names:
            return Node(bytes(data.get(node, node.data)))
        entries = names.get(node, node.names or {})
        return Node(names={name: frozen(entry) for name, entry in entries.items()})

    return frozen(start)


def choices(pending: list[Change], chance: random.Random, several: int) -> Iterator[dict[Change, Kept]]:
    """What may be kept of the unsynced changes: all, nothing, all but one, one alone, and ``several`` at random."""
    yield dict.fromkeys(pending, "whole")
    yield {}
    for change in pending:
        yield {other: "whole" for other in pending if other is not change}
        for kept in ("whole", "half", "zeros") if change.data else ("whole",):
            yield {change: kept}
            yield {other: kept if other is change else "whole" for other in pending}
    for _ in range(several if len(pending) > 1 else 0):
        kinds: list[Kept] = ["whole", "whole", "half", "zeros"]
        yield {change: chance.choice(kinds) for change in pending if chance.random() < 0.5}
