"""The application under ``/api``."""

from __future__ import annotations

import time
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from yuanwen_index import Filter, UsageError
from yuanwen_qa import hit_record, reply_record

from ..library import Library
from . import models, texts
from .problems import PROBLEM, Json, problem_handlers

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["api_service"]

Limit = Annotated[int, Field(ge=1, le=texts.MOST_LISTED)]
Length = Annotated[int, Field(ge=1, le=texts.LONGEST_STRETCH)]


def api_service(library: Library) -> FastAPI:
    """The service over one library, with its OpenAPI document at ``/openapi.json``."""
    from fastapi import FastAPI

    desk = Desk(library)
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

    def __init__(self, library: Library) -> None:
        self._library = library

    def search(self, asked: models.SearchRequest) -> Response:
        """The passages nearest to a question."""
        retriever = self._library.retriever
        hits = retriever.search(asked.question, asked.k, where=_filter(asked.where))
        return Json(
            {
                "question": asked.question,
                "passages": [hit_record(hit) for hit in hits],
                "generation": retriever.generation,
            }
        )

    def answer(self, asked: models.AnswerRequest) -> Response:
        """Answers in the articles' own words, or none that is sure enough."""
        begun = time.perf_counter()
        reply = self._library.assistant.answer(asked.question, asked.n, where=_filter(asked.where))
        outcome = "answered" if reply.answered else "none"
        self._library.vitals.note(asked.question, outcome, time.perf_counter() - begun)
        return Json(reply_record(reply) | {"generation": self._library.retriever.generation})

    def articles(
        self, source: models.Source | None = None, first: models.Offset = 0, limit: Limit = 50
    ) -> Response:
        """The articles of the index, or of one file of it."""
        return Json(texts.article_listing(self._library.retriever, source, first, limit))

    def article(
        self,
        source: models.Source,
        at: models.Offset,
        offset: models.Offset = 0,
        limit: Length = texts.USUAL_STRETCH,
    ) -> Response:
        """The text of the article that character ``at`` of a file stands in, as a citation gives it."""
        try:
            return Json(texts.article_text(self._library.retriever, source, at, offset, limit))
        except UsageError as error:
            raise HTTPException(404, str(error)) from error


def _filter(where: models.Where) -> Filter:
    return Filter(where.source, where.reporter, where.date_from, where.date_to, where.metadata)
