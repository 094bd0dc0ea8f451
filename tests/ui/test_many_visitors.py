"""Slow answers that can be stopped, and many visitors at once."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.ui.conftest import environment, free_port, wait_until_up
from tests.ui.visitor import Visitor

pytestmark = pytest.mark.browser
COUNTED = "二七区纪委监委开展了多少次监督检查?"


@pytest.fixture(scope="module")
def slow_address(index_folder: Path) -> Iterator[str]:
    port = free_port()
    script = str(Path(__file__).with_name("slow_chat.py"))
    server = subprocess.Popen(
        [sys.executable, script, str(index_folder), str(port), "4"],
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_until_up(server, f"http://127.0.0.1:{port}")
    yield f"http://127.0.0.1:{port}"
    server.send_signal(signal.SIGINT)
    _, errors = server.communicate(timeout=30)
    assert "Traceback" not in errors, errors


def test_a_slow_answer_says_how_far_it_is_and_can_be_stopped(
    arrive: Callable[..., Visitor], slow_address: str
) -> None:
    visitor = arrive(slow_address)
    visitor.question_box.fill(COUNTED)
    visitor.question_box.press("Enter")
    visitor.page.locator("#yw-chat .yw-note", has_text="正在阅读").wait_for()
    visitor.page.locator("#yw-stop").click()
    visitor.page.locator("#yw-chat .yw-note", has_text="已停止").wait_for()
    visitor.page.locator("#yw-send").wait_for()
    visitor.page.wait_for_timeout(5_000)
    assert visitor.replies.count() == 0
    visitor.ask(COUNTED)
    assert "349次" in visitor.answer


def test_one_visitors_slow_answer_does_not_hold_up_another(
    arrive: Callable[..., Visitor], slow_address: str
) -> None:
    visitors = [arrive(slow_address) for _ in range(3)]
    for visitor in visitors:
        visitor.question_box.fill(COUNTED)
    started = visitors[0].page.evaluate("performance.timeOrigin + performance.now()")
    for visitor in visitors:
        visitor.question_box.press("Enter")
    for visitor in visitors:
        visitor.replies.first.wait_for()
    ended = visitors[0].page.evaluate("performance.timeOrigin + performance.now()")
    assert ended - started < 2.5 * 4_000


def test_twenty_visitors_at_once_are_all_answered(arrive: Callable[..., Visitor], address: str) -> None:
    questions = [COUNTED, "“河南省双拥模范区”揭牌仪式是哪天举行的？", "二七区召开生态建设工作推进会是哪天？"]
    expected = ["349次", "9月7日", "11月22日"]
    visitors = [arrive(address, locale=("zh-CN", "en-GB")[number % 2]) for number in range(20)]
    for number, visitor in enumerate(visitors):
        visitor.question_box.fill(questions[number % 3])
    for visitor in visitors:
        visitor.question_box.press("Enter")
    for number, visitor in enumerate(visitors):
        visitor.replies.first.wait_for()
        assert visitor.replies.count() == 1
        assert expected[number % 3] in visitor.reply.locator(".yw-sentence").first.inner_text()
