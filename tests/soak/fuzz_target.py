"""What the fuzzer runs, in a process where nothing of the packages was imported before it could watch their branches."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

__all__ = ["LONGEST", "SHARES", "fuzz"]

SECONDS = 1.0
LONGEST = 4096
# Steps by how many of ten inputs take them; an input's first byte chooses.
SHARES = ("parse",) * 6 + ("html",) * 2 + ("ask", "index")


def fuzz(home: str, corpus: str, runs: int) -> None:
    """Try so many inputs, beginning with those in ``corpus``; ends the process, with an error at the first bad one."""
    import atheris

    with atheris.instrument_imports(include=["yuanwen_index", "yuanwen_qa"]):
        from tests.soak.course import Course

        from yuanwen_index import YuanwenError
    course = Course(Path(home))
    course.load()
    steps = [getattr(course, name) for name in SHARES]

    def try_one(data: bytes) -> None:
        started = time.process_time()
        with suppress(YuanwenError):
            steps[data[0] % len(steps) if data else 0](data[1:])
        spent = time.process_time() - started
        if spent > SECONDS:
            raise AssertionError(f"took {spent:.1f} s")

    limits = [f"-runs={runs}", f"-max_len={LONGEST}", "-rss_limit_mb=4096", "-timeout=60"]
    atheris.Setup(["fuzz", *limits, f"-artifact_prefix={home}/", corpus], try_one)
    atheris.Fuzz()
