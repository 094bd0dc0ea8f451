"""Two hundred visitors ask five questions each, all at the same time: errors, and the slowest answers beside the
time that an ideal queue would need.

Ideal is one answer after the other, each as fast as when only one visitor asks: the last of 200 who come at the same
moment then waits 200 of those times. Then 600 come at once, more than may wait: each must be taken or told to come back.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from statistics import quantiles

import httpx
from tests.soak.running import chat, questions, seed_index
from tests.soak.scene import folder, quick, tell
from tests.ui.asker import Asker, Form, read_form

EACH = 5
WARM = 40


async def measure(address: str, visitors: int) -> tuple[float, list[float], list[str]]:
    """Seconds an answer when one visitor asks, the seconds that each of many waits, and what went wrong."""
    asked = questions()
    waits: list[float] = []
    wrong: list[str] = []

    async def visit(client: httpx.AsyncClient, form: Form, number: int) -> None:
        asker = Asker(client, form)
        for turn in range(EACH):
            begun = time.perf_counter()
            try:
                await asker.ask(asked[(number * EACH + turn) % len(asked)])
            except (httpx.HTTPError, RuntimeError) as error:
                wrong.append(f"{type(error).__name__}: {error}"[:200])
            waits.append(time.perf_counter() - begun)

    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(base_url=address, timeout=600, limits=limits) as client:
        form = await read_form(client)
        for number in range(WARM):
            await Asker(client, form).ask(asked[number])
        begun = time.perf_counter()
        for number in range(WARM):
            await Asker(client, form).ask(asked[number])
        alone = (time.perf_counter() - begun) / WARM
        await asyncio.gather(*(visit(client, form, number) for number in range(visitors)))
    return alone, waits, wrong


async def crowd(address: str, visitors: int) -> Counter[int | str]:
    """How many of so many at once may wait (200), how many are told that too many are (503), and how others fail."""

    async def join(client: httpx.AsyncClient, form: Form) -> int | str:
        try:
            return (await Asker(client, form).join("谁？")).status_code
        except httpx.TransportError as error:
            return f"{type(error).__name__} {error}"

    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(base_url=address, timeout=600, limits=limits) as client:
        form = await read_form(client)
        return Counter(await asyncio.gather(*(join(client, form) for _ in range(visitors))))


def main() -> int:
    """All of it."""
    visitors = 20 if quick() else 200
    with folder() as home, chat(seed_index(home)) as running:
        alone, waits, wrong = asyncio.run(measure(running.address, visitors))
        print(
            f"  {visitors} visitors: {len(wrong)} errors, one alone {alone:.3f} s, slowest {max(waits):.2f} s",
            flush=True,
        )
        told = asyncio.run(crowd(running.address, 50 if quick() else 600))
    ideal = visitors * alone
    p50, p99 = quantiles(waits, n=100)[49], quantiles(waits, n=100)[98]
    figures = (
        f"{visitors} visitors x {EACH} questions: {len(wrong)} errors {wrong[:2] or ''}, one alone {alone * 1000:.0f} ms, "
        f"p50 {p50:.2f} s, p99 {p99:.2f} s, ideal queue {ideal:.2f} s ({p99 / ideal:.2f} times); "
        f"{sum(told.values())} at once: {told[200]} taken, {told[503]} told to come back"
    )
    others = {how: count for how, count in told.items() if how not in (200, 503)}
    figures += f", {others} lost" if others else ", 0 lost"
    return tell("many visitors are all answered", figures, kept=not (wrong or others) and p99 <= 1.5 * ideal)


if __name__ == "__main__":
    sys.exit(main())
