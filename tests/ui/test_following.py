"""A chat goes on while another process publishes: questions after it are answered from the new generation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
from tests.loops import finish
from tests.ui.asker import Asker, read_form

from yuanwen_index import build_index
from yuanwen_ui.panel import text_sum

QUESTION = "县里的会议由谁主持？"
STORY = "县里召开防汛会议\n\n本报讯 3月1日，县里召开防汛会议。会议由{}主持。\n\n记者 王小明\n"


def test_page_and_programs_are_answered_from_what_was_published_last(
    tmp_path: Path, start_chat: Callable[..., str]
) -> None:
    pages, index = tmp_path / "pages", tmp_path / "index"
    pages.mkdir()
    names = ["张建国", "李红梅", "赵志强"]

    def publish(name: str) -> None:
        (pages / "a.txt").write_text(STORY.format(name), "utf-8")
        build_index([pages], index)

    async def ask_page() -> str:
        async with httpx.AsyncClient(base_url=address, timeout=60) as client:
            return await Asker(client, await read_form(client)).ask(QUESTION)

    publish(names[0])
    address = start_chat(index, "--no-add")
    with httpx.Client(base_url=address, timeout=60) as client:
        for number, name in enumerate(names, start=1):
            publish(name)
            page = finish(ask_page()) if number % 2 else ""
            reply = client.post("/api/answer", json={"question": QUESTION}).json()
            if number % 2 == 0:
                page = finish(ask_page())
            for said in (page, str(reply)):
                assert [one for one in names if one in said] == [name]
            assert reply["generation"] == number
            assert client.get("/api/article", params={"source": "a.txt", "at": 20}).text.count(name)
            assert client.post("/api/search", json={"question": QUESTION}).json()["generation"] == number
        place = {"file": "a.txt", "start": reply["answers"][0]["start"], "end": reply["answers"][0]["end"]}
        now, before = (place | {"sum": text_sum(name)} for name in (names[-1], names[0]))
        assert client.get("/yuanwen/source", params=now).json()["text"] == names[-1]
        assert client.get("/yuanwen/source", params=before).status_code == 404
