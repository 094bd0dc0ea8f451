"""The application under ``/api``."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from yuanwen_index import Filter, UsageError
from yuanwen_qa import hit_record, reply_record

from ..library import Library
from . import models, texts
from .problems import PROBLEM, Json, problem_handlers
from .turnstile import Turnstile

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["api_service"]

Found = TypeVar("Found")
Limit = Annotated[int, Field(ge=1, le=texts.MOST_LISTED)]
Length = Annotated[int, Field(ge=1, le=texts.LONGEST_STRETCH)]


def api_service(library: Library, turnstile: Turnstile | None = None) -> FastAPI:
    """The service over one library, with its OpenAPI document at ``/openapi.json``.

    ``turnstile`` says how many requests are worked on at once and how many may wait; else they are its own.
    """
    from fastapi import FastAPI

    desk = Desk(library, turnstile or Turnstile())
    app = FastAPI(
        title="Yuanwen",
        version=version("yuanwen"),
        description="Passages and verbatim answers from your own articles. Offsets count characters of the decoded file.",
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        servers=[{"url": "/api"}],
        root_path_in_servers=False,
        default_response_class=Json,
        exception_handlers=problem_handlers(),
    )
    refused: dict[int | str, dict[str, Any]] = dict.fromkeys((400, 422, 503), PROBLEM)
    app.post("/search", response_model=models.SearchReply, responses=refused)(desk.search)
    app.post("/answer", response_model=models.AnswerReply, responses=refused)(desk.answer)
    app.get("/articles", response_model=models.ArticleList, responses=refused)(desk.articles)
    app.get("/article", response_model=models.ArticleText, responses={**refused, 404: PROBLEM})(desk.article)
    return app


class Desk:
    """Answers requests from one library."""

    def __init__(self, library: Library, turnstile: Turnstile) -> None:
        self._library = library
        self._turnstile = turnstile

    async def search(self, asked: models.SearchRequest) -> Response:
        """The passages nearest to a question."""
        where = _filter(asked.where)
        hits, generation = await self._asked(
            lambda: self._library.retriever.search(asked.question, asked.k, where=where)
        )
        passages = [hit_record(hit) for hit in hits]
        return Json({"question": asked.question, "passages": passages, "generation": generation})

    async def answer(self, asked: models.AnswerRequest) -> Response:
        """Answers in the articles' own words, or none that is sure enough."""
        begun = time.perf_counter()
        where = _filter(asked.where)
        reply, generation = await self._asked(
            lambda: self._library.assistant.answer(asked.question, asked.n, where=where)
        )
        outcome = "answered" if reply.answered else "none"
        self._library.vitals.note(asked.question, outcome, time.perf_counter() - begun)
        return Json(reply_record(reply) | {"generation": generation})

    async def articles(
        self, source: models.Source | None = None, first: models.Offset = 0, limit: Limit = 50
    ) -> Response:
        """The articles of the index, or of one file of it."""
        return Json(
            await self._read(lambda: texts.article_listing(self._library.retriever, source, first, limit))
        )

    async def article(
        self,
        source: models.Source,
        at: models.Offset,
        offset: models.Offset = 0,
        limit: Length = texts.USUAL_STRETCH,
    ) -> Response:
        """The text of the article that character ``at`` of a file stands in, as a citation gives it."""
        try:
            return Json(
                await self._read(
                    lambda: texts.article_text(self._library.retriever, source, at, offset, limit)
                )
            )
        except UsageError as error:
            raise HTTPException(404, str(error)) from error

    async def _read(self, read: Callable[[], Found]) -> Found:
        """What ``read`` finds in the newest generation, when its turn has come."""

        def work() -> Found:
            self._library.follow()
            return read()

        return await self._turnstile.run(work)

    async def _asked(self, ask: Callable[[], Found]) -> tuple[Found, int]:
        """What ``ask`` finds, and the generation that it was found in."""

        def of_one_generation() -> tuple[Found, int]:
            while True:
                generation = self._library.retriever.generation
                found = ask()
                if self._library.retriever.generation == generation:
                    return found, generation

        return await self._read(of_one_generation)


def _filter(where: models.Where) -> Filter:
    return Filter(where.source, where.reporter, where.date_from, where.date_to, where.metadata)
