"""Where to search, and what users say about their documents themselves."""

from __future__ import annotations

import math
import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field

from .errors import UsageError

__all__ = ["ANYWHERE", "Filter", "Metadata", "Scalar", "check_metadata", "same_metadata"]

Scalar = str | int | float | bool | None
Metadata = Mapping[str, Scalar]
"""What a user says about a document: names and JSON scalars."""

MOST_ENTRIES = 100
LONGEST_VALUE = 2_000
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which articles are searched; what is left out filters nothing.

    ``source`` keeps one file, ``reporter`` the articles that name them, ``date_from`` and ``date_to`` (ISO 8601
    days, inclusive) the articles whose date is known and lies between, ``metadata`` the documents that have every
    entry, of the same value. Raises UsageError for a day that is none and for values that are no JSON scalars.
    """

    source: str | None = None
    reporter: str | None = None
    date_from: str | None = None
    date_to: str | None = None
    metadata: Metadata = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        for day in (self.date_from, self.date_to):
            if day is not None and not _DAY.fullmatch(day):
                raise UsageError(f"{day!r:.40} is not a day; write it as in 2026-01-31")
        check_metadata(self.metadata)

    def wants(self, source: str, date: str | None, reporters: Container[str], metadata: Metadata) -> bool:
        """Whether an article of this source, date (ISO 8601 or None), reporters and metadata is searched."""
        if self.source not in (None, source):
            return False
        if self.reporter is not None and self.reporter not in reporters:
            return False
        if not all(
            name in metadata and _same(metadata[name], value) for name, value in self.metadata.items()
        ):
            return False
        if self.date_from is None and self.date_to is None:
            return True
        return date is not None and (self.date_from or "") <= date <= (self.date_to or "9999-12-31")


def check_metadata(metadata: Metadata) -> dict[str, Scalar]:
    """``metadata`` as a dict of its own; UsageError unless it is at most 100 names and JSON scalars."""
    if not isinstance(metadata, Mapping):
        raise UsageError(f"metadata is names and values, not {type(metadata).__name__}")
    if len(metadata) > MOST_ENTRIES:
        raise UsageError(f"metadata has {len(metadata)} entries; at most {MOST_ENTRIES} are kept")
    for name, value in metadata.items():
        if not isinstance(name, str) or not name or len(name) > LONGEST_VALUE:
            raise UsageError(f"{name!r:.40} cannot name an entry of the metadata")
        if isinstance(value, str) and len(value) > LONGEST_VALUE:
            raise UsageError(
                f"metadata {name!r:.40} has {len(value):,} characters; at most {LONGEST_VALUE:,}"
            )
        if value is not None and not isinstance(value, (str, bool, int, float)):
            raise UsageError(f"metadata {name!r:.40} is a {type(value).__name__}; it must be a JSON scalar")
        if isinstance(value, float) and not math.isfinite(value):
            raise UsageError(f"metadata {name!r:.40} is {value}, which JSON cannot hold")
    return dict(metadata)


def same_metadata(one: Metadata, other: Metadata) -> bool:
    """Whether both have the same names with the same values."""
    return one.keys() == other.keys() and all(_same(value, other[name]) for name, value in one.items())


def _same(one: Scalar, other: Scalar) -> bool:
    """Equal as JSON values: true is not 1, 1 is 1.0."""
    return isinstance(one, bool) == isinstance(other, bool) and one == other


ANYWHERE = Filter()
