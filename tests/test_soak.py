"""The small part of every long-running promise; ``make soak`` runs them whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.soak.__main__ import PROMISES

ROOT = Path(__file__).parents[1]


# What is promised of the server, Milvus and Ray is proved in small by tests/ui and tests/index; here they start servers.
SMALL = [promise for promise in PROMISES if not promise.startswith(("server_", "milvus", "ray"))]


@pytest.mark.parametrize("promise", SMALL)
def test_a_promise_is_kept(promise: str) -> None:
    floors = [str(ROOT / floor) for floor in ("index", "qa", "ui", ".")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(floors), "OMP_NUM_THREADS": "1"}
    environment.pop(
        "COVERAGE_PROCESS_CONFIG", None
    )  # it would write its data on the disks that are made to fail
    command = [sys.executable, "-m", f"tests.soak.{promise}", "--quick"]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("kept")
