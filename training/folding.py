"""Make the fold table of the search keys: ``python training/folding.py index/yuanwen_index/fold.tsv``.

Needs the package ``opencc``. The table maps single characters to single characters, so that folding keeps the
length of a text: width and compatibility forms (NFKC), case, traditional to simplified, Japanese to
simplified.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

REPLACEMENT = "\ufffd"


def han_folds() -> Callable[[str], str]:
    """Return the conversion of one Han character to its simplified form (itself where there is none)."""
    from opencc import OpenCC

    simplified, traditional = OpenCC("t2s"), OpenCC("jp2t")

    def convert(char: str) -> str:
        folded = simplified.convert(char)
        if folded == char and not is_common_chinese(char):
            # Characters of the simplified standard are left alone: some are also Japanese short forms of
            # others.
            folded = simplified.convert(traditional.convert(char))
        return folded if len(folded) == 1 else char

    return convert


def is_common_chinese(char: str) -> bool:
    """Tell whether the simplified standard GB 2312 has the character."""
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def fold_char(char: str, simplify: Callable[[str], str]) -> str:
    """Return the key of one character; always one character."""
    if char == "\x00" or unicodedata.category(char) == "Cs":
        return REPLACEMENT
    for _ in range(3):  # a compatibility form may lead to a capital, which leads to a small letter
        for step in (lambda c: unicodedata.normalize("NFKC", c), str.lower, simplify):
            folded = step(char)
            char = folded if len(folded) == 1 else char
    return char


def fold_table() -> dict[str, str]:
    """Return every character that folds to another one, with that one."""
    simplify = han_folds()
    chars = (chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF)
    assigned = (char for char in chars if unicodedata.category(char) not in ("Cn", "Co") or char == "\x00")
    pairs = ((char, fold_char(char, simplify)) for char in assigned)
    return {char: folded for char, folded in pairs if char != folded}


def main(path: str) -> None:
    """Write the table: one line per target, a tab, then the characters that fold to it."""
    sources: dict[str, list[str]] = {}
    for char, folded in fold_table().items():
        sources.setdefault(folded, []).append(char)
    rows = [
        f"{ord(folded):x}\t{' '.join(f'{ord(c):x}' for c in chars)}"
        for folded, chars in sorted(sources.items())
    ]
    Path(path).write_text("\n".join(rows) + "\n", encoding="ascii")
    print(f"{sum(map(len, sources.values()))} characters fold to {len(rows)}")


if __name__ == "__main__":
    main(sys.argv[1])
