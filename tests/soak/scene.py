"""What the promises about storage share: two versions of some pages, and what an index of each holds."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.index.hashing_encoder import HashingEncoder

from yuanwen_index import IndexUnusable, Retriever, build_index

ENCODER = HashingEncoder()
OLDER = {"one.txt": "一月没有雪。\n"}
OLD = {"one.txt": "一月下了大雪。\n学校放假三天。\n", "two.txt": "二月有七场考试。\n"}
NEW = {"one.txt": "三月开了花。\n", "two.txt": "二月有七场考试。\n", "zwei.txt": "四月有雨。\n"}
KILLED = 137  # what a shell says of a process that was killed


def quick() -> bool:
    """Whether only the small part was asked for."""
    return "--quick" in sys.argv


def tell(promise: str, figures: str, *, kept: bool) -> int:
    """Print the figures; the exit code."""
    print(f"{'kept' if kept else 'BROKEN'}  {promise}: {figures}", flush=True)
    return 0 if kept else 1


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="yuanwen-soak-") as name:
        yield Path(name)


def write(pages: Path, texts: dict[str, str]) -> None:
    """Make ``pages`` hold just these files."""
    pages.mkdir(exist_ok=True)
    for file in pages.iterdir():
        file.unlink()
    for name, text in texts.items():
        (pages / name).write_text(text, "utf-8")


def contents(index: Path) -> object:
    """All that an index says: texts, passages, and the scores that each side of the search gives them."""
    retriever = Retriever.open(index, encoder=ENCODER)
    found = retriever.search("二月的雪花 开花 雨", k=100)
    return (
        [(document.source, document.text) for document in retriever.documents],
        [passage.text for passage in retriever.passages],
        [(hit.passage.text, round(hit.score, 5), hit.ranks) for hit in found],
    )


class Scene:
    """An index of the old pages in ``index``, with a generation before it, and ``pages`` that hold the new ones."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.pages, self.index = home / "pages", home / "index"
        write(self.pages, NEW)
        build_index([self.pages], home / "new", encoder=ENCODER)
        self.new = contents(home / "new")
        for texts in (OLDER, OLD):
            write(self.pages, texts)
            build_index([self.pages], self.index, encoder=ENCODER)
        self.old = contents(self.index)
        write(self.pages, NEW)

    def copy(self) -> Path:
        """A copy of the old index to do something to; the copy before it is removed."""
        copy = self.home / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.index, copy)
        return copy

    def state(self, index: Path) -> str:
        """What an index says: ``old``, ``new``, ``mixed`` when neither, or the error that opening it gives."""
        try:
            found = contents(index)
        except IndexUnusable as error:
            return f"{type(error).__name__}: {error}"
        return "old" if found == self.old else "new" if found == self.new else "mixed"


def run_traced(options: list[str], work: Callable[[], int]) -> int:
    """Run ``work`` in a child under strace; its exit code, or KILLED."""
    wait, go = os.pipe()
    waiting, waits = os.pipe()
    child = os.fork()
    if not child:
        os.close(go)
        os.write(waits, b"x")
        begun = False
        while not begun:  # the tracer may be there first, and let this call fail too
            with contextlib.suppress(OSError):
                begun = os.read(wait, 1) == b"x"
        code = 99
        with contextlib.suppress(BaseException):
            code = work()
        os._exit(code)
    os.read(waiting, 1)
    for end in (wait, waiting, waits):
        os.close(end)
    with subprocess.Popen(
        ["strace", "-f", *options, "-p", str(child)], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as tracer:
        assert tracer.stderr is not None
        said = tracer.stderr.readline()  # "attached": from here on every call is seen
        os.write(go, b"x")
        os.close(go)
        status = os.waitpid(child, 0)[1]
        said += tracer.stderr.read()
    if b"attached" not in said:
        raise RuntimeError(said.decode("utf-8", "replace"))
    return KILLED if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def calls_of(work: Callable[[], int], log: Path) -> dict[str, int]:
    """Every system call that ``work`` makes, and how often the thread makes it that makes it most often.

    Injections count the calls of each name, in each thread, on their own. Waiting for threads is left out.
    """
    if run_traced(["-o", str(log)], work):
        raise RuntimeError("what is to be traced fails by itself")
    made = re.findall(r"^(\d+) +([a-z_0-9]+)\(", log.read_text("ascii", "replace"), re.MULTILINE)
    most: dict[str, int] = {}
    for (_, name), times in Counter(made).items():
        most[name] = max(most.get(name, 0), times)
    most.pop("futex", None)
    return most


def has_strace() -> bool:
    """Whether calls of the system can be injected here (strace is there and may trace)."""
    try:
        return run_traced(["-o", os.devnull, "-e", "trace=getppid"], lambda: 7) == 7
    except (OSError, RuntimeError):
        return False
