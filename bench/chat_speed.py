"""How quick the chat is in a real Chromium, over the seed articles.

    python bench/chat_speed.py [--visits 5]

Prints seconds from opening the page until a question can be typed and sent, and from pressing Enter until the
answer stands there with its source beside it: the median and the worst of the visits, each in a profile of its own
with nothing cached. The first visit, which warms the server, is left out.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), *(str(ROOT / floor) for floor in ("index", "qa", "ui"))]

from playwright.sync_api import Browser, sync_playwright  # noqa: E402
from tests.conftest import CHROMIUM, QUIET  # noqa: E402
from tests.ui.conftest import environment, free_port, wait_until_up, yuanwen  # noqa: E402
from tests.ui.visitor import Visitor  # noqa: E402

from yuanwen_index import build_index  # noqa: E402

QUESTIONS = (
    "二七区纪委监委开展了多少次监督检查?",
    "“河南省双拥模范区”揭牌仪式是哪天举行的？",
    "二七区召开生态建设工作推进会是哪天？",
)


def visit(browser: Browser, address: str, question: str) -> tuple[float, float]:
    """Seconds until the page is usable, and from a question to its answer."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 850})
    page = context.new_page()
    started = time.perf_counter()
    visitor = Visitor(page, address)
    usable = time.perf_counter() - started
    started = time.perf_counter()
    visitor.ask(question)
    page.locator("#yw-source mark").first.wait_for()
    answered = time.perf_counter() - started
    context.close()
    return usable, answered


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--visits", type=int, default=5)
    visits = parser.parse_args().visits
    with tempfile.TemporaryDirectory() as folder:
        build_index([ROOT / "seeds"], Path(folder) / "index")
        port = free_port()
        command = yuanwen("chat", "--index", str(Path(folder) / "index"), "--port", str(port))
        server = subprocess.Popen(
            command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        try:
            wait_until_up(server, f"http://127.0.0.1:{port}")
            with sync_playwright() as driver:
                browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
                asked = [QUESTIONS[number % len(QUESTIONS)] for number in range(visits + 1)]
                times = [visit(browser, f"http://127.0.0.1:{port}", question) for question in asked][1:]
                browser.close()
        finally:
            server.terminate()
            server.wait()
    print(f"{visits} visits, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}")
    for what, column in zip(("page usable", "question answered"), zip(*times, strict=True), strict=True):
        print(f"{what:18} median {statistics.median(column):.2f} s   worst {max(column):.2f} s")


if __name__ == "__main__":
    main()
