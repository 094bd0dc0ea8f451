"""Why a file was not read, as the index says it in English -> the phrase that says it to a visitor."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["reason_key"]

_KEYS: Final[tuple[tuple[str, str], ...]] = (
    (r"is larger than|unpacks to more than", "unread.large"),
    (r"has more than .* lines|pages, more than|holds more than|holds too much", "unread.long"),
    (r"is not text", "unread.not_text"),
    (r"GB18030|gb18030|cannot be decoded|byte order mark", "unread.charset"),
    (r"more than .* seconds", "unread.slow"),
    (r"encrypted or old Word", "unread.old_word"),
    (r"password", "unread.password"),
    (r"only pictures", "unread.pictures"),
    (r"is not a (?:PDF|Word) file|damaged|HTML", "unread.damaged"),
    (r"is not a regular file|cannot be opened|cannot be read", "unread.closed"),
    (r"needs the extra", "unread.extra"),
)
_COMPILED = tuple((re.compile(pattern), key) for pattern, key in _KEYS)


def reason_key(reason: str) -> str:
    """The key of the phrase for ``reason``, among the script's words."""
    return next((key for pattern, key in _COMPILED if pattern.search(reason)), "unread.other")
