"""Whatever a file or a question holds: no uncaught exception, and limits of time and memory for each.

Inputs are made by mutating real and hostile seeds, and go the whole way: decode, cut into articles and passages, index,
search, read.
"""

from __future__ import annotations

import os
import random
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.soak.scene import ENCODER, folder, quick, tell

from yuanwen_index import (
    Retriever,
    YuanwenError,
    build_index,
    parse_articles,
    read_document,
    split_passages,
)
from yuanwen_index.formats.decoding import decode
from yuanwen_index.formats.html_text import html_text
from yuanwen_qa import Assistant

SEEDS = Path(__file__).parents[2] / "seeds"
SECONDS, MEMORY = 1.0, 200 * 1024 * 1024
ODD = (
    *(
        "\ud800",
        "\udfff",
        "\0",
        "\u202e",
        "\u2066",
        "\ufeff",
        "\u200b",
        "\u2028",
        "\x85",
        "\r",
        "\r\n",
        "\n\n\n",
        "\t",
    ),
    *(
        "（记者",
        "通讯员",
        "本报讯",
        "■",
        "》",
        "“",
        "2025年13月45日",
        "9月31日",
        "|---|",
        "# ",
        "```",
        "<p>",
        "</div>",
        "&#0;",
    ),
    *(
        "A" * 500,
        "，" * 500,
        "（" * 500,
        " " * 500,
        "1" * 500,
        "\U00020000",
        "e\u0301" * 50,
        "\x1b[31m",
        "<!--",
        "<script>",
    ),
)


def mutated(chance: random.Random, seeds: list[str]) -> str:
    """A piece of a seed with odd pieces put in, repeated, moved and cut out."""
    seed = chance.choice(seeds)
    start = chance.randrange(len(seed))
    text = seed[start : start + chance.randint(0, 3000)]
    for _ in range(chance.randint(0, 8)):
        at = chance.randint(0, len(text))
        deed = chance.randrange(5)
        if deed == 0:
            text = text[:at] + chance.choice(ODD) + text[at:]
        elif deed == 1:
            text = text[:at] + text[at + chance.randint(0, 50) :]
        elif deed == 2:
            piece = text[at : at + chance.randint(1, 40)]
            text = text[:at] + piece * chance.randint(1, 30) + text[at:]
        elif deed == 3:
            text = text[:at] + chr(chance.randrange(0x110000)) + text[at:]
        else:
            text = text[at:] + text[:at]
    return text


def bytes_of(chance: random.Random, text: str) -> bytes:
    """The text in some encoding, perhaps with a few bytes changed."""
    name = chance.choice(("utf-8", "utf-8", "gb18030", "utf-16", "big5", "shift_jis", "euc_kr", "utf-32"))
    data = bytearray(text.encode(name, "surrogatepass" if name.startswith("utf") else "ignore"))
    for _ in range(chance.choice((0, 0, 1, 3))):
        if data:
            data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


class Course:
    """The way of one input, and what was wrong on it."""

    def __init__(self, home: Path) -> None:
        self.wrong: dict[str, bytes] = {}
        self.slowest = 0.0
        self.unreadable = self.indexed = 0
        self._home = home
        (home / "pages").mkdir()
        build_index([SEEDS], home / "seeds", encoder=ENCODER)
        self._assistant = Assistant(Retriever.open(home / "seeds", encoder=ENCODER))

    def run(self, step: Callable[[bytes], None], data: bytes) -> None:
        """One step, timed."""
        started = time.process_time()
        try:
            step(data)
        except YuanwenError:
            self.unreadable += 1
        except BaseException as error:
            self.wrong.setdefault(f"{step.__name__}: {type(error).__name__}: {str(error)[:80]}", data)
        spent = time.process_time() - started
        self.slowest = max(self.slowest, spent)
        if spent > SECONDS:
            self.wrong.setdefault(f"{step.__name__}: {spent:.1f} s", data)

    def parse(self, data: bytes) -> None:
        """Decode, cut, and check that what is shown is the file's."""
        path = self._home / "input.txt"
        path.write_bytes(data)
        document = read_document(path, "input.txt")
        for article in parse_articles(document):
            for passage in split_passages(article):
                _ = passage.search_text
                article.file_span(passage.start, passage.end)
                article.lines(passage.start, passage.end)

    def html(self, data: bytes) -> None:
        """Markup to text."""
        html_text(decode(data)[0])

    def ask(self, data: bytes) -> None:
        """Search and read with the input as the question."""
        self._assistant.answer(data.decode("utf-8", "surrogateescape")[:2500])

    def index(self, data: bytes) -> None:
        """Index it beside a good page, search in it; every file indexed or reported."""
        pages = self._home / "pages"
        (pages / "good.txt").write_text("本报讯 3月1日，县里开会。", "utf-8")
        (pages / "input.txt").write_bytes(data)
        report = build_index([pages], self._home / "index", encoder=ENCODER)
        if report.documents + len(report.skipped) != 2:
            raise AssertionError("a file was neither indexed nor reported")
        self.indexed += 1
        Retriever.open(self._home / "index", encoder=ENCODER).search("开会")


def main() -> int:
    """Most inputs are parsed; some are asked as questions, indexed, or read as HTML."""
    count = 200 if quick() else 100_000
    chance = random.Random(int(os.environ.get("SEED", "3")))
    seeds = [page.read_text("utf-8") for page in sorted(SEEDS.glob("*.txt"))]
    seeds += [f"<html><body><h1>{seed[:20]}</h1><p>{seed[:900]}</p></body></html>" for seed in seeds]
    with folder() as home:
        course = Course(home)
        for step in (course.parse, course.html, course.ask, course.index):
            course.run(step, "<p>县里什么时候开会？</p>".encode())  # what is loaded once is loaded now
        course.slowest = 0.0
        course.wrong.clear()
        base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        for number in range(count):
            data = bytes_of(chance, mutated(chance, seeds))
            course.run(course.parse, data)
            if number % 10 == 0:
                course.run(course.html, data)
            if number % 20 == 0:
                course.run(course.ask, data)
            if number % 50 == 0:
                course.run(course.index, data)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - base
    figures = (
        f"{count:,} inputs, {course.unreadable:,} refused with a reason: {len(course.wrong)} uncaught or too slow, "
        f"slowest {course.slowest:.2f} s, memory grew by at most {grown / 1e6:.0f} MB"
    )
    for what, data in course.wrong.items():
        print(f"{what}: {data[:300]!r}", file=sys.stderr)
    return tell("hostile inputs", figures, kept=not course.wrong and grown < MEMORY)


if __name__ == "__main__":
    sys.exit(main())
