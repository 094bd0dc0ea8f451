"""A LangChain retriever. Needs the extra ``langchain``."""

from __future__ import annotations

from ..errors import MissingExtra
from ..filters import ANYWHERE, Filter
from ..hits import Hit
from ..retriever import Retriever
from .fields import passage_fields, passage_id

try:
    from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever
except ImportError as error:
    raise MissingExtra("the LangChain adaptor", "langchain") from error

__all__ = ["YuanwenRetriever"]


class YuanwenRetriever(BaseRetriever):
    """The ``k`` best passages in the articles that ``where`` wants, as LangChain documents, best first.

    Their metadata are ``source, title, date, date_iso, reporters, start, end, first_line, last_line, metadata`` and
    ``score``; ``start`` and ``end`` are character offsets in the decoded original file.
    """

    retriever: Retriever
    k: int = 10
    where: Filter = ANYWHERE

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002
    ) -> list[Document]:
        return list(map(_document, self.retriever.search(query, self.k, where=self.where)))

    async def _aget_relevant_documents(
        self,
        query: str,
        *,
        run_manager: AsyncCallbackManagerForRetrieverRun,  # noqa: ARG002
    ) -> list[Document]:
        return list(map(_document, await self.retriever.asearch(query, self.k, where=self.where)))


def _document(hit: Hit) -> Document:
    fields = passage_fields(hit) | {"score": hit.score}
    return Document(id=passage_id(hit), page_content=hit.passage.text, metadata=fields)
