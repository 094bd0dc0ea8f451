"""A question in, verbatim answers out, or the honest "not found in these articles"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from yuanwen_index import ANYWHERE, Encoder, Filter, Hit, Place, Retriever, UsageError

from .answers import Answer, Reply
from .readers import Candidate, Reader, load_reader

__all__ = ["LONGEST_QUESTION", "Assistant", "Searcher", "clean_question"]

LONGEST_QUESTION = 2_000
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\s]+")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


class Searcher(Protocol):
    """The part of a retriever that an assistant needs."""

    def search(self, question: str, k: int = 10, *, where: Filter = ANYWHERE) -> list[Hit]:
        """The ``k`` nearest passages in the articles that ``where`` wants, best first."""
        ...


class Assistant:
    """Finds passages, reads them and answers, or withholds.

    ``threshold`` is the confidence (0 to 1) from which an answer is given; None takes the one that was
    fitted together with the reader. ``depth`` is how many passages are read.
    """

    def __init__(
        self,
        retriever: Searcher,
        reader: Reader | None = None,
        *,
        threshold: float | None = None,
        depth: int = 5,
    ) -> None:
        if depth < 1:
            raise UsageError(f"at least one passage must be read, not {depth}")
        if threshold is not None and not 0.0 <= threshold <= 1.0:
            raise UsageError(f"the threshold must be between 0 and 1, not {threshold}")
        self.retriever = retriever
        self.reader = load_reader(None) if reader is None else reader
        self.threshold = self.reader.threshold if threshold is None else threshold
        self.depth = depth

    @classmethod
    def open(
        cls,
        folder: str | Place,
        *,
        encoder: Encoder | None = None,
        reader: str | None = None,
        threshold: float | None = None,
        depth: int = 5,
    ) -> Assistant:
        """Open the index in ``folder`` (or ``milvus://HOST/NAME``); ``reader`` names the shipped one (None), a folder or a hub model.

        Raises IndexUnusable (none there, damaged, made by another encoder) or EncoderUnavailable (the reader's
        model cannot be loaded).
        """
        retriever = Retriever.open(folder, encoder=encoder)
        return cls(retriever, load_reader(reader), threshold=threshold, depth=depth)

    def answer(self, question: str, n: int = 3, *, where: Filter = ANYWHERE) -> Reply:
        """Answer with at most ``n`` spans, best first; ``Reply.answered`` is False when none is sure enough.

        ``where`` says in which articles to look. Raises UsageError when the question is empty or longer than 2,000
        characters, or ``n`` is below 1.
        """
        return self.read(question, self.search(question, where=where), n)

    async def aanswer(self, question: str, n: int = 3, *, where: Filter = ANYWHERE) -> Reply:
        """``answer`` in a thread, for callers that must not wait."""
        import asyncio  # 15 ms that only those who use it pay

        return await asyncio.to_thread(self.answer, question, n, where=where)

    def search(self, question: str, *, where: Filter = ANYWHERE) -> list[Hit]:
        """The passages that ``answer`` chooses from, nearest first; UsageError as there."""
        return self.retriever.search(clean_question(question), k=max(10, self.depth), where=where)

    def read(self, question: str, hits: Sequence[Hit], n: int = 3) -> Reply:
        """``answer`` from passages that were found in some other way, the first ``depth`` of which are read."""
        if n < 1:
            raise UsageError(f"at least one answer must be asked for, not {n}")
        question = clean_question(question)
        candidates = self.reader.read(question, hits[: self.depth], n=n)
        answers = tuple(_answer(hits, candidate) for candidate in candidates)
        answered = bool(answers) and answers[0].confidence >= self.threshold
        return Reply(question, answers, answered, tuple(hits))


def clean_question(question: str) -> str:
    """The question as one line: controls and runs of blanks become one blank, lone surrogates U+FFFD.

    Raises UsageError when nothing is left, or the question is longer than ``LONGEST_QUESTION`` characters.
    """
    if len(question) > LONGEST_QUESTION:
        raise UsageError(
            f"the question has {len(question):,} characters; ask in at most {LONGEST_QUESTION:,} characters"
        )
    cleaned = _SURROGATE.sub("\ufffd", _UNSEEN.sub(" ", question)).strip()
    if not cleaned:
        raise UsageError("the question is empty; type a question about the articles")
    return cleaned


def _answer(hits: Sequence[Hit], candidate: Candidate) -> Answer:
    passage = hits[candidate.hit_index].passage
    return Answer(passage, candidate.start, candidate.end, candidate.confidence)
