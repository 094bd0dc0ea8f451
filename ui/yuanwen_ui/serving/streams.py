"""Event streams that end with the server.

A page holds streams open for as long as it is shown, and uvicorn waits for every response to end before it
ends itself. So a stream is told when the server is ending: one that only says that the server is alive ends
at once, one that carries an answer has a moment to finish it.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Message, Receive, Scope, Send

if TYPE_CHECKING:
    import uvicorn

__all__ = ["GRACE", "Streams", "ending_server"]

GRACE = 10.0  # seconds for running answers
_ALIVE = "/gradio_api/heartbeat/"
_ANSWERS = "/gradio_api/queue/data"


class Streams:
    """The application, the event streams in which end once ``end`` was called.

    ``forget`` is told the session whose stream of answers has ended, whichever way.
    """

    def __init__(self, app: ASGIApp, forget: Callable[[str], None]) -> None:
        self._app = app
        self._forget = forget
        self._ending = asyncio.Event()
        self._impatient = asyncio.Event()

    def end(self) -> None:
        """The server is ending; to be called in its event loop."""
        self._ending.set()

    def cut(self) -> None:
        """The server is to end without waiting for answers; to be called in its event loop."""
        self._impatient.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        path = scope.get("path", "")  # a proxy may have left the root path in it
        if scope["type"] == "http" and _ALIVE in path:
            await self._until_the_end(scope, receive, send, 0.0)
        elif scope["type"] == "http" and path.endswith(_ANSWERS):
            await self._until_the_end(scope, receive, send, GRACE)
            for session in parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", ()):
                self._forget(session)
        else:
            await self._app(scope, receive, send)

    async def _until_the_end(self, scope: Scope, receive: Receive, send: Send, grace: float) -> None:
        """Let the stream run until it ends or, ``grace`` seconds after the server began to, is ended."""
        begun = ended = False

        async def noted(message: Message) -> None:
            nonlocal begun, ended
            begun = begun or message["type"] == "http.response.start"
            ended = message["type"] == "http.response.body" and not message.get("more_body", False)
            await send(message)

        async def patience() -> None:
            await self._ending.wait()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._impatient.wait(), grace)

        stream = asyncio.ensure_future(self._app(scope, receive, noted))
        patient = asyncio.ensure_future(patience())
        try:
            await asyncio.wait({stream, patient}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            patient.cancel()
            cut = not stream.done()
            stream.cancel()
        with suppress(asyncio.CancelledError):
            await stream
        if cut and begun and not ended:
            await send({"type": "http.response.body", "body": b""})


def ending_server(config: uvicorn.Config, app: Streams) -> uvicorn.Server:
    """A server over ``config`` that ends the streams of ``app`` before it waits for open connections."""
    import uvicorn

    class Server(uvicorn.Server):
        _loop: asyncio.AbstractEventLoop | None = None

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            app.end()
            self._loop = asyncio.get_running_loop()
            await super().shutdown(sockets)

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            if self._loop is not None:  # asked again while answers are being finished
                self._loop.call_soon_threadsafe(app.cut)
            else:
                super().handle_exit(sig, frame)

    return Server(config)
