"""Answers from a LlamaIndex query engine. Needs the extra ``llama-index``."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from yuanwen_index import MissingExtra, Retriever

from ..assistant import Assistant
from ..readers import Reader
from ..records import reply_record
from .passages import hits_of

try:
    from llama_index.core.base.base_query_engine import BaseQueryEngine
    from llama_index.core.base.response.schema import Response
    from llama_index.core.callbacks import CallbackManager
    from llama_index.core.prompts.mixin import PromptMixinType
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import NodeWithScore, QueryBundle
except ImportError as error:
    raise MissingExtra("the LlamaIndex adaptor", "llama-index") from error

__all__ = ["YuanwenQueryEngine"]


class YuanwenQueryEngine(BaseQueryEngine):
    """Reads what ``nodes`` retrieves, a retriever over the index of ``retriever``, for at most ``n`` answers.

    The response is the best answer's text, empty when none is sure enough; ``metadata`` is the record of
    ``yuanwen ask --json``, ``source_nodes`` are the nodes that were found. No language model is used.
    """

    def __init__(
        self, nodes: BaseRetriever, retriever: Retriever, reader: Reader | None = None, n: int = 3
    ) -> None:
        super().__init__(CallbackManager([]))
        self._nodes = nodes
        self._retriever = retriever
        self._assistant = Assistant(retriever, reader)
        self._n = n

    def _query(self, query_bundle: QueryBundle) -> Response:
        return self._read(query_bundle.query_str, self._nodes.retrieve(query_bundle))

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        nodes = await self._nodes.aretrieve(query_bundle)
        return await asyncio.to_thread(self._read, query_bundle.query_str, nodes)

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}

    def _read(self, question: str, nodes: Sequence[NodeWithScore]) -> Response:
        hits = hits_of(self._retriever, [(node.node.metadata, node.score) for node in nodes])
        reply = self._assistant.read(question, hits, self._n)
        text = reply.answers[0].text if reply.answered else ""
        return Response(text, source_nodes=list(nodes), metadata=reply_record(reply))
