"""The chat with a reader that waits until a file is there: python waiting_chat.py INDEX PORT FILE."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import uvicorn

from yuanwen_index import Hit, Retriever
from yuanwen_qa import Candidate, load_reader
from yuanwen_ui.library import Library
from yuanwen_ui.server import create_app
from yuanwen_ui.serving.streams import ending_server


class WaitingReader:
    """The shipped reader, once it is let."""

    def __init__(self, gate: Path) -> None:
        self._reader = load_reader(None)
        self._gate = gate
        self.name = self._reader.name
        self.threshold = self._reader.threshold

    def read(self, question: str, hits: Sequence[Hit], n: int = 3) -> list[Candidate]:
        """The reader's candidates."""
        while not self._gate.exists():
            time.sleep(0.02)
        return self._reader.read(question, hits, n)


if __name__ == "__main__":
    folder, port, gate = sys.argv[1:]
    app = create_app(Library(Retriever.open(folder), WaitingReader(Path(gate))))
    with suppress(KeyboardInterrupt):
        ending_server(uvicorn.Config(app, port=int(port), log_level="warning"), app).run()
