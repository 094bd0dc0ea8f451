"""How many requests of programs are worked on at once, and how many may wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.exceptions import HTTPException

__all__ = ["Turnstile"]

AT_ONCE = 16
WAITING_AT_MOST = 400
RETRY_AFTER = 5

Found = TypeVar("Found")


class Turnstile:
    """Lets ``at_once`` through into threads and ``waiting`` wait for their turn; more are told to come back."""

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING_AT_MOST) -> None:
        self._limiter = CapacityLimiter(at_once)
        self._waiting = waiting

    async def run(self, work: Callable[[], Found]) -> Found:
        """What ``work`` returns, called in a thread; HTTPException 503 with Retry-After where too many wait."""
        if not self._limiter.available_tokens and self._limiter.statistics().tasks_waiting >= self._waiting:
            raise HTTPException(
                503,
                f"too many questions are waiting; ask again in {RETRY_AFTER} seconds",
                {"retry-after": str(RETRY_AFTER)},
            )
        return await run_sync(work, limiter=self._limiter)
