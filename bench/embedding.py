"""Follow docs/embedding.md and docs/adaptors.md in a fresh environment: python -m bench.embedding [FOLDER].

Needs a package index. Every command and file of the pages is taken from them as it stands; what is printed is how long each
command took.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FRAMEWORKS = "langchain,llama-index,haystack,mcp"


def blocks(page: str, kind: str) -> list[str]:
    """The code of one kind ("" for plain blocks) in a page of the documentation, in order."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    found = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [code for its_kind, code in found if its_kind == kind]


def furnish(folder: Path) -> None:
    """Give the application of docs/embedding.md its files and some articles."""
    for file in blocks("embedding.md", "python"):
        name = file.split("\n", 1)[0].removeprefix("# ")
        (folder / name).write_text(file, "utf-8")
    for number, file in enumerate(blocks("adaptors.md", "python")):
        (folder / f"chain_{number}.py").write_text(
            "import index, ui  # the application's own\n" + file, "utf-8"
        )
    (folder / "articles").symlink_to(ROOT / "seeds", target_is_directory=True)


def run(folder: Path, command: str) -> str:
    """Run a command of the page there; what it printed."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        ["/bin/sh", "-ec", command],
        cwd=folder,
        env=environment | {"YUANWEN": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{command}\n{done.stdout}{done.stderr}")
    return done.stdout


def chains(folder: Path) -> Sequence[str]:
    """The commands that run the examples of the adaptors."""
    return [f".venv/bin/python {path.name}" for path in sorted(folder.glob("chain_*.py"))]


def main() -> None:
    """Print a line for every command."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(temporary)
        furnish(folder)
        extras = (
            f'.venv/bin/pip install -c "$YUANWEN/constraints.txt" "$(echo dist/yuanwen-*.whl)[{FRAMEWORKS}]"'
        )
        for script in [*blocks("embedding.md", "sh"), extras, *chains(folder)]:
            for command in script.strip().splitlines():
                started = time.perf_counter()
                printed = run(folder, command).strip().splitlines()
                shown = printed[-1] if printed and not re.search("pip|build", command) else ""
                print(f"{time.perf_counter() - started:6.1f} s  {command}  {shown}", flush=True)


if __name__ == "__main__":
    main()
