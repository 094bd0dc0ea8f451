"""From import to answer nothing asks any other machine for anything."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import httpx
from tests.loops import finish
from tests.ui.asker import Asker, read_form
from tests.ui.conftest import SEEDS, environment, free_port, wait_until_up

COUNTED = "二七区纪委监委开展了多少次监督检查?"


def test_indexing_asking_and_chatting_begin_no_connection(tmp_path: Path) -> None:
    log, port = tmp_path / "log", free_port()
    script = str(Path(__file__).with_name("audited.py"))
    chat = subprocess.Popen(
        [sys.executable, script, str(log), str(SEEDS), str(tmp_path / "index"), str(port)],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    address = f"http://127.0.0.1:{port}"
    wait_until_up(chat, address)

    async def ask() -> str:
        async with httpx.AsyncClient(base_url=address, timeout=60) as client:
            await client.get("/")
            return await Asker(client, await read_form(client)).ask(COUNTED)

    assert "349次" in finish(ask())
    chat.send_signal(signal.SIGINT)
    printed, errors = chat.communicate(timeout=60)
    assert "349次" in printed
    assert "Traceback" not in errors
    assert not log.exists(), log.read_text("utf-8")


def test_the_hook_that_watches_would_see_a_connection(tmp_path: Path) -> None:
    script = Path(__file__).with_name("audited.py")
    code = (
        f"import runpy, socket, sys; sys.argv = ['x', {str(tmp_path / 'log')!r}, '', '', '']\n"
        f"hook = runpy.run_path({str(script)!r})['note']; sys.addaudithook(hook)\n"
        "try: socket.create_connection(('127.0.0.1', 9), timeout=1)\n"
        "except OSError: pass\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert "socket.connect" in (tmp_path / "log").read_text("utf-8")
