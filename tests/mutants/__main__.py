"""Put every mutant of this folder, or those whose name holds a word given, into a copy of the code; 1 when one lives."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.mutants.mutant import Mutant

ROOT = Path(__file__).parents[2]
PATIENCE = 150  # seconds for one test
TABLES = sorted(
    file.stem for file in Path(__file__).parent.glob("*.py") if not file.stem.startswith(("_", "mutant"))
)


def mutants() -> list[Mutant]:
    """All of them."""
    return [one for name in TABLES for one in importlib.import_module(f"tests.mutants.{name}").MUTANTS]


def fails(home: Path, test: str) -> bool:
    """Whether the test fails or does not come to an end, as opposed to passing or not being there."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--timeout=120", test]
    with subprocess.Popen(
        command,
        cwd=home,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as running:
        try:
            said, _ = running.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:  # a server that does not end has been noticed too
            os.killpg(running.pid, signal.SIGKILL)
            return True
    if running.returncode not in (0, 1):
        raise RuntimeError(f"{test} cannot be run: {said.decode()}")
    return running.returncode == 1


def main() -> int:
    """Try them."""
    wanted = [one for one in mutants() if all(word in one.name for word in sys.argv[1:])]
    alive = []
    with tempfile.TemporaryDirectory(prefix="yuanwen-mutants-") as name:
        home = Path(name)
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
        subprocess.run(
            ["tar", "-c", "--null", "-T", "-", "-f", str(home / "code.tar")],
            cwd=ROOT,
            input=listed,
            check=True,
        )
        subprocess.run(["tar", "-xf", "code.tar"], cwd=home, check=True)
        for one in wanted:
            file = home / one.file
            text = file.read_text("utf-8")
            if text.count(one.old) != 1:
                raise RuntimeError(
                    f"{one.name}: {one.old!r} stands {text.count(one.old)} times in {one.file}"
                )
            file.write_text(text.replace(one.old, one.new), "utf-8")
            caught = fails(home, one.test)
            file.write_text(text, "utf-8")
            print(f"{'caught' if caught else 'ALIVE '}  {one.name}  ({one.test})", flush=True)
            alive += [] if caught else [one.name]
    print(f"{len(wanted) - len(alive)} of {len(wanted)} mutants caught")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
