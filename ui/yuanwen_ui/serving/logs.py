"""What the server writes down: JSON lines, one an event.

A question is its visitor's own business: its text is left out unless whoever runs the server asks for it, and
so is everything of a path or an error that could hold it.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from yuanwen_index import UsageError

__all__ = ["Lines", "log_event", "write_logs"]

EVENTS = logging.getLogger("yuanwen")
FRAMES_KEPT = 8


class Lines(logging.Formatter):
    """One JSON object a line: ``time`` (UTC), ``level``, ``event`` and what belongs to it.

    An error is told by its type and the lines of code that it came through; its message only with ``texts``.
    """

    def __init__(self, *, texts: bool = False) -> None:
        super().__init__()
        self._texts = texts

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"time": time, "level": record.levelname.lower(), "event": record.getMessage()}
        line.update(getattr(record, "fields", {}))
        if not self._texts:
            line.pop("question", None)
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            frames = traceback.extract_tb(error.__traceback__)[-FRAMES_KEPT:]
            line["error"] = type(error).__name__
            line["at"] = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
            if self._texts:
                line["message"] = str(error)
        return json.dumps(line, ensure_ascii=True, default=str)


def log_event(event: str, **fields: object) -> None:
    """Write down an event with its fields, values that JSON knows."""
    EVENTS.info(event, extra={"fields": fields})


def write_logs(file: Path | None, *, texts: bool = False) -> None:
    """Warnings and errors go to standard error and, with ``file``, everything to its end (``-``: standard error).

    Raises:
        UsageError: ``file`` cannot be written.

    """
    to_error = logging.StreamHandler(sys.stderr)
    handlers: list[logging.Handler] = [to_error]
    EVENTS.setLevel(logging.INFO)
    if file is not None and str(file) != "-":
        try:
            handlers.append(logging.FileHandler(file, encoding="ascii"))
        except OSError as error:
            raise UsageError(f"cannot write the log {file}: {error.strerror}") from error
    if file is None or str(file) != "-":
        to_error.setLevel(logging.WARNING)
    for handler in handlers:
        handler.setFormatter(Lines(texts=texts))
    logging.basicConfig(level=logging.WARNING, handlers=handlers, force=True)
