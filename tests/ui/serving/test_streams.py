"""A server that is told to end, with pages open and questions running."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from tests.loops import finish
from tests.ui.asker import Asker, read_form
from tests.ui.conftest import environment, free_port, wait_until_up

COUNTED = "二七区纪委监委开展了多少次监督检查?"
Interrupt = Callable[[], None]


@pytest.fixture
def slow(index_folder: Path, request: pytest.FixtureRequest) -> Iterator[tuple[str, Interrupt]]:
    """A chat whose reader takes some seconds: its address, and Ctrl-C; it must end with nothing to complain of."""
    port = free_port()
    script = str(Path(__file__).parents[1] / "slow_chat.py")
    server = subprocess.Popen(
        [sys.executable, script, str(index_folder), str(port), str(request.param)],
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_until_up(server, f"http://127.0.0.1:{port}")
    yield f"http://127.0.0.1:{port}", lambda: server.send_signal(signal.SIGINT)
    try:
        _, errors = server.communicate(timeout=60)
    finally:
        server.kill()
    assert errors == ""  # uvicorn would have said what it had to cancel
    assert server.returncode == 0


@asynccontextmanager
async def open_page(client: httpx.AsyncClient) -> AsyncIterator[asyncio.Task[bytes]]:
    """Hold the stream that an open page holds; the task gives what came of it until its orderly end."""
    opened = asyncio.Event()

    async def hold() -> bytes:
        received = b""
        async with client.stream("GET", "/gradio_api/heartbeat/page") as stream:
            async for part in stream.aiter_bytes():
                received += part
                opened.set()
        return received

    held = asyncio.create_task(hold())
    await opened.wait()
    yield held


@pytest.mark.parametrize("slow", [1.0], indirect=True)
def test_running_questions_are_answered_before_the_end_and_open_pages_do_not_hold_it(
    slow: tuple[str, Interrupt],
) -> None:
    address, interrupt = slow

    async def visit() -> str:
        async with httpx.AsyncClient(base_url=address, timeout=60) as client, open_page(client) as page:
            asker = Asker(client, await read_form(client))
            (await asker.join(COUNTED)).raise_for_status()
            said = ""
            async for message in asker.messages():
                if "正在阅读" in str(message) and "正在阅读" not in said:
                    interrupt()
                    assert await page == b"data: ALIVE\n\n"
                said += str(message)
            return said

    assert "349次" in finish(visit())


@pytest.mark.parametrize("slow", [5.0], indirect=True)
def test_a_second_interrupt_does_not_wait_for_the_answer(
    slow: tuple[str, Interrupt],
) -> None:
    address, interrupt = slow

    async def visit() -> str:
        async with httpx.AsyncClient(base_url=address, timeout=60) as client, open_page(client) as page:
            asker = Asker(client, await read_form(client))
            (await asker.join(COUNTED)).raise_for_status()
            said = ""
            async for message in asker.messages():
                said += str(message)
                if "正在阅读" in said and not page.done():
                    interrupt()
                    await page
                    interrupt()
            return said

    assert "349次" not in finish(visit())
