"""What the promises about the server share: a chat that runs as a user's does, and what it takes of the machine."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
from tests.ui.conftest import ROOT, SEEDS, environment, free_port

from yuanwen_index import build_index

__all__ = ["Chat", "chat", "questions", "seed_index"]


@dataclass(frozen=True)
class Chat:
    """A running chat."""

    address: str
    process: subprocess.Popen[str]

    @property
    def memory(self) -> int:
        """What it holds in memory of its own, in bytes (anonymous pages)."""
        return 1024 * int(self._status("RssAnon:").split()[0])

    @property
    def threads(self) -> int:
        """Its threads."""
        return int(self._status("Threads:"))

    @property
    def files(self) -> int:
        """Its open files and sockets."""
        return sum(1 for _ in Path(f"/proc/{self.process.pid}/fd").iterdir())

    def settle(self) -> None:
        """Wait until what a chat does by itself after its start is done: it reads a dictionary and tries examples."""
        before = -1
        while abs(self.memory - before) > 2**20:
            before = self.memory
            httpx.post(f"{self.address}/api/answer", json={"question": "谁？"}, timeout=120)
            time.sleep(3)

    def _status(self, name: str) -> str:
        lines = Path(f"/proc/{self.process.pid}/status").read_text("ascii").splitlines()
        return next(line.removeprefix(name).strip() for line in lines if line.startswith(name))


@contextlib.contextmanager
def chat(
    index: Path,
    *arguments: str,
    before: tuple[str, ...] = (),
    program: tuple[str, ...] = ("-m", "yuanwen_ui"),
) -> Iterator[Chat]:
    """``yuanwen chat`` with these arguments; ``before`` is what runs it, such as ``strace``."""
    port = free_port()
    asked = ("chat", "--index", str(index), "--port", str(port), *arguments)
    command = [*before, sys.executable, *program, *asked]
    address = f"http://127.0.0.1:{port}"
    # Into a file: a pipe that nobody reads would fill up and hold the server.
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(
            command,
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=said,
            text=True,
            start_new_session=True,
        ) as process,
    ):
        try:
            deadline = time.monotonic() + 180
            while True:
                with contextlib.suppress(httpx.TransportError):
                    if httpx.get(f"{address}/health").status_code == 200:
                        break
                if process.poll() is not None or time.monotonic() > deadline:
                    said.seek(0)
                    raise RuntimeError(f"the chat did not start: {said.read()}")
                time.sleep(0.2)
            running = Chat(address, process)
            running.settle()
            yield running
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)
            process.wait(timeout=60)


def seed_index(home: Path) -> Path:
    """An index over the five seed pages."""
    build_index([SEEDS], home / "index")
    return home / "index"


def questions() -> list[str]:
    """The questions over the seed pages."""
    return [one["question"] for one in json.loads((ROOT / "seeds" / "questions.json").read_text("utf-8"))]
