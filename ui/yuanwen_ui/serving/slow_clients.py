"""Connections that hold the server without asking anything."""

from __future__ import annotations

import asyncio
from typing import Any

__all__ = ["SECONDS_A_HEAD", "prompt_protocol"]

SECONDS_A_HEAD = 30.0


class Prompt(asyncio.Protocol):
    """What uvicorn's protocol gets before its own: it hangs up when the head of a request is ``seconds`` late.

    The first request begins with the connection. (Connections idle between requests are closed by uvicorn.)
    """

    seconds = SECONDS_A_HEAD
    cycle: Any
    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client is there."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """A client sends something."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """A client is gone."""
        self._forget()
        super().connection_lost(exc)

    def _watch(self) -> None:
        if self._asked():
            self._forget()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(self.seconds, self._hang_up)

    def _forget(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _hang_up(self) -> None:
        self._deadline = None
        if not self._asked():
            self.transport.close()

    def _asked(self) -> bool:
        """Whether a whole head has come, the answer to which is not yet sent."""
        return self.cycle is not None and not self.cycle.response_complete


def prompt_protocol(seconds: float = SECONDS_A_HEAD) -> type[asyncio.Protocol]:
    """Uvicorn's HTTP for clients that say what they want within ``seconds``."""
    from uvicorn.protocols.http.h11_impl import H11Protocol

    return type("PromptProtocol", (Prompt, H11Protocol), {"seconds": seconds})
