"""Clients that send as slowly as they can, against a real server; the sockets' own time limit only ends a hang."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from starlette.types import Receive, Scope, Send

from yuanwen_ui.serving.slow_clients import prompt_protocol

HEAD_SECONDS = 0.3
WHOLE = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
HANG = 60


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers, under /slow only after longer than a head may take."""
    if scope["path"] == "/slow":
        await asyncio.sleep(3 * HEAD_SECONDS)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture(scope="module")
def connect() -> Iterator[Callable[[], socket.socket]]:
    """Open a connection to a server that gives the head of a request ``HEAD_SECONDS``."""
    import uvicorn

    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, http=prompt_protocol(HEAD_SECONDS), lifespan="off", log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield lambda: socket.create_connection(listening.getsockname(), timeout=HANG)
    server.should_exit = True
    thread.join()


def rest(connection: socket.socket) -> bytes:
    """All that comes until the server hangs up."""
    received = b""
    try:
        while part := connection.recv(4096):
            received += part
    except ConnectionResetError:
        pass
    return received


def trickle(connection: socket.socket, data: bytes) -> None:
    """Send ``data`` again and again, a byte at a time, until the server hangs up."""
    deadline = time.monotonic() + HANG
    try:
        while time.monotonic() < deadline:
            for place in range(len(data)):
                connection.sendall(data[place : place + 1])
                time.sleep(0.001)
    except ConnectionError:
        return
    pytest.fail("the server did not hang up")


def test_who_says_nothing_is_hung_up_on(connect: Callable[[], socket.socket]) -> None:
    with connect() as connection:
        assert rest(connection) == b""


@pytest.mark.parametrize("head", [b"GET / HTTP/1.1\r\n", b"\r\n", b"G"])
def test_who_does_not_finish_the_head_is_hung_up_on(
    connect: Callable[[], socket.socket], head: bytes
) -> None:
    with connect() as connection:
        connection.sendall(head)
        assert b" 200 " not in rest(connection)


def test_a_head_that_trickles_in_for_ever_is_hung_up_on(connect: Callable[[], socket.socket]) -> None:
    with connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nx: ")
        trickle(connection, b"y")


def test_a_second_head_has_no_more_time_than_the_first(connect: Callable[[], socket.socket]) -> None:
    with connect() as connection:
        connection.sendall(WHOLE)
        assert b" 200 " in connection.recv(4096)
        connection.sendall(WHOLE[:20])
        assert b" 200 " not in rest(connection)


def test_a_body_that_nobody_reads_does_not_hold_the_connection(connect: Callable[[], socket.socket]) -> None:
    with connect() as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100000000\r\n\r\n")
        trickle(connection, b"body")


def test_an_answer_may_take_longer_than_a_head(connect: Callable[[], socket.socket]) -> None:
    with connect() as connection:
        connection.sendall(WHOLE.replace(b"/ ", b"/slow "))
        assert b" 200 " in connection.recv(4096)


def test_others_are_answered_meanwhile(connect: Callable[[], socket.socket]) -> None:
    slow = [connect() for _ in range(50)]
    for connection in slow:
        connection.sendall(b"GET ")
    with connect() as connection:
        connection.sendall(WHOLE)
        assert b" 200 " in connection.recv(4096)
    for connection in slow:
        assert b" 200 " not in rest(connection)
        connection.close()
