"""Search keys: texts with their differences of width, case and script folded away.

Folding keeps the length: character ``i`` of the key stands for character ``i`` of the text. Keys are for
comparing only; what is shown to a user is always the original.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

_SURROGATES = range(0xD800, 0xE000)


@lru_cache(maxsize=1)
def fold_table() -> dict[int, int]:
    """Return code point -> code point for every character that folds to another one."""
    data = Path(__file__).with_name("fold.tsv").read_text(encoding="ascii")
    table = dict.fromkeys(_SURROGATES, 0xFFFD)
    for line in data.splitlines():
        target, sources = line.split("\t")
        table.update(dict.fromkeys((int(code, 16) for code in sources.split(" ")), int(target, 16)))
    return table


def fold(text: str) -> str:
    """Return the search key of a text, of the same length.

    Full-width and compatibility forms become plain ones, capitals small, traditional and Japanese characters
    simplified; NUL and lone surrogates become U+FFFD. ``fold(fold(text)) == fold(text)``.
    """
    return text.translate(fold_table())
