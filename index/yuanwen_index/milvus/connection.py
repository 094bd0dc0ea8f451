"""Calls to a Milvus server, each with a deadline; what goes wrong there in the words of this package."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from ..errors import IndexMismatch, IndexMissing, IndexUnreachable, IndexUnusable, MissingExtra
from ..places import MilvusPlace

__all__ = ["Connection"]

Row = dict[str, Any]

READING = 15.0
"""Seconds within which a question to the server must be answered."""

_WRITING = 60.0
_MAKING = 120.0
_AT_ONCE = 500  # rows in one message: below Milvus's limit of 64 MB with vectors of 4,000 numbers
_NAMED = 1000  # keys in one expression
_PAGE = 1000
_SPARSE_SINCE = (2, 4)
_NOT_FOUND = 100
_WAYS_OUT = frozenset({"refused", "unavailable", "deadline", "timeout", "timed out", "connect", "not ready"})
_STARTING = frozenset(
    {2, 101, 103, 106, *range(400, 700), *range(900, 1000)}
)  # parts of the server are still missing
_REFUSALS = ("unauthenticated", "auth check", "permission deny", "privilege")


class Connection:
    """One index on a Milvus server; thread-safe.

    Every method raises IndexUnreachable when the server does not answer in time, and IndexUnusable, with its words,
    when it refuses.
    """

    def __init__(self, place: MilvusPlace) -> None:
        try:
            from pymilvus import MilvusClient
        except ImportError as error:
            raise MissingExtra("an index on Milvus", "milvus") from error
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # what it would print is raised as well
        self.place = place
        self.records = f"{place.name}_records"
        options: dict[str, Any] = {"token": place.token} if place.token else {}
        if place.certificates:
            options["server_pem_path"] = place.certificates
        with self._answered(READING):
            # A channel of its own: one that is shared stays broken for all after an outage.
            self._client = MilvusClient(place.uri, timeout=READING, dedicated=True, **options)
        with self._answered(READING):
            self.words = _has_sparse(self._client.get_server_version(timeout=READING))

    def close(self) -> None:
        """Give the connection back."""
        self._client.close()

    def passages(self, stamp: str) -> str:
        """The collection of the passages that one encoder and one set of rules made."""
        return f"{self.place.name}_passages_{stamp}"

    def collections(self) -> list[str]:
        """All collections on the server."""
        with self._answered(READING):
            return list(self._client.list_collections(timeout=READING))

    def make_records(self) -> None:
        """Make the collection of records where it is missing."""
        from pymilvus import DataType

        fields = [
            ("kind", DataType.VARCHAR, {"max_length": 16}),
            ("key", DataType.VARCHAR, {"max_length": 32}),
            ("about", DataType.VARCHAR, {"max_length": 32}),
            ("part", DataType.INT64, {}),
            ("body", DataType.VARCHAR, {"max_length": 65_535}),
            ("vector", DataType.FLOAT_VECTOR, {"dim": 2}),  # there is no collection without one
        ]
        self._make(self.records, fields, {"vector": ("FLAT", "IP")}, ("kind", "key", "about"))

    def make_passages(self, stamp: str, dim: int) -> None:
        """Make the collection of passages where it is missing."""
        from pymilvus import DataType

        tags = {"element_type": DataType.VARCHAR, "max_capacity": 4096, "max_length": 16}
        fields = [
            ("document", DataType.VARCHAR, {"max_length": 32}),
            ("place", DataType.VARCHAR, {"max_length": 16_000}),
            ("text", DataType.VARCHAR, {"max_length": 65_535}),
            ("tags", DataType.ARRAY, tags),
            ("day", DataType.INT64, {}),
            ("draw", DataType.INT64, {}),
            ("vector", DataType.FLOAT_VECTOR, {"dim": dim}),
        ]
        indexes = {"vector": ("FLAT" if self.place.local else "AUTOINDEX", "IP")}
        if self.words:
            fields.append(("words", DataType.SPARSE_FLOAT_VECTOR, {}))
            indexes["words"] = ("SPARSE_INVERTED_INDEX", "IP")
        self._make(self.passages(stamp), fields, indexes, ("document",))

    def _make(
        self,
        name: str,
        fields: Sequence[tuple[str, Any, Row]],
        indexes: dict[str, tuple[str, str]],
        looked_up: Sequence[str],
    ) -> None:
        from pymilvus import DataType
        from pymilvus.client.types import LoadState

        with self._answered(_MAKING):
            there = self._client.has_collection(name, timeout=READING)
            if there and self._client.get_load_state(name, timeout=READING)["state"] == LoadState.Loaded:
                return
            schema = self._client.create_schema(auto_id=False, enable_dynamic_field=False)
            schema.add_field("id", DataType.VARCHAR, is_primary=True, max_length=80)
            schema.add_field("born", DataType.INT64)
            schema.add_field("died", DataType.INT64)
            for field, kind, options in fields:
                schema.add_field(field, kind, **options)
            if not there:
                self._client.create_collection(
                    name, schema=schema, consistency_level="Bounded", timeout=_MAKING
                )
            made = set(self._client.list_indexes(name, timeout=READING))
            wanted = self._client.prepare_index_params()
            for field, (structure, metric) in indexes.items():
                if field not in made:
                    wanted.add_index(field, index_name=field, index_type=structure, metric_type=metric)
            for field in () if self.place.local else looked_up:
                if field not in made:
                    wanted.add_index(field, index_name=field, index_type="INVERTED" if self.words else "Trie")
            if len(wanted):
                self._client.create_index(name, wanted, timeout=_MAKING, sync=False)
            self._client.load_collection(name, timeout=_MAKING)

    def load(self, name: str) -> None:
        """Make a collection ready to be searched, which a file of milvus-lite is not when it is opened."""
        from pymilvus.client.types import LoadState

        with self._answered(_MAKING):
            if self._client.get_load_state(name, timeout=READING)["state"] == LoadState.NotLoad:
                self._client.load_collection(name, timeout=_MAKING)

    def drop(self, name: str) -> None:
        """Remove a collection."""
        with self._answered(_MAKING):
            self._client.drop_collection(name, timeout=_MAKING)

    def put(self, name: str, rows: Iterable[Row]) -> None:
        """Write rows, in place of those of the same ids; acknowledged when this returns."""
        left = iter(rows)
        while some := list(islice(left, _AT_ONCE)):
            with self._answered(_WRITING):
                self._client.upsert(name, some, timeout=_WRITING)

    def remove(self, name: str, condition: str) -> None:
        """Remove the rows for which a condition holds."""
        with self._answered(_WRITING):
            self._client.delete(name, filter=condition, timeout=_WRITING)

    def remove_rows(self, name: str, ids: Sequence[str]) -> None:
        """Remove the rows with these ids."""
        for start in range(0, len(ids), _NAMED):
            with self._answered(_WRITING):
                self._client.delete(name, ids=list(ids[start : start + _NAMED]), timeout=_WRITING)

    def count(self, name: str, condition: str) -> int:
        """How many rows there are now for which a condition holds."""
        found = self.query(name, condition, ["count(*)"], now=True)
        return int(found[0]["count(*)"])

    def query(self, name: str, condition: str, fields: Sequence[str], *, now: bool = False) -> list[Row]:
        """The rows, at most some thousands, for which a condition holds.

        With ``now`` all that was acknowledged before is seen; else, faster, all but the last seconds.
        """
        with self._answered(READING):
            found = self._client.query(
                name,
                filter=condition,
                output_fields=list(fields),
                consistency_level=_level(now),
                timeout=READING,
            )
            return [dict(row) for row in found]

    def named(
        self,
        name: str,
        field: str,
        keys: Sequence[str],
        condition: str,
        fields: Sequence[str],
        *,
        now: bool = False,
    ) -> Iterator[Row]:
        """The rows whose ``field`` is one of ``keys`` (letters, digits, - and : only) and for which a condition holds."""
        for start in range(0, len(keys), _NAMED):
            quoted = ", ".join(f'"{key}"' for key in keys[start : start + _NAMED])
            yield from self.scan(name, f"{field} in [{quoted}] and {condition}", fields, now=now)

    def scan(self, name: str, condition: str, fields: Sequence[str], *, now: bool = True) -> Iterator[Row]:
        """All rows for which a condition holds, however many."""
        if self.place.local:  # which has no limit, and no clock that iterators ask for
            yield from self.query(name, condition, fields, now=now)
            return
        with self._answered(_WRITING):
            pages = self._client.query_iterator(
                name,
                filter=condition,
                output_fields=list(fields),
                batch_size=_PAGE,
                consistency_level=_level(now),
                timeout=_WRITING,
            )
        try:
            while True:
                with self._answered(_WRITING):
                    page = pages.next()
                if not page:
                    return
                yield from (dict(row) for row in page)
        finally:
            pages.close()

    def search(
        self,
        name: str,
        field: str,
        query: object,
        k: int,
        condition: str,
        fields: Sequence[str],
        *,
        now: bool,
    ) -> list[Row]:
        """The ``k`` rows for which a condition holds that have the greatest inner products with ``query``, best first."""
        with self._answered(READING):
            found = self._client.search(
                name,
                data=[query],
                anns_field=field,
                limit=k,
                filter=condition,
                output_fields=list(fields),
                consistency_level=_level(now),
                timeout=READING,
            )
            return [{**hit["entity"], "id": hit["id"]} for hit in found[0]]

    @contextmanager
    def _answered(self, deadline: float) -> Iterator[None]:
        """What the client raises becomes an error of this package, without the token."""
        import grpc
        from pymilvus.exceptions import MilvusException

        try:
            yield
        except (MilvusException, grpc.RpcError, grpc.FutureTimeoutError, OSError) as error:
            raise self._told(error, deadline) from error

    def _told(self, error: Exception, deadline: float) -> IndexUnusable:
        words = " ".join(str(getattr(error, "message", "") or error).split())[:300]
        if self.place.token:
            words = words.replace(self.place.token, "***")
        low = words.lower()
        if getattr(error, "code", None) == _NOT_FOUND or "collection not found" in low:
            return IndexMissing(
                f"there is no index at {self.place}. Make one: yuanwen index PATH... --index {self.place}"
            )
        if any(word in low for word in _REFUSALS):
            return IndexUnusable(
                f"{self.place} does not let us in: give the token in the environment variable YUANWEN_MILVUS_TOKEN."
            )
        if "dimension" in low and "mismatch" in low:
            return IndexMismatch(f"{self.place} holds vectors of another dimension: {words}")
        from pymilvus.exceptions import MilvusException

        starting = getattr(error, "code", None) in _STARTING or any(word in low for word in _WAYS_OUT)
        if not isinstance(error, MilvusException) or starting:
            return IndexUnreachable(
                f"{self.place} does not answer (waited at most {deadline:.0f} s). Is the server running and reachable? "
                "Try again when it is; what was published there stays."
            )
        return IndexUnusable(f"{self.place} refuses: {words}")


def _level(now: bool) -> str:
    return "Strong" if now else "Bounded"


def _has_sparse(version: str) -> bool:
    """Whether this server knows sparse vectors; milvus-lite, whatever its version, does."""
    if "milvus_lite" in version:
        return True
    numbers = [int(part) for part in version.lstrip("v").split("-")[0].split(".")[:2] if part.isdigit()]
    return tuple(numbers) >= _SPARSE_SINCE
