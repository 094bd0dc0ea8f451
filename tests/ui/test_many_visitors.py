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


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """The file that lets the reader read."""
    return tmp_path / "gate"


@pytest.fixture
def waiting_address(index_folder: Path, gate: Path) -> Iterator[str]:
    port = free_port()
    script = str(Path(__file__).with_name("waiting_chat.py"))
    server = subprocess.Popen(
        [sys.executable, script, str(index_folder), str(port), str(gate)],
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_until_up(server, f"http://127.0.0.1:{port}")
    yield f"http://127.0.0.1:{port}"
    gate.touch()
    server.send_signal(signal.SIGINT)
    _, errors = server.communicate(timeout=60)
    assert "Traceback" not in errors, errors


def test_slow_answers_say_how_far_they_are_can_be_stopped_and_hold_nobody_up(
    arrive: Callable[..., Visitor], waiting_address: str, gate: Path
) -> None:
    visitors = [arrive(waiting_address, alone=True) for _ in range(3)]
    for visitor in visitors:
        visitor.question_box.fill(COUNTED)
        visitor.question_box.press("Enter")
    for visitor in visitors:
        visitor.page.locator("#yw-chat .yw-busy", has_text="正在阅读").wait_for()
    stopping, *waiting = visitors
    stopping.page.locator("#yw-chat .yw-busy[data-seconds*='秒']").wait_for()
    stopping.page.locator("#yw-stop").click()
    stopping.page.locator("#yw-chat .yw-note", has_text="已停止").wait_for()
    stopping.page.locator("#yw-send").wait_for()
    gate.touch()
    for visitor in waiting:
        visitor.replies.first.wait_for()
        assert "349次" in visitor.answer
    assert stopping.replies.count() == 0
    stopping.ask(COUNTED)
    assert "349次" in stopping.answer
    assert stopping.replies.count() == 1


def test_twenty_visitors_at_once_are_all_answered(arrive: Callable[..., Visitor], address: str) -> None:
    questions = [COUNTED, "徐军是什么职务？", "二七区召开生态建设工作推进会是哪天？"]
    expected = ["349次", "司令员徐军", "11月22日"]
    visitors = [arrive(address, locale=("zh-CN", "en-GB")[number % 2], alone=True) for number in range(20)]
    for number, visitor in enumerate(visitors):
        visitor.question_box.fill(questions[number % 3])
    for visitor in visitors:
        visitor.question_box.press("Enter")
    for number, visitor in enumerate(visitors):
        visitor.replies.first.wait_for()
        assert visitor.replies.count() == 1
        assert expected[number % 3] in visitor.reply.locator(".yw-sentence").first.inner_text()


def test_a_visitor_too_many_is_told_so_politely(visitor: Visitor) -> None:
    full = {"status": 503, "content_type": "application/json", "body": '{"detail": "Queue is full."}'}
    visitor.page.route("**/queue/join*", lambda route: route.fulfill(**full))
    visitor.question_box.fill(COUNTED)
    visitor.question_box.press("Enter")
    visitor.page.get_by_text("现在提问的人太多").first.wait_for()
    assert visitor.question_box.input_value() == COUNTED
    visitor.page.unroute("**/queue/join*")
    visitor.ask(COUNTED)
    assert "349次" in visitor.answer
    visitor.complaints.clear()  # the browser notes every 503
