"""The service answers as its OpenAPI document says, whatever is sent."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_schemathesis_finds_nothing(address: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")),
            "run",
            f"{address}/api/openapi.json",
            *("--checks", "all", "--max-examples", "10", "--seed", "8", "--no-color"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "4 selected / 4 total" in done.stdout
