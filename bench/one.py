"""One stage of one system in a process of its own; prints JSON. ``bench/speed.py`` runs it.

Seconds are of the processor, all threads, so that what else the machine does counts as little as it can.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.corpus import questions
from bench.systems import SYSTEMS

_LONGEST = 60.0  # seconds that one way of searching is measured for


def main() -> None:
    """Run ``build`` or ``search`` of a system: python bench/one.py STAGE SYSTEM FILES PASSAGES.json HOME."""
    stage, name, files, texts, home = sys.argv[1:]
    passages = json.loads(Path(texts).read_text("utf-8"))
    system = SYSTEMS[name]()
    started = time.process_time()
    if stage == "build":
        Path(home).mkdir(parents=True, exist_ok=True)
        system.build(Path(files), passages, Path(home))
        report = {"build_s": time.process_time() - started}
    else:
        ways = system.open(Path(home), passages)
        report = {"open_s": time.process_time() - started}
        for way, search in ways.items():
            asked = questions()
            search(asked[0])
            taken: list[float] = []
            while asked and sum(taken) < _LONGEST:
                began = time.process_time()
                search(asked.pop())
                taken.append(time.process_time() - began)
            p50, p99 = np.percentile(taken, [50, 99]) * 1000
            report |= {f"{way}_p50_ms": p50, f"{way}_p99_ms": p99, f"{way}_asked": len(taken)}
    report["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(report))


if __name__ == "__main__":
    main()
