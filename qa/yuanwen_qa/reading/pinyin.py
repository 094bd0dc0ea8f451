"""Chinese names in Latin letters: where a word of an English question spells Chinese characters of a text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib import resources

__all__ = ["spelled_words", "syllable_of"]


def spelled_words(name: str, keys: Sequence[str]) -> list[int]:
    """Which of the words ``keys`` take part in a run of characters that reads ``name`` (small Latin letters).

    The run begins and ends with whole syllables, may be part of a word or spread over neighbours, and tones do
    not count.
    """
    return sorted({word for run in _runs(keys) for word in _found(name, run)})


@lru_cache(maxsize=1)
def syllable_of() -> dict[str, str]:
    """Character -> syllable without tone, for common simplified characters."""
    data = resources.files(__package__).joinpath("pinyin.tsv").read_text(encoding="utf-8")
    lines = (line.split("\t") for line in data.splitlines())
    return {char: syllable for syllable, chars in lines for char in chars}


def _runs(keys: Sequence[str]) -> Iterator[list[tuple[str, int]]]:
    """Unbroken runs of (syllable, number of its word)."""
    known = syllable_of()
    run: list[tuple[str, int]] = []
    for number, key in enumerate(keys):
        for char in key:
            if char in known:
                run.append((known[char], number))
            elif run:
                yield run
                run = []
    if run:
        yield run


def _found(name: str, run: list[tuple[str, int]]) -> Iterator[int]:
    for start in range(len(run)):
        spelled, end = "", start
        while end < len(run) and len(spelled) < len(name) and name.startswith(spelled):
            spelled += run[end][0]
            end += 1
        if spelled == name:
            yield from (word for _, word in run[start:end])
