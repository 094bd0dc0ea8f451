"""The commands ``user add`` and ``user remove``: who may use a chat that asks for passwords."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from yuanwen_index import UsageError

from .serving.accounts import add_user, remove_user

__all__ = ["user"]

user = typer.Typer(help="The users of a chat that asks for passwords.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(help="The user's name.")]
FileOption = Annotated[Path, typer.Option("--auth-file", help="The file with the users.")]


@user.command()
def add(
    name: NameArgument,
    file: FileOption,
    from_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> None:
    """Add a user, or give one a new password."""
    new = add_user(file, name, _password(from_stdin))
    typer.echo(
        f"{name} was {'added' if new else 'given a new password'}; a running chat learns it when restarted"
    )


@user.command()
def remove(name: NameArgument, file: FileOption) -> None:
    """Remove a user."""
    remove_user(file, name)
    typer.echo(f"{name} was removed; a running chat learns it when restarted")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise UsageError("there is no terminal to type a password on; use --password-stdin")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
