"""What can be measured: anything that answers a question with a span and says where it looked.

:class:`System` is all that an evaluation asks for. :class:`AssistantSystem` and :class:`SearchSystem` measure
this package; write the two methods of a ``System`` to measure something else beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from yuanwen_index import Article, Document, Hit, sentence_spans

from ..answers import Answer, Reply

__all__ = ["AssistantSystem", "DocumentTexts", "Found", "Prediction", "SearchSystem", "System", "SystemReply"]

Span = tuple[int, int]
DEPTH = 10  # recall is measured to rank 10


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that a system found. ``span`` is half-open in the decoded file, None when it is not known."""

    source: str
    text: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Prediction:
    """A system's best answer and where it stands.

    ``confidence`` lies in 0 to 1. ``span`` is half-open in the decoded file, ``marked`` in ``passage``;
    ``article`` holds the spans of the file that the cited article covers, none when it is not known.
    """

    text: str
    confidence: float
    source: str = ""
    title: str = ""
    span: Span | None = None
    sentence: str = ""
    passage: str = ""
    marked: Span | None = None
    article: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class SystemReply:
    """The best answer, also when it was withheld (``answered`` False), and the passages found, best first.

    ``read`` is how many of the passages were read for an answer; None says that the system only searches.
    ``searched`` is False where the passages were given and not found, so that their ranks mean nothing.
    """

    best: Prediction | None
    answered: bool
    found: tuple[Found, ...]
    read: int | None
    searched: bool = True


class System(Protocol):
    """What an evaluation needs of the thing that it measures."""

    def search(self, question: str, k: int) -> Sequence[Found]:
        """The ``k`` nearest passages, best first."""
        ...

    def answer(self, question: str) -> SystemReply:
        """The best answer and what was found for it; ten passages or more for recall@10."""
        ...


class _Searcher(Protocol):
    def search(self, question: str, k: int = 10) -> list[Hit]: ...


class _Answerer(Protocol):
    @property
    def depth(self) -> int: ...
    @property
    def retriever(self) -> _Searcher: ...
    def answer(self, question: str, n: int = 3) -> Reply: ...


class AssistantSystem:
    """An :class:`Assistant`, or anything with its ``answer``, ``depth`` and ``retriever``."""

    def __init__(self, assistant: _Answerer) -> None:
        self._assistant = assistant

    def search(self, question: str, k: int) -> Sequence[Found]:
        """The ``k`` nearest passages, best first."""
        return [found(hit) for hit in self._assistant.retriever.search(question, k)]

    def answer(self, question: str) -> SystemReply:
        """The assistant's first answer, given or withheld."""
        reply = self._assistant.answer(question, 1)
        best = prediction(reply.answers[0]) if reply.answers else None
        read = min(self._assistant.depth, len(reply.hits))
        return SystemReply(best, reply.answered, tuple(found(hit) for hit in reply.hits), read)


class SearchSystem:
    """A retriever on its own: passages without answers."""

    def __init__(self, retriever: _Searcher) -> None:
        self._retriever = retriever

    def search(self, question: str, k: int) -> Sequence[Found]:
        """The ``k`` nearest passages, best first."""
        return [found(hit) for hit in self._retriever.search(question, k)]

    def answer(self, question: str) -> SystemReply:
        """Ten passages and no answer."""
        return SystemReply(None, False, tuple(self.search(question, DEPTH)), None)


class DocumentTexts(Mapping[str, str]):
    """The texts of documents by source, each read when it is asked for."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents
        self._places = {document.source: place for place, document in enumerate(documents)}

    def __getitem__(self, source: str) -> str:
        return self._documents[self._places[source]].text

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def found(hit: Hit) -> Found:
    """A hit as what an evaluation needs of it."""
    passage = hit.passage
    span = passage.article.file_span(passage.start, passage.end)
    return Found(passage.article.document.source, passage.text, span)


def prediction(answer: Answer) -> Prediction:
    """An answer as what an evaluation needs of it."""
    passage, citation = answer.passage, answer.citation
    return Prediction(
        text=answer.text,
        confidence=answer.confidence,
        source=citation.source,
        title=citation.title,
        span=(citation.start, citation.end),
        sentence=_sentence(passage.article.text, answer.start, answer.end),
        passage=passage.text,
        marked=(answer.start - passage.start, answer.end - passage.start),
        article=_extent(passage.article),
    )


def _sentence(text: str, start: int, end: int) -> str:
    """The sentence that holds the span, or all that it touches."""
    first, last = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    paragraph = text[first : last if last >= 0 else len(text)]
    touched = [
        (left + first, right + first)
        for left, right in sentence_spans(paragraph)
        if left + first < end and start < right + first
    ]
    return text[touched[0][0] : touched[-1][1]] if touched else text[start:end]


def _extent(article: Article) -> tuple[Span, ...]:
    return (article.file_span(0, len(article.text)), *article.title_spans)
