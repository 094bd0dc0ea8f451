"""Questions and passages to arrays, so that fitting only gathers numbers.

Everything of one kind stands in one long array; ``Ragged`` finds the part of each question, passage or pair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from training.reader_data import Example

from yuanwen_qa.reading.features import Asked, Read, compare, question_features, read_passage, take_apart
from yuanwen_qa.reading.forms import word_marks
from yuanwen_qa.reading.spaces import WordSpace

KEPT_READS = 40_000
Rows = NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class Ragged:
    """Arrays of different lengths, end to end; array ``i`` is ``values[starts[i]:starts[i + 1]]``."""

    values: Rows
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, parts: Sequence[Rows]) -> Ragged:
        """Join ``parts``, of which there must be one at least."""
        lengths = [len(part) for part in parts]
        return cls(np.concatenate(parts), np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))

    def __getitem__(self, i: int) -> Rows:
        return self.values[self.starts[i] : self.starts[i + 1]]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def longest(self, numbers: Sequence[int]) -> int:
        """Greatest length of the arrays with these numbers."""
        at = np.asarray(numbers)
        return int((self.starts[at + 1] - self.starts[at]).max())


FIELDS = (
    "p_numbers", "p_tags", "p_marks", "p_starts", "p_ends", "p_first", "p_last",
    "q_numbers", "q_tags", "q_marks", "q_places", "q_asked", "pair", "held", "gold", "ignored", "passages", "pairs",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Corpus:
    """All that fitting needs.

    ``words`` are numbered by ``p_numbers`` and ``q_numbers``. Ragged ``rows`` by ``FIELDS``: p_* of each passage,
    q_* of each question; of each pair of both ``pair`` and ``held`` (see ``features.Pair``), the characters of right
    spans ``gold`` (n, 2) and of others that are right or read the same, ``ignored``; ``passages``: the one passage of each
    pair; ``pairs``: those of each question. ``counts`` (n_questions,): how many things are asked for.
    """

    words: list[str]
    rows: dict[str, Ragged]
    counts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.counts)

    def __getitem__(self, name: str) -> Ragged:
        return self.rows[name]

    def answerable(self) -> NDArray[np.bool_]:
        """Which questions have a right span in one of their passages, (n_questions,)."""
        has = np.diff(self["gold"].starts) > 0
        pairs = self["pairs"]
        return np.array([bool(has[pairs[i]].any()) for i in range(len(self))])

    def save(self, path: Path) -> None:
        """Write one ``.npz``."""
        arrays: dict[str, Rows] = {"words": np.frombuffer("\n".join(self.words).encode(), np.uint8)}
        for name, rows in self.rows.items():
            arrays[f"{name}.values"], arrays[f"{name}.starts"] = rows.values, rows.starts
        np.savez(path, counts=self.counts, **arrays)  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: Path) -> Corpus:
        """Read what ``save`` wrote."""
        stored = np.load(path, allow_pickle=False)
        rows = {name: Ragged(stored[f"{name}.values"], stored[f"{name}.starts"]) for name in FIELDS}
        return cls(stored["words"].tobytes().decode().split("\n"), rows, stored["counts"])


class CorpusMaker:
    """Takes examples one by one; ``corpus`` joins them."""

    def __init__(self, space: WordSpace) -> None:
        self._space = space
        self._words: dict[str, int] = {}
        self._parts: dict[str, list[Rows]] = {name: [] for name in FIELDS}
        self._counts: list[int] = []
        self._known: dict[str, int] = {}
        self._reads: dict[str, Read] = {}

    def add(self, example: Example) -> None:
        """Add a question with its passages; one without words or passages is left out."""
        asked = take_apart(example.question, self._space)
        if not len(asked.words) or not example.texts:
            return
        self._question(asked)
        gold: dict[int, list[tuple[int, int]]] = {}
        for at, start, end in example.gold:
            gold.setdefault(at, []).append((start, end))
        answers = {example.texts[at][start:end] for at, start, end in example.gold}
        pairs = []
        for at, text in enumerate(example.texts):
            read = self._read(text)
            if not len(read.words):
                continue
            pairs.append(len(self._parts["pair"]))
            pair = compare(asked, read)
            right = gold.get(at, [])
            same = [span for answer in answers for span in occurrences(text, answer) if span not in right]
            same += [(start, end) for place, start, end in example.also if place == at]
            self._put("pair", pair.words, np.float16)
            self._put("held", pair.held, np.float16)
            self._put("gold", np.array(right).reshape(-1, 2), np.int16)
            self._put("ignored", np.array(same).reshape(-1, 2), np.int16)
            self._put("passages", np.array([self._known[text]]), np.int64)
        self._put("pairs", np.array(pairs), np.int64)

    def corpus(self) -> Corpus:
        """All examples added so far."""
        rows = {name: Ragged.of(parts) for name, parts in self._parts.items()}
        return Corpus(list(self._words), rows, np.array(self._counts, np.int64))

    def _put(self, name: str, values: Rows, kind: type[np.generic]) -> None:
        self._parts[name].append(values.astype(kind))

    def _number(self, keys: Sequence[str]) -> Rows:
        return np.array([self._words.setdefault(key, len(self._words)) for key in keys], np.int32)

    def _question(self, asked: Asked) -> None:
        self._put("q_numbers", self._number(asked.words.keys), np.int32)
        self._put("q_tags", asked.words.tags, np.int8)
        self._put("q_marks", word_marks(asked.words), np.float16)
        self._put("q_places", asked.places, np.float16)
        self._put("q_asked", question_features(asked)[None], np.float16)
        self._counts.append(asked.question.count)

    def _read(self, text: str) -> Read:
        if text not in self._reads:
            if len(self._reads) >= KEPT_READS:
                self._reads.clear()
            self._reads[text] = read_passage(text, self._space)
        read = self._reads[text]
        if text not in self._known and len(read.words):
            self._known[text] = len(self._known)
            columns = {
                "p_numbers": (self._number(read.words.keys), np.int32), "p_tags": (read.words.tags, np.int8),
                "p_marks": (read.marks, np.float16), "p_starts": (read.words.starts, np.int16),
                "p_ends": (read.words.ends, np.int16), "p_first": (read.first, np.int16),
                "p_last": (read.last, np.int16),
            }  # fmt: skip
            for name, (values, kind) in columns.items():
                self._put(name, values, kind)
        return read


def occurrences(text: str, answer: str) -> Iterator[tuple[int, int]]:
    """Where ``answer`` stands in ``text``."""
    at = text.find(answer) if answer else -1
    while at >= 0:
        yield at, at + len(answer)
        at = text.find(answer, at + 1)


def make_corpus(examples: Sequence[Example], space: WordSpace, log: Callable[[str], None]) -> Corpus:
    """The corpus of all examples."""
    maker = CorpusMaker(space)
    for i, example in enumerate(examples):
        maker.add(example)
        if i % 5_000 == 4_999:
            log(f"{i + 1} of {len(examples)} questions in numbers")
    return maker.corpus()
