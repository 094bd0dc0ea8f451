"""Whatever a file or a question holds: no uncaught exception, and limits of time and memory for each.

Inputs are made by mutating real and hostile seeds (SEED and COUNT in the environment make others), and go the whole way:
decode, cut into articles and passages, index, search, read.
"""

from __future__ import annotations

import os
import random
import resource
import sys
import time
from collections.abc import Callable

from tests.soak.course import SEEDS, Course
from tests.soak.scene import folder, quick, tell

from yuanwen_index import YuanwenError

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


class Tally:
    """What became of the inputs: how many were refused with a reason, the slowest, and what went wrong."""

    def __init__(self) -> None:
        self.unreadable = 0
        self.slowest = 0.0
        self.wrong: dict[str, bytes] = {}

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


def main() -> int:
    """Most inputs are parsed; some are asked as questions, indexed, or read as HTML."""
    count = int(os.environ.get("COUNT", "200" if quick() else "100000"))
    chance = random.Random(int(os.environ.get("SEED", "3")))
    seeds = [page.read_text("utf-8") for page in sorted(SEEDS.glob("*.txt"))]
    seeds += [f"<html><body><h1>{seed[:20]}</h1><p>{seed[:900]}</p></body></html>" for seed in seeds]
    with folder() as home:
        course = Course(home)
        course.load()
        tally = Tally()
        base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        for number in range(count):
            data = bytes_of(chance, mutated(chance, seeds))
            for step, every in ((course.parse, 1), (course.html, 10), (course.ask, 50), (course.index, 100)):
                if number % every == 0:
                    tally.run(step, data)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - base
    figures = (
        f"{count:,} inputs parsed, {count // 10:,} read as HTML, {count // 50:,} asked, {count // 100:,} indexed and read, "
        f"{tally.unreadable:,} refused with a reason: {len(tally.wrong)} uncaught or too slow, "
        f"slowest {tally.slowest:.2f} s, memory grew by at most {grown / 1e6:.0f} MB"
    )
    for what, data in tally.wrong.items():
        print(f"{what}: {data[:300]!r}", file=sys.stderr)
    return tell("hostile inputs", figures, kept=not tally.wrong and grown < MEMORY)


if __name__ == "__main__":
    sys.exit(main())
