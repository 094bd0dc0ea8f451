"""The commands ``verify``, ``rebuild`` and ``copy``: whether an index is whole, making it so again, and having another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from yuanwen_index import RebuildReport, Verification, copy_index, load_encoder, rebuild_index, verify_index

from . import terminal
from .commands import DEFAULT_INDEX, SOME_SKIPPED, EncoderOption, IndexOption, progress_bar

__all__ = ["copy", "rebuild", "verify"]

DAMAGED = 5
_LISTED = 20


def verify(folder: IndexOption = DEFAULT_INDEX, encoder: EncoderOption = None) -> None:
    """Check an index to the last byte, and say which of its files have changed since.

    Exit code 0 when it is whole, 5 when it is damaged or made by something else.
    """
    found = verify_index(folder, encoder=load_encoder(encoder) if encoder else None)
    console = Console()
    for line in _verified(found):
        terminal.show(console, line)
    if found.damaged:
        raise typer.Exit(DAMAGED)


def _verified(found: Verification) -> list[Text]:
    if found.manifest is None:
        lines = [f"{damage.file}: {damage.what}" for damage in found.damaged]
        return [
            *(Text(terminal.inert(line), "red") for line in lines),
            Text(f"{len(lines)} damaged files. {found.damaged[0].remedy}", "bold"),
        ]
    counts, files = found.manifest.counts, found.manifest.files
    size = sum(file.size for file in files.values())
    held = f"{len(files)} files, {size:,} bytes, " if files else ""
    whole = (
        f"generation {found.manifest.generation} is whole: {held}"
        f"{counts.documents} documents, {counts.articles} articles, {counts.passages} passages"
    )
    listed = [
        Text(terminal.inert(f"{source}: {state}"), "yellow") for source, state in found.states[:_LISTED]
    ]
    if len(found.states) > _LISTED:
        listed.append(Text(f"and {len(found.states) - _LISTED} more", "yellow"))
    if found.states:
        listed.insert(0, Text("Files that are no longer what was indexed:", "yellow"))
    return [Text(whole), *listed]


def rebuild(folder: IndexOption = DEFAULT_INDEX, encoder: EncoderOption = None) -> None:
    """Make an index anew from the texts stored in it, or where these are damaged from the files.

    Repairs a damaged index, and brings one that other rules or another encoder made up to date. Exit code 3
    when a document could not be restored.
    """
    console = Console(stderr=True)
    with progress_bar(console) as report_progress:
        report = rebuild_index(
            folder, encoder=load_encoder(encoder) if encoder else None, progress=report_progress
        )
    for line in _rebuilt(report):
        terminal.show(console, line)
    terminal.print_skipped(console, report.lost)
    terminal.print_report(console, report.build)
    if report.lost:
        raise typer.Exit(SOME_SKIPPED)


def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help="A folder, or milvus://HOST/NAME.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="Likewise; it may hold an earlier copy.")],
) -> None:
    """Copy an index between folders and Milvus; nothing is read or encoded again.

    The copy is published when it is whole, and compared with the original. The same command goes on with an
    interrupted copy, and takes up what changed in FROM since.
    """
    console = Console(stderr=True)
    with progress_bar(console) as report_progress:
        report = copy_index(source, target, progress=report_progress)
    terminal.print_report(console, report)


def _rebuilt(report: RebuildReport) -> list[Text]:
    lines = [Text(f"{len(report.stored)} documents from the texts stored in the index")]
    if report.reread:
        lines.append(Text(f"{len(report.reread)} read again from their files: {_names(report.reread)}"))
    if report.changed:
        lines.append(Text(f"of these, changed since they were indexed: {_names(report.changed)}", "yellow"))
    return lines


def _names(sources: Sequence[str]) -> str:
    more = f" and {len(sources) - _LISTED} more" if len(sources) > _LISTED else ""
    return terminal.inert(", ".join(sources[:_LISTED]) + more)
