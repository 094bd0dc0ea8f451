"""Documents added and removed in the browser, while others keep asking."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.ui.visitor import Visitor

from yuanwen_ui.uploads import LARGEST_DOCUMENT

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
BRIDGE = "本报讯 5月12日，青石镇新建的云河大桥正式通车，全长1860米，总投资2.3亿元。\n记者 王小明\n"
PRINTED = "<p>本报讯 6月3日，白鹭湖图书馆举行开馆仪式，馆藏图书47500册。</p><p>记者 李小红</p>"


@pytest.fixture(scope="module")
def open_chat(
    start_chat: Callable[..., str], index_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """A chat that takes documents, over a copy of the seed index."""
    folder = tmp_path_factory.mktemp("open") / "index"
    shutil.copytree(index_folder, folder)
    return start_chat(folder)


def add(visitor: Visitor, file: Path) -> None:
    visitor.page.get_by_role("tab", name="文章").click()
    visitor.page.locator("#yw-files").set_input_files(file)
    visitor.page.locator("#yw-documents li", has_text=file.name).wait_for()
    visitor.page.locator("#yw-corpus h2", has_text=file.name).wait_for()
    visitor.page.get_by_role("tab", name="对话").click()


def test_a_gb18030_text_is_added_asked_about_and_removed(
    arrive: Callable[..., Visitor], open_chat: str, tmp_path: Path
) -> None:
    visitor, other = arrive(open_chat), arrive(open_chat)
    file = tmp_path / "桥.txt"
    file.write_bytes(BRIDGE.encode("gb18030"))
    add(visitor, file)
    for asking in (other, visitor):
        asking.ask("云河大桥全长多少米？")
        assert "1860米" in asking.answer
        assert asking.marked == asking.answer
        assert "桥.txt" in asking.reply.locator(".yw-cite").first.inner_text()
    visitor.page.get_by_role("tab", name="文章").click()
    assert visitor.violations() == []
    visitor.page.locator("#yw-documents li", has_text="桥.txt").get_by_role("button").click()
    visitor.page.locator("#yw-corpus h2", has_text="桥.txt").wait_for(state="detached")
    visitor.page.get_by_role("tab", name="对话").click()
    visitor.ask("云河大桥全长多少米？")
    assert "桥.txt" not in visitor.reply.inner_text()


def test_a_pdf_is_added_and_asked_about(
    arrive: Callable[..., Visitor], browser: Browser, open_chat: str, tmp_path: Path
) -> None:
    file = tmp_path / "library.pdf"
    printer = browser.new_page()
    printer.set_content(f"<meta charset=utf-8>{PRINTED}")
    printer.pdf(path=file)
    printer.close()
    visitor = arrive(open_chat)
    add(visitor, file)
    visitor.ask("白鹭湖图书馆馆藏图书多少册？")
    assert "47500册" in visitor.answer
    assert visitor.marked == visitor.answer


def test_what_cannot_be_added_is_refused_with_the_reason(
    arrive: Callable[..., Visitor], open_chat: str, tmp_path: Path
) -> None:
    visitor = arrive(open_chat)
    visitor.page.get_by_role("tab", name="文章").click()
    for name, data, reason in (
        ("run.exe", b"MZ", "不支持这种文件"),
        ("000_2e0ade2b9b79057b.txt", b"x", "索引里已有同名文件"),
        ("empty.txt", b"", "文件是空的"),
        ("broken.pdf", b"%PDF-1.7 nothing", "文件已损坏"),
        ("large.txt", bytes(LARGEST_DOCUMENT + 1), "文件太大"),
    ):
        file = tmp_path / name
        file.write_bytes(data)
        visitor.page.locator("#yw-files").set_input_files(file)
        problem = visitor.page.locator("#yw-documents .yw-problem", has_text=reason)
        problem.wait_for()
        assert name in problem.inner_text()
        assert visitor.page.locator("#yw-documents li", has_text=name).count() == 0
    assert visitor.violations() == []
    visitor.complaints = [one for one in visitor.complaints if not re.search(r"\b(400|413)\b|ERR_", one)]


def test_documents_cannot_be_added_where_the_chat_is_not_told_to_take_them(visitor: Visitor) -> None:
    visitor.page.get_by_role("tab", name="文章").click()
    visitor.page.locator("#yw-corpus h2").first.wait_for()
    assert not visitor.page.locator("#yw-documents").is_visible()
    reply = visitor.page.request.put(f"{visitor.address}/yuanwen/documents/x.txt", data="x")
    assert reply.status == 403


def test_an_empty_index_says_how_to_add_articles(
    arrive: Callable[..., Visitor], start_chat: Callable[..., str], tmp_path: Path
) -> None:
    visitor = arrive(start_chat(tmp_path / "new", "--add"))
    visitor.page.locator("#yw-chat .placeholder", has_text="还没有文章").wait_for()
    file = tmp_path / "桥.txt"
    file.write_text(BRIDGE, "utf-8")
    add(visitor, file)
    visitor.ask("云河大桥全长多少米？")
    assert "1860米" in visitor.answer
