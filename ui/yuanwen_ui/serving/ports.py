"""The port a server listens on, taken before anything slow is done."""

from __future__ import annotations

import socket

from yuanwen_index import UsageError

__all__ = ["listen"]


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; UsageError, saying what to do, when it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise UsageError(
            f"port {port} on {host} cannot be used ({error.strerror}); choose another with --port"
        ) from error
    return listening
