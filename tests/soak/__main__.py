"""Run every promise of this folder, or those named, and print their figures; 1 when one is broken."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
PROMISES = sorted(file.stem for file in HERE.glob("*.py") if "\nif __name__ ==" in file.read_text("utf-8"))
PROMISES.remove("__main__")


def main() -> int:
    """Run them one after another, each in a process of its own, on one thread."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    print(f"{datetime.now(UTC):%Y-%m-%d}", flush=True)
    broken = []
    for promise in sys.argv[1:] or PROMISES:
        started = time.monotonic()
        command = [sys.executable, "-m", f"tests.soak.{promise}"]
        if subprocess.run(command, env=environment, check=False).returncode:
            broken.append(promise)
        print(f"  ({promise}: {time.monotonic() - started:.0f} s)", flush=True)
    print("broken: " + ", ".join(broken) if broken else "all promises held")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
