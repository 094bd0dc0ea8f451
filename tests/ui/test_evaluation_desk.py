"""The evaluation page over a real index: what is sent, what is refused, and the page in a real browser."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.testclient import TestClient
from tests.qa.measured import QUESTIONS, NumberReader, write_corpus

import yuanwen_ui
from yuanwen_index import Retriever, build_index
from yuanwen_ui.border import Border
from yuanwen_ui.evaluation_desk import evaluation_routes
from yuanwen_ui.feedback import Verdict
from yuanwen_ui.library import Library

if TYPE_CHECKING:
    from playwright.sync_api import Browser

STATIC = Path(yuanwen_ui.__path__[0]) / "static"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("desk")
    build_index([write_corpus(home / "pages")], home / "index")
    return home / "index"


@pytest.fixture
def library(index: Path, tmp_path: Path) -> Library:
    return Library(Retriever.open(index), NumberReader(), feedback=tmp_path / "feedback.jsonl")


@pytest.fixture
def client(library: Library) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=evaluation_routes(library))) as client:
        yield client


def finished(client: TestClient) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        state: dict[str, Any] = client.get("/yuanwen/evaluation/state").json()
        if state["state"] != "running":
            return state
        time.sleep(0.05)
    pytest.fail("the evaluation did not end within a minute")


def test_a_set_is_measured_and_its_report_handed_out(client: TestClient) -> None:
    assert client.get("/yuanwen/evaluation/report.html").status_code == 404
    sent = client.post("/yuanwen/evaluation/run?name=set.json", content=json.dumps(QUESTIONS))
    assert sent.status_code == 200
    state = finished(client)
    assert (state["state"], state["done"], state["total"]) == ("done", 4, 4)
    assert ["recall@5", "100.0 %"] in [row[:2] for row in state["figures"]]
    report = client.get("/yuanwen/evaluation/report.html")
    assert "attachment" in report.headers["content-disposition"]
    assert report.text.startswith("<!doctype html>")


def test_rated_answers_are_a_set(client: TestClient, library: Library) -> None:
    empty = client.post("/yuanwen/evaluation/run?name=rated")
    assert (empty.status_code, empty.json()["error"]) == (400, "no answer has been rated yet")
    assert library.feedback is not None
    library.feedback.add(
        Verdict("right", "古籍展共展出多少册修复古籍？", "fair.txt", 0, 4, "126册", "共展出修复古籍126册")
    )
    assert client.post("/yuanwen/evaluation/run?name=rated").status_code == 200
    assert finished(client)["total"] == 1


@pytest.mark.parametrize(
    ("name", "body", "message"),
    [
        ("set.exe", b"", "a question set is a file that ends in"),
        ("set.json", b"{", "row 1, column 2: not JSON"),
        ("set.csv", b"question,answers\n,a\n", 'row 2, column A ("question")'),
        ("set.json", b"[]", "holds no questions"),
        ("../../set.json", b"[]", "holds no questions"),
        ("set.jsonl", b'{"question": "?", "answers": ["a"], "draft": true}', "drafts only"),
        ("set.jsonl", b'{"question": "?", "answers": ["a"]}\n' * 501, "501 questions"),
    ],
)
def test_what_is_no_set_is_refused_with_its_place(
    client: TestClient, name: str, body: bytes, message: str
) -> None:
    reply = client.post("/yuanwen/evaluation/run", params={"name": name}, content=body)
    assert reply.status_code == 400
    assert message in reply.json()["error"]


def test_one_evaluation_runs_at_a_time(client: TestClient) -> None:
    many = json.dumps([{**QUESTIONS[n % 3], "id": str(n)} for n in range(300)])
    codes = [client.post("/yuanwen/evaluation/run?name=s.json", content=many).status_code for _ in range(2)]
    assert codes == [200, 409]
    assert finished(client)["done"] == 300


def test_an_empty_set_can_be_taken_along(client: TestClient) -> None:
    text = client.get("/yuanwen/evaluation/template.csv").content.decode("utf-8-sig")
    assert text.startswith("id,question,answers,")


@pytest.mark.browser
def test_the_page_measures_a_set_in_a_browser(browser: Browser, library: Library, tmp_path: Path) -> None:
    routes = [*evaluation_routes(library), Mount("/yuanwen/static", StaticFiles(directory=STATIC))]
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(Border(Starlette(routes=routes)), log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            _wait_until_up(address)
            _use_the_page(browser, f"{address}/yuanwen/evaluation", tmp_path)
        finally:
            server.should_exit = True
            thread.join()


def _wait_until_up(address: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{address}/yuanwen/evaluation/state")
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return


def _use_the_page(browser: Browser, address: str, tmp_path: Path) -> None:
    path = tmp_path / "set.json"
    path.write_text(json.dumps(QUESTIONS), "utf-8")
    page = browser.new_page()
    noted: list[str] = []
    page.on("console", lambda message: noted.append(message.text))
    page.on("pageerror", lambda error: noted.append(str(error)))
    page.goto(address)
    page.click("[data-lang=en]")
    page.set_input_files("#file", path)
    page.click("#start")
    page.wait_for_selector("#done:not([hidden])", timeout=60_000)
    assert "recall@5" in page.inner_text("#figures")
    assert "Causes of wrong answers" in page.inner_text("#done")
    with page.expect_download() as download:
        page.click("#report")
    assert Path(download.value.path()).read_text("utf-8").startswith("<!doctype html>")
    assert noted == []
    page.close()
