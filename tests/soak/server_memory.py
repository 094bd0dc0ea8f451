"""Fifty thousand questions leave nothing behind: memory, open files and threads of the chat after a warm-up, and
after all the rest. Five questions a visitor, four visitors at a time, each with a new session, as a page has; the
warm-up fills the 1,000 sessions that are kept. ``--minutes N`` ends early, and the figures say so.
"""

from __future__ import annotations

import asyncio
import sys
import time
from itertools import count

import httpx
from tests.soak.running import Chat, chat, questions, seed_index
from tests.soak.scene import folder, quick, tell
from tests.ui.asker import Asker, Form, read_form

AT_ONCE = 4
EACH = 5


async def ask_all(chat: Chat, n: int, warm: int, seconds: float) -> list[tuple[int, int, int, int]]:
    """Questions asked, memory, files and threads: after the warm-up, at steps, and at the end."""
    asked = questions()
    numbers = count()
    deadline = time.monotonic() + seconds
    taken: list[tuple[int, int, int, int]] = []
    steps = range(warm, n + 1, (n - warm) // 20)

    async def visit(client: httpx.AsyncClient, form: Form) -> None:
        while (first := next(numbers) * EACH) < n and time.monotonic() < deadline:
            asker = Asker(client, form)
            for number in range(first, first + EACH):
                await asker.ask(asked[number % len(asked)])
            if len(taken) < len(steps) and first + EACH * AT_ONCE >= steps[len(taken)]:
                taken.append((first + EACH, chat.memory, chat.files, chat.threads))
                print("  {:,} questions, {:,} bytes, {} files, {} threads".format(*taken[-1]), flush=True)

    async with httpx.AsyncClient(base_url=chat.address, timeout=120) as client:
        form = await read_form(client)
        await asyncio.gather(*(visit(client, form) for _ in range(AT_ONCE)))
    return taken


def main() -> int:
    """All of it."""
    n, warm = (400, 100) if quick() else (50_000, 7_500)
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
