"""A real chat server over the seed articles, and a real Chromium that watches what it does."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from tests.ui.visitor import Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "seeds"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(str(ROOT / floor) for floor in ("index", "qa", "ui"))}


def yuanwen(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "yuanwen_ui", *arguments]


@pytest.fixture(scope="session")
def index_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index over the five seed pages."""
    from yuanwen_index import build_index

    folder = tmp_path_factory.mktemp("index") / "seeds"
    build_index([SEEDS], folder)
    return folder


def wait_until_up(server: subprocess.Popen[str], address: str) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert server.poll() is None, server.communicate()[1]
        try:
            if httpx.get(f"{address}/yuanwen/words?language=en", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    pytest.fail("the chat did not start within two minutes")


@pytest.fixture(scope="session")
def start_chat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """Start ``yuanwen chat`` over an index folder with options, give its address; every server must end cleanly."""
    servers: list[subprocess.Popen[str]] = []

    def start(folder: Path, *options: str) -> str:
        port = free_port()
        command = yuanwen("chat", "--index", str(folder), "--port", str(port), *options)
        servers.append(
            subprocess.Popen(
                command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
        )
        wait_until_up(servers[-1], f"http://127.0.0.1:{port}")
        return f"http://127.0.0.1:{port}"

    yield start
    for server in servers:
        server.send_signal(signal.SIGINT)
        _, errors = server.communicate(timeout=30)
        assert server.returncode in (0, 130)
        assert "Traceback" not in errors, errors


@pytest.fixture(scope="session")
def address(start_chat: Callable[..., str], index_folder: Path) -> str:
    """Where the chat over the seed pages answers; it takes no documents."""
    return start_chat(index_folder, "--no-add")


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> Iterator[Callable[[str], BrowserContext]]:
    """The browser's profile for a language, with what it has cached of the page."""
    opened: dict[str, BrowserContext] = {}

    def context_for(locale: str) -> BrowserContext:
        if locale not in opened:
            opened[locale] = browser.new_context(locale=locale)
        return opened[locale]

    yield context_for
    for context in opened.values():
        context.close()


@pytest.fixture
def arrive(browser: Browser, contexts: Callable[[str], BrowserContext]) -> Iterator[Callable[..., Visitor]]:
    """Open the page as a new visitor; afterwards nothing may have gone wrong or outside.

    Visitors of one language share a profile, which keeps nothing from one test to the next but the page's own
    files; ``alone`` gives one of its own, which more than two pages at once need (a browser opens six connections).
    """
    visitors: list[Visitor] = []
    own: list[BrowserContext] = []

    def open_page(
        address: str, *, locale: str = "zh-CN", width: int = 1366, height: int = 850, alone: bool = False
    ) -> Visitor:
        context = browser.new_context(locale=locale) if alone else contexts(locale)
        if alone:
            own.append(context)
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        visitors.append(Visitor(page, address))
        return visitors[-1]

    yield open_page
    for visitor in visitors:
        visitor.page.evaluate("localStorage.clear()")
        visitor.page.close()
    for context in own:
        context.close()
    for visitor in visitors:
        assert visitor.outside == []
        assert visitor.complaints == []


@pytest.fixture
def visitor(arrive: Callable[..., Visitor], address: str) -> Visitor:
    """A visitor with a Simplified Chinese browser, on a wide screen."""
    return arrive(address)
