"""The ``yuanwen`` command.

Exit codes: 0 done; 1 an error of our own; 2 something cannot be done as asked; 3 done, but some files were
skipped; 4 a model cannot be loaded; 5 the index cannot be used; 6 a measure falls short of
what was demanded of it; 130 interrupted.
"""

from __future__ import annotations

import sys
from importlib.metadata import version as installed_version
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from yuanwen_index import YuanwenError

from . import commands, evaluation_commands, terminal, upkeep_commands, user_commands

__all__ = ["app", "main"]

INTERRUPTED = 130

app = typer.Typer(
    name="yuanwen",
    help="Yuanwen (原文) answers questions from your own articles, in their own words, and shows where.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    commands.index,
    commands.articles,
    commands.search,
    commands.ask,
    commands.chat,
    commands.mcp,
):
    app.command()(command)
app.command()(upkeep_commands.verify)
app.command()(upkeep_commands.rebuild)
app.command()(upkeep_commands.copy)
app.command("eval")(evaluation_commands.evaluate)
app.command()(evaluation_commands.compare)
app.add_typer(evaluation_commands.questions, name="questions")
app.add_typer(user_commands.user, name="user")


def print_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"yuanwen {installed_version('yuanwen')}\n")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=print_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """Options before the command."""


def main() -> None:
    """Run the command line; every error raised on purpose becomes one line and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a pipe on Windows would take the local code page
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app()
    except YuanwenError as error:
        Console(stderr=True).print(Text(terminal.inert(f"yuanwen: {error}")), soft_wrap=True)
        sys.exit(error.exit_code)
    except SystemExit as end:  # typer turns Ctrl-C into an exit of its own
        if end.code == INTERRUPTED:
            Console(stderr=True).print("yuanwen: interrupted; what was published before is as it was")
        raise


if __name__ == "__main__":
    main()
