"""What went wrong, as problem details (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from yuanwen_index import IndexUnusable, UsageError

__all__ = ["PROBLEM", "Json", "problem", "problem_handlers"]

PROBLEM: dict[str, Any] = {
    "description": "What is wrong, as problem details (RFC 9457)",
    "content": {
        "application/problem+json": {
            "schema": {
                "type": "object",
                "required": ["type", "title", "status", "detail"],
                "properties": {
                    "type": {"type": "string"},
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "detail": {"type": "string"},
                    "errors": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["pointer", "detail"],
                            "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
                        },
                    },
                },
            }
        }
    },
}


class Json(JSONResponse):
    """JSON as UTF-8; what that cannot hold is escaped, so that every text of a file can be sent."""

    def render(self, content: Any) -> bytes:
        """The bytes of ``content``."""
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode("utf-8", "backslashreplace")


class ProblemJson(Json):
    """Problem details."""

    media_type = "application/problem+json"


def problem(
    status: int,
    detail: str,
    errors: list[dict[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A reply that says what is wrong; ``errors`` point at the values of the request."""
    record: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    return ProblemJson(record | ({"errors": errors} if errors else {}), status, headers)


def problem_handlers() -> dict[Any, Any]:
    """What FastAPI calls for each kind of error."""
    from fastapi.exceptions import RequestValidationError

    return {
        RequestValidationError: _invalid,
        HTTPException: _refused,
        UsageError: _impossible,
        IndexUnusable: _unusable,
        Exception: _failed,
    }


def _invalid(_: Request, error: Any) -> Response:
    errors = [
        {"pointer": "".join(f"/{part}" for part in fault["loc"]), "detail": fault["msg"]}
        for fault in error.errors()
    ]
    return problem(422, f"{errors[0]['pointer']}: {errors[0]['detail']}", errors[:20])


def _refused(_: Request, error: HTTPException) -> Response:
    return problem(error.status_code, str(error.detail), headers=error.headers)


def _impossible(_: Request, error: UsageError) -> Response:
    return problem(422, str(error))


def _unusable(_: Request, error: IndexUnusable) -> Response:
    return problem(503, str(error))


def _failed(_: Request, _error: Exception) -> Response:
    return problem(500, "the server could not answer; its log says why")
