"""An index of another encoder, dimension, splitter or version is refused, naming both sides; also under python -O.

Every field of the manifest is given every other value that fits its kind, and several that do not, and CURRENT is
made to vouch for the result: what no sum can catch.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.soak.scene import ENCODER, OLD, folder, tell, write

from yuanwen_index import IndexMismatch, IndexUnusable, Retriever, build_index
from yuanwen_index.manifest import MANIFEST
from yuanwen_index.store import CURRENT

HARMLESS = {"created", "parent", "skipped", "versions"}  # they say where it came from, and decide nothing
NAMED_TWICE = {"encoder", "format", "recipe"}
MISSING = object()


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every value that is no object."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    else:
        yield path


def others(value: Any) -> Iterator[Any]:
    """Values that are not this one: of its kind, then of others."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, value + 1000, max(value - 1, 0) if value else 7)
    elif isinstance(value, float):
        yield from (value + 0.25, -value)
    elif isinstance(value, str):
        yield from (value + "x", value[::-1] + "0", "0" * len(value))
    yield from (None, -1, 10**30, "", [], {}, True, 1.5, MISSING)


def changed(record: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """A copy of ``record`` with another value at ``path``, or without it."""
    record = copy.deepcopy(record)
    place: Any = record
    for key in path[:-1]:
        place = place[key]
    if value is MISSING:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return record


def sign(home: Path, record: dict[str, Any]) -> None:
    """Make this the manifest, and CURRENT vouch for it."""
    data = (json.dumps(record, indent=1, sort_keys=True) + "\n").encode()
    (home / "gen-000001" / MANIFEST).write_bytes(data)
    (home / CURRENT).write_text(f"yuanwen-index 1 gen-000001 {hashlib.sha256(data).hexdigest()}\n", "ascii")


def judged(home: Path, path: tuple[str, ...], before: Any, value: Any) -> str | None:
    """What is wrong with how the changed index is taken; None when nothing is."""
    try:
        Retriever.open(home, encoder=ENCODER)
    except IndexMismatch as error:
        plain = isinstance(value, (str, int, float)) and not isinstance(value, bool) and value != ""
        if path[0] in NAMED_TWICE and path != ("encoder", "name") and plain:
            both = [str(side)[:12] in str(error) for side in (before, value)]
            return (
                None if all(both) or "holds" in str(error) else f"{path} {value!r}: one side unnamed: {error}"
            )
        return None
    except IndexUnusable:
        return None
    except Exception as error:
        return f"{path} {value!r}: {type(error).__name__}"
    # Which encoder it was is said by its fingerprint; a name alone changes nothing.
    harmless = path[0] in HARMLESS or path == ("encoder", "name")
    return None if harmless else f"{path} {value!r}: opened"


def main() -> int:
    """All of it, and once more without assertions."""
    promise = "an index made by something else is refused"
    with folder() as home:
        write(home / "pages", OLD)
        build_index([home / "pages"], home / "index", encoder=ENCODER)
        record = json.loads((home / "index" / "gen-000001" / MANIFEST).read_bytes())
        bad, tried, fields = [], 0, list(leaves(record))
        for path in fields:
            before: Any = record
            for key in path:
                before = before[key]
            for value in others(before):
                if value is not MISSING and type(value) is type(before) and value == before:
                    continue
                sign(home / "index", changed(record, path, value))
                tried += 1
                wrong = judged(home / "index", path, before, value)
                if wrong:
                    bad.append(wrong)
    figures = f"{len(fields)} fields, {tried} changes: {len(bad)} not refused {bad[:5] or ''}"
    ended = tell(promise + (" (python -O)" if not __debug__ else ""), figures, kept=not bad)
    if __debug__:
        command = [sys.executable, "-O", "-m", "tests.soak.foreign_manifests"]
        ended = subprocess.run(command, env=dict(os.environ), check=False).returncode or ended
    return ended


if __name__ == "__main__":
    sys.exit(main())
