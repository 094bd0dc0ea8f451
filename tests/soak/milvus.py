"""An index on a genuine Milvus server loses nothing that was acknowledged, whenever the server is killed.

The server is that of the package ``milvus`` 2.3.5, the last one that can be installed with pip: it has no sparse vectors,
so this proves the dense side, filters, updates, publication and outages; tests/index/test_milvus.py proves the whole
ranking. It listens on every address, so everything runs in a network namespace of its own (``unshare``, ``ip``).
``MILVUS_SERVER`` names its executable where it is installed already.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from tests.index.hashing_encoder import HashingEncoder
from tests.soak.scene import folder, quick, tell

from yuanwen_index import (
    BuildReport,
    Document,
    Filter,
    IndexLocked,
    IndexUnreachable,
    Retriever,
    add_documents,
    copy_index,
    delete_documents,
    text_document,
    update_documents,
    verify_index,
)
from yuanwen_index.milvus import state

ADDRESS = "milvus://127.0.0.1:19530/{}"
THERE = ADDRESS.format("kills")
HEALTH = range(9091, 9100)  # it takes the first that no connection of its predecessor still holds
ENCODER = HashingEncoder(dim=64)
INSIDE = "--inside"
SOONER = 300.0  # seconds in which a server must be up
LEASE = 6.0  # of writers, so that the next one need not wait for a minute


class Broken(Exception):
    """The promise is broken."""


class Server:
    """A Milvus server that can be killed and started again over the same data."""

    def __init__(self, executable: str, home: Path) -> None:
        self._command = [executable, "--data", str(home / "data"), "--proxy-port", "19530"]
        self._log = home / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it says that it is healthy; again while its ports are still taken by the one before."""
        deadline = time.monotonic() + SOONER
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                self._run()
            if any(map(healthy, HEALTH)):
                return
            time.sleep(0.2)
        raise Broken(f"the server did not start: {self._log.read_text('utf-8', 'replace')[-300:]}")

    def _run(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )

    def kill(self) -> None:
        """SIGKILL it and all it started."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


def installed(home: Path) -> str:
    """The server's executable, installed where it is not there yet."""
    if named := os.environ.get("MILVUS_SERVER"):
        return named
    subprocess.run([sys.executable, "-m", "venv", home / "venv"], check=True)
    pip = [home / "venv" / "bin" / "python", "-m", "pip", "install", "--quiet", "milvus==2.3.5", "setuptools"]
    subprocess.run(pip, check=True)
    return str(home / "venv" / "bin" / "milvus-server")


