"""The border around a small application, asked without a network."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from tests.loops import finish

from yuanwen_ui import border as module
from yuanwen_ui.border import Border
from yuanwen_ui.serving.hosts import Hosts

Ask = Callable[..., httpx.Response]
PATHS = ("/config", "/yuanwen/{rest:path}", "/gradio_api/queue/join")


async def echo(request: Request) -> JSONResponse:
    """What the application got to see."""
    body = await request.body()
    return JSONResponse({"path": request.url.path, "headers": dict(request.headers), "bytes": len(body)})


def ask(
    path: str, *, root_path: str = "", hosts: Hosts | None = None, method: str = "GET", **sent: object
) -> httpx.Response:
    routes = [Route(one, echo, methods=["GET", "POST", "PUT"]) for one in PATHS]
    border = Border(Starlette(routes=routes), hosts, root_path)

    async def send() -> httpx.Response:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(border), base_url="http://localhost"
        ) as client:
            return await client.request(method, path, **sent)  # type: ignore[arg-type]

    return finish(send())


@pytest.mark.parametrize("path", ["/config", "/articles/config"])
def test_a_proxy_may_leave_the_sub_path_or_take_it_away(path: str) -> None:
    assert ask(path, root_path="/articles").json()["path"] == "/config"


def test_the_sub_path_without_its_slash_leads_to_the_page() -> None:
    reply = ask("/articles", root_path="/articles")
    assert (reply.status_code, reply.headers["location"]) == (308, "/articles/")


@pytest.mark.parametrize("path", ["/articles/config", "/articlesconfig", "/other/config"])
def test_another_path_than_the_sub_path_is_not_known(path: str) -> None:
    assert ask(path, root_path="/other" if path.startswith("/articles/") else "/articles").status_code == 404


@pytest.mark.parametrize("path", ["/articles/..%2fetc", "/articles//config", "/articles/articles/config"])
def test_the_sub_path_is_taken_away_once(path: str) -> None:
    assert ask(path, root_path="/articles").status_code == 404


def test_nobody_outside_says_where_the_page_is() -> None:
    headers = {
        "x-forwarded-host": "evil.example",
        "x-gradio-server": "http://evil.example",
        "x-other": "kept",
    }
    seen = ask("/config", headers=headers).json()["headers"]
    assert "evil.example" not in str(seen)
    assert seen["x-other"] == "kept"


def test_only_names_that_were_given_are_answered() -> None:
    assert ask("/config", headers={"host": "chat.example.org"}).status_code == 400
    assert (
        ask("/config", headers={"host": "chat.example.org"}, hosts=Hosts(("chat.example.org",))).status_code
        == 200
    )


@pytest.mark.parametrize(
    ("method", "path", "size", "status"),
    [
        ("POST", "/gradio_api/queue/join", 256 * 1024, 200),
        ("POST", "/gradio_api/queue/join", 256 * 1024 + 1, 413),
        ("POST", "/yuanwen/documents/x.txt", 256 * 1024 + 1, 413),
        ("PUT", "/yuanwen/documents/x.txt", 256 * 1024 + 1, 200),
        ("PUT", "/yuanwen/documents/x.txt", 20 * 1024 * 1024 + 1, 413),
    ],
)
def test_a_body_has_a_limit_said_beforehand_or_not(method: str, path: str, size: int, status: int) -> None:
    async def parts() -> object:
        for start in range(0, size, 65_536):
            yield b"x" * min(65_536, size - start)

    assert ask(path, method=method, content=b"x" * size).status_code == status
    assert ask(path, method=method, content=parts()).status_code == status


def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS_A_BODY", 0.05)

    async def half() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.sleep(20)

    reply = ask("/gradio_api/queue/join", method="POST", content=half())
    assert reply.status_code == 408
    assert reply.headers["connection"] == "close"


def test_a_document_has_more_time_to_come_than_a_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS_A_BODY", 0.0)

    async def late() -> AsyncIterator[bytes]:
        await asyncio.sleep(0.01)
        yield b"x"

    assert ask("/yuanwen/documents/x.txt", method="PUT", content=late()).json()["bytes"] == 1
    assert ask("/yuanwen/documents/x.txt", method="POST", content=late()).status_code == 408


@pytest.mark.parametrize("length", ["-1", "1e9", "९", "9" * 30, "", "5, 5"])
def test_a_length_that_is_none_counts_as_too_long(length: str) -> None:
    sent = {"content": b"x", "headers": {"content-length": length.encode()}}
    assert ask("/config", method="POST", **sent).status_code in (413, 200 if length == "" else 413)
