"""Bodies that are too large are refused at once and not kept: the slowest refusal, and what it did to the memory.

Some say how long they are (100 MB), some only grow (a chunk at a time, up to 8 MB).
"""

from __future__ import annotations

import http.client
import sys
import time
from statistics import median, quantiles
from urllib.parse import urlsplit

from tests.soak.running import Chat, chat, seed_index
from tests.soak.scene import folder, quick, tell

PATHS = (
    "/gradio_api/queue/join",
    "/gradio_api/run/predict",
    "/yuanwen/feedback",
    "/yuanwen/evaluation/run",
    "/yuanwen/documents/x.txt",
    "/api/answer",
)
CHUNK = b"10000\r\n" + b"x" * 65_536 + b"\r\n"


def refused(chat: Chat, path: str, *, told: bool) -> tuple[int, float]:
    """The status of a POST that is too large, and the seconds until it came."""
    place = urlsplit(chat.address)
    assert place.hostname is not None
    connection = http.client.HTTPConnection(place.hostname, place.port or 80, timeout=60)
    connection.putrequest("POST", path)
    begun = time.perf_counter()
    try:
        if told:
            connection.putheader("content-length", "100000000")
            connection.endheaders()
        else:
            connection.putheader("transfer-encoding", "chunked")
            connection.endheaders()
            for _ in range(128):
                connection.send(CHUNK)
    except (BrokenPipeError, ConnectionResetError):
        pass  # refused while it was still being sent
    try:
        status = connection.getresponse().status
    except (ConnectionResetError, http.client.BadStatusLine):
        status = 413  # the connection was closed on what was still coming
    connection.close()
    return status, time.perf_counter() - begun


def p99(times: list[float]) -> float:
    """What 99 of 100 stay below."""
    return quantiles(times, n=100)[98]


def main() -> int:
    """All of it."""
    rounds = 5 if quick() else 100
    with folder() as home, chat(seed_index(home)) as running:
        for path in PATHS:
            refused(running, path, told=False)
        before = running.memory
        found = {
            told: [refused(running, path, told=told) for _ in range(rounds) for path in PATHS]
            for told in (True, False)
        }
        grown = running.memory - before
    statuses = {status for answers in found.values() for status, _ in answers}
    told, grew = ([1000 * seconds for _, seconds in found[told]] for told in (True, False))
    figures = (
        f"{2 * rounds * len(PATHS):,} bodies on {len(PATHS)} endpoints: answered {sorted(statuses)}; length told: "
        f"median {median(told):.0f} ms, p99 {p99(told):.0f} ms, slowest {max(told):.0f} ms; growing: median "
        f"{median(grew):.0f} ms, p99 {p99(grew):.0f} ms; memory {grown / 2**20:+.1f} MiB"
    )
    return tell(
        "large bodies are refused at once",
        figures,
        kept=statuses <= {413, 404} and p99(told) < 200 and grown < 8 * 2**20,
    )


if __name__ == "__main__":
    sys.exit(main())
