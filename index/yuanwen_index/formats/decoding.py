"""Bytes to text: the byte order mark, else strict UTF-8, else strict GB18030, else a reason why not."""

from __future__ import annotations

import codecs
import re

from ..errors import DocumentUnreadable, UsageError

__all__ = ["GUESSED", "check_encoding", "decode"]

GUESSED = "gb18030"
"""What text that is not UTF-8 is taken for, if it makes sense so."""

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = re.compile("[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_SAMPLE = 1 << 16
_NAME_IT = "name its encoding with --encoding"


def check_encoding(name: str) -> str:
    """Return the standard name of the text encoding ``name``; raise ``UsageError`` if there is none."""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        raise UsageError(
            f'unknown encoding "{name}"; known are utf-8, gb18030, big5, shift_jis, euc-kr ...'
        ) from None
    try:
        "".encode(name)  # refuses codecs that turn bytes into bytes
        if not isinstance(b"".decode(name), str):
            raise LookupError
    except (LookupError, UnicodeError, AssertionError):
        raise UsageError(f'"{name}" is no encoding of text') from None
    return found.name


def decode(data: bytes, encoding: str | None = None) -> tuple[str, str]:
    """Return the text of ``data`` and the name of its encoding.

    Without ``encoding`` a byte order mark decides (it is no part of the text); else ``data`` is UTF-8, or
    GB18030 if it is not UTF-8 and reads as Chinese print. Raises DocumentUnreadable, its message the reason.
    """
    if encoding is not None:
        return _strict(data, check_encoding(encoding), f"cannot be decoded as {encoding}")
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _strict(
                data, name, f"has the byte order mark of {name.upper()} but cannot be decoded as such"
            )
    if b"\0" in data:
        raise DocumentUnreadable(f"is not text (it holds NUL bytes); if it is, {_NAME_IT}")
    try:
        return _without_controls(data.decode("utf-8")), "utf-8"
    except UnicodeDecodeError:
        pass
    text, name = _strict(data, GUESSED, f"is neither UTF-8 nor GB18030; {_NAME_IT}")
    if _unlikely_chinese(text[:_SAMPLE]):
        raise DocumentUnreadable(f"is not UTF-8, and as GB18030 makes no sense; {_NAME_IT}")
    for other in ("shift_jis", "euc_jp", "euc_kr"):
        if _likely(other, data, text[:_SAMPLE]):
            raise DocumentUnreadable(f"may be {other} or gb18030; {_NAME_IT} {other} or --encoding gb18030")
    return text, name


def _strict(data: bytes, name: str, reason: str) -> tuple[str, str]:
    try:
        return _without_controls(data.decode(name)), name
    except (UnicodeDecodeError, ValueError):
        raise DocumentUnreadable(reason) from None


def _without_controls(text: str) -> str:
    """Return ``text`` as it is; refuse what no one would call text."""
    sample = text[:_SAMPLE]
    if len(_CONTROLS.findall(sample)) > 0.01 * len(sample) + 4:
        raise DocumentUnreadable(f"is not text (too many control characters); if it is, {_NAME_IT}")
    return text


def _unlikely_chinese(sample: str) -> bool:
    """Whether text read as GB18030 is really another encoding: too much of it lies outside print Chinese."""
    wide = [char for char in sample if char >= "\x80"]
    private = sum("\ue000" <= char <= "\uf8ff" or char >= "\U00010000" for char in wide)
    plain = sum(
        "\u4e00" <= char <= "\u9fff" or "\u3000" <= char <= "\u3002" or char in _COMMON for char in wide
    )
    alone = len(_ALONE.findall(sample))
    return private > 0.02 * len(wide) or plain < 0.5 * len(wide) or alone > 0.3 * len(wide)


def _likely(name: str, data: bytes, chinese: str) -> bool:
    """Whether bytes that read as GB18030 are Japanese or Korean in the encoding ``name``.

    Then much of them is kana, which the bytes of Chinese never give; or nearly all is Hangul, and what they read
    as in Chinese lacks its commonest words.
    """
    try:
        wide = [char for char in data.decode(name)[:_SAMPLE] if char >= "\x80"]
    except UnicodeDecodeError:
        return False
    if len(wide) < _ENOUGH:
        return False
    if name != "euc_kr":
        return sum("\u3041" <= char <= "\u30fa" for char in wide) > 0.2 * len(wide)
    hangul = sum("\uac00" <= char <= "\ud7a3" for char in wide)
    return hangul > 0.7 * len(wide) and sum(char in _COMMONEST for char in chinese) < 0.02 * len(wide)


_ENOUGH = 30  # characters that say which language a text is in
_COMMONEST = frozenset("的一是在了和有不为中大人上国年月日这我他个")
_ALONE = re.compile(r"(?<=[A-Za-z])[^\x00-\x7f](?=[A-Za-z\s.,])")  # an accented letter misread
_COMMON = frozenset("，。、；：？！“”‘’（）《》【】…—·～％－０１２３４５６７８９")
