"""The web server: the page, what its script asks for, and the border around both."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from yuanwen_index import IndexMissing, MissingExtra, Retriever, UsageError, add_documents, place_of

from .layout import EXAMPLES_SHOWN
from .library import Library
from .serving.accounts import Accounts, read_accounts
from .serving.hosts import LOOPBACK, Hosts, is_loopback
from .serving.logs import write_logs
from .serving.ports import listen
from .uploads import Uploads

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from .serving.streams import Streams

__all__ = ["create_app", "serve"]

FEEDBACK = "feedback.jsonl"
UPLOADS = "added"
MOST_CONNECTIONS = 2_000
KEPT_OPEN = 75
"""Seconds that a connection may be idle between requests: longer than clients and proxies keep theirs, so that none asks
on one that is being closed."""


def create_app(
    library: Library, *, hosts: Hosts | None = None, accounts: Accounts | None = None, root_path: str = ""
) -> Streams:
    """The whole application over one library.

    It answers only requests that name one of ``hosts`` (this machine's own names without them), and only the
    users of ``accounts`` when there are any. ``root_path`` is the path under which a proxy shows it.
    """
    try:
        from fastapi import FastAPI
    except ImportError as error:
        raise MissingExtra("the web chat", "ui") from error
    from starlette.routing import Mount

    from .api.service import api_service
    from .app import build_page, forget_session, import_gradio, page_theme
    from .border import Border
    from .routes import page_routes
    from .serving.gate import Gate
    from .serving.streams import Streams
    from .serving.vitals import Observed, vital_routes, watch_library

    inner = FastAPI(
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        routes=[*page_routes(library), *vital_routes(library), Mount("/api", api_service(library))],
    )
    page = build_page(library)
    import_gradio().mount_gradio_app(
        inner,
        page,
        path="/",
        root_path=root_path or None,
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        mcp_server=False,
        theme=page_theme(),
    )
    watch_library(library, lambda: len(page._queue))
    admitted: ASGIApp = inner if accounts is None else Gate(inner, accounts)
    return Streams(
        Observed(Border(admitted, hosts, root_path), library.vitals), partial(forget_session, page)
    )


def serve(
    index: str | Path,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    open_browser: bool = False,
    add: bool | None = None,
    auth_file: Path | None = None,
    anyone_may_read: bool = False,
    names: Sequence[str] = (),
    root_path: str = "",
    log: Path | None = None,
    log_questions: bool = False,
    keep: Path | None = None,
) -> None:
    """Answer on ``http://host:port`` until interrupted.

    ``add`` says whether visitors may add documents to the index, which may then begin empty; None lets them
    where only this machine is listened to and no proxy is spoken of. An address that other machines can reach
    needs an ``auth_file`` with the users, or ``anyone_may_read``. ``names`` are further names by which visitors
    ask for the server, ``root_path`` the path under which a proxy shows it. Events are written to ``log``, with
    the text of questions only when ``log_questions``. What visitors add and their verdicts are kept in ``keep``, by
    default in the index folder; an index on Milvus has none, so that without ``keep`` nothing can be added to it.

    Raises:
        UsageError: the port is taken, the address is open to other machines and nobody said who may come in,
            one of the files or names will not do, or there is nowhere to keep what visitors add.
        MissingExtra: Gradio is not installed.
        IndexUnusable: no index at ``index``, a damaged one, or one whose server does not answer.

    """
    if not (is_loopback(host) or auth_file or anyone_may_read):
        raise UsageError(
            f"{host} would open the articles to other machines: give the users with --auth-file FILE, or say "
            "that anyone may read them with --anyone-on-the-network-may-read"
        )
    if root_path and not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", root_path):
        raise UsageError(f"{root_path} is no path to be shown under; it looks like /articles")
    hosts = Hosts((*LOOPBACK, host.lower(), *(name.lower() for name in names)), not is_loopback(host))
    accounts = read_accounts(auth_file) if auth_file else None
    listening = listen(host, port)
    try:
        import uvicorn

        from .serving.slow_clients import prompt_protocol
        from .serving.streams import GRACE, ending_server

        write_logs(log, texts=log_questions)
        alone = is_loopback(host) and not (names or root_path)
        library = _open_library(index, keep, add, alone=alone)
        app = create_app(library, hosts=hosts, accounts=accounts, root_path=root_path)
    except ImportError as error:
        listening.close()
        raise MissingExtra("the web chat", "ui") from error
    except BaseException:
        listening.close()
        raise
    # Reads the dictionary and tries the example questions before the first visitor asks.
    threading.Thread(target=library.examples, args=(EXAMPLES_SHOWN,), daemon=True).start()
    config = uvicorn.Config(
        app,
        http=prompt_protocol(),
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=KEPT_OPEN,
        timeout_graceful_shutdown=int(GRACE) + 5,
    )
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}{root_path}"
    print(f"Yuanwen answers at {address} (Ctrl-C ends it)", flush=True)  # noqa: T201
    if open_browser:
        import webbrowser

        webbrowser.open(address)
    with suppress(KeyboardInterrupt):  # raised again once running answers are finished
        ending_server(config, app).run(sockets=[listening])


def _open_library(index: str | Path, keep: Path | None, add: bool | None, *, alone: bool) -> Library:
    """The index in use; one without documents where there is none and visitors may ``add`` some."""
    place = place_of(index)
    if keep is None and isinstance(place, Path):
        keep = place
    if add and keep is None:
        raise UsageError(
            "documents can be added to an index on Milvus only when --keep FOLDER says where they are kept"
        )
    try:
        retriever = Retriever.open(index)
    except IndexMissing:
        if not add:
            raise
        add_documents([], index)
        retriever = Retriever.open(index)
    if keep is None:
        return Library(retriever)
    adding = alone if add is None else add
    uploads = Uploads(keep / UPLOADS, index, retriever) if adding else None
    return Library(retriever, feedback=keep / FEEDBACK, uploads=uploads)
