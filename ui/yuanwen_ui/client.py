"""A client of the HTTP API that needs nothing but the standard library.

from yuanwen_ui.client import Client

reply = Client("http://127.0.0.1:7860").answer("...")
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from yuanwen_index import ANYWHERE, Filter, UsageError, YuanwenError

__all__ = ["ApiError", "Client"]


class ApiError(YuanwenError):
    """What the server refused or could not do; ``status`` is that of HTTP, 0 when it could not be reached."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class Client:
    """Asks one server; thread-safe. Replies are the JSON values that the OpenAPI document describes.

    ``headers`` go with every request (for a proxy that asks who you are), ``timeout`` is in seconds. Every method raises
    ApiError.
    """

    def __init__(
        self, address: str, *, headers: Mapping[str, str] | None = None, timeout: float = 60
    ) -> None:
        if urlsplit(address).scheme not in ("http", "https"):
            raise UsageError(f"{address} is no address of a server; it looks like http://127.0.0.1:7860")
        self._address = address.rstrip("/") + "/api"
        self._headers = dict(headers or {})
        self._timeout = timeout
        self._opener = build_opener(ProxyHandler({}))

    def search(self, question: str, k: int = 10, *, where: Filter = ANYWHERE) -> dict[str, Any]:
        """``passages``, best first."""
        return self._ask("/search", {"question": question, "k": k, "where": _record(where)})

    def answer(self, question: str, n: int = 3, *, where: Filter = ANYWHERE) -> dict[str, Any]:
        """``answers``, best first, whether the question is ``answered``, and the ``passages`` found."""
        return self._ask("/answer", {"question": question, "n": n, "where": _record(where)})

    def articles(self, source: str | None = None) -> Iterator[dict[str, Any]]:
        """Every article of the index, or of one file of it, without its text."""
        first: int | None = 0
        while first is not None:
            named = {} if source is None else {"source": source}
            page = self._ask("/articles?" + urlencode({"first": first, "limit": 200, **named}))
            yield from page["articles"]
            first = page["next"]

    def article_text(self, source: str, at: int) -> str:
        """The whole text of the article that character ``at`` of a file stands in."""
        parts: list[str] = []
        offset: int | None = 0
        while offset is not None:
            asked = urlencode({"source": source, "at": at, "offset": offset, "limit": 100_000})
            stretch = self._ask("/article?" + asked)
            parts.append(stretch["text"])
            offset = stretch["next"]
        return "".join(parts)

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode("ascii")
        headers = {"content-type": "application/json", **self._headers}
        request = Request(self._address + path, data, headers)  # noqa: S310 - the scheme was checked
        try:
            with self._opener.open(request, timeout=self._timeout) as reply:
                record: dict[str, Any] = json.load(reply)
                return record
        except HTTPError as error:
            raise ApiError(error.code, _detail(error)) from error
        except (URLError, TimeoutError, ConnectionError, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            raise ApiError(0, f"{self._address} does not answer: {reason}") from error


def _record(where: Filter) -> dict[str, Any]:
    return {
        "source": where.source,
        "reporter": where.reporter,
        "date_from": where.date_from,
        "date_to": where.date_to,
        "metadata": dict(where.metadata),
    }


def _detail(error: HTTPError) -> str:
    """What a problem says, or the words of HTTP where it is none."""
    try:
        return str(json.load(error)["detail"])
    except (ValueError, KeyError, TypeError, OSError):
        return f"{error.code} {error.reason}"
