"""Every error raised on purpose.

The message says what happened, where, and what to do; it is written for the person who sees it.

    YuanwenError
    ├── UsageError            something asked for cannot be done as asked (a path, an option, a question)
    │   └── MissingExtra      a package of an optional extra is not installed
    ├── DocumentUnreadable    one file cannot be turned into text; others can
    ├── EncoderUnavailable    an encoder (or reader) model cannot be loaded
    └── IndexUnusable
        ├── IndexMissing      there is no index in this folder
        ├── IndexLocked       another process is writing to it
        ├── IndexMismatch     made by another format, encoder, dimension or splitter
        ├── IndexCorrupt      a file of it is damaged
        └── IndexUnreachable  its server does not answer; trying again later may help
"""

from __future__ import annotations

__all__ = [
    "DocumentUnreadable",
    "EncoderUnavailable",
    "IndexCorrupt",
    "IndexLocked",
    "IndexMismatch",
    "IndexMissing",
    "IndexUnreachable",
    "IndexUnusable",
    "MissingExtra",
    "UsageError",
    "YuanwenError",
]


class YuanwenError(Exception):
    """Root of the tree; ``exit_code`` is what the command line ends with."""

    exit_code = 1


class UsageError(YuanwenError):
    """Something asked for cannot be done as asked."""

    exit_code = 2


class MissingExtra(UsageError):
    """A package of an optional extra is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f'{what} needs the extra "{extra}": pip install "yuanwen[{extra}]"')


class DocumentUnreadable(YuanwenError):
    """One file cannot be turned into text."""

    exit_code = 3


class EncoderUnavailable(YuanwenError):
    """A model cannot be loaded."""

    exit_code = 4


class IndexUnusable(YuanwenError):
    """The index folder cannot be used."""

    exit_code = 5


class IndexMissing(IndexUnusable):
    """There is no index in this folder."""


class IndexLocked(IndexUnusable):
    """Another process is writing to this index."""


class IndexMismatch(IndexUnusable):
    """The index was made by another format, encoder, dimension or splitter."""


class IndexCorrupt(IndexUnusable):
    """A file of the index is damaged.

    ``file`` is its name inside the index folder, ``what`` is wrong with it, ``remedy`` is what to do.
    """

    def __init__(self, file: str, what: str, remedy: str) -> None:
        super().__init__(f"index damaged: {file}: {what}. {remedy}")
        self.file = file
        self.what = what
        self.remedy = remedy


class IndexUnreachable(IndexUnusable):
    """The server that holds the index does not answer; trying again later may help."""
