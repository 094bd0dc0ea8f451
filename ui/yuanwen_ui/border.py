"""The border of the server: what may come in, and the headers everything leaves with.

Written as plain ASGI so that a request is refused before anything of it is read, and answers still stream.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable
from contextlib import suppress
from http import HTTPStatus
from urllib.parse import quote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .api.problems import problem
from .serving.hosts import Hosts
from .uploads import LARGEST_DOCUMENT

__all__ = ["Border", "content_policy"]

LARGEST_BODY = 256 * 1024
SECONDS_A_BODY = 30.0
SECONDS_A_DOCUMENT = 300.0
DOCUMENTS = "/yuanwen/documents/"

_EXACT = frozenset(
    {"/", "/config", "/theme.css", "/favicon.ico", "/robots.txt", "/manifest.json", "/health", "/metrics"}
)
_BELOW = ("/assets/", "/static/", "/yuanwen/", "/api/")
_GRADIO = frozenset(
    {
        "/gradio_api/queue/join",
        "/gradio_api/run/predict",
        "/gradio_api/queue/data",
        "/gradio_api/cancel",
        "/gradio_api/reset",
        "/gradio_api/info",
        "/gradio_api/startup-events",
        "/gradio_api/app_id",
        "/gradio_api/login_check",
    }
)
_SCRIPT = b"<script"
# Gradio would take the address of its own page from these, whoever sent them.
_MISLEADING = frozenset({b"x-forwarded-host", b"x-gradio-server"})
_ASSETS = (
    '<link rel="icon" href="./favicon.ico">'
    '<link rel="stylesheet" href="./yuanwen/static/page.css">'
    '<script type="module" src="./yuanwen/static/page.js"></script></head>'
)


def content_policy(nonce: str) -> str:
    """Scripts only from this server or with this page's nonce; styles also inline, which Gradio needs."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "manifest-src 'self'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class Border:
    """Lets known hosts, known paths and small bodies through and puts the security headers on every answer.

    ``root_path`` is the path under which a proxy shows the server ("/articles"); a proxy may leave it in the
    paths that it asks for or take it away.
    """

    def __init__(self, app: ASGIApp, hosts: Hosts | None = None, root_path: str = "") -> None:
        self.app = app
        self._hosts = hosts or Hosts()
        self._root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        nonce = secrets.token_urlsafe(18)
        leaving = _with_headers(send, nonce)
        if self._root_path and scope["path"] == self._root_path:
            await _redirect(leaving, f"{self._root_path}/")
            return
        scope = _cleaned(scope, self._root_path)
        if not self._hosts.admits(dict(scope["headers"]).get(b"host", b"").decode("latin-1")):
            await _refuse(leaving, 400)
        elif not _known(scope["path"]):
            await _refuse(leaving, 404)
        elif scope["method"] not in ("GET", "HEAD") and _crosses_sites(scope):
            await _refuse(leaving, 403)
        elif _declared_length(scope) > _largest_body(scope):
            await _refuse(leaving, 413)
        elif scope["path"] == "/":
            scope = {**scope, "headers": [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]}
            await self.app(scope, receive, _page_sender(leaving, nonce))
        else:
            await self._limited(scope, receive, leaving)

    async def _limited(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; a body that grows too large (413) or comes too slowly (408) is read no further."""
        largest = _largest_body(scope)
        seen = 0
        more = True
        refused = False
        until = asyncio.get_running_loop().time() + _seconds_a_body(scope)

        async def refuse(status: int) -> None:
            nonlocal refused
            refused = True
            await _refuse(send, status)
            raise _BodyRefusedError

        async def counted() -> Message:
            nonlocal seen, more
            try:
                async with asyncio.timeout_at(until if more else None):
                    message = await receive()
            except TimeoutError:
                await refuse(408)
            more = message.get("more_body", False)
            seen += len(message.get("body", b""))
            if seen > largest:
                await refuse(413)
            return message

        async def unless_refused(message: Message) -> None:
            if not refused:
                await send(message)

        with suppress(_BodyRefusedError):
            await self.app(scope, counted, unless_refused)


class _BodyRefusedError(Exception):
    pass


def _known(path: str) -> bool:
    return (
        path in _EXACT
        or path in _GRADIO
        or path.startswith("/gradio_api/heartbeat/")
        or (path.startswith(_BELOW) and "/../" not in path)
    )


def _crosses_sites(scope: Scope) -> bool:
    """Whether a browser says that another site's page sends this request."""
    site = dict(scope["headers"]).get(b"sec-fetch-site", b"same-origin")
    return site not in (b"same-origin", b"none")


def _brings_document(scope: Scope) -> bool:
    path: str = scope["path"]
    return scope["method"] == "PUT" and path.startswith(DOCUMENTS)


def _largest_body(scope: Scope) -> int:
    return LARGEST_DOCUMENT if _brings_document(scope) else LARGEST_BODY


def _seconds_a_body(scope: Scope) -> float:
    return SECONDS_A_DOCUMENT if _brings_document(scope) else SECONDS_A_BODY


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() and len(value) < 16 else LARGEST_DOCUMENT + 1
    return 0


def _with_headers(send: Send, nonce: str) -> Send:
    """Add the security headers, replacing what the application may have set itself."""
    ours = {
        b"content-security-policy": content_policy(nonce).encode(),
        b"x-content-type-options": b"nosniff",
        b"x-frame-options": b"DENY",
        b"referrer-policy": b"no-referrer",
        b"cross-origin-opener-policy": b"same-origin",
        b"cross-origin-resource-policy": b"same-origin",
        b"permissions-policy": b"camera=(), microphone=(), geolocation=()",
    }

    async def leaving(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": _replaced(message.get("headers", ()), ours)}
        await send(message)

    return leaving


def _replaced(headers: Iterable[tuple[bytes, bytes]], ours: dict[bytes, bytes]) -> list[tuple[bytes, bytes]]:
    return [pair for pair in headers if pair[0].lower() not in ours] + list(ours.items())


def _page_sender(send: Send, nonce: str) -> Send:
    """Collect the page, give its scripts the nonce, and link the page's own style and script.

    Gradio writes its configuration into the page with ``<`` escaped, so no text of ours can pose as a script.
    """
    start: Message = {}
    body = bytearray()

    async def leaving(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start":
            start = message
            return
        body.extend(message.get("body", b""))
        if message.get("more_body"):
            return
        page = bytes(body)
        if b"text/html" in dict(start["headers"]).get(b"content-type", b""):
            page = page.replace(b"</head>", _ASSETS.encode(), 1)
            page = page.replace(_SCRIPT, f'<script nonce="{nonce}"'.encode())
        headers = _replaced(start["headers"], {b"content-length": str(len(page)).encode()})
        await send({**start, "headers": headers})
        await send({"type": "http.response.body", "body": page})

    return leaving


def _cleaned(scope: Scope, root_path: str) -> Scope:
    """The request as the application should see it: below its own root, without misleading headers."""
    headers = [pair for pair in scope["headers"] if pair[0] not in _MISLEADING]
    path = scope["path"]
    if root_path and path.startswith(f"{root_path}/"):
        path = path.removeprefix(root_path)
    return {**scope, "headers": headers, "path": path, "raw_path": quote(path).encode()}


async def _redirect(send: Send, place: str) -> None:
    await send({"type": "http.response.start", "status": 308, "headers": [(b"location", place.encode())]})
    await send({"type": "http.response.body"})


async def _refuse(send: Send, status: int) -> None:
    reply = problem(status, HTTPStatus(status).phrase, headers={"connection": "close"})
    await send({"type": "http.response.start", "status": status, "headers": reply.raw_headers})
    await send({"type": "http.response.body", "body": reply.body})
