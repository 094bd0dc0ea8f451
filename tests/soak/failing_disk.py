"""A full or failing disk leaves the old index or the new one answering, and the error says what happened.

ENOSPC and EIO at every system call on files, a limit on the size of files swept from nothing to enough, and a small
file system of its own.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

from tests.soak.scene import ENCODER, Scene, calls_of, contents, folder, has_strace, quick, run_traced, tell

from yuanwen_index import YuanwenError, build_index

DONE, TOLD, SKIPPED, CRASHED = 0, 5, 6, 99
NOT_FILES = {
    *("brk", "clone", "clone3", "exit", "exit_group", "getpid", "getppid", "gettid", "getrandom", "madvise"),
    *(
        "mmap",
        "mprotect",
        "mremap",
        "munmap",
        "prctl",
        "rseq",
        "rt_sigaction",
        "rt_sigprocmask",
        "sched_yield",
    ),
    *("set_robust_list", "sigaltstack", "wait4", "sched_getaffinity", "rt_sigreturn", "uname", "getuid"),
}


def publish(scene: Scene, index: Path) -> int:
    """One publication, in a child; how it ended."""
    try:
        report = build_index([scene.pages], index, encoder=ENCODER)
    except YuanwenError as error:
        # One sentence that says what the system said, or which file could not be read.
        return TOLD if "\n" not in str(error) and len(str(error)) > 20 else CRASHED
    return SKIPPED if report.skipped else DONE


def judged(scene: Scene, copy: Path, ended: int) -> str:
    """What is left, and whether its writer told the truth about it."""
    left = scene.state(copy)
    if ended == SKIPPED:
        # A page that could not be read is left out and reported; what is there is an index of the others.
        return "pages left out and reported" if not left.startswith("Index") else left
    if ended not in (DONE, TOLD):
        return f"ended with {ended}, {left}"
    if ended == DONE and left != "new":
        return f"said that all went well, but left {left}"
    if left in ("old", "new"):
        build_index([scene.pages], copy, encoder=ENCODER)
        return f"{left}, error told" if ended == TOLD else left
    return left


def inject(scene: Scene, errors: tuple[str, ...], step: int) -> Counter[str]:
    """Fail every ``step``-th system call on files in turn, with each of ``errors``."""
    seen: Counter[str] = Counter()
    first = scene.copy()
    made = calls_of(lambda: publish(scene, first), scene.home / "log")
    calls = [
        (name, number)
        for name, times in sorted(made.items())
        if name not in NOT_FILES
        for number in range(1, times + 1)
    ]
    for error in errors:
        for name, number in calls[::step]:
            copy = scene.copy()
            injected = ["-o", os.devnull, "-e", f"inject={name}:error={error}:when={number}"]
            seen[judged(scene, copy, run_traced(injected, lambda copy=copy: publish(scene, copy)))] += 1
    return seen


def limit_sizes(scene: Scene, step: int) -> Counter[str]:
    """Let no file grow beyond a limit, from 0 to what the largest needs."""
    seen: Counter[str] = Counter()
    largest = max(file.stat().st_size for file in (scene.home / "new").rglob("*") if file.is_file())
    for limit in range(0, largest + step, step):
        copy = scene.copy()
        child = os.fork()
        if not child:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
            os._exit(publish(scene, copy))
        seen[judged(scene, copy, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))] += 1
    return seen


def fill_file_systems(scene: Scene, sizes: range) -> Counter[str]:
    """Publish on file systems of these sizes (KiB); nothing where none may be mounted."""
    seen: Counter[str] = Counter()
    disk = scene.home / "disk"
    disk.mkdir()
    for size in sizes:
        mounted = ["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", str(disk)]
        if subprocess.run(mounted, check=False, capture_output=True).returncode:
            return seen
        try:
            try:
                shutil.copytree(scene.index, disk / "index")
            except shutil.Error:
                continue  # too small for the old index
            child = os.fork()
            if not child:
                os._exit(publish(scene, disk / "index"))
            ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            left = scene.state(disk / "index")
            told = ended == TOLD if left == "old" else ended in (DONE, TOLD)
            seen[left if told else f"ended with {ended}, {left}"] += 1
        finally:
            subprocess.run(["umount", str(disk)], check=True)
    return seen


GOOD = {"old", "new", "old, error told", "new, error told", "pages left out and reported"}


def main() -> int:
    """All of it."""
    with folder() as home:
        scene = Scene(home)
        publish(scene, scene.copy())
        contents(scene.index)
        injected: Counter[str] = Counter()
        if has_strace():
            errors = ("ENOSPC",) if quick() else ("ENOSPC", "EIO")
            injected = inject(scene, errors, 25 if quick() else 1)
        limited = limit_sizes(scene, 300 if quick() else 4)
        filled = fill_file_systems(scene, range(60, 60 if quick() else 260, 4))
        every = injected + limited + filled
        bad = {left: times for left, times in every.items() if left not in GOOD}
        figures = (
            f"{injected.total()} failed calls, {limited.total()} limits on file size, {filled.total()} small file "
            f"systems: {sum(every[left] for left in GOOD if left.startswith('old'))} left the old index, "
            f"{sum(every[left] for left in GOOD if left.startswith('new'))} the new one, "
            f"{every['pages left out and reported']} the new one without pages that could not be read, "
            f"{sum(bad.values())} anything else {bad or ''}"
        )
        return tell("a full or failing disk leaves an index that answers", figures, kept=not bad)


if __name__ == "__main__":
    sys.exit(main())
