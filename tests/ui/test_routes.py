"""What the page's script asks for, asked without a server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from tests.index.hashing_encoder import HashingEncoder

from yuanwen_index import Retriever, build_index
from yuanwen_ui import routes as under_test
from yuanwen_ui import uploads
from yuanwen_ui.library import Library
from yuanwen_ui.routes import page_routes
from yuanwen_ui.uploads import Uploads

ENCODER = HashingEncoder()
OWN = "一月下了大雪。\n二月有七场考试。\n"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """One page and one file that cannot be read, with places for what visitors leave."""
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "own.txt").write_text(OWN, "utf-8")
    (tmp_path / "pages" / "binary.txt").write_bytes(bytes(range(256)) * 8)
    build_index([tmp_path / "pages"], tmp_path / "index", encoder=ENCODER)
    retriever = Retriever.open(tmp_path / "index", encoder=ENCODER)
    added = Uploads(tmp_path / "added", tmp_path / "index", retriever)
    return Library(retriever, feedback=tmp_path / "feedback.jsonl", uploads=added)


@pytest.fixture
def client(library: Library) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=page_routes(library))) as client:
        yield client


@pytest.fixture
def closed(library: Library) -> Iterator[TestClient]:
    """Where nothing may be added and no verdicts are kept."""
    with TestClient(Starlette(routes=page_routes(Library(library.retriever)))) as client:
        yield client


def test_a_source_is_the_file_with_the_place_marked(client: TestClient) -> None:
    start = OWN.index("七场")
    view = client.get("/yuanwen/source", params={"file": "own.txt", "start": start, "end": start + 2}).json()
    assert view["text"] == "七场"


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"file": "own.txt", "start": "a", "end": "2"},
        {"file": "own.txt", "start": "2", "end": "1"},
        {"file": "own.txt", "start": "0", "end": "1000"},
        {"file": "../own.txt", "start": "0", "end": "2"},
        {"file": "own.txt", "start": "0", "end": "2", "sum": "of another text"},
    ],
)
def test_a_place_that_is_none_or_says_something_else_is_not_found(
    client: TestClient, asked: dict[str, str]
) -> None:
    assert client.get("/yuanwen/source", params=asked).status_code == 404


def test_words_are_there_in_the_languages_of_the_page_only(client: TestClient) -> None:
    assert client.get("/yuanwen/words", params={"language": "zh-Hans"}).json()
    assert client.get("/yuanwen/words", params={"language": "de"}).status_code == 400


def test_the_corpus_is_listed_page_by_page_with_what_was_left_out(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = client.get("/yuanwen/corpus").json()
    assert [one["file"] for one in whole["listed"]] == ["own.txt"]
    assert whole["skipped"] == [{"file": "binary.txt", "reason": "unread.not_text"}]
    assert whole["next"] is None
    monkeypatch.setattr(under_test, "ARTICLES_A_PAGE", 0)
    assert client.get("/yuanwen/corpus").json()["next"] == 0
    assert client.get("/yuanwen/corpus", params={"first": "7"}).json()["listed"] == []


@pytest.mark.parametrize("first", ["-1", "a", "٣", "1" * 10, ""])
def test_a_place_in_the_list_is_a_number(client: TestClient, first: str) -> None:
    assert client.get("/yuanwen/corpus", params={"first": first}).status_code == 400


@pytest.mark.parametrize(
    ("kind", "media_type"), [("md", "text/markdown"), ("html", "text/html"), ("json", "application/json")]
)
def test_a_conversation_is_exported_under_its_token_as_a_file_to_keep(
    client: TestClient, library: Library, kind: str, media_type: str
) -> None:
    token = library.exports.token()
    library.exports.put(token, (), "en")
    reply = client.get(f"/yuanwen/export/{token}/conversation.{kind}")
    assert reply.headers["content-type"].startswith(media_type)
    assert reply.headers["content-disposition"] == f'attachment; filename="yuanwen.{kind}"'
    assert client.get(f"/yuanwen/export/{token}x/conversation.{kind}").status_code == 404
    assert client.get(f"/yuanwen/export/{token}/conversation.{kind}x").status_code == 404


def test_a_verdict_is_kept_with_the_text_of_the_index_and_comes_back_as_a_question(
    client: TestClient,
) -> None:
    start = OWN.index("七场")
    said = {
        "verdict": "right",
        "question": "几场？",
        "file": "own.txt",
        "start": str(start),
        "end": str(start + 2),
    }
    assert client.post("/yuanwen/feedback", data=said).json() == {"kept": True}
    assert client.post("/yuanwen/feedback", data={"verdict": "rightly-none", "question": "谁？"}).is_success
    asked, none = client.get("/yuanwen/feedback.json").json()
    assert (asked["question"], asked["answers"]) == ("几场？", ["七场"])
    assert none["question"] == "谁？"


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"verdict": "fine", "question": "几场？"},
        {"verdict": "right", "question": " "},
        {"verdict": "right", "question": "几场？", "file": "own.txt", "start": "5", "end": "5"},
        {"verdict": "right", "question": "几场？", "file": "none.txt", "start": "0", "end": "2"},
    ],
)
def test_nonsense_is_no_verdict(client: TestClient, said: dict[str, str]) -> None:
    assert client.post("/yuanwen/feedback", data=said).status_code == 400
    assert client.get("/yuanwen/feedback.json").json() == []


def test_a_document_is_added_listed_and_taken_out(client: TestClient, library: Library) -> None:
    assert client.put("/yuanwen/documents/三月.txt", content="三月开了花。".encode()).json()["names"] == [
        "三月.txt"
    ]
    assert wait(client)["names"] == ["三月.txt"]
    assert library.retriever.article_at("三月.txt", 0) is not None
    assert client.delete("/yuanwen/documents/三月.txt").json()["names"] == []
    assert wait(client)["state"] == "idle"
    assert library.retriever.article_at("三月.txt", 0) is None


def test_a_document_that_will_not_do_is_refused_with_the_phrase_that_says_why(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "LARGEST_DOCUMENT", 100)
    for name, data, status, reason in (
        ("a.exe", b"a", 400, "add.kind"),
        ("own.txt", b"a", 400, "add.taken"),
        ("a.txt", b"", 400, "add.empty"),
        ("a.txt", b"a" * 101, 413, "add.large"),
    ):
        reply = client.put(f"/yuanwen/documents/{name}", content=data)
        assert (reply.status_code, reply.json()) == (status, {"error": reason})
    reply = client.delete("/yuanwen/documents/own.txt")
    assert (reply.status_code, reply.json()) == (404, {"error": "add.unknown"})


def test_where_nothing_may_be_left_nothing_is_taken(closed: TestClient) -> None:
    assert closed.get("/yuanwen/documents").json() is None
    assert closed.put("/yuanwen/documents/a.txt", content=b"a").status_code == 403
    assert closed.delete("/yuanwen/documents/a.txt").status_code == 403
    assert closed.post("/yuanwen/feedback", data={"verdict": "right", "question": "谁？"}).status_code == 400
    assert closed.get("/yuanwen/feedback.json").status_code == 404


def wait(client: TestClient) -> dict[str, object]:
    """What is said of the documents once the index has followed."""
    deadline = time.monotonic() + 60
    while (record := client.get("/yuanwen/documents").json())["state"] == "working":
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return dict(record)
