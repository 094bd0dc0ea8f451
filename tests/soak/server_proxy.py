"""Behind nginx under a sub-path the chat works as it does alone, in Chromium, with passwords, whether the proxy leaves
the sub-path in what it asks for or takes it away.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from tests.conftest import CHROMIUM, QUIET
from tests.soak.running import chat, seed_index
from tests.soak.scene import folder, quick, tell
from tests.ui.conftest import free_port
from tests.ui.visitor import Visitor

from yuanwen_ui.serving.accounts import add_user

NAME, PASSWORD = "王芳", "correct horse 马"
QUESTION, ANSWER = "二七区纪委监委开展了多少次监督检查?", "349次"
CONFIGURATION = """
daemon off; pid {home}/nginx.pid; error_log stderr warn; worker_processes 1;
events {{ worker_connections 256; }}
http {{
  access_log off; client_body_temp_path {home}/body; proxy_temp_path {home}/proxy; fastcgi_temp_path {home}/f;
  uwsgi_temp_path {home}/u; scgi_temp_path {home}/s; client_max_body_size 25m;
  server {{
    listen 127.0.0.1:{port};
    location /articles/ {{
      proxy_pass {address}{slash};
      proxy_http_version 1.1; proxy_buffering off; proxy_read_timeout 1h;
      proxy_set_header Host $http_host; proxy_set_header Connection "";
      proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme;
    }}
  }}
}}
"""


@contextlib.contextmanager
def nginx(home: Path, address: str, slash: str) -> Iterator[str]:
    """A proxy that shows ``address`` under /articles/."""
    port = free_port()
    file = home / "nginx.conf"
    file.write_text(CONFIGURATION.format(home=home, port=port, address=address, slash=slash), "utf-8")
    with subprocess.Popen(["nginx", "-c", str(file), "-e", "stderr"]) as process:
        try:
            yield f"http://127.0.0.1:{port}/articles/"
        finally:
            process.terminate()


def visit(browser: Browser, address: str) -> list[str]:
    """Ask, open the source and export the conversation; what the browser complained of."""
    context = browser.new_context(
        locale="zh-CN",
        viewport={"width": 1366, "height": 850},
        http_credentials={"username": NAME, "password": PASSWORD},
    )
    visitor = Visitor(context.new_page(), address)
    visitor.ask(QUESTION)
    found = [] if ANSWER in visitor.answer else ["no answer"]
    found += [] if ANSWER in visitor.marked else ["no mark in the source"]
    with visitor.page.expect_download() as download:
        visitor.page.locator("#yw-export-json").click()
    found += [] if ANSWER in Path(download.value.path()).read_text("utf-8") else ["no export"]
    context.close()
    return found + visitor.outside + visitor.complaints


def main() -> int:
    """All of it."""
    wrong: list[str] = []
    with folder() as home, sync_playwright() as driver:
        add_user(home / "users", NAME, PASSWORD)
        index = seed_index(home)
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        arguments = ("--root-path", "/articles", "--auth-file", str(home / "users"))
        with chat(index, *arguments) as running:
            for slash in ("/",) if quick() else ("/", ""):
                with nginx(home, running.address, slash) as address:
                    wrong += visit(browser, address)
        browser.close()
    return tell(
        "behind nginx under a sub-path",
        f"asked, source opened, exported: {len(wrong)} wrong {wrong[:3] or ''}",
        kept=not wrong,
    )


if __name__ == "__main__":
    sys.exit(main())
