"""A kill at any moment loses nothing published: SIGKILL at every system call, and at random moments."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path

from tests.soak.scene import ENCODER, KILLED, Scene, calls_of, folder, has_strace, quick, run_traced, tell

from yuanwen_index import build_index


def publish(scene: Scene, index: Path) -> int:
    """One publication, in a child."""
    build_index([scene.pages], index, encoder=ENCODER)
    return 0


def kill_at_every_call(scene: Scene, step: int) -> Counter[str]:
    """Kill a writer at every ``step``-th of its system calls; what was left each time."""
    seen: Counter[str] = Counter()
    first = scene.copy()
    made = calls_of(lambda: publish(scene, first), scene.home / "log")
    calls = [(name, number) for name, times in sorted(made.items()) for number in range(1, times + 1)]
    for name, number in calls[::step]:
        copy = scene.copy()
        injected = ["-o", os.devnull, "-e", f"inject={name}:signal=KILL:when={number}"]
        if run_traced(injected, lambda copy=copy: publish(scene, copy)) != KILLED:
            seen["not killed: another thread made this call"] += 1
        seen[judged(scene, copy)] += 1
    return seen


def kill_at_random(scene: Scene, times: int) -> Counter[str]:
    """Kill writers after random times; what was left."""
    chance = random.Random(7)
    started = time.monotonic()
    publish(scene, scene.copy())
    usual = time.monotonic() - started
    seen: Counter[str] = Counter()
    for _ in range(times):
        copy = scene.copy()
        child = os.fork()
        if not child:
            os._exit(publish(scene, copy))
        time.sleep(chance.uniform(0, 1.2 * usual))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        seen[judged(scene, copy)] += 1
    return seen


def judged(scene: Scene, copy: Path) -> str:
    """What a killed writer left: the old index or the new one, and the next writer must get through."""
    left = scene.state(copy)
    if left in ("old", "new"):
        build_index([scene.pages], copy, encoder=ENCODER)
        if scene.state(copy) != "new":
            return "the next writer did not repair it"
        # A generation whose removal was interrupted goes with the next publication.
        if list(copy.glob(".tmp-*")) or len(list(copy.glob("gen-*"))) > 3:
            return "the next writer left what the killed one had left"
    return left


def main() -> int:
    """All of it."""
    with folder() as home:
        scene = Scene(home)
        publish(scene, scene.copy())  # whatever is done once a process is done now
        calls: Counter[str] = Counter()
        if has_strace():
            calls = kill_at_every_call(scene, 45 if quick() else 1)
        by_chance = kill_at_random(scene, 8 if quick() else 500)
        missed = calls.pop("not killed: another thread made this call", 0)
        both = calls + by_chance
        bad = {left: times for left, times in both.items() if left not in ("old", "new")}
        figures = (
            f"{calls.total() - missed} kills at system calls, {by_chance.total()} at random: "
            f"{both['old']} left the old index, {both['new']} the new one, {sum(bad.values())} anything else {bad or ''}"
        )
        seen_both = quick() or (both["old"] > 0 and both["new"] > 0)
        return tell("a kill at any moment loses nothing published", figures, kept=seen_both and not bad)


if __name__ == "__main__":
    sys.exit(main())
