"""Fifty thousand questions leave nothing behind: memory, open files and threads of the chat after a warm-up, and
after all the rest. Forty visitors ask in turn, four at a time, so that every conversation is as long as it may become before
memory is counted. ``--minutes N`` ends early; the figures say so.
"""

from __future__ import annotations

import asyncio
import sys
import time
from itertools import count

import httpx
from tests.soak.running import Chat, chat, questions, seed_index
from tests.soak.scene import folder, quick, tell
from tests.ui.asker import Asker, read_form

AT_ONCE = 4
VISITORS = 40


async def ask_all(chat: Chat, n: int, warm: int, seconds: float) -> list[tuple[int, int, int, int]]:
    """Questions asked, memory, files and threads: after the warm-up, at steps, and at the end."""
    asked = questions()
    numbers = count()
    deadline = time.monotonic() + seconds
    taken: list[tuple[int, int, int, int]] = []
    steps = range(warm, n + 1, (n - warm) // 48)

    async def visit(askers: list[Asker]) -> None:
        while (number := next(numbers)) < n and time.monotonic() < deadline:
            await askers[number % len(askers)].ask(asked[number % len(asked)])
            if len(taken) < len(steps) and number + AT_ONCE >= steps[len(taken)]:
                taken.append((number + 1, chat.memory, chat.files, chat.threads))
                print("  {:,} questions, {:,} bytes, {} files, {} threads".format(*taken[-1]), flush=True)

    async with httpx.AsyncClient(base_url=chat.address, timeout=120) as client:
        form = await read_form(client)
        places = range(AT_ONCE)
        visitors = [[Asker(client, form) for _ in range(VISITORS // AT_ONCE)] for _ in places]
        await asyncio.gather(*(visit(visitors[place]) for place in places))
    return taken


def main() -> int:
    """All of it."""
    n, warm = (400, 100) if quick() else (50_000, 2_000)
    seconds = (
        60 * float(sys.argv[sys.argv.index("--minutes") + 1]) if "--minutes" in sys.argv else float("inf")
    )
    with folder() as home, chat(seed_index(home), "--log", str(home / "log")) as running:
        taken = asyncio.run(ask_all(running, n, warm, seconds))
    (first, memory, files, threads), (last, memory_after, files_after, threads_after) = taken[0], taken[-1]
    grown = (memory_after - memory) / (last - first)
    figures = (
        f"{last:,} questions, {first:,} of them to warm up; memory {memory / 2**20:.1f} -> {memory_after / 2**20:.1f} MiB, "
        f"{grown:.0f} bytes a question; files {files} -> {files_after}, threads {threads} -> {threads_after}"
    )
    flat = files_after <= files + 8 and threads_after <= threads + 8
    return tell("questions leave nothing behind", figures, kept=grown < 1024 and flat)


if __name__ == "__main__":
    sys.exit(main())
