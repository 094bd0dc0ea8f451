"""The MCP server, asked by the official client over both transports."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import Client, StdioServerParameters
from tests.loops import finish
from tests.ui.conftest import environment, free_port, yuanwen

from yuanwen_index import Retriever, add_documents, build_index, text_document
from yuanwen_qa import Assistant, hit_record, reply_record
from yuanwen_ui.mcp_server import mcp_server

COUNTED = "二七区纪委监委开展了多少次监督检查?"
SOURCE = "000_2e0ade2b9b79057b.txt"
Connection = StdioServerParameters | str


@pytest.fixture(scope="module")
def stdio(index_folder: Path) -> Connection:
    command, *arguments = yuanwen("mcp", "--index", str(index_folder))
    return StdioServerParameters(command=command, args=arguments, env=environment())


@pytest.fixture(scope="module")
def http(index_folder: Path) -> Iterator[Connection]:
    port = free_port()
    command = yuanwen("mcp", "--http", "--index", str(index_folder), "--port", str(port))
    server = subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert server.poll() is None, server.communicate()[1]
        try:
            httpx.get(f"http://127.0.0.1:{port}/", timeout=5)  # at /mcp it would open a stream without end
            break
        except httpx.TransportError:
            time.sleep(0.2)
    yield f"http://127.0.0.1:{port}/mcp"
    server.terminate()
    _, errors = server.communicate(timeout=30)
    assert "Traceback" not in errors, errors


@pytest.fixture(params=["stdio", "http"])
def connection(request: pytest.FixtureRequest) -> Connection:
    chosen: Connection = request.getfixturevalue(request.param)
    return chosen


async def call(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    assert isinstance(result.structured_content, dict)
    return result.structured_content


def test_an_assistant_searches_asks_and_reads(connection: Connection, index_folder: Path) -> None:
    async def visit() -> tuple[Any, ...]:
        async with Client(connection) as client:
            tools = (await client.list_tools()).tools
            found = await call(client, "search", question=COUNTED, k=3)
            reply = await call(client, "answer", question=COUNTED)
            best = reply["answers"][0]
            read = await call(client, "read_article", source=best["source"], start=best["start"])
            return tools, found, reply, read

    tools, found, reply, read = finish(visit())
    assert {tool.name for tool in tools} == {"search", "answer", "read_article"}
    for tool in tools:
        assert tool.description
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint
        assert tool.input_schema["required"]
    assistant = Assistant.open(index_folder)
    assert found["passages"] == [hit_record(hit) for hit in assistant.retriever.search(COUNTED, 3)]
    assert reply == reply_record(assistant.answer(COUNTED))
    assert reply["answers"][0]["text"] == "349次"
    assert "349次" in read["text"]
    assert read["article"]["title"] == reply["answers"][0]["title"]


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("search", {"question": "  "}, "empty"),
        ("search", {"question": "字", "k": 1_000}, "50"),
        ("search", {"question": "字", "date_from": "soon"}, "is not a day"),
        ("answer", {"question": "字" * 2_001}, "2000"),
        ("answer", {}, "question"),
        ("read_article", {"source": "none.txt", "start": 0}, "no article there"),
        ("read_article", {"source": "../../etc/passwd", "start": 0}, "no article there"),
        ("read_article", {"source": SOURCE, "start": -1}, "0"),
    ],
)
def test_what_cannot_be_done_is_said_to_the_assistant(
    index_folder: Path, tool: str, arguments: dict[str, Any], said: str
) -> None:
    async def visit() -> Any:
        async with Client(mcp_server(Retriever.open(index_folder))) as client:
            return await client.call_tool(tool, arguments)

    result = finish(visit())
    assert result.is_error
    text = result.content[0].text
    assert said in text
    assert "Traceback" not in text


def test_a_call_sees_the_newest_generation(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("一月下雪。", "utf-8")
    build_index([tmp_path / "a.txt"], tmp_path / "index")

    async def visit() -> list[int]:
        counts = []
        async with Client(mcp_server(Retriever.open(tmp_path / "index"))) as client:
            for number in range(2):
                counts.append(len((await call(client, "search", question="下雪"))["passages"]))
                add_documents([text_document(f"memo {number}", "二月也下雪。")], tmp_path / "index")
        return counts

    assert finish(visit()) == [1, 2]


@pytest.mark.parametrize("header", [{"host": "evil.example"}, {"origin": "http://evil.example"}])
def test_a_page_of_another_site_is_refused(http: Connection, header: dict[str, str]) -> None:
    headers = {"content-type": "application/json", "accept": "application/json, text/event-stream", **header}
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    assert httpx.post(str(http), json=ping, headers=headers).status_code in (403, 421)


def test_without_an_index_the_command_says_so(tmp_path: Path) -> None:
    command = yuanwen("mcp", "--index", str(tmp_path / "none"))
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 5
    assert done.stdout == ""
    assert "there is no index" in done.stderr
