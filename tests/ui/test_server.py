"""The border of the server, asked over real HTTP."""

from __future__ import annotations

import socket
from pathlib import Path

import httpx
import pytest
from tests.ui.traversals import PLACES, leaks, traversals

from yuanwen_index import UsageError
from yuanwen_ui.server import serve

PAGES = (
    "/",
    "/yuanwen/words?language=en",
    "/yuanwen/corpus",
    "/yuanwen/static/page.js",
    "/config",
    "/theme.css",
    "/health",
    "/metrics",
    "/no",
)


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_security_headers(address: str, path: str) -> None:
    headers = httpx.get(address + path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


def test_the_nonce_is_new_on_every_visit_and_on_every_script(address: str) -> None:
    nonces = set()
    for _ in range(3):
        page = httpx.get(address)
        nonce = page.headers["content-security-policy"].split("'nonce-")[1].split("'")[0]
        assert page.text.count("<script") == page.text.count(f'nonce="{nonce}"') > 3
        nonces.add(nonce)
    assert len(nonces) == 3


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", ""])
def test_a_request_for_another_host_is_refused(address: str, host: str) -> None:
    for path in ("/", "/yuanwen/corpus", "/config"):
        assert httpx.get(address + path, headers={"host": host}).status_code == 400


def test_another_sites_page_cannot_send_anything(address: str) -> None:
    sent = httpx.post(
        f"{address}/yuanwen/feedback",
        data={"verdict": "right", "question": "x"},
        headers={"sec-fetch-site": "cross-site"},
    )
    assert sent.status_code == 403


@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/gradio_api/run/predict", "/yuanwen/feedback"])
def test_a_body_that_is_too_large_is_refused_before_it_is_read(address: str, path: str) -> None:
    with socket.create_connection((httpx.URL(address).host, httpx.URL(address).port)) as connection:
        head = f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 100000000\r\n\r\n"
        connection.sendall(head.encode())
        assert b" 413 " in connection.recv(4096).split(b"\r\n")[0]


def test_a_body_that_grows_too_large_is_refused(address: str) -> None:
    def endless() -> object:
        for _ in range(200):
            yield b"x" * 65_536

    try:
        status = httpx.post(f"{address}/yuanwen/feedback", content=endless()).status_code
    except httpx.TransportError:  # refused while still sending
        return
    assert status == 413


def test_no_path_leads_out_of_the_application(address: str) -> None:
    paths = [place + string for place in PLACES for string in traversals(12)]
    assert leaks(address, paths, (b"root:", b"PATH=", b"sha256", b"from __future__")) == (len(paths), [])


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/vibe-code",
        "/gradio_api/proxy=https://example.org",
        "/monitoring",
        "/gradio_api/file=seeds",
        "/gradio_api/upload",
        "/docs",
        "/openapi.json",
        "/login",
    ],
)
def test_what_the_page_does_not_need_is_not_there(address: str, path: str) -> None:
    assert httpx.get(address + path).status_code == 404
    assert httpx.post(address + path).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "",
        "file=x",
        "file=x&start=a&end=b",
        "file=none.txt&start=0&end=5",
        "file=000_2e0ade2b9b79057b.txt&start=9&end=2",
        "file=000_2e0ade2b9b79057b.txt&start=-5&end=99999999",
    ],
)
def test_a_place_that_the_index_does_not_hold_is_not_found(address: str, query: str) -> None:
    assert httpx.get(f"{address}/yuanwen/source?{query}").status_code == 404


@pytest.mark.parametrize(
    "verdict",
    [
        {},
        {"verdict": "right"},
        {"verdict": "maybe", "question": "x"},
        {"verdict": "right", "question": "x", "file": "none.txt", "start": "0", "end": "5"},
        {"verdict": "right", "question": "x", "file": "000_2e0ade2b9b79057b.txt"},
    ],
)
def test_nonsense_is_not_kept_as_feedback(address: str, verdict: dict[str, str]) -> None:
    assert httpx.post(f"{address}/yuanwen/feedback", data=verdict).status_code == 400


def test_an_export_needs_the_name_that_only_its_page_knows(address: str) -> None:
    assert httpx.get(f"{address}/yuanwen/export/guess/conversation.md").status_code == 404
    assert httpx.get(f"{address}/yuanwen/export//conversation.md").status_code == 404


def test_a_port_in_use_is_said_with_what_to_do(index_folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port}.*--port"):
            serve(index_folder, port=port)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "localhost.example.org"])
def test_other_machines_are_not_served_unless_it_is_said_who_may_come_in(
    index_folder: Path, host: str
) -> None:
    with pytest.raises(UsageError, match=r"other machines.*--auth-file.*--anyone-on-the-network-may-read"):
        serve(index_folder, host=host)


def test_a_file_of_users_that_will_not_do_is_said_before_anything_listens(
    index_folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="cannot read the users"):
        serve(index_folder, host="0.0.0.0", auth_file=tmp_path / "users")
    (tmp_path / "users").touch(mode=0o600)
    with pytest.raises(UsageError, match="holds no user"):
        serve(index_folder, auth_file=tmp_path / "users")


@pytest.mark.parametrize("path", ["articles", "/a/", "//a", "/a b", "/a\r\nx: y", "/../a?x"])
def test_a_root_path_that_is_none_is_refused(index_folder: Path, path: str) -> None:
    with pytest.raises(UsageError, match="no path to be shown under"):
        serve(index_folder, root_path=path)
