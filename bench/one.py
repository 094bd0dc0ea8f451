"""One stage of one system in a process of its own; prints JSON. ``bench/speed.py`` runs it.

Seconds are of the processor, all threads, so that what else the machine does counts as little as it can.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import cast

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.corpus import questions
from bench.systems import SYSTEMS, Search, Way

_LONGEST = 60.0  # seconds that one way of searching is measured for
_MOST_MEMORY = 14 << 30


def main() -> None:
    """Build or open and search: python bench/one.py build|WAY SYSTEM FILES PASSAGES.json HOME."""
    stage, name, files, texts, home = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    passages = [] if name == "yuanwen" else json.loads(Path(texts).read_text("utf-8"))
    system = SYSTEMS[name]()
    started = time.process_time()
    report = {}
    if stage == "build":
        Path(home).mkdir(parents=True, exist_ok=True)
        system.build(Path(files), passages, Path(home))
        report = {"build_s": time.process_time() - started}
    elif search := system.open(Path(home), passages, cast("Way", stage)):
        report = {"open_s": time.process_time() - started} | searched(search)
    report["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(report))


def searched(search: Search) -> dict[str, float]:
    """Median and 99th percentile of milliseconds a question."""
    asked = questions()
    search(asked[0])
    taken: list[float] = []
    while asked and sum(taken) < _LONGEST:
        began = time.process_time()
        search(asked.pop())
        taken.append(time.process_time() - began)
    p50, p99 = np.percentile(taken, [50, 99]) * 1000
    return {"p50_ms": p50, "p99_ms": p99, "asked": len(taken)}


if __name__ == "__main__":
    main()
