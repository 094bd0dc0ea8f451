"""The gate: asks for a name and a password (HTTP Basic, RFC 7617) and holds up whoever guesses."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from .accounts import Accounts

__all__ = ["Failures", "Gate"]

OPEN_TO_ALL = frozenset({"/health"})
KNOWN_AT_MOST = 1_000
LOCKED_FOR = 15 * 60.0
FAILURES_OF_AN_ADDRESS = 10
FAILURES_OF_A_NAME = 50
PLACES_KEPT = 10_000


class Failures:
    """Counts what went wrong by place; at ``most`` within ``seconds`` the place is locked for as long."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._counted: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def wait(self, place: str) -> float:
        """For how many seconds ``place`` is locked still; 0.0 when it is not."""
        count, latest = self._counted.get(place, (0, 0.0))
        return max(0.0, latest + self._seconds - self._clock()) if count >= self._most else 0.0

    def add(self, place: str) -> None:
        """One more failure of ``place``; the place that failed longest ago is forgotten for a new one."""
        count, latest = self._counted.pop(place, (0, 0.0))
        now = self._clock()
        self._counted[place] = (count + 1 if now < latest + self._seconds else 1), now
        while len(self._counted) > PLACES_KEPT:
            self._counted.popitem(last=False)

    def forget(self, place: str) -> None:
        """The place did well."""
        self._counted.pop(place, None)


class Gate:
    """Passes on the requests of users.

    A right password is proved with scrypt once; after that its browser is known by a keyed hash that dies with
    the server. A locked address gets the same answer for every password, so it learns nothing from it.
    """

    def __init__(self, app: ASGIApp, accounts: Accounts, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._accounts = accounts
        self._key = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, None] = OrderedDict()
        self._addresses = Failures(FAILURES_OF_AN_ADDRESS, LOCKED_FOR, clock)
        self._names = Failures(FAILURES_OF_A_NAME, LOCKED_FOR, clock)
        self._proving = asyncio.Lock()  # one password at a time: each takes 32 MiB and a processor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or scope["path"] in OPEN_TO_ALL:
            await self._app(scope, receive, send)
            return
        address = scope["client"][0] if scope.get("client") else ""
        given = credentials(dict(scope["headers"]).get(b"authorization", b""))
        if wait := self._addresses.wait(address):
            await _refuse(send, 429, f"too many wrong passwords; try again in {wait:.0f} s", wait)
        elif given is None:
            await _refuse(send, 401, "a name and a password are needed")
        elif await self._admits(address, *given):
            scope.setdefault("state", {})["user"] = given[0]
            await self._app(scope, receive, send)
        elif wait := self._names.wait(given[0]):
            await _refuse(send, 429, f"too many wrong passwords; try again in {wait:.0f} s", wait)
        else:
            await _refuse(send, 401, "this name and this password do not belong together")

    async def _admits(self, address: str, name: str, password: str) -> bool:
        if self._is_known(address, name, password):
            return True
        async with self._proving:
            # Another request of the same page may have proved it, or others failed, while this one waited.
            if self._is_known(address, name, password):
                return True
            if self._addresses.wait(address) or self._names.wait(name):
                return False
            if not await run_in_threadpool(self._accounts.admit, name, password):
                self._addresses.add(address)
                self._names.add(name)
                return False
            self._addresses.forget(address)
            self._names.forget(name)
            self._known[self._mark(address, name, password)] = None
            while len(self._known) > KNOWN_AT_MOST:
                self._known.popitem(last=False)
        return True

    def _is_known(self, address: str, name: str, password: str) -> bool:
        return self._mark(address, name, password) in self._known

    def _mark(self, *texts: str) -> bytes:
        data = b"\0".join(text.encode("utf-8", "surrogatepass") for text in texts)
        return hmac.digest(self._key, data, "sha256")


def credentials(header: bytes) -> tuple[str, str] | None:
    """Name and password of an ``Authorization`` header; None when there are none in it."""
    kind, _, data = header.partition(b" ")
    if kind.lower() != b"basic":
        return None
    try:
        name, colon, password = base64.b64decode(data.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (name, password) if colon and "\0" not in name else None


async def _refuse(send: Send, status: int, why: str, wait: float = 0.0) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    if status == 401:
        headers.append((b"www-authenticate", b'Basic realm="Yuanwen", charset="UTF-8"'))
    else:
        headers.append((b"retry-after", str(int(wait) + 1).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": why.encode()})
