"""A power cut loses nothing published: every publication replayed on a disk that loses what was not synced.

Then each sync is left out in turn, which must make the promise break: so every sync is needed, and the disk would notice.
"""

from __future__ import annotations

import random
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.soak.disk_model import (
    OPTIONS,
    Change,
    Node,
    Recording,
    after_power_cut,
    choices,
    read_tree,
    unsynced,
    write_tree,
)
from tests.soak.kills import publish
from tests.soak.scene import Scene, folder, has_strace, quick, run_traced, tell

QUICK_SHARE = 0.04


def record(scene: Scene, index: Path, root: Path) -> Recording:
    """Publish into ``index`` under ``root``, and what that did to the disk."""
    log = scene.home / "log"
    start = read_tree(root)
    if run_traced(["-o", str(log), *OPTIONS], lambda: publish(scene, index)):
        raise RuntimeError("the publication failed")
    return Recording(start, root, log.read_text("ascii"))


def states(recording: Recording, changes: list[Change], several: int) -> Iterator[tuple[Node, bool]]:
    """What the disk may hold after a power cut after each change; whether the publication had returned."""
    chance = random.Random(5)
    for cut in range(1, len(changes) + 1):
        if changes[cut - 1].sync and cut < len(changes):
            continue  # the same states as before it, only fewer
        for kept in choices(unsynced(changes[:cut]), chance, several):
            if several or cut == len(changes) or chance.random() < QUICK_SHARE:
                yield after_power_cut(recording.start, changes[:cut], kept), cut == len(changes)


class Trial:
    """Power cuts in one publication, each judged by opening the index after it.

    Until the publication has returned the index may say ``before`` or ``new``; then it must be the new one.
    """

    def __init__(self, scene: Scene, root: Path, index: Path, before: str) -> None:
        self._scene = scene
        self._index = index.relative_to(root)
        self._before = before
        self._known: dict[str, str] = {}
        self.recording = record(scene, index, root)

    def bad(self, changes: list[Change], several: int) -> Iterator[bool]:
        """Whether the promise is broken, for each state."""
        for disk, returned in states(self.recording, changes, several):
            said = self._said(disk)
            yield not (said == "new" or (not returned and said.startswith(self._before)))

    def _said(self, disk: Node) -> str:
        key = repr(plain(disk))
        if key not in self._known:
            place = self._scene.home / "disk"
            write_tree(disk, place)
            self._known[key] = self._scene.state(place / self._index)
            shutil.rmtree(place)
        return self._known[key]


def plain(node: Node) -> object:
    """A tree as values that can be compared."""
    if node.names is None:
        return node.data
    return sorted((name, plain(entry)) for name, entry in node.names.items())


def main() -> int:
    """All of it."""
    promise = "a power cut loses nothing published"
    with folder() as home:
        scene = Scene(home)
        publish(scene, scene.copy())
        if not has_strace():
            return tell(promise, "not tried: strace is missing or may not trace", kept=quick())
        shutil.copytree(scene.index, home / "update" / "index")
        (home / "first").mkdir()
        update = Trial(scene, home / "update", home / "update" / "index", "old")
        first = Trial(scene, home / "first", home / "first" / "below" / "index", "IndexMissing")
        several = 0 if quick() else 60
        judged = [bad for trial in (update, first) for bad in trial.bad(trial.recording.changes, several)]
        changes = update.recording.changes
        of_files = [change for change in changes if not (change.sync and change.node.names is None)]
        of_folders = [change for change in changes if not (change.sync and change.node.names is not None)]
        without = [any(update.bad(fewer, several)) for fewer in (of_files, of_folders)]
        syncs = [] if quick() else [change for change in changes if change.sync]
        needed = [any(update.bad([one for one in changes if one is not sync], 1)) for sync in syncs]
        figures = (
            f"{len(judged)} states, {sum(judged)} bad; without syncing files {'caught' if without[0] else 'NOT CAUGHT'}, "
            f"without syncing folders {'caught' if without[1] else 'NOT CAUGHT'}; "
            f"each of {len(syncs)} syncs left out: {sum(needed)} caught"
        )
        enough = quick() or len(judged) >= 2500
        return tell(promise, figures, kept=not any(judged) and all(without) and all(needed) and enough)


if __name__ == "__main__":
    sys.exit(main())
