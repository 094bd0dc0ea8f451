"""A Haystack retriever. Needs the extra ``haystack``."""

from __future__ import annotations

from ..errors import MissingExtra
from ..filters import Filter, Scalar
from ..hits import Hit
from ..retriever import Retriever
from .fields import passage_fields, passage_id

try:
    from haystack import Document, component
except ImportError as error:
    raise MissingExtra("the Haystack adaptor", "haystack") from error

__all__ = ["YuanwenRetriever"]


@component
class YuanwenRetriever:
    """The ``top_k`` best passages of the index in the folder ``index``, as Haystack documents, best first.

    ``source`` and ``metadata`` say where to look. The ``meta`` of a document are ``source, title, date, date_iso,
    reporters, start, end, first_line, last_line`` and ``metadata``; ``start`` and ``end`` are character offsets in the
    decoded original file. A pipeline with it can be written to YAML and read again.
    """

    def __init__(
        self,
        index: str,
        top_k: int = 10,
        source: str | None = None,
        metadata: dict[str, Scalar] | None = None,
    ) -> None:
        self.index = index
        self.top_k = top_k
        self.source = source
        self.metadata = metadata
        self._where = Filter(source=source, metadata=metadata or {})
        self._retriever: Retriever | None = None

    def warm_up(self) -> None:
        """Open the index."""
        if self._retriever is None:
            self._retriever = Retriever.open(self.index)

    @component.output_types(documents=list[Document])
    def run(self, query: str, top_k: int | None = None) -> dict[str, list[Document]]:
        """Find passages for ``query``; ``top_k`` takes the place of the component's own."""
        self.warm_up()
        if self._retriever is None:
            raise RuntimeError("the index was not opened")
        hits = self._retriever.search(query, self.top_k if top_k is None else top_k, where=self._where)
        return {"documents": list(map(_document, hits))}


def _document(hit: Hit) -> Document:
    return Document(id=passage_id(hit), content=hit.passage.text, meta=passage_fields(hit), score=hit.score)
