"""Programs that ask more than can be answered."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import httpx
import pytest
from starlette.exceptions import HTTPException
from tests.loops import finish

from yuanwen_index import Retriever
from yuanwen_ui.api.service import api_service
from yuanwen_ui.api.turnstile import Turnstile
from yuanwen_ui.library import Library


class Held:
    """A turnstile with work in it that ends when ``go`` is set: one at work, one waiting."""

    def __init__(self) -> None:
        self.turnstile = Turnstile(at_once=1, waiting=1)
        self.go = threading.Event()
        self.works: list[asyncio.Task[bool]] = []

    async def fill(self) -> None:
        """Come back when no more may wait."""
        begun = threading.Event()

        def work() -> bool:
            begun.set()
            return self.go.wait(60)

        self.works = [asyncio.create_task(self.turnstile.run(work)) for _ in range(2)]
        await asyncio.to_thread(begun.wait, 60)


def test_one_too_many_is_told_when_to_come_back_and_then_has_its_turn() -> None:
    async def main() -> None:
        held = Held()
        await held.fill()
        with pytest.raises(HTTPException) as refused:
            await held.turnstile.run(lambda: True)
        assert refused.value.status_code == 503
        assert refused.value.headers == {"retry-after": "5"}
        held.go.set()
        assert await asyncio.gather(*held.works) == [True, True]
        assert await held.turnstile.run(lambda: True)

    finish(main())


def test_a_program_is_told_in_a_sentence_and_with_a_time(index_folder: Path) -> None:
    async def main() -> None:
        held = Held()
        app = api_service(Library(Retriever.open(index_folder)), held.turnstile)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            await held.fill()
            for reply in (
                await client.post("/search", json={"question": "谁？"}),
                await client.post("/answer", json={"question": "谁？"}),
                await client.get("/articles"),
            ):
                assert reply.status_code == 503
                assert reply.headers["retry-after"] == "5"
                assert reply.headers["content-type"] == "application/problem+json"
                assert "ask again in 5 seconds" in reply.json()["detail"]
            held.go.set()
            await asyncio.gather(*held.works)
            assert (await client.post("/search", json={"question": "谁？"})).status_code == 200

    finish(main())


def test_what_goes_wrong_leaves_the_turnstile_free() -> None:
    async def main() -> None:
        turnstile = Turnstile(at_once=1, waiting=0)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await turnstile.run(lambda: 1 // 0)
        assert await turnstile.run(lambda: 5) == 5

    finish(main())
