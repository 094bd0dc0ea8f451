"""Whatever bytes a coverage-guided fuzzer comes upon: every step of the course refuses them with a reason, or goes on.

Atheris watches which branches of the packages an input reaches and changes those that reach new ones; it begins with
pieces of the seed pages (COUNT in the environment says how many it tries). It comes with the extra "fuzz" and not with
"dev", for it is not made for every system.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from tests.soak.course import SEEDS
from tests.soak.fuzz_target import LONGEST, SHARES
from tests.soak.inputs import bytes_of, mutated
from tests.soak.scene import folder, quick, tell

RUNS = 20_000


def write_corpus(corpus: Path) -> None:
    """Pieces of the seed pages, some in other encodings and some as markup, one for each step."""
    chance = random.Random(4)
    seeds = [page.read_text("utf-8") for page in sorted(SEEDS.glob("*.txt"))]
    seeds += [f"<html><body><h1>{seed[:20]}</h1><p>{seed[:900]}</p></body></html>" for seed in seeds]
    for number in range(200):
        data = bytes([number % len(SHARES)]) + bytes_of(chance, mutated(chance, seeds))[:LONGEST]
        (corpus / str(number)).write_bytes(data)


def main() -> int:
    """All of it."""
    promise = "inputs that a fuzzer comes upon"
    if find_spec("atheris") is None:
        return tell(promise, 'not tried: atheris is not installed (pip install -e ".[fuzz]")', kept=True)
    runs = int(os.environ.get("COUNT", "500" if quick() else str(RUNS)))
    with folder() as home:
        corpus, work = home / "corpus", home / "work"
        corpus.mkdir()
        work.mkdir()
        write_corpus(corpus)
        program = f"from tests.soak.fuzz_target import fuzz; fuzz({str(work)!r}, {str(corpus)!r}, {runs})"
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, errors="replace", check=False
        )
        reached = re.findall(r"cov: (\d+)", done.stderr)
        ended = re.search(r"Done (\d+) (?:in|runs)", done.stderr)
        found = [
            path.name
            for path in work.glob("*-*")
            if path.name.startswith(("crash", "timeout", "oom", "leak"))
        ]
        for name in found:
            print(f"{name}: {(work / name).read_bytes()[:300]!r}", file=sys.stderr)
    if not ended or done.returncode:
        print(done.stdout[-3000:], done.stderr[-1000:], file=sys.stderr)
    figures = (
        f"{ended[1] if ended else 0} inputs, branches reached {reached[0] if reached else 0} -> {reached[-1] if reached else 0}, "
        f"{len(found)} that broke the promise"
    )
    return tell(promise, figures, kept=bool(ended) and not done.returncode and not found)


if __name__ == "__main__":
    sys.exit(main())
