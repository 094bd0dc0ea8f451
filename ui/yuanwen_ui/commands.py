"""The commands ``index``, ``articles``, ``search``, ``ask`` and ``chat``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from yuanwen_index import (
    DocumentUnreadable,
    MissingExtra,
    Retriever,
    Skipped,
    UsageError,
    article_record,
    build_index,
    find_files,
    load_encoder,
    parse_articles,
    read_document,
)
from yuanwen_qa import Assistant, hit_record, load_reader, reply_record

from . import terminal

__all__ = ["articles", "ask", "chat", "index", "mcp", "search"]

SOME_SKIPPED = 3

IndexOption = Annotated[
    str,
    typer.Option(
        "--index",
        envvar="YUANWEN_INDEX",
        help="The index: a folder, or milvus://HOST/NAME on a Milvus server.",
        show_default=True,
    ),
]
EncoderOption = Annotated[
    str | None,
    typer.Option(
        "--encoder",
        help="A sentence-transformers model: a folder or a hub name. Default: the one that ships.",
    ),
]
EncodingOption = Annotated[
    str | None,
    typer.Option(
        "--encoding", help="The charset of the files (such as big5), when it is not UTF-8 or GB18030."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
BatchOption = Annotated[
    Path | None,
    typer.Option("--batch", help="A UTF-8 file with one question a line; - for standard input."),
]
PathsArgument = Annotated[list[Path], typer.Argument(help="Files and folders (txt, md, html, docx, pdf).")]

DEFAULT_INDEX = ".yuanwen"


def print_json(value: object) -> None:
    """Indented JSON on standard output, Chinese as it is; what UTF-8 cannot hold is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    sys.stdout.write(text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")


@contextmanager
def progress_bar(console: Console) -> Iterator[Callable[[str, int, int], None]]:
    """Yield ``report(stage, done, total)``, drawn as one bar a stage."""
    with terminal.build_progress(console) as bar:
        tasks: dict[str, Any] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield report


def index(
    paths: PathsArgument,
    folder: IndexOption = DEFAULT_INDEX,
    encoder: EncoderOption = None,
    encoding: EncodingOption = None,
    ray: Annotated[
        str | None,
        typer.Option(
            "--ray",
            help="Encode on all nodes of the Ray cluster at this address (HOST:PORT, or auto).",
        ),
    ] = None,
) -> None:
    """Index articles, or bring an index up to date with them.

    Only what changed is encoded again; what vanished from PATHS is dropped. The old index answers until the
    new one is complete.
    """
    console = Console(stderr=True)
    with progress_bar(console) as report_progress:
        report = build_index(
            paths,
            folder,
            encoder=load_encoder(encoder) if encoder else None,
            encoding=encoding,
            progress=report_progress,
            ray=ray,
        )
    terminal.print_report(console, report)
    if report.skipped:
        raise typer.Exit(SOME_SKIPPED)


def articles(paths: PathsArgument, encoding: EncodingOption = None, as_json: JsonOption = False) -> None:
    """Show the articles that the files hold: headline, date, byline and text."""
    found = []
    skipped = []
    for path, source in find_files(paths):
        try:
            found += parse_articles(read_document(path, source, encoding=encoding))
        except (DocumentUnreadable, MissingExtra) as error:
            skipped.append(Skipped(source, str(error)))
    if as_json:
        print_json([article_record(article) for article in found])
    else:
        terminal.print_articles(Console(), found)
    if skipped:
        terminal.print_skipped(Console(stderr=True), skipped)
        raise typer.Exit(SOME_SKIPPED)


def questions_of(question: str | None, batch: Path | None) -> list[str]:
    """The questions asked: the argument's, or the lines of a batch file."""
    if question is not None and batch is None:
        return [question]
    if batch is None or question is not None:
        raise UsageError("give either one question or --batch FILE")
    try:
        text = sys.stdin.read() if str(batch) == "-" else batch.read_text("utf-8-sig")
    except OSError as error:
        raise UsageError(f"cannot read {batch}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{batch} is not UTF-8; save it as UTF-8 and try again") from error
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise UsageError(f"{batch} holds no questions; it needs one a line")
    return lines


def print_results(records: Sequence[dict[str, Any]], *, batch: bool) -> None:
    """One record for one question, a list for a batch."""
    print_json(list(records) if batch else records[0])


def search(
    question: Annotated[str | None, typer.Argument(help="What to look for.")] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many passages.")] = 10,
    batch: BatchOption = None,
    folder: IndexOption = DEFAULT_INDEX,
    encoder: EncoderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find the passages nearest to a question."""
    asked = questions_of(question, batch)
    retriever = Retriever.open(folder, encoder=load_encoder(encoder) if encoder else None)
    found = [retriever.search(one, k) for one in asked]
    if as_json:
        records = [
            {"question": one, "passages": [hit_record(hit) for hit in hits]}
            for one, hits in zip(asked, found, strict=True)
        ]
        print_results(records, batch=batch is not None)
        return
    console = Console()
    for one, hits in zip(asked, found, strict=True):
        if batch is not None:
            console.rule(terminal.inert(one), align="left")
        terminal.print_hits(console, hits)


def ask(
    question: Annotated[str | None, typer.Argument(help="The question, in any language.")] = None,
    n: Annotated[int, typer.Option("-n", min=1, max=20, help="How many answers at most.")] = 3,
    batch: BatchOption = None,
    folder: IndexOption = DEFAULT_INDEX,
    encoder: EncoderOption = None,
    reader: Annotated[
        str | None,
        typer.Option("--reader", help="A transformers question-answering model: a folder or a hub name."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question in the articles' own words, with the place of each answer."""
    asked = questions_of(question, batch)
    retriever = Retriever.open(folder, encoder=load_encoder(encoder) if encoder else None)
    assistant = Assistant(retriever, load_reader(reader))
    replies = [assistant.answer(one, n) for one in asked]
    if as_json:
        print_results([reply_record(reply) for reply in replies], batch=batch is not None)
        return
    console = Console()
    for reply in replies:
        if batch is not None:
            console.rule(terminal.inert(reply.question), align="left")
        terminal.print_reply(console, reply, n)


def chat(
    folder: IndexOption = DEFAULT_INDEX,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 7860,
    add: Annotated[
        bool | None,
        typer.Option(
            "--add/--no-add",
            help="Whether visitors may add documents to the index. Default: only on this machine's own address, with no proxy before it.",
        ),
    ] = None,
    auth_file: Annotated[
        Path | None,
        typer.Option(help="The users who may come in; see yuanwen user. Needed for every other --host."),
    ] = None,
    anyone: Annotated[
        bool,
        typer.Option(
            "--anyone-on-the-network-may-read",
            help="Listen on another --host without passwords: whoever reaches it reads all articles.",
        ),
    ] = False,
    names: Annotated[
        list[str] | None,
        typer.Option("--name", help="A further name by which visitors ask for this server; may be repeated."),
    ] = None,
    root_path: Annotated[
        str, typer.Option(help="The path under which a reverse proxy shows the chat, such as /articles.")
    ] = "",
    log: Annotated[
        Path | None,
        typer.Option(help="Where to write a JSON line for every request and question; - for standard error."),
    ] = None,
    log_questions: Annotated[
        bool, typer.Option("--log-questions", help="Write the text of the questions too.")
    ] = False,
    keep: Annotated[
        Path | None,
        typer.Option(
            help="Where added documents and verdicts are kept. Default: in the index folder; over Milvus nowhere."
        ),
    ] = None,
) -> None:
    """Open the web chat over an index."""
    from .server import serve

    serve(
        folder,
        host=host,
        port=port,
        add=add,
        auth_file=auth_file,
        anyone_may_read=anyone,
        names=names or (),
        root_path=root_path.rstrip("/"),
        log=log,
        log_questions=log_questions,
        keep=keep,
    )


def mcp(
    folder: IndexOption = DEFAULT_INDEX,
    http: Annotated[
        bool, typer.Option("--http", help="Listen on this machine's own address instead of standard input.")
    ] = False,
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port of --http.")] = 7861,
) -> None:
    """Let assistants that speak MCP search, ask and read the articles of an index."""
    from .mcp_server import serve_http, serve_stdio

    retriever = Retriever.open(folder)
    if http:
        serve_http(retriever, port)
    else:
        serve_stdio(retriever)
