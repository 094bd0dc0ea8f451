"""No connection leaves the machine from import to answer: the system calls of ``yuanwen index``, ``ask`` and ``chat``
under strace, every one that names an internet address. Only the chat's own listening may name one, and that is loopback.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import httpx
from tests.soak.running import chat, questions
from tests.soak.scene import folder, quick, tell
from tests.ui.asker import Asker, read_form
from tests.ui.conftest import SEEDS, environment, yuanwen

CALLS = "trace=connect,sendto,sendmsg,sendmmsg,bind"
INTERNET = re.compile(r"\b(connect|sendto|sendmsg|sendmmsg|bind)\(.*sa_family=AF_INET6?\b")


def traced(log: Path) -> tuple[str, ...]:
    """What runs a command under strace."""
    return ("strace", "-f", "-qq", "-s", "0", "-e", CALLS, "-o", str(log))


def calls(log: Path) -> list[str]:
    """The calls that name an internet address, but for binding to loopback."""
    return [
        line
        for line in log.read_text("utf-8", "replace").splitlines()
        if INTERNET.search(line) and not ("bind(" in line and 'inet_addr("127.0.0.1")' in line)
    ]


def main() -> int:
    """All of it."""
    asked = questions()[: 2 if quick() else 20]

    async def ask(address: str) -> None:
        async with httpx.AsyncClient(base_url=address, timeout=120) as client:
            await client.get("/")
            form = await read_form(client)
            for question in asked:
                await Asker(client, form).ask(question)

    with folder() as home:
        logs = [home / name for name in ("index", "ask", "chat")]
        places = ("--index", str(home / "made"))
        for log, arguments in zip(
            logs, (("index", str(SEEDS), *places), ("ask", asked[0], *places)), strict=False
        ):
            command = [*traced(log), *yuanwen(*arguments)]
            subprocess.run(
                command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True
            )
        with chat(home / "made", before=traced(logs[2])) as running:
            asyncio.run(ask(running.address))
        found = [call for log in logs for call in calls(log)]
        seen = "bind(" in logs[2].read_text("utf-8", "replace")
    figures = f"index, ask, chat with {len(asked)} questions: {len(found)} calls that name an internet address {found[:3] or ''}"
    return tell("no connection leaves the machine", figures, kept=not found and seen)


if __name__ == "__main__":
    sys.exit(main())
