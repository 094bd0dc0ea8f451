"""The web server: the page, what its script asks for, and the border around both."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from yuanwen_index import IndexMissing, MissingExtra, Retriever, UsageError, add_documents

from .layout import EXAMPLES_SHOWN
from .library import Library
from .uploads import Uploads

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["create_app", "serve"]

FEEDBACK = "feedback.jsonl"
UPLOADS = "added"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def create_app(library: Library, *, hosts: tuple[str, ...] = LOOPBACK) -> ASGIApp:
    """The whole application over one library, answering only requests that name one of ``hosts``."""
    try:
        from fastapi import FastAPI
        from starlette.middleware.trustedhost import TrustedHostMiddleware
    except ImportError as error:
        raise MissingExtra("the web chat", "ui") from error
    from .app import build_page, import_gradio, page_theme
    from .border import Border
    from .evaluation_desk import evaluation_routes
    from .routes import page_routes

    inner = FastAPI(
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        routes=[*page_routes(library), *evaluation_routes(library)],
    )
    import_gradio().mount_gradio_app(
        inner,
        build_page(library),
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        mcp_server=False,
        theme=page_theme(),
    )
    return Border(TrustedHostMiddleware(inner, allowed_hosts=list(hosts), www_redirect=False))


def serve(
    index_folder: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    open_browser: bool = False,
    add: bool | None = None,
) -> None:
    """Answer on ``http://host:port`` until interrupted.

    ``add`` says whether visitors may add documents to the index, which may then begin empty; None lets them
    where only this machine is listened to.

    Raises:
        UsageError: the port is taken, the address is not this machine's own, or there is nowhere to keep what
            visitors add.
        MissingExtra: Gradio is not installed.
        IndexUnusable: no index in ``index_folder``, or a damaged one.

    """
    if host not in LOOPBACK:
        raise UsageError(
            f"{host} would open the articles to other machines; the chat listens on 127.0.0.1 only for now"
        )
    listening = _listen(host, port)
    try:
        import uvicorn

        library = _open_library(index_folder, host in LOOPBACK if add is None else add, empty=add is True)
        app = create_app(library)
    except ImportError as error:
        listening.close()
        raise MissingExtra("the web chat", "ui") from error
    except BaseException:
        listening.close()
        raise
    # Reads the dictionary and tries the example questions before the first visitor asks.
    threading.Thread(target=library.examples, args=(EXAMPLES_SHOWN,), daemon=True).start()
    config = uvicorn.Config(app, log_level="warning", server_header=False, timeout_graceful_shutdown=10)
    print(f"Yuanwen answers at http://{host}:{port} (Ctrl-C ends it)", flush=True)  # noqa: T201
    if open_browser:
        import webbrowser

        webbrowser.open(f"http://{host}:{port}")
    with suppress(KeyboardInterrupt):  # raised again once running answers are finished
        uvicorn.Server(config).run(sockets=[listening])


def _open_library(index_folder: Path, add: bool, *, empty: bool) -> Library:
    """The index in ``index_folder``; with ``empty`` one without documents where there is none."""
    try:
        retriever = Retriever.open(index_folder)
    except IndexMissing:
        if not empty:
            raise
        add_documents([], index_folder)
        retriever = Retriever.open(index_folder)
    uploads = Uploads(index_folder / UPLOADS, index_folder, retriever) if add else None
    return Library(retriever, feedback=index_folder / FEEDBACK, uploads=uploads)


def _listen(host: str, port: int) -> socket.socket:
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
