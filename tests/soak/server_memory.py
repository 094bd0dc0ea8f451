"""Fifty thousand questions leave nothing behind: memory, open files and threads of the chat after a warm-up, and
after all the rest.

Four places ask at the same time. At each, one visitor stays, whose conversation is soon as long as it may become, and
visitors come, ask three questions each and go. The chat keeps fifty conversations instead of a thousand, so that after
the warm-up it has as many as it may. The pages hold two sentences: it is the server that has to work, not the reader.
``--minutes N`` ends early; the figures say so. With ``--quick`` they still grow, and only files and threads are
held against anything.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from contextlib import AsyncExitStack
from itertools import count, cycle
from pathlib import Path

import httpx
from tests.soak.forgetful_chat import FORGETFUL
from tests.soak.running import Chat, chat
from tests.soak.scene import folder, quick, tell, write
from tests.ui.asker import Asker, read_form

from yuanwen_index import build_index

AT_ONCE = 4
EACH = 3
STAYING = 5
"""One question in so many is of the visitor who stays."""
PAGES = {
    "march.txt": "三月大雪\n\n本报讯 2019年3月1日，县里下了大雪，学校放假三天。\n",
    "may.txt": "五月开花\n\n本报讯 2019年5月4日，张建国在北山种了七百棵树。\n",
}
QUESTIONS = (
    "学校放假几天？",
    "谁种了树？",
    "他种了多少棵？",
    "那五月呢？",
    "火星上有几个湖？",
    "Who planted trees?",
)

Taken = tuple[int, int, int, int]
"""Questions asked, and memory in bytes, open files and threads after them."""


async def ask_all(chat: Chat, n: int, warm: int, seconds: float) -> list[Taken]:
    """What was taken after the warm-up, at steps, and at the end."""
    numbers = count()
    deadline = time.monotonic() + seconds
    taken: list[Taken] = []
    steps = iter([*range(warm, n, (n - warm) // 48), n, 2 * n])
    step = next(steps)
    answered = 0

    async def visit(client: httpx.AsyncClient) -> None:
        nonlocal answered, step
        asked = cycle(QUESTIONS)
        async with AsyncExitStack() as stays, AsyncExitStack() as here:
            staying = await stays.enter_async_context(Asker(client, form).here())
            coming, left = staying, 0
            while (number := next(numbers)) < n and time.monotonic() < deadline:
                asker = staying
                if number % STAYING:
                    if not left:
                        await here.aclose()
                        coming, left = await here.enter_async_context(Asker(client, form).here()), EACH
                    asker, left = coming, left - 1
                await asker.ask(next(asked))
                answered += 1
                if answered == step:
                    step = next(steps)
                    taken.append((answered, chat.memory, chat.files, chat.threads))
                    print("  {:,} questions, {:,} bytes, {} files, {} threads".format(*taken[-1]), flush=True)

    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(base_url=chat.address, timeout=120, limits=limits) as client:
        form = await read_form(client)
        await asyncio.gather(*(visit(client) for _ in range(AT_ONCE)))
    return taken


def outcomes(log: Path) -> str:
    """What became of the questions, by the server's own log."""
    lines = (json.loads(line) for line in log.open("rb"))
    became = Counter(line["outcome"] for line in lines if line["event"] == "question")
    return ", ".join(f"{times:,} {outcome}" for outcome, times in became.most_common())


def main() -> int:
    """All of it."""
    promise = "questions leave nothing behind"
    n, warm = (400, 100) if quick() else (50_000, 1_000)
    seconds = (
        60 * float(sys.argv[sys.argv.index("--minutes") + 1]) if "--minutes" in sys.argv else float("inf")
    )
    with folder() as home:
        write(home / "pages", PAGES)
        build_index([home / "pages"], home / "index")
        with chat(home / "index", "--log", str(home / "log"), program=FORGETFUL) as running:
            taken = asyncio.run(ask_all(running, n, warm, seconds))
        became = outcomes(home / "log")
    if len(taken) < 2:
        return tell(promise, f"ended before anything could be compared ({became})", kept=False)
    (first, memory, files, threads), (last, memory_after, files_after, threads_after) = taken[0], taken[-1]
    grown = (memory_after - memory) / (last - first)
    figures = (
        f"{last:,} questions, {first:,} of them to warm up ({became}); memory {memory / 2**20:.1f} -> {memory_after / 2**20:.1f} MiB, "
        f"{grown:.0f} bytes a question; files {files} -> {files_after}, threads {threads} -> {threads_after}"
    )
    flat = files_after <= files + 8 and threads_after <= threads + 8
    return tell(promise, figures, kept=flat and (quick() or grown < 1024))


if __name__ == "__main__":
    sys.exit(main())
