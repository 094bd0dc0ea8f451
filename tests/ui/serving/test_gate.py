"""The gate before a small application, asked without a network."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Callable

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from tests.loops import finish

from yuanwen_ui.serving.accounts import Accounts, Hash
from yuanwen_ui.serving.gate import (
    FAILURES_OF_A_NAME,
    FAILURES_OF_AN_ADDRESS,
    LOCKED_FOR,
    Failures,
    Gate,
    credentials,
)

RIGHT = ("王芳", "correct horse 马")
WRONG = ("王芳", "wrong horse 马")


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def accounts() -> Accounts:
    """One user, with a hash that costs less than those that are made for use."""
    name, password = RIGHT
    digest = hashlib.scrypt(password.encode(), salt=b"salt" * 4, n=16, r=8, p=1, dklen=32)
    return Accounts({name: Hash(16, 8, 1, b"salt" * 4, digest)})


@pytest.fixture
def clock() -> Clock:
    return Clock()


Ask = Callable[..., httpx.Response]


@pytest.fixture
def ask(accounts: Accounts, clock: Clock) -> Ask:
    """Ask through a new gate: credentials or a raw header, and the address that asks."""

    async def greet(request: Request) -> PlainTextResponse:
        return PlainTextResponse(request.scope.get("state", {}).get("user", "nobody"))

    gate = Gate(Starlette(routes=[Route("/", greet), Route("/health", greet)]), accounts, clock)

    def asked(
        given: tuple[str, str] | bytes | None = None, address: str = "10.0.0.1", path: str = "/"
    ) -> httpx.Response:
        header = basic(*given) if isinstance(given, tuple) else given

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(gate, client=(address, 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                return await client.get(
                    path, headers={} if header is None else {"authorization": header.decode("latin-1")}
                )

        return finish(send())

    return asked


def basic(name: str, password: str) -> bytes:
    return b"Basic " + base64.b64encode(f"{name}:{password}".encode())


def test_without_a_password_the_browser_is_told_to_ask_for_one(ask: Ask) -> None:
    reply = ask()
    assert reply.status_code == 401
    assert reply.headers["www-authenticate"] == 'Basic realm="Yuanwen", charset="UTF-8"'


def test_a_user_comes_in_by_name(ask: Ask) -> None:
    assert ask(RIGHT).text == "王芳"
    assert ask(RIGHT).text == "王芳"


@pytest.mark.parametrize("given", [WRONG, ("王芳", ""), ("", ""), ("李明", RIGHT[1]), ("王芳\0", RIGHT[1])])
def test_another_name_or_password_does_not(ask: Ask, given: tuple[str, str]) -> None:
    assert ask(given).status_code == 401


def test_health_is_told_to_everyone(ask: Ask) -> None:
    assert ask(path="/health").status_code == 200
    assert ask(path="/health/").status_code == 401


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"Basic",
        b"Basic ",
        b"Basic !!!!",
        b"Basic eA==",
        b"Basic " + base64.b64encode(b"\xff\xfe:x"),
        b"Bearer x",
        b"Digest y",
    ],
)
def test_what_is_no_name_with_a_password_is_not_taken_for_one(header: bytes) -> None:
    assert credentials(header) is None


def test_an_address_that_guesses_is_locked_out_also_with_the_right_password(ask: Ask, clock: Clock) -> None:
    for _ in range(FAILURES_OF_AN_ADDRESS):
        assert ask(WRONG).status_code == 401
    locked = ask(RIGHT)
    assert locked.status_code == 429
    assert int(locked.headers["retry-after"]) <= LOCKED_FOR + 1
    assert ask(RIGHT, address="10.0.0.2").status_code == 200
    clock.now += LOCKED_FOR
    assert ask(RIGHT).status_code == 200


def test_a_name_that_many_addresses_guess_at_is_locked_but_not_for_whom_it_let_in(ask: Ask) -> None:
    assert ask(RIGHT, address="10.9.9.9").status_code == 200
    for number in range(FAILURES_OF_A_NAME - 1):
        assert ask(WRONG, address=f"10.1.0.{number}").status_code == 401
    assert ask(WRONG, address="10.1.1.0").status_code == 429
    assert ask(RIGHT, address="10.2.0.1").status_code == 429
    assert ask(RIGHT, address="10.9.9.9").status_code == 200


def test_asking_without_a_password_is_no_guess(ask: Ask) -> None:
    for _ in range(2 * FAILURES_OF_AN_ADDRESS):
        assert ask().status_code == 401
    assert ask(RIGHT).status_code == 200


def test_many_guesses_at_once_are_counted_one_by_one(accounts: Accounts, clock: Clock) -> None:
    gate = Gate(Starlette(), accounts, clock)

    async def guess() -> list[int]:
        transport = httpx.ASGITransport(gate, client=("10.0.0.1", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            replies = [
                client.get("/", headers={"authorization": basic("王芳", f"guess {n}").decode()})
                for n in range(25)
            ]
            return [reply.status_code for reply in await asyncio.gather(*replies)]

    finish(guess())
    assert gate._addresses._counted["10.0.0.1"][0] == FAILURES_OF_AN_ADDRESS


def test_failures_long_ago_do_not_count() -> None:
    clock = Clock()
    failures = Failures(2, 60.0, clock)
    failures.add("a")
    clock.now += 61
    failures.add("a")
    assert failures.wait("a") == 0
    failures.add("a")
    assert failures.wait("a") == 60
    failures.forget("a")
    assert failures.wait("a") == 0
