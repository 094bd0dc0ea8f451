"""A visitor without a browser: asks the running chat the way its page does, over HTTP and an event stream."""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx

ALIVE = "/gradio_api/heartbeat"
ARRIVE = "/gradio_api/run/predict"
JOIN = "/gradio_api/queue/join"
DATA = "/gradio_api/queue/data"


@dataclass(frozen=True)
class Form:
    """What the page sends: the number of the event of arriving, and that of a question with the kinds of its inputs."""

    arrival: int
    event: int
    inputs: tuple[tuple[str, str | None], ...]

    def filled(self, question: str) -> list[Any]:
        """The values of the inputs with only a question typed."""
        values: dict[str, Any] = {"radio": "zh-Hans", "checkbox": False, "textbox": ""}
        return [question if name == "yw-question" else values.get(kind) for kind, name in self.inputs]


async def read_form(client: httpx.AsyncClient) -> Form:
    """The form of the page that the server shows."""
    config = (await client.get("/config")).json()
    parts = {part["id"]: part for part in config["components"]}
    (event,) = (
        one
        for one in config["dependencies"]
        for target, what in one["targets"]
        if what == "submit" and parts[target]["props"].get("elem_id") == "yw-question"
    )
    (arrival,) = (
        one
        for one in config["dependencies"]
        if one["inputs"] and any(what == "load" for _, what in one["targets"])
    )
    inputs = tuple((parts[part]["type"], parts[part]["props"].get("elem_id")) for part in event["inputs"])
    return Form(arrival["id"], event["id"], inputs)


@dataclass
class Asker:
    """One visitor with a session of its own."""

    client: httpx.AsyncClient
    form: Form
    session: str = field(default_factory=lambda: secrets.token_hex(6))

    @contextlib.asynccontextmanager
    async def here(self) -> AsyncIterator[Asker]:
        """Arrive, and leave at the end, as an open page does: its conversation can be exported meanwhile."""
        body = {"data": [[]], "fn_index": self.form.arrival, "session_hash": self.session}
        async with self.client.stream("GET", f"{ALIVE}/{self.session}") as alive:
            alive.raise_for_status()
            (await self.client.post(ARRIVE, json=body)).raise_for_status()
            yield self

    async def join(self, question: str) -> httpx.Response:
        """Send the question; the reply says whether it may wait."""
        body = {"data": self.form.filled(question), "fn_index": self.form.event, "session_hash": self.session}
        return await self.client.post(JOIN, json=body)

    async def messages(self) -> AsyncIterator[dict[str, Any]]:
        """What the server says of this session's questions until all are answered."""
        async with self.client.stream("GET", DATA, params={"session_hash": self.session}) as reply:
            reply.raise_for_status()
            async for line in reply.aiter_lines():
                if line.startswith("data: "):
                    yield json.loads(line.removeprefix("data: "))

    async def ask(self, question: str) -> str:
        """Ask and wait; everything that the server sent, as one text."""
        (await self.join(question)).raise_for_status()
        said = [message async for message in self.messages()]
        done = [message for message in said if message["msg"] == "process_completed"]
        if not (done and done[0]["success"]):
            raise RuntimeError(f"not answered: {said}")
        return json.dumps(said, ensure_ascii=False)
