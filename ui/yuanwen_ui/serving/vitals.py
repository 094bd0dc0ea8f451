"""How the server is doing: counts for Prometheus, a line in the log for every request and question."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .logs import log_event

if TYPE_CHECKING:
    from ..library import Library
    from ..turns import Turn

__all__ = ["Observed", "Vitals", "vital_routes", "watch_library"]

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE"})
AREAS = ("gradio_api", "yuanwen", "api", "static", "assets", "health", "metrics")
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Vitals:
    """The counts of one server, in a registry of their own."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = Counter(
            "yuanwen_requests", "Requests answered.", ("area", "method", "status"), registry=self.registry
        )
        self._request_seconds = Histogram(
            "yuanwen_request_seconds",
            "Until the last byte left.",
            ("area",),
            registry=self.registry,
            buckets=BUCKETS,
        )
        self._open = Gauge(
            "yuanwen_requests_open", "Requests and event streams open now.", registry=self.registry
        )
        self._questions = Counter(
            "yuanwen_questions", "Questions by what became of them.", ("outcome",), registry=self.registry
        )
        self._question_seconds = Histogram(
            "yuanwen_question_seconds", "From search to answer.", registry=self.registry, buckets=BUCKETS
        )
        self._running = Gauge(
            "yuanwen_questions_running", "Questions being answered.", registry=self.registry
        )
        self._gauge = Gauge

    def watch(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """Report ``value()`` as a gauge, read when somebody asks."""
        self._gauge(name, meaning, registry=self.registry).set_function(value)

    def observed(self, turns: Iterator[Turn]) -> Iterator[Turn]:
        """The turns of one question as they come, counted and timed."""
        begun = time.perf_counter()
        last: Turn | None = None
        self._running.inc()
        try:
            for turn in turns:
                last = turn
                yield turn
        finally:
            self._running.dec()
            self.note(last.typed if last else "", _outcome(last), time.perf_counter() - begun)

    def note(self, question: str, outcome: str, seconds: float) -> None:
        """One question came to its end as ``outcome``: answered, none, stopped or failed."""
        self._questions.labels(outcome).inc()
        self._question_seconds.observe(seconds)
        log_event(
            "question",
            outcome=outcome,
            ms=round(seconds * 1000, 1),
            characters=len(question),
            question=question,
        )

    def request_begins(self) -> None:
        """A request came in."""
        self._open.inc()

    def request_ends(self, scope: Scope, status: int, size: int, seconds: float, stream: bool) -> None:
        """A request was answered with ``size`` bytes; ``stream`` when it was open only for events to come."""
        area = area_of(scope["path"])
        self._open.dec()
        self._requests.labels(area, scope["method"] if scope["method"] in METHODS else "other", status).inc()
        if not stream:
            self._request_seconds.labels(area).observe(seconds)
        log_event(
            "request",
            method=scope["method"],
            path=shown_path(scope["path"]),
            status=status,
            bytes=size,
            ms=round(seconds * 1000, 1),
            client=scope["client"][0] if scope.get("client") else None,
            user=scope.get("state", {}).get("user"),
        )

    def text(self) -> tuple[bytes, str]:
        """All counts in Prometheus' text format, and its media type."""
        from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

        return generate_latest(self.registry), CONTENT_TYPE_PLAIN_0_0_4


class Observed:
    """Passes every request on and notes how it was answered."""

    def __init__(self, app: ASGIApp, vitals: Vitals) -> None:
        self._app = app
        self._vitals = vitals

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, size, stream = 500, 0, False

        async def noted(message: Message) -> None:
            nonlocal status, size, stream
            if message["type"] == "http.response.start":
                status = message["status"]
                stream = b"text/event-stream" in dict(message.get("headers", ())).get(b"content-type", b"")
            size += len(message.get("body", b""))
            await send(message)

        begun = time.perf_counter()
        self._vitals.request_begins()
        try:
            await self._app(scope, receive, noted)
        finally:
            self._vitals.request_ends(scope, status, size, time.perf_counter() - begun, stream)


def _outcome(turn: Turn | None) -> str:
    if turn is None or turn.busy:
        return "stopped"
    if turn.reply is None:
        return turn.stage
    return "answered" if turn.reply["answered"] else "none"


def area_of(path: str) -> str:
    """Which part of the server a path belongs to, one of a few words."""
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    return first if first in AREAS else "page" if path == "/" else "other"


def shown_path(path: str) -> str:
    """A path without what stands behind its second part: tokens and file names are not written down."""
    return "/".join(path.split("/")[:3])[:100]


def vital_routes(library: Library) -> list[BaseRoute]:
    """The routes ``/health``, whether it answers, and ``/metrics``, how much it did."""

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok", "generation": library.retriever.generation})

    async def metrics(_: Request) -> Response:
        text, media_type = library.vitals.text()
        return Response(text, headers={"content-type": media_type, "cache-control": "no-store"})

    return [Route("/health", health), Route("/metrics", metrics)]


def watch_library(library: Library, waiting: Callable[[], float]) -> None:
    """Report what the index holds and how many questions wait."""
    vitals = library.vitals
    vitals.watch("yuanwen_questions_waiting", "Questions in the queue.", waiting)
    vitals.watch("yuanwen_index_generation", "Of the index in use.", lambda: library.retriever.generation)
    counts = {"documents": "Files", "articles": "Articles", "passages": "Passages"}
    for name, meaning in counts.items():
        vitals.watch(
            f"yuanwen_index_{name}",
            f"{meaning} in the index.",
            lambda name=name: getattr(library.retriever.manifest.counts, name),  # type: ignore[misc]
        )
