"""What the page's script asks for besides Gradio's own traffic."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from yuanwen_index import UsageError

from .evaluation_desk import evaluation_routes
from .exports import FORMATS
from .feedback import VERDICTS, Verdict, question_set
from .library import Library
from .messages import LANGUAGES, script_words
from .panel import article_span, source_view, text_sum
from .reasons import reason_key

__all__ = ["page_routes"]

STATIC = Path(__file__).parent / "static"
ARTICLES_A_PAGE = 200


def page_routes(library: Library) -> list[BaseRoute]:
    """The routes under ``/yuanwen``."""
    desk = Desk(library)
    return [
        Route("/yuanwen/source", desk.source),
        Route("/yuanwen/words", desk.words),
        Route("/yuanwen/corpus", desk.corpus),
        Route("/yuanwen/export/{token}/conversation.{kind}", desk.export),
        Route("/yuanwen/documents", desk.documents),
        Route("/yuanwen/documents/{name}", desk.add, methods=["PUT"]),
        Route("/yuanwen/documents/{name}", desk.remove, methods=["DELETE"]),
        Route("/yuanwen/feedback", desk.feedback, methods=["POST"]),
        Route("/yuanwen/feedback.json", desk.questions),
        *evaluation_routes(library),
        Mount("/yuanwen/static", StaticFiles(directory=STATIC)),
    ]


class Desk:
    """Answers the page's script from one library."""

    def __init__(self, library: Library) -> None:
        self.library = library

    async def source(self, request: Request) -> Response:
        """One article and its file with a span marked."""
        view = await run_in_threadpool(view_of, self.library, request.query_params)
        return refusal(404) if view is None else JSONResponse(view)

    async def words(self, request: Request) -> Response:
        """The script's phrases in one language."""
        tongue = request.query_params.get("language")
        found = next((known for known in LANGUAGES if known == tongue), None)
        return refusal(400) if found is None else JSONResponse(script_words(found))

    async def corpus(self, request: Request) -> Response:
        """The articles from number ``first`` on, with the counts of the whole index."""
        first = request.query_params.get("first", "0")
        if not (first.isascii() and first.isdigit() and len(first) < 10):
            return refusal(400)
        return JSONResponse(await run_in_threadpool(listing, self.library, int(first)))

    async def export(self, request: Request) -> Response:
        """A visitor's conversation as a file."""
        kept = self.library.exports.get(request.path_params["token"])
        kind = request.path_params["kind"]
        if kept is None or kind not in FORMATS:
            return refusal(404)
        write, media_type = FORMATS[kind]
        headers = {"content-disposition": f'attachment; filename="yuanwen.{kind}"'}
        return Response(write(*kept), media_type=media_type, headers=headers)

    async def feedback(self, request: Request) -> Response:
        """Keep a visitor's verdict."""
        said = dict(parse_qsl((await request.body()).decode("utf-8", "replace"), max_num_fields=10))
        verdict = await run_in_threadpool(verdict_of, self.library, said)
        if verdict is None or self.library.feedback is None:
            return refusal(400)
        await run_in_threadpool(self.library.feedback.add, verdict)
        return JSONResponse({"kept": True})

    async def documents(self, _: Request) -> Response:
        """The documents that visitors added, and how the index follows; null when none may be added."""
        uploads = self.library.uploads
        return JSONResponse(None if uploads is None else await run_in_threadpool(uploads.record))

    async def add(self, request: Request) -> Response:
        """Receive a document and index it."""
        uploads, name = self.library.uploads, request.path_params["name"]
        if uploads is None:
            return refusal(403)
        try:
            await run_in_threadpool(uploads.check, name)
            await uploads.receive(name, request.stream())
        except UsageError as error:
            return JSONResponse({"error": str(error)}, 413 if str(error) == "add.large" else 400)
        return JSONResponse(uploads.record())

    async def remove(self, request: Request) -> Response:
        """Take a document out of the index."""
        uploads = self.library.uploads
        if uploads is None:
            return refusal(403)
        try:
            await run_in_threadpool(uploads.remove, request.path_params["name"])
        except UsageError as error:
            return JSONResponse({"error": str(error)}, 404)
        return JSONResponse(uploads.record())

    async def questions(self, _: Request) -> Response:
        """The verdicts as a question set."""
        if self.library.feedback is None:
            return refusal(404)
        records = await run_in_threadpool(self.library.feedback.records)
        headers = {"content-disposition": 'attachment; filename="yuanwen-feedback.json"'}
        return JSONResponse(question_set(records), headers=headers)


def view_of(library: Library, asked: Mapping[str, str]) -> dict[str, Any] | None:
    """The source view asked for; None when the index does not hold such a place, or holds another text there."""
    try:
        file, start, end = asked["file"], int(asked["start"]), int(asked["end"])
    except (KeyError, ValueError):
        return None
    article = library.retriever.article_at(file, start)
    if article is None or not 0 <= start <= end <= len(article.document.text):
        return None
    view = source_view(article, start, end)
    return view if asked.get("sum") in (None, text_sum(view["text"])) else None


def listing(library: Library, first: int) -> dict[str, Any]:
    """Counts, skipped files, and ``ARTICLES_A_PAGE`` articles."""
    articles = library.retriever.articles
    manifest = library.retriever.manifest
    after = first + ARTICLES_A_PAGE
    return {
        "documents": manifest.counts.documents,
        "articles": manifest.counts.articles,
        "passages": manifest.counts.passages,
        "skipped": [{"file": source, "reason": reason_key(reason)} for source, reason in manifest.skipped],
        "listed": [
            {
                "file": article.document.source,
                "title": article.title or article.text[:30],
                "date": article.date,
                "reporters": list(article.reporters),
                "start": article.file_offset(0) if article.text else 0,
            }
            for article in articles[first:after]
        ],
        "next": after if after < len(articles) else None,
    }


def verdict_of(library: Library, said: Mapping[str, str]) -> Verdict | None:
    """The verdict that a visitor sent, its texts read from the index; None for nonsense."""
    word = next((word for word in VERDICTS if word == said.get("verdict")), None)
    question = said.get("question", "").strip()
    if word is None or not question:
        return None
    if "file" not in said:
        return Verdict(word, question)
    view = view_of(library, said)
    article = library.retriever.article_at(said["file"], int(said["start"])) if view else None
    if view is None or article is None or not view["text"]:
        return None
    start, _ = article_span(article, int(said["start"]), int(said["end"]))
    paragraph = article.text[article.text.rfind("\n", 0, start) + 1 :].split("\n", 1)[0]
    return Verdict(
        word, question, said["file"], int(said["start"]), int(said["end"]), view["text"], paragraph
    )


def refusal(status: int) -> JSONResponse:
    """An answer without content."""
    return JSONResponse({"error": status}, status)
