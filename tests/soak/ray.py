"""Every passage is encoded exactly once on a Ray cluster, also when one of its two nodes is killed in mid-job.

The nodes are real ones, each in a network namespace of its own (``ip netns``, as root). ``RAY_PYTHON`` names a Python that
has the extra ``ray`` installed; without it one is made.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.soak.scene import folder, quick, tell

from yuanwen_index import Retriever, build_index

ROOT = Path(__file__).parents[2]
HEAD, OTHER = "10.77.0.1", "10.77.0.2"
PORT = "6379"
JOB = "--job"
PATIENCE = 240.0  # seconds


def installed(home: Path) -> str:
    """A Python that has Ray."""
    if named := os.environ.get("RAY_PYTHON"):
        return named
    subprocess.run([sys.executable, "-m", "venv", home / "venv"], check=True)
    python = home / "venv" / "bin" / "python"
    options = ["install", "--quiet", "-c", ROOT / "constraints.txt", f"{ROOT}[ray]"]
    subprocess.run([python, "-m", "pip", *options], check=True)
    return str(python)


def ip(*arguments: str) -> str:
    """One call of ip(8)."""
    return subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True).stdout


class Node:
    """A node of a Ray cluster, in a namespace of its own."""

    def __init__(self, name: str, address: str, python: str, home: Path) -> None:
        self.name, self.address, self._python, self._home = name, address, python, home
        ip("netns", "add", name)
        ip("-n", name, "link", "set", "lo", "up")

    def start(self, *options: str) -> None:
        """Start the node."""
        command = [
            *("ip", "netns", "exec", self.name, str(Path(self._python).with_name("ray")), "start"),
            *("--node-ip-address", self.address, "--num-cpus", "1", "--object-store-memory", "200000000"),
            *("--disable-usage-stats", *options),
        ]
        with (self._home / f"{self.name}.log").open("wb") as log:
            subprocess.run(command, env=surroundings(), check=True, stdout=log, stderr=log, cwd=self._home)

    def processes(self) -> list[int]:
        """All processes in the namespace."""
        return [int(number) for number in ip("netns", "pids", self.name).split()]

    def working(self) -> bool:
        """Whether a process of it is encoding."""
        for number in self.processes():
            try:
                title = Path(f"/proc/{number}/cmdline").read_bytes()
            except OSError:
                continue
            if title.startswith(b"ray::") and b"MapBatches" in title:
                return True
        return False

    def kill(self) -> int:
        """SIGKILL everything of it; how many processes that were."""
        killed = 0
        for number in self.processes():
            try:
                os.kill(number, signal.SIGKILL)
                killed += 1
            except ProcessLookupError:
                continue
        return killed

    def remove(self) -> None:
        """Leave nothing behind."""
        self.kill()
        ip("netns", "del", self.name)


@contextmanager
def cluster(python: str, home: Path) -> Iterator[tuple[Node, Node]]:
    """Two nodes that reach each other and nothing else."""
    names = [f"yuanwen{os.getpid()}{letter}" for letter in "ab"]
    nodes: list[Node] = []
    try:
        for name, address in zip(names, (HEAD, OTHER), strict=True):
            nodes.append(Node(name, address, python, home))
        ip(
            "link",
            "add",
            "veth0",
            "netns",
            names[0],
            "type",
            "veth",
            "peer",
            "name",
            "veth0",
            "netns",
            names[1],
        )
        for node in nodes:
            ip("-n", node.name, "addr", "add", f"{node.address}/24", "dev", "veth0")
            ip("-n", node.name, "link", "set", "veth0", "up")
        nodes[0].start("--head", "--port", PORT, "--include-dashboard=false", "--temp-dir", str(home / "ray"))
        nodes[1].start("--address", f"{HEAD}:{PORT}")
        yield nodes[0], nodes[1]
    finally:
        for node in nodes:
            node.remove()


def surroundings() -> dict[str, str]:
    """The environment of the nodes and of the job."""
    path = os.pathsep.join(str(ROOT / floor) for floor in ("index", "qa", "ui", "."))
    return {**os.environ, "PYTHONPATH": path, "RAY_USAGE_STATS_ENABLED": "0", "OMP_NUM_THREADS": "1"}


def write(pages: Path, n: int) -> None:
    """``n`` pages of about a hundred passages."""
    pages.mkdir()
    for page in range(n):
        lines = [
            f"本报讯 第{page}区第{line}号通告：负责人{page * 7919 % 9973}号主持防汛会议，参加者{line * 31 % 1009}人。"
            * 5
            for line in range(100)
        ]
        (pages / f"{page}.txt").write_text("\n".join(lines), "utf-8")


def job(pages: Path, index: Path) -> int:
    """Index the pages on the cluster, in the head's namespace."""
    report = build_index([pages], index, ray=f"{HEAD}:{PORT}")
    print(f"{report.encoded} {report.seconds:.1f}", flush=True)
    return 0


def run(python: str, node: Node, pages: Path, index: Path) -> subprocess.Popen[str]:
    """The job, running."""
    command = [
        *("ip", "netns", "exec", node.name, python, "-m", "tests.soak.ray", JOB),
        str(pages),
        str(index),
    ]
    return subprocess.Popen(command, env=surroundings(), cwd=ROOT, stdout=subprocess.PIPE, text=True)


def last(said: str) -> str:
    """The last line: before it Ray tells of the node that was lost."""
    return (said.strip().splitlines() or ["nothing"])[-1]


def main() -> int:
    """All of it."""
    if JOB in sys.argv:
        return job(*map(Path, sys.argv[sys.argv.index(JOB) + 1 :]))
    promise = "a Ray cluster encodes every passage once, one of its nodes being killed"
    with folder() as home:
        python = installed(home)
        pages, here, there = home / "pages", home / "here", home / "there"
        write(pages, 20 if quick() else 200)
        expected = build_index([pages], here)
        with cluster(python, home) as (head, other):
            running = run(python, head, pages, there)
            deadline = time.monotonic() + PATIENCE
            while not other.working():
                if running.poll() is not None or time.monotonic() > deadline:
                    running.kill()
                    return tell(promise, "the second node was never given work", kept=False)
                time.sleep(0.05)
            time.sleep(0.5)
            working = other.working()
            killed = other.kill()
            said, _ = running.communicate(timeout=PATIENCE)
            unpublished = running.returncode
            again = run(python, head, pages, there)
            said_again, _ = again.communicate(timeout=PATIENCE)
        same = not unpublished and all(
            (here / "gen-000001" / name).read_bytes() == (there / "gen-000001" / name).read_bytes()
            for name in ("vectors.f32", "passages.npy", "texts.utf8")
        )
        whole = same and len(Retriever.open(there).passages) == expected.passages
        figures = (
            f"{expected.passages} passages, {killed} processes of the second node killed while it was encoding; "
            f"passages encoded and seconds {last(said)} ({expected.seconds:.1f} s on one node without Ray), vectors "
            f"{'the same' if same else 'others'}; indexed again: {last(said_again)}"
        )
        return tell(promise, figures, kept=whole and working and last(said_again).startswith("0 "))


if __name__ == "__main__":
    sys.exit(main())
