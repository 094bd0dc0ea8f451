"""How long importing a package takes, and what it loads: python -m bench.imports [PACKAGE ...].

Each package is imported in fresh interpreters; the fastest run counts, for the others measure what else the machine
does. The time of an interpreter that imports nothing is taken off. Processor time leaves waiting out.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time

RUNS = 15
HEAVY = ("torch", "gradio", "jieba", "faiss", "fastapi", "transformers", "sentence_transformers")
LOADED = """
import json, sys
sys.path[:0] = ["index", "qa", "ui"]
__import__(sys.argv[1])
roots = {name.partition(".")[0] for name in sys.modules} - sys.stdlib_module_names - {"__main__"}
print(json.dumps(sorted(root for root in roots if not root.startswith("_"))))
"""
IMPORTS = "import sys; sys.path[:0] = ['index', 'qa', 'ui']; sys.argv[1] and __import__(sys.argv[1])"


def seconds(package: str) -> tuple[float, float]:
    """Wall-clock and processor time of the fastest of ``RUNS`` interpreters that import ``package`` ("" for none)."""
    times = []
    for _ in range(RUNS):
        started, used = time.perf_counter(), _processor()
        subprocess.run([sys.executable, "-c", IMPORTS, package], check=True)
        times.append((time.perf_counter() - started, _processor() - used))
    return min(wall for wall, _ in times), min(used for _, used in times)


def _processor() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def loaded(package: str) -> list[str]:
    """The packages outside the standard library that importing ``package`` loads."""
    done = subprocess.run([sys.executable, "-c", LOADED, package], check=True, capture_output=True, text=True)
    return list(json.loads(done.stdout))


def main() -> None:
    """Print a table."""
    empty_wall, empty_used = seconds("")
    print(f"{'an empty interpreter':22}{empty_wall:6.3f} s, {empty_used:.3f} s of the processor")
    for package in sys.argv[1:] or ("numpy", "yuanwen_index", "yuanwen_qa"):
        wall, used = seconds(package)
        roots = loaded(package)
        print(f"{package:22}{wall - empty_wall:6.3f} s, {used - empty_used:.3f} s of the processor")
        print(
            f"{'':22}loads {', '.join(roots)}; not {', '.join(name for name in HEAVY if name not in roots)}"
        )


if __name__ == "__main__":
    main()
