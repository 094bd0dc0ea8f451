"""Index, ask and chat in one process that notes every connection it begins: python audited.py LOG PAGES INDEX PORT."""

from __future__ import annotations

import sys
from contextlib import suppress

LOG, PAGES, INDEX, PORT = sys.argv[1:]
BEGINNINGS = (
    "socket.connect",
    "socket.getaddrinfo",
    "socket.gethostby",
    "socket.getnameinfo",
    "socket.sendto",
    "socket.sendmsg",
    "urllib.Request",
    "http.client.connect",
    "ftplib.connect",
    "smtplib.connect",
)
COMMANDS = (
    ("index", PAGES, "--index", INDEX),
    ("ask", "二七区纪委监委开展了多少次监督检查?", "--index", INDEX),
    ("chat", "--index", INDEX, "--port", PORT),
)


def note(event: str, arguments: tuple[object, ...]) -> None:
    """Write down an event by which a connection begins."""
    if event.startswith(BEGINNINGS):
        with open(LOG, "a", encoding="utf-8") as log:  # noqa: PTH123 - nothing may be imported here
            log.write(f"{event} {arguments[-1] if arguments else ''}\n")


if __name__ == "__main__":
    sys.addaudithook(note)  # before anything of Yuanwen is imported
    from yuanwen_ui.__main__ import main

    for command in COMMANDS:
        sys.argv = ["yuanwen", *command]
        with suppress(SystemExit):
            main()
