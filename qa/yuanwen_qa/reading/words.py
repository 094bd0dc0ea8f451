"""Text to words with parts of speech: where answers may begin and end."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from yuanwen_index import fold

if TYPE_CHECKING:
    from jieba import Tokenizer
    from jieba.posseg import POSTokenizer

__all__ = ["TAGS", "Words", "cut_words"]

TAGS = (
    "x", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "nr", "ns", "nt", "nz", "o", "p",
    "q", "r", "s", "t", "u", "v", "vn", "y", "z", "eng",
)  # fmt: skip
_TAG_IDS = {tag: i for i, tag in enumerate(TAGS)}
_SENTENCE_ENDS = frozenset("。！？!?；;.")
_CLAUSE_ENDS = _SENTENCE_ENDS | frozenset("，,：:")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one text, blanks left out.

    ``keys`` are the words with case, width and script folded away. Arrays are (n_words,) int64: ``starts`` and
    ``ends`` in characters, ``tags`` as places in ``TAGS``, ``clauses`` and ``sentences`` count up from 0
    (a mark of punctuation belongs to what it ends).
    """

    text: str
    keys: tuple[str, ...]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    tags: NDArray[np.int64]
    clauses: NDArray[np.int64]
    sentences: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.keys)


def cut_words(text: str) -> Words:
    """Cut ``text``, in any script, into words; time is linear in its length."""
    keys: list[str] = []
    starts: list[int] = []
    tags: list[int] = []
    at = 0
    for word, tag in _tagger().cut(fold(text)):
        if not word.isspace():
            keys.append(word)
            starts.append(at)
            tags.append(_tag_id(word, tag))
        at += len(word)
    begin = np.array(starts, np.int64)
    lengths = np.array([len(key) for key in keys], np.int64)
    return Words(
        text,
        tuple(keys),
        begin,
        begin + lengths,
        np.array(tags, np.int64),
        _count_breaks(text, keys, _CLAUSE_ENDS, begin),
        _count_breaks(text, keys, _SENTENCE_ENDS, begin),
    )


def _count_breaks(
    text: str, keys: list[str], marks: frozenset[str], starts: NDArray[np.int64]
) -> NDArray[np.int64]:
    """For each word, how many breaks stand before it: marks (but none inside a number) and line ends."""
    breaks = np.zeros(len(keys) + 1, np.int64)
    for i, key in enumerate(keys):
        if i and "\n" in text[starts[i - 1] : starts[i]]:
            breaks[i] += 1
        if key in marks and not text[starts[i] + 1 : starts[i] + 2].isdigit():
            breaks[i + 1] += 1
    return np.cumsum(breaks)[: len(keys)]


def _tag_id(word: str, tag: str) -> int:
    """The tagger leaves single digits and letters among the marks."""
    if tag == "x" and word[0].isalnum():
        tag = "m" if word[0].isdigit() else "eng"
    return _TAG_IDS.get(tag, _TAG_IDS.get(tag[0], 0))


@lru_cache(maxsize=1)
def _tagger() -> POSTokenizer:
    """A jieba tagger whose dictionary is read anew: its cache in the shared temporary folder is unchecked."""
    import jieba
    import jieba.posseg
    from jieba.posseg import char_state_tab

    jieba.setLogLevel(logging.ERROR)
    unseen = "".join(char for char in map(chr, range(0x4E00, 0x9FD6)) if char not in char_state_tab.P)
    rare = re.compile(f"([{unseen}])")

    class Tagger(jieba.posseg.POSTokenizer):  # type: ignore[misc]
        def _POSTokenizer__cut_detail(self, text: str) -> Iterator[Any]:  # noqa: N802
            """Cut a stretch that no word of the dictionary is in.

            jieba weighs up to 65,000 pairs of states for a character that it never saw: three milliseconds, which a
            page of nothing else makes seconds. So where several stand in one stretch, each is taken for a word.
            """
            parts = rare.split(text)
            if len(parts) <= 3:
                yield from super()._POSTokenizer__cut_detail(text)
                return
            for number, part in enumerate(parts):
                if number % 2:
                    yield jieba.posseg.pair(part, self.word_tag_tab.get(part, "x"))
                elif part:
                    yield from super()._POSTokenizer__cut_detail(part)

    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = word_frequencies(tokenizer)
    tokenizer.initialized = True
    tokenizer.dictionary = os.devnull  # the tags have been read already, when jieba.posseg was imported
    tagger = Tagger(tokenizer)
    tagger.word_tag_tab = jieba.posseg.dt.word_tag_tab.copy()
    return tagger


def word_frequencies(tokenizer: Tokenizer) -> tuple[dict[str, int], int]:
    """What ``tokenizer.gen_pfdict`` makes of its dictionary, sooner: frequencies of words, 0 of their beginnings."""
    with tokenizer.get_dict_file() as file:
        fields = file.read().decode("utf-8").split()
    words, numbers = fields[::3], [int(number) for number in fields[1::3]]
    frequencies = {word[:n]: 0 for word in words for n in range(1, len(word))}
    frequencies.update(zip(words, numbers, strict=True))
    return frequencies, sum(numbers)
