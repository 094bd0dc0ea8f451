"""Question and passages to scored spans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from yuanwen_index import Hit

__all__ = ["SHIPPED_READER", "Candidate", "Reader", "load_reader"]

SHIPPED_READER = Path(__file__).parent / "models" / "reader"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span that may answer the question.

    ``hit_index`` says in which of the hits read; ``start`` and ``end`` are half-open character offsets in
    that passage's article; ``score`` is any real, higher is better, comparable within one question;
    ``confidence`` is the probability (0 to 1) that the span answers the question.
    """

    hit_index: int
    start: int
    end: int
    score: float
    confidence: float


class Reader(Protocol):
    """Marks the answer inside passages."""

    @property
    def name(self) -> str:
        """What the reader is called in reports."""
        ...

    @property
    def threshold(self) -> float:
        """Confidence (0 to 1) below which an answer of this reader is better withheld."""
        ...

    def read(self, question: str, hits: Sequence[Hit], n: int = 3) -> list[Candidate]:
        """At most ``n`` distinct spans, best first, none crossing a paragraph end."""
        ...


def load_reader(name: str | None) -> Reader:
    """The shipped reader for None or "yuanwen"; else a transformers question-answering model.

    ``name`` is then a folder, or a hub model: ``NAME`` when it is on this machine, ``hub:NAME`` to fetch it.
    Raises EncoderUnavailable when the model cannot be loaded, MissingExtra without the extra "models".
    """
    if name is None or name == "yuanwen":
        return _shipped()
    from .reading.transformer_reader import TransformerReader

    return TransformerReader.load(name)


@lru_cache(maxsize=1)
def _shipped() -> Reader:
    from .reading.candidate_reader import CandidateReader

    return CandidateReader.load(SHIPPED_READER)
