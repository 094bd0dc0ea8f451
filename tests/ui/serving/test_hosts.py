from __future__ import annotations

import pytest

from yuanwen_ui.serving.hosts import Hosts, is_loopback


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:7860", "localhost", "LOCALHOST:80", "[::1]", "[::1]:7860", "::1"]
)
def test_this_machines_own_names_are_admitted(host: str) -> None:
    assert Hosts().admits(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        ":",
        ":80",
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:7860",
        "localhost@evil.example",
        "127.0.0.1:80:80",
        "127.0.0.1, evil.example",
        "192.168.1.9",
        "[::1",
        "0.0.0.0",
        "localhost.",
        "2130706433",
        "１２７.0.0.1",
    ],
)
def test_every_other_host_is_not(host: str) -> None:
    assert not Hosts().admits(host)


def test_a_name_is_admitted_only_when_it_is_given_and_an_address_when_addresses_are() -> None:
    hosts = Hosts(("chat.example.org",), addresses=True)
    assert hosts.admits("chat.example.org:8443")
    assert hosts.admits("192.168.1.9:7860")
    assert hosts.admits("[fe80::1]:7860")
    assert not hosts.admits("other.example.org")
    assert not hosts.admits("192.168.1.9.evil.example")
    assert not hosts.admits("300.1.1.1")


def test_only_loopback_addresses_are_this_machines_own() -> None:
    assert all(map(is_loopback, ["127.0.0.1", "127.9.9.9", "::1", "localhost"]))
    assert not any(
        map(is_loopback, ["0.0.0.0", "::", "", "192.168.1.9", "example.org", "localhost.example.org"])
    )
