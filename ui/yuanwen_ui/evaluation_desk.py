"""The chat's evaluation page: runs a question set against the index in use and hands out the report.

One evaluation runs at a time, in the background. The report is handed out as a file, because the server's
content policy would not let the report's own script run.
"""

from __future__ import annotations

import json
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from yuanwen_index import UsageError, YuanwenError
from yuanwen_qa import (
    AssistantSystem,
    DocumentTexts,
    QuestionSet,
    cause_text,
    evaluate,
    example_questions,
    figure_names,
    figure_text,
    interval_text,
    read_question_set,
    results_html,
    write_question_set,
)

from .feedback import question_set as rated_questions
from .library import Library

__all__ = ["evaluation_routes"]

MOST_QUESTIONS = 500
RATED = "rated"
SUFFIXES = (".json", ".jsonl", ".csv", ".tsv", ".xlsx")
PAGE = Path(__file__).parent / "static" / "evaluation.html"


@dataclass(frozen=True, slots=True)
class Run:
    """How an evaluation stands; ``report`` is the finished HTML."""

    state: Literal["idle", "running", "done", "failed"] = "idle"
    done: int = 0
    total: int = 0
    error: str = ""
    figures: tuple[tuple[str, str, str], ...] = ()
    causes: tuple[tuple[str, int], ...] = ()
    report: str = ""

    def record(self) -> dict[str, Any]:
        """What the page shows of it."""
        return {
            "state": self.state,
            "done": self.done,
            "total": self.total,
            "error": self.error,
            "figures": self.figures,
            "causes": self.causes,
        }


class EvaluationDesk:
    """Answers the evaluation page from one library."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._lock = threading.Lock()
        self.run = Run()

    async def page(self, _: Request) -> Response:
        """The page itself."""
        return HTMLResponse(PAGE.read_text("utf-8"))

    async def template(self, _: Request) -> Response:
        """An empty question set to fill in."""
        data = await run_in_threadpool(_template)
        headers = {"content-disposition": 'attachment; filename="questions.csv"'}
        return Response(data, media_type="text/csv", headers=headers)

    async def start(self, request: Request) -> Response:
        """Begin with the set that is sent, or with the rated answers; 409 while another one runs."""
        body = await request.body()
        try:
            asked = await run_in_threadpool(self._question_set, request.query_params.get("name", ""), body)
        except YuanwenError as error:
            return JSONResponse({"error": str(error)}, 400)
        with self._lock:
            if self.run.state == "running":
                return JSONResponse({"error": "an evaluation is running"}, 409)
            self.run = Run("running", total=len(asked.questions))
        threading.Thread(target=self._measure, args=(asked,), daemon=True).start()
        return JSONResponse(self.run.record())

    async def state(self, _: Request) -> Response:
        """How the evaluation stands."""
        return JSONResponse(self.run.record())

    async def report(self, _: Request) -> Response:
        """The report of the last evaluation, to be opened from disk."""
        if not self.run.report:
            return Response(status_code=404)
        headers = {"content-disposition": 'attachment; filename="yuanwen-report.html"'}
        return HTMLResponse(self.run.report, headers=headers)

    def _question_set(self, name: str, body: bytes) -> QuestionSet:
        if name == RATED:
            feedback = self._library.feedback
            records = rated_questions(feedback.records()) if feedback else []
            if not records:
                raise UsageError("no answer has been rated yet")
            name, body = "rated.json", json.dumps(records).encode()
        suffix = Path(name).suffix.lower()
        if suffix not in SUFFIXES:
            raise UsageError(f"a question set is a file that ends in {', '.join(SUFFIXES)}")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"questions{suffix}"
            path.write_bytes(body)
            asked = read_question_set(path).gold
        if not asked.questions:
            raise UsageError("the set holds no questions, or drafts only")
        if len(asked.questions) > MOST_QUESTIONS:
            count = len(asked.questions)
            raise UsageError(
                f"{count} questions are too many here (at most {MOST_QUESTIONS}); use yuanwen eval"
            )
        return asked

    def _measure(self, asked: QuestionSet) -> None:
        library = self._library
        try:
            results = evaluate(
                asked,
                AssistantSystem(library.assistant),
                DocumentTexts(library.retriever.documents),
                jobs=1,
                progress=self._progress,
            )
            record = results.record()
            self.run = Run(
                "done",
                len(asked.questions),
                len(asked.questions),
                figures=tuple(
                    (name, figure_text(record, name), interval_text(record, name))
                    for name in figure_names(record)
                ),
                causes=tuple((cause_text(name), count) for name, count in record["causes"].items()),
                report=results_html(results, record),
            )
        except Exception as error:  # whatever it is, the page must learn that nothing runs any more
            self.run = Run("failed", error=str(error))

    def _progress(self, done: int, total: int) -> None:
        self.run = Run("running", done, total)


def evaluation_routes(library: Library) -> list[BaseRoute]:
    """The routes under ``/yuanwen/evaluation``."""
    desk = EvaluationDesk(library)
    return [
        Route("/yuanwen/evaluation", desk.page),
        Route("/yuanwen/evaluation/template.csv", desk.template),
        Route("/yuanwen/evaluation/run", desk.start, methods=["POST"]),
        Route("/yuanwen/evaluation/state", desk.state),
        Route("/yuanwen/evaluation/report.html", desk.report),
    ]


def _template() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "questions.csv"
        write_question_set(path, example_questions())
        return path.read_bytes()
