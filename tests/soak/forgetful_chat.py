"""``yuanwen chat`` that keeps fifty conversations instead of a thousand, so that it soon has as many as it may."""

from __future__ import annotations

from yuanwen_ui import app, exports
from yuanwen_ui.__main__ import main

__all__ = ["FORGETFUL", "main"]

FORGETFUL = ("-c", f"from {__name__} import main; main()")
"""What Python is told to run it; for ``running.chat``."""

app.SESSIONS_KEPT = exports.CONVERSATIONS_KEPT = 50
