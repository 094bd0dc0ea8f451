"""The names by which this server may be asked.

A page on another site can make a name of its own point to this machine (DNS rebinding) and would then read
what the server answers. It cannot do that to an address, and not to a name that is not listed here.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

__all__ = ["LOOPBACK", "Hosts", "is_loopback"]

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Hosts:
    """``names`` may be asked for and, when ``addresses`` is true, every numeric address."""

    names: tuple[str, ...] = LOOPBACK
    addresses: bool = False

    def admits(self, host: str) -> bool:
        """Whether a request with this ``Host`` header is for us; the port is left to the proxy before us."""
        name = _without_port(host.lower())
        return name in self.names or (self.addresses and _is_address(name))


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens on ``host``."""
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    if colon and port.isascii() and port.isdigit() and (":" not in name or name.endswith("]")):
        host = name
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