def healthy(port: int) -> bool:
    """Whether a server says on this port that it is."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return b"OK" in answer.read()
    except (urllib.error.URLError, OSError):
        return False


def pages(version: int, n: int) -> list[Document]:
    """``n`` documents of one version."""
    return [
        text_document(
            f"{page:05}.txt",
            f"第{page}区召开防汛会议，版本{version}的负责人{page * 7919 % 9973}号主持会议，参加者{page * 31 % 1009}人。",
            {"district": page % 10},
        )
        for page in range(n)
    ]


def searched(retriever: Retriever, question: str, where: Filter) -> list[tuple[str, float]]:
    """Sources and scores."""
    hits = retriever.search(question, 10, where=where)
    return [(hit.passage.article.document.source, round(hit.score, 4)) for hit in hits]


def recall(one: Retriever, other: Retriever, wheres: Sequence[Filter]) -> float:
    """How much of what is found in a folder is found on the server; 0 where a score is another one."""
    shares = []
    for number in range(40):
        question = f"第{number * 53 % 2000}区的会议由谁主持"
        for where in wheres:
            expected, found = (dict(searched(each, question, where)) for each in (one, other))
            same = expected.keys() & found.keys()
            if any(abs(expected[source] - found[source]) > 1e-3 for source in same):
                return 0.0
            shares.append(len(same) / len(expected) if expected else float(not found))
    return float(np.mean(shares))


def contract(home: Path, n: int) -> None:
    """Fill, change and copy an index on the server and in a folder, which must stay the same."""
    there, here = ADDRESS.format("contract"), home / "contract"
    wheres = [
        Filter(),
        Filter(metadata={"district": 3}),
        Filter(source="00007.txt"),
        Filter(date_from="2000-01-01"),
    ]
    first, gone = pages(0, n), [f"{page:05}.txt" for page in range(n - n // 10, n)]
    steps: list[tuple[str, Callable[[str | Path], BuildReport]]] = [
        ("added", lambda where: add_documents(first, where, encoder=ENCODER)),
        ("updated", lambda where: update_documents(pages(1, n // 10), where, encoder=ENCODER)),
        ("removed", lambda where: delete_documents(gone, where, encoder=ENCODER)),
    ]
    for name, step in steps:
        reports = step(here), step(there)
        one, other = (replace(report, seconds=0.0) for report in reports)
        opened = [Retriever.open(where, encoder=ENCODER, mode="dense") for where in (here, there)]
        share = recall(opened[0], opened[1], wheres)
        seconds = reports[1].seconds
        print(f"  {name} ({seconds:.1f} s): {other.passages} passages, recall@10 {share:.4f}", flush=True)
        if one != other or share < 0.98:
            raise Broken(f"{name}: {one} and {other}, recall@10 {share:.4f}")
    copy_index(there, home / "copied")
    if list(Retriever.open(home / "copied", encoder=ENCODER).documents) != list(opened[0].documents):
        raise Broken("the copy differs")
    verify_index(there, encoder=ENCODER)


def version_of(retriever: Retriever, n: int) -> int:
    """The version that all documents are of; -1 when they are of several, or some are missing."""
    texts = [document.text for document in retriever.documents]
    versions = {text.split("版本")[1].split("的")[0] for text in texts}
    found = {hit.passage.text.split("版本")[1].split("的")[0] for hit in retriever.search("会议由谁主持", n)}
    return int(versions.pop()) if len(texts) == n and len(versions) == 1 and found == versions else -1


class Writer(threading.Thread):
    """Publishes one version after another until the server is gone; ``acknowledged`` is the last that it was told of."""

    def __init__(self, where: str, n: int, acknowledged: int) -> None:
        super().__init__()
        self._where, self._n = where, n
        self.acknowledged = acknowledged
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            while True:
                update_documents(pages(self.acknowledged + 1, self._n), self._where, encoder=ENCODER)
                self.acknowledged += 1
        except Exception as error:
            self.error = error


def kill_while_writing(server: Server, writer: Writer, reader: Retriever, wait: float) -> float:
    """Kill the server under a writer and a reader; seconds until the reader was told."""
    writer.start()
    time.sleep(wait)
    server.kill()
    killed = time.monotonic()
    try:
        reader.search("会议由谁主持")
    except IndexUnreachable as error:
        if "does not answer" not in str(error):
            raise Broken(f"the reader was told: {error}") from error
    else:
        raise Broken("a reader was answered by a dead server")
    told = time.monotonic() - killed
    writer.join(timeout=90)
    if writer.is_alive() or not isinstance(writer.error, IndexUnreachable):
        raise Broken(f"the writer was told: {writer.error!r}")
    return told


def published(n: int, started: float) -> int:
    """The version that is published, as soon as the server answers again."""
    while True:
        try:
            return version_of(Retriever.open(THERE, encoder=ENCODER, mode="dense"), n)
        except IndexUnreachable as error:
            if time.monotonic() - started > SOONER:
                raise Broken("the index did not come back") from error


def go_on(version: int, n: int) -> None:
    """The next writer must get through, as soon as the claim of the dead one has run out."""
    deadline = time.monotonic() + 5 * LEASE
    while True:
        try:
            update_documents(pages(version, n), THERE, encoder=ENCODER)
            break
        except IndexLocked as error:
            if time.monotonic() > deadline:
                raise Broken(f"the next writer is kept out: {error}") from error
            time.sleep(1)
    verify_index(THERE, encoder=ENCODER)
    if version_of(Retriever.open(THERE, encoder=ENCODER, mode="dense"), n) != version:
        raise Broken("the next writer did not get through")


def kill_once(server: Server, n: int, version: int, wait: float) -> tuple[int, dict[str, float]]:
    """One kill, restart and repair; the version published afterwards, and the seconds that it took."""
    reader = Retriever.open(THERE, encoder=ENCODER, mode="dense")
    writer = Writer(THERE, n, version)
    told = kill_while_writing(server, writer, reader, wait)
    restarted = time.monotonic()
    server.start()
    up = time.monotonic() - restarted
    found = published(n, restarted)
    answering = time.monotonic() - restarted
    if found not in (writer.acknowledged, writer.acknowledged + 1):
        raise Broken(f"version {found} is published where {writer.acknowledged} was acknowledged")
    if version_of(reader, n) != found:
        raise Broken("the reader from before the outage did not come back")
    go_on(found + 1, n)
    return found + 1, {
        "an outage told": told,
        "the server healthy": up,
        "the index answering": answering,
    }


def inside(home: Path, executable: str) -> int:
    """All of it, in the namespace."""
    state._LEASE, state._RENEWED = LEASE, LEASE / 3
    n, small, rounds = (200, 20, 1) if quick() else (3000, 60, 4)
    server = Server(executable, home)
    chance = random.Random(5)
    seen: list[dict[str, float]] = []
    version, fault = 0, ""
    try:
        server.start()
        contract(home, n)
        add_documents(pages(0, small), THERE, encoder=ENCODER)
        for _ in range(rounds):
            version, figures = kill_once(server, small, version, chance.uniform(0.5, 8))
            print(f"  killed; version {version} after it: {figures}", flush=True)
            seen.append(figures)
    except Broken as error:
        fault = str(error)
    finally:
        server.kill()
    slowest = {name: max(one[name] for one in seen) for name in (seen[0] if seen else ())}
    told = ", ".join(f"{name} after {seconds:.1f} s at most" for name, seconds in slowest.items())
    figures_told = f"{len(seen)} kills under a writer, {version} versions, none lost; {told} {fault}"
    return tell("an index on Milvus survives its server being killed", figures_told, kept=not fault)


def main() -> int:
    """Run all of it in a network namespace that holds nothing but itself."""
    with folder() as home:
        if INSIDE in sys.argv:
            return inside(home, sys.argv[sys.argv.index(INSIDE) + 1])
        if not (shutil.which("unshare") and shutil.which("ip")):
            return tell(
                "an index on Milvus survives its server being killed", "needs unshare and ip", kept=False
            )
        executable = installed(home)
        options = ["--quick"] if quick() else []
        command = [sys.executable, "-m", "tests.soak.milvus", INSIDE, executable, *options]
        script = 'ip link set lo up && exec "$@"'
        return subprocess.run(
            ["unshare", "--map-root-user", "--net", "sh", "-c", script, "sh", *command], check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main())
