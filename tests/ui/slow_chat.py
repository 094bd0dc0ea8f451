"""The chat with a reader that takes its time: python slow_chat.py INDEX PORT SECONDS."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from contextlib import suppress

import uvicorn

from yuanwen_index import Hit, Retriever
from yuanwen_qa import Candidate, load_reader
from yuanwen_ui.library import Library
from yuanwen_ui.server import create_app
from yuanwen_ui.serving.streams import ending_server


class SlowReader:
    """The shipped reader after a pause."""

    def __init__(self, seconds: float) -> None:
        self._reader = load_reader(None)
        self._seconds = seconds
        self.name = self._reader.name
        self.threshold = self._reader.threshold

    def read(self, question: str, hits: Sequence[Hit], n: int = 3) -> list[Candidate]:
        """The reader's candidates, late."""
        time.sleep(self._seconds)
        return self._reader.read(question, hits, n)


if __name__ == "__main__":
    folder, port, seconds = sys.argv[1:]
    app = create_app(Library(Retriever.open(folder), SlowReader(float(seconds))))
    with suppress(KeyboardInterrupt):
        ending_server(uvicorn.Config(app, port=int(port), log_level="warning"), app).run()
