"""A Haystack reader. Needs the extra ``haystack``."""

from __future__ import annotations

from typing import Any

from yuanwen_index import MissingExtra, Retriever

from ..answers import Answer
from ..assistant import Assistant
from ..records import answer_record
from .passages import hits_of

try:
    from haystack import Document, ExtractedAnswer, component
except ImportError as error:
    raise MissingExtra("the Haystack adaptor", "haystack") from error

__all__ = ["YuanwenReader"]


@component
class YuanwenReader:
    """Reads documents of ``yuanwen_index.adaptors.haystack`` from the index in the folder ``index``.

    Gives at most ``top_k`` answers, best first, and ``answered``, which is false when none is sure enough. The offsets
    of an answer count in its document's content; ``meta`` is its record in ``yuanwen ask --json``, whose offsets
    count in the original file.
    """

    def __init__(self, index: str, top_k: int = 3) -> None:
        self.index = index
        self.top_k = top_k
        self._opened: tuple[Retriever, Assistant] | None = None

    def warm_up(self) -> None:
        """Open the index and load the reader."""
        self._open()

    @component.output_types(answers=list[ExtractedAnswer], answered=bool)
    def run(self, query: str, documents: list[Document], top_k: int | None = None) -> dict[str, Any]:
        """Read ``documents`` for ``query``; ``top_k`` takes the place of the component's own."""
        retriever, assistant = self._open()
        hits = hits_of(retriever, [(document.meta, document.score) for document in documents])
        reply = assistant.read(query, hits, self.top_k if top_k is None else top_k)
        passages = [hit.passage for hit in hits]
        answers = [
            _extracted(query, answer, documents[passages.index(answer.passage)]) for answer in reply.answers
        ]
        return {"answers": answers, "answered": reply.answered}

    def _open(self) -> tuple[Retriever, Assistant]:
        if self._opened is None:
            retriever = Retriever.open(self.index)
            self._opened = retriever, Assistant(retriever)
        return self._opened


def _extracted(query: str, answer: Answer, document: Document) -> ExtractedAnswer:
    start, end = answer.start - answer.passage.start, answer.end - answer.passage.start
    return ExtractedAnswer(
        query=query,
        score=answer.confidence,
        data=answer.text,
        document=document,
        context=answer.passage.text,
        document_offset=ExtractedAnswer.Span(start, end),
        context_offset=ExtractedAnswer.Span(start, end),
        meta=answer_record(answer),
    )
