"""The client and the examples of docs/http-api.md against a running server."""

from __future__ import annotations

import contextlib
import io
import json
import re
import subprocess
from pathlib import Path

import pytest

from yuanwen_index import Filter, Retriever, UsageError
from yuanwen_qa import Assistant, hit_record, reply_record
from yuanwen_ui.client import ApiError, Client

TEXT = (Path(__file__).parents[3] / "docs" / "http-api.md").read_text("utf-8")
CURLS = re.findall(r"```sh\n(curl .*?)```", TEXT, re.DOTALL)
EXAMPLES = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
COUNTED = "二七区纪委监委开展了多少次监督检查?"


@pytest.fixture
def client(address: str) -> Client:
    return Client(address)


def test_the_client_says_what_the_index_says(client: Client, index_folder: Path) -> None:
    assistant = Assistant.open(index_folder)
    retriever = Retriever.open(index_folder)
    where = Filter(date_from="2000-01-01", metadata={})
    found = client.search(COUNTED, 4, where=where)["passages"]
    assert found == [hit_record(hit) for hit in retriever.search(COUNTED, 4, where=where)]
    reply = client.answer(COUNTED)
    assert reply_record(assistant.answer(COUNTED)).items() <= reply.items()
    articles = list(client.articles())
    assert [one["title"] for one in articles] == [article.title for article in retriever.articles]
    last = retriever.articles[-1]
    assert client.article_text(last.document.source, last.file_offset(0)) == last.text
    assert list(client.articles(last.document.source))[-1] == articles[-1]


def test_what_is_refused_is_an_error_with_its_reason(client: Client) -> None:
    with pytest.raises(ApiError, match="question") as caught:
        client.search(" ")
    assert caught.value.status == 422
    with pytest.raises(ApiError, match="no article") as caught:
        client.article_text("none.txt", 0)
    assert caught.value.status == 404
    with pytest.raises(ApiError, match="does not answer") as caught:
        Client("http://127.0.0.1:1").search("x")
    assert caught.value.status == 0


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://127.0.0.1", "127.0.0.1:7860", ""])
def test_an_address_of_another_kind_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="no address"):
        Client(address)


@pytest.mark.parametrize("command", CURLS)
def test_the_curl_examples_answer(address: str, command: str) -> None:
    here = command.replace("http://127.0.0.1:7860", address)
    done = subprocess.run(["/bin/sh", "-c", here], capture_output=True, text=True, check=True)
    reply = json.loads(done.stdout)
    assert reply["generation"] == 1
    assert any(reply.get(name) for name in ("passages", "answers", "articles", "text"))


def test_every_kind_of_request_has_a_curl_example() -> None:
    assert {re.search(r"/api/(\w+)", command)[1] for command in CURLS} == {
        "search",
        "answer",
        "articles",
        "article",
    }


def test_the_python_example_answers(address: str) -> None:
    (example,) = EXAMPLES
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(example.replace("http://127.0.0.1:7860", address), "docs/http-api.md", "exec"), {})
    assert out.getvalue().startswith("349次 000_2e0ade2b9b79057b.txt 1738 1742\n")
    assert out.getvalue().endswith(" articles\n")
