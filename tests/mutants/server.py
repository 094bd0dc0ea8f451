"""Faults of the server."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

SERVING = "ui/yuanwen_ui/serving"

MUTANTS = (
    Mutant(
        "drop the escaping",
        "ui/yuanwen_ui/replies.py",
        "from html import escape\n",
        "escape = str\n",
        "tests/ui/test_replies.py",
    ),
    Mutant(
        "drop the body limit",
        "ui/yuanwen_ui/border.py",
        "LARGEST_BODY = 256 * 1024",
        "LARGEST_BODY = 256 * 1024 * 1024",
        "tests/ui/test_border.py",
    ),
    Mutant(
        "drop the limit of a body that grows",
        "ui/yuanwen_ui/border.py",
        "if seen > largest:",
        "if False:",
        "tests/ui/test_border.py",
    ),
    Mutant(
        "drop the host check",
        f"{SERVING}/hosts.py",
        "return name in self.names or",
        "return True or",
        "tests/ui/test_border.py",
    ),
    Mutant(
        "believe where others say that the page is",
        "ui/yuanwen_ui/border.py",
        'frozenset({b"x-forwarded-host", b"x-gradio-server"})',
        "frozenset()",
        "tests/ui/test_border.py",
    ),
    Mutant(
        "drop the password check",
        f"{SERVING}/accounts.py",
        "return hmac.compare_digest(found, self.digest)",
        "return True",
        "tests/ui/serving/test_accounts.py",
    ),
    Mutant(
        "drop the lock-out",
        f"{SERVING}/gate.py",
        "if count >= self._most else 0.0",
        "if False else 0.0",
        "tests/ui/serving/test_gate.py",
    ),
    Mutant(
        "let everybody see everything but health",
        f"{SERVING}/gate.py",
        'if scope["type"] != "http" or scope["path"] in OPEN_TO_ALL:',
        'if scope["type"] != "http" or scope["path"].startswith("/"):',
        "tests/ui/serving/test_gate.py",
    ),
    Mutant(
        "log the text of questions",
        f"{SERVING}/logs.py",
        'line.pop("question", None)',
        "pass",
        "tests/ui/serving/test_logs.py",
    ),
    Mutant(
        "let open pages hold the end",
        f"{SERVING}/streams.py",
        "            app.end()\n",
        "",
        "tests/ui/serving/test_streams.py",
    ),
    Mutant(
        "wait for slow clients",
        f"{SERVING}/slow_clients.py",
        "self._deadline = self.loop.call_later(self.seconds, self._hang_up)",
        "pass",
        "tests/ui/serving/test_slow_clients.py",
    ),
    Mutant(
        "wait for slow bodies",
        "ui/yuanwen_ui/border.py",
        "asyncio.timeout_at(until if more else None)",
        "asyncio.timeout_at(None)",
        "tests/ui/test_border.py",
    ),
    Mutant(
        "let every program wait",
        "ui/yuanwen_ui/api/turnstile.py",
        "self._limiter.statistics().tasks_waiting >= self._waiting",
        "False",
        "tests/ui/api/test_turnstile.py",
    ),
    Mutant(
        "stay with the generation of the start",
        "ui/yuanwen_ui/library.py",
        "                self.retriever.reload()\n",
        "                pass\n",
        "tests/ui/test_library.py::test_what_is_indexed_meanwhile_is_taken_up_and_what_is_damaged_is_not",
    ),
    Mutant(
        "mark another text than the one that was cited",
        "ui/yuanwen_ui/routes.py",
        'asked.get("sum") in (None, text_sum(view["text"]))',
        "True",
        "tests/ui/test_following.py",
    ),
)
