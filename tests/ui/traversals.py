"""Paths that try to lead out of the application, and the places where they are tried."""

from __future__ import annotations

import http.client
from collections.abc import Iterable
from itertools import product
from urllib.parse import urlsplit

__all__ = ["PLACES", "leaks", "traversals"]

PLACES = (
    "/",
    "/static/",
    "/assets/",
    "/svelte/",
    "/yuanwen/static/",
    "/yuanwen/export/x/conversation.",
    "/yuanwen/export/",
    "/yuanwen/documents/",
    "/yuanwen/source?start=0&end=5&file=",
    "/yuanwen/words?language=",
    "/yuanwen/corpus?first=",
    "/yuanwen/evaluation/",
    "/gradio_api/file=",
    "/gradio_api/file/",
    "/gradio_api/proxy=",
    "/gradio_api/heartbeat/../",
    "/gradio_api/queue/data?session_hash=",
    "/gradio_api/",
    "/api/",
    "/config?",
    "/theme.css?v=",
    "/health/",
    "/metrics/",
)
STEPS = (
    "../",
    "..%2f",
    "%2e%2e/",
    "%2e%2e%2f",
    "..\\",
    "..%5c",
    "....//",
    "%252e%252e%252f",
    "..;/",
    "%c0%ae%c0%ae/",
    "%EF%BC%8E%EF%BC%8E/",
    ".%00./",
)
FILES = (
    "etc/passwd",
    "secret.txt",
    "feedback.jsonl",
    "CURRENT",
    "proc/self/environ",
    "ui/yuanwen_ui/server.py",
)
BEGINNINGS = ("", "/", "%2f", "file:///", "\\\\localhost\\", "x/")


def traversals(n: int) -> list[str]:
    """``n`` different ones, every kind of step and file among the first seventy-two."""
    found = dict.fromkeys(
        beginning + step * depth + file
        for depth, beginning, file, step in product((4, 1, 8), BEGINNINGS, FILES, STEPS)
    )
    return list(found)[:n]


def leaks(address: str, paths: Iterable[str], marks: Iterable[bytes]) -> tuple[int, list[str]]:
    """Ask for each path just as it is; how many were answered, and those whose answer held one of ``marks``."""
    place = urlsplit(address)
    connection = http.client.HTTPConnection(place.hostname or "", place.port or 80, timeout=60)
    answered, wrong = 0, []
    for path in paths:
        connection.request("GET", path)
        reply = connection.getresponse()
        if "event-stream" in reply.getheader("content-type", ""):
            body = reply.read1()  # such an answer does not end by itself
            connection.close()
        else:
            body = reply.read()
        answered += 1
        if any(mark in body for mark in marks):
            wrong.append(path)
    connection.close()
    return answered, wrong
