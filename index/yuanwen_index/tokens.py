"""Texts -> keys of the tokens in them: what word matching counts.

Scripts written without spaces (Han, kana, hangul, Thai, ...) give every character and every pair of
neighbours; everything else gives whole words and numbers, and of words longer than four letters also the first
four, which inflected forms share. A token is known by a 44-bit hash of its characters only, so that tokenising
is a handful of array operations over all texts at once and no token is ever a Python object.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .keys import fold_table

TOKENS = {"name": "characters-pairs-words-beginnings", "version": 1}
KEY_BITS = 44

_BREAK, _UNSPACED, _WORD = 0, 1, 2
_LONGEST_WORD = 64
_BEGINNING = 4
_UNSPACED_RANGES = (
    (0x0E00, 0x109F),  # Thai, Lao, Tibetan, Myanmar
    (0x1100, 0x11FF),  # hangul letters
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x2FDF),  # radicals
    (0x3005, 0x9FFF),  # kana, bopomofo, Han
    (0xA960, 0xA97F),
    (0xAC00, 0xD7FF),  # hangul syllables
    (0xF900, 0xFAFF),
    (0xFF66, 0xFFDC),  # half-width kana and hangul
    (0x16FE0, 0x1B16F),
)


def token_keys(texts: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Every token occurrence of ``texts``: keys (n_tokens,) below 2**44, and the numbers of their texts."""
    found, owners = _tokens(texts)
    return np.concatenate([keys for keys, _ in found]), owners[
        np.concatenate([places for _, places in found])
    ]


def question_keys(question: str) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Keys of every token occurrence (n_tokens,), and of those only that are no parts: characters and whole words."""
    (characters, pairs, beginnings, words), _ = _tokens([question])
    return np.concatenate([characters[0], pairs[0], beginnings[0], words[0]]), np.concatenate(
        [characters[0], words[0]]
    )


def _tokens(
    texts: Sequence[str],
) -> tuple[list[tuple[NDArray[np.uint64], NDArray[np.int64]]], NDArray[np.int64]]:
    """Keys and places of characters, pairs, beginnings of words and words; the number of the text at each place."""
    codes, owners = _code_points(texts)
    kinds = _kinds()[codes]
    unspaced = np.flatnonzero(kinds == _UNSPACED)
    first = unspaced[:-1][np.diff(unspaced) == 1]
    paired = (codes[first] << np.uint64(21)) | codes[first + 1]
    runs = _runs(kinds)
    long = runs[runs[:, 1] > _BEGINNING]
    beginnings = np.stack([long[:, 0], np.full(len(long), _BEGINNING)], axis=1)
    return [
        (_cut(_mix(codes[unspaced])), unspaced),
        (_cut(_mix(paired)), first),
        (_cut(_words(codes, beginnings)), long[:, 0]),
        (_cut(_words(codes, runs)), runs[:, 0]),
    ], owners


def _cut(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return keys >> np.uint64(64 - KEY_BITS)


def keys_of_tokens(tokens: Sequence[str]) -> NDArray[np.uint64]:
    """Keys of single tokens (n_tokens,); 0 for a text that is none."""
    keys, owners = token_keys(tokens)
    whole = np.zeros(len(tokens), np.uint64)
    whole[owners] = keys  # the parts of a pair or a word come first, itself last, which stays
    return whole


def _code_points(texts: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Folded characters of all texts, each text closed by a NUL, and the number of the text of each."""
    raw = "".join(text + "\0" for text in texts).encode("utf-32-le", "surrogatepass")
    sizes = np.fromiter((len(text) + 1 for text in texts), np.int64, len(texts))
    codes = np.frombuffer(raw, "<u4")
    return _folded()[codes].astype(np.uint64), np.repeat(np.arange(len(texts)), sizes)


def _runs(kinds: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Start and length (n_words, 2) of every run of word characters."""
    inside = np.flatnonzero(kinds == _WORD)
    opens = np.flatnonzero(np.diff(inside, prepend=-2) != 1)
    return np.stack([inside[opens], np.diff(opens, append=len(inside))], axis=1)


def _words(codes: NDArray[np.uint64], runs: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Hashes (n_words,) of the characters of runs, of which the first 64 count."""
    lengths = np.minimum(runs[:, 1], _LONGEST_WORD)
    firsts = np.cumsum(lengths) - lengths
    place = np.arange(lengths.sum()) - np.repeat(firsts, lengths)
    powers = np.cumprod(np.full(_LONGEST_WORD, 0x9E3779B97F4A7C15, np.uint64))
    parts = _mix(codes[np.repeat(runs[:, 0], lengths) + place]) * powers[place]
    return _mix(np.add.reduceat(parts, firsts)) if len(runs) else np.empty(0, np.uint64)


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread 64-bit values evenly (a bijection, so nothing is lost before the cut to 44 bits)."""
    mixed = values + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


@lru_cache(maxsize=1)
def _folded() -> NDArray[np.uint32]:
    """For each code point the one that it folds to; NUL, which closes texts here, stays."""
    table = np.arange(0x110000, dtype=np.uint32)
    for code, folded in fold_table().items():
        table[code] = folded
    table[0] = 0
    return table


@lru_cache(maxsize=1)
def _kinds() -> NDArray[np.uint8]:
    """For each code point whether it breaks tokens, stands in an unspaced script, or builds a word."""
    table = np.zeros(0x110000, np.uint8)
    letters = [code for code in range(0x20000) if unicodedata.category(chr(code))[0] in "LMN"]
    table[letters] = _WORD
    for start, end in _UNSPACED_RANGES:
        table[start : end + 1] = np.minimum(table[start : end + 1], _UNSPACED)
    table[0x20000:0x40000] = _UNSPACED
    return table
