"""What an index on Milvus says about itself, and who is writing to it."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from ..errors import IndexCorrupt, IndexLocked, IndexMissing, IndexUnusable
from ..manifest import EncoderRecord, Manifest
from ..places import MilvusPlace
from .connection import Connection
from .rows import REMEDY, record_rows, unpack, visible

__all__ = ["State", "claimed", "find_state", "missing", "read_state", "stamp_of"]

_LEASE = 60.0  # seconds after which a writer that no longer says so is gone
_RENEWED = 15.0


@dataclass(frozen=True, slots=True)
class State:
    """The manifest of one generation, and what its passages amount to.

    ``stamp`` names their collection; ``tokens`` is how many all passages have together, ``terms`` how many different
    ones, kept in ``buckets`` records. ``mean`` is the tokens per passage that weights of words were written with.
    ``words`` is False on a server that could not keep them.
    """

    manifest: Manifest
    stamp: str
    tokens: int
    terms: int
    buckets: int
    mean: float
    words: bool
    published: float

    def to_bytes(self) -> bytes:
        """JSON."""
        record = {name: getattr(self, name) for name in self.__slots__ if name != "manifest"}
        whole = replace(self.manifest, skipped=())
        return json.dumps({**record, "manifest": whole.to_bytes().decode("ascii")}).encode("ascii")

    @classmethod
    def from_bytes(cls, data: bytes) -> State:
        """Read what ``to_bytes`` wrote; IndexCorrupt or IndexMismatch otherwise."""
        try:
            record: dict[str, Any] = json.loads(data)
            manifest = Manifest.from_bytes(record.pop("manifest").encode("ascii"), "state", names=())
            return cls(manifest=manifest, **record)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise IndexCorrupt("state", f"it cannot be read ({type(error).__name__})", REMEDY) from error

    @property
    def generation(self) -> int:
        """Its number."""
        return self.manifest.generation

    def rows(self) -> list[dict[str, Any]]:
        """The row whose arrival publishes this generation."""
        rows = record_rows("state", "state", self.generation, self.to_bytes())
        if len(rows) > 1:
            raise IndexUnusable("the state of the index does not fit into one row")
        return rows


def stamp_of(encoder: EncoderRecord, recipe: object) -> str:
    """Eight hexadecimal digits for an encoder and a set of rules: what they made stands together."""
    made_by = json.dumps([encoder.dim, encoder.fingerprint, recipe], sort_keys=True)
    return hashlib.sha256(made_by.encode("utf-8")).hexdigest()[:8]


def find_state(connection: Connection, *, now: bool = True) -> State | None:
    """The current generation, None when nothing has been published."""
    try:
        rows = connection.query(connection.records, 'kind == "state"', ["born", "body"], now=now)
    except IndexMissing:
        return None
    if not rows:
        return None
    newest = max(rows, key=lambda row: int(row["born"]))
    state = State.from_bytes(unpack([newest["body"]], "state"))
    pieces = connection.query(
        connection.records, f'kind == "skipped" and {visible(state.generation)}', ["part", "body"], now=now
    )
    if pieces:
        ordered = [row["body"] for row in sorted(pieces, key=lambda row: int(row["part"]))]
        skipped = tuple((source, reason) for source, reason in json.loads(unpack(ordered, "skipped")))
        state = replace(state, manifest=replace(state.manifest, skipped=skipped))
    return state


def read_state(connection: Connection, *, now: bool = True) -> State:
    """``find_state``; IndexMissing when nothing has been published."""
    state = find_state(connection, now=now)
    if state is None:
        raise missing(connection.place)
    return state


def missing(place: MilvusPlace) -> IndexMissing:
    """The error for a place where nothing has been published."""
    return IndexMissing(f"there is no index at {place}. Make one: yuanwen index PATH... --index {place}")


@contextmanager
def claimed(connection: Connection) -> Iterator[Callable[[], None]]:
    """Be the one writer; IndexLocked when there is another, or was until less than a minute ago.

    Milvus has no locks: a writer leaves a row that says so, renews it, and looks whether it is alone. Yields a
    check, to be called before anything is published, that raises IndexLocked when the claim has run out. The clocks
    of writers must agree to half a minute.
    """
    mine = secrets.token_hex(8)
    here = f"process {os.getpid()} on {platform.node()}"
    since = datetime.now(UTC).isoformat(timespec="seconds")
    until = [0.0]

    def renew() -> None:
        end = time.time() + _LEASE
        about = json.dumps({"who": here, "since": since, "until": end})
        connection.put(connection.records, record_rows("writer", mine, 0, about.encode("ascii")))
        until[0] = end

    def check() -> None:
        if time.time() > until[0]:
            raise IndexLocked(
                f"writing to {connection.place} took too long without a sign of life. Try again."
            )
        _refuse_others(connection, mine)

    stop = threading.Event()

    def keep() -> None:
        while not stop.wait(_RENEWED):
            with suppress(IndexUnusable):  # told by the check, if it stays so
                renew()

    renew()
    keeper = threading.Thread(target=keep, daemon=True)
    try:
        _refuse_others(connection, mine)
        keeper.start()
        yield check
    finally:
        stop.set()
        if keeper.is_alive():
            keeper.join()
        with suppress(IndexUnusable):
            connection.remove_rows(connection.records, [f"writer:{mine}:0:0"])


def _refuse_others(connection: Connection, mine: str) -> None:
    for row in connection.query(connection.records, 'kind == "writer"', ["key", "body"], now=True):
        if row["key"] == mine:
            continue
        other = json.loads(unpack([row["body"]], "writer"))
        if other["until"] > time.time():
            free = datetime.fromtimestamp(other["until"], UTC).strftime("%H:%M:%S UTC")
            raise IndexLocked(
                f"{connection.place} is being written by {other['who']} since {other['since']}. Try again when that is "
                f"done; if that process is dead, at {free}."
            )
