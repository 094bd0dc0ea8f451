"""What a mutant is."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Mutant"]


@dataclass(frozen=True)
class Mutant:
    """``name``: in ``file``, ``old`` (which stands there once) becomes ``new``, and ``test`` must fail."""

    name: str
    file: str
    old: str
    new: str
    test: str
