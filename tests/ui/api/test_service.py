"""The HTTP API of a running chat server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from yuanwen_index import Retriever, build_index, text_document, update_documents, without_layout_breaks
from yuanwen_qa import Assistant, hit_record, reply_record
from yuanwen_ui.api import models
from yuanwen_ui.api.service import api_service
from yuanwen_ui.library import Library

SEEDS = Path(__file__).parents[3] / "seeds"
COUNTED = "二七区纪委监委开展了多少次监督检查?"
SOURCE = "000_2e0ade2b9b79057b.txt"


@pytest.fixture(scope="module")
def api(address: str) -> Any:
    with httpx.Client(base_url=f"{address}/api", timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def assistant(index_folder: Path) -> Assistant:
    return Assistant.open(index_folder)


def in_file(place: dict[str, Any]) -> str:
    text = (SEEDS / place["source"]).read_bytes().decode("utf-8")
    return bare(without_layout_breaks(text[place["start"] : place["end"]]))


def bare(text: str) -> str:
    """Without white space, which between paragraphs is not that of the file."""
    return "".join(text.split())


def test_a_search_is_that_of_the_retriever(api: httpx.Client, assistant: Assistant) -> None:
    reply = api.post("/search", json={"question": COUNTED, "k": 3}).json()
    assert reply["passages"] == [hit_record(hit) for hit in assistant.retriever.search(COUNTED, 3)]
    models.SearchReply.model_validate(reply)
    for passage in reply["passages"]:
        assert in_file(passage) == bare(passage["text"])


def test_an_answer_is_that_of_the_assistant_and_stands_where_it_is_cited(
    api: httpx.Client, assistant: Assistant
) -> None:
    reply = api.post("/answer", json={"question": COUNTED, "n": 2}).json()
    assert reply == reply_record(assistant.answer(COUNTED, 2)) | {"generation": 1}
    models.AnswerReply.model_validate(reply)
    assert reply["answered"]
    assert reply["answers"][0]["text"] == "349次"
    assert all(in_file(answer) == bare(answer["text"]) for answer in reply["answers"])


def test_filters_narrow_both(api: httpx.Client) -> None:
    where = {"source": "003_84ebe029d2cf1232.txt"}
    for path in ("/search", "/answer"):
        reply = api.post(path, json={"question": COUNTED, "where": where}).json()
        assert {passage["source"] for passage in reply["passages"]} == {where["source"]}
    where = {"metadata": {"desk": "city"}}
    assert api.post("/search", json={"question": COUNTED, "where": where}).json()["passages"] == []


def test_articles_are_listed_page_by_page(api: httpx.Client, assistant: Assistant) -> None:
    listed: list[dict[str, Any]] = []
    first: int | None = 0
    while first is not None:
        page = api.get("/articles", params={"first": first, "limit": 7}).json()
        models.ArticleList.model_validate(page)
        listed += page["articles"]
        first = page["next"]
    assert len(listed) == page["count"]
    of_file = api.get("/articles", params={"source": SOURCE, "limit": 200}).json()
    assert of_file["articles"] == [place for place in listed if place["source"] == SOURCE]
    assert of_file["count"] == len(of_file["articles"]) > 1
    assert api.get("/articles", params={"source": "no such file"}).json()["articles"] == []


def test_an_article_is_read_stretch_by_stretch(api: httpx.Client, index_folder: Path) -> None:
    article = Retriever.open(index_folder).articles[1]
    at = article.file_offset(len(article.text) // 2)
    text, offset = "", 0
    while offset is not None:
        where = {"source": article.document.source, "at": at, "offset": offset, "limit": 100}
        stretch = api.get("/article", params=where).json()
        models.ArticleText.model_validate(stretch)
        assert in_file({**stretch, "source": article.document.source}) == bare(stretch["text"])
        text += stretch["text"]
        offset = stretch["next"]
    assert text == article.text
    assert stretch["article"]["title"] == article.title


@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        ("POST", "/search", {"json": {"question": " \u3000"}}, 422),
        ("POST", "/search", {"json": {"question": "\u200b\ufeff\u2066"}}, 422),
        ("POST", "/search", {"json": {"question": "字" * 2_001}}, 422),
        ("POST", "/search", {"json": {"question": "字", "k": 101}}, 422),
        ("POST", "/search", {"json": {"question": "字", "k": "5"}}, 422),
        ("POST", "/search", {"json": {"question": "字", "k": True}}, 422),
        ("POST", "/search", {"json": {"question": "字", "other": 1}}, 422),
        ("POST", "/answer", {"json": {"question": "字", "where": {"date_from": "2020-1-1"}}}, 422),
        ("POST", "/answer", {"json": {"question": "字", "where": {"metadata": {"a": []}}}}, 422),
        ("POST", "/answer", {"content": b'{"question": "\\ud800"}'}, 422),
        ("POST", "/answer", {"content": b"\xff"}, 400),
        ("GET", "/article", {"params": {"source": "none", "at": 0}}, 404),
        ("GET", "/article", {"params": {"source": SOURCE, "at": 10**9}}, 404),
        ("GET", "/article", {"params": {"source": SOURCE, "at": 10**30}}, 422),
        ("GET", "/article", {"params": {"source": "../" + SOURCE, "at": 1}}, 404),
        ("GET", "/articles", {"params": {"first": -1}}, 422),
        ("GET", "/nothing", {}, 404),
        ("DELETE", "/articles", {}, 405),
    ],
)
def test_what_is_wrong_is_said_as_problem_details(
    api: httpx.Client, method: str, path: str, sent: dict[str, Any], status: int
) -> None:
    if "content" in sent:
        sent = sent | {"headers": {"content-type": "application/json"}}
    reply = api.request(method, path, **sent)
    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/problem+json"
    problem = reply.json()
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    assert "Traceback" not in reply.text


def test_every_character_of_a_file_can_be_sent(tmp_path: Path) -> None:
    from starlette.testclient import TestClient

    (tmp_path / "a.txt").write_text("一月下雪。", "utf-8")
    build_index([tmp_path / "a.txt"], tmp_path / "index")
    odd = text_document("a.txt", "一月\ud800下\x00\u2028雪𠮷。")
    update_documents([odd], tmp_path / "index")
    client = TestClient(api_service(Library(Retriever.open(tmp_path / "index"))))
    found = client.post("/search", json={"question": "一月下雪"}).json()["passages"]
    assert [place["text"] for place in found] == [odd.text]


def test_the_document_says_where_the_service_is(api: httpx.Client) -> None:
    document = api.get("/openapi.json").json()
    assert set(document["paths"]) == {"/search", "/answer", "/articles", "/article"}
    assert document["servers"] == [{"url": "/api"}]
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["description"]
            assert "application/problem+json" in operation["responses"]["422"]["content"]
