"""A LlamaIndex retriever. Needs the extra ``llama-index``."""

from __future__ import annotations

from ..errors import MissingExtra
from ..filters import ANYWHERE, Filter
from ..hits import Hit
from ..retriever import Retriever
from .fields import passage_fields, passage_id

try:
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode
except ImportError as error:
    raise MissingExtra("the LlamaIndex adaptor", "llama-index") from error

__all__ = ["YuanwenRetriever"]


class YuanwenRetriever(BaseRetriever):
    """The ``k`` best passages in the articles that ``where`` wants, as LlamaIndex nodes, best first.

    ``start_char_idx`` and ``end_char_idx`` of a node are character offsets in the decoded original file; its metadata
    are ``source, title, date, date_iso, reporters, start, end, first_line, last_line`` and ``metadata``.
    """

    def __init__(self, retriever: Retriever, k: int = 10, where: Filter = ANYWHERE) -> None:
        super().__init__()
        self._retriever = retriever
        self._k = k
        self._where = where

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self._retriever.search(query_bundle.query_str, self._k, where=self._where)
        return list(map(_node, hits))

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = await self._retriever.asearch(query_bundle.query_str, self._k, where=self._where)
        return list(map(_node, hits))


def _node(hit: Hit) -> NodeWithScore:
    fields = passage_fields(hit)
    node = TextNode(
        id_=passage_id(hit),
        text=hit.passage.text,
        metadata=fields,
        start_char_idx=fields["start"],
        end_char_idx=fields["end"],
    )
    return NodeWithScore(node=node, score=hit.score)
