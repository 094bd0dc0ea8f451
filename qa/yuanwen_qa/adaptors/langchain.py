"""Answers at the end of a LangChain chain. Needs the extra ``langchain``."""

from __future__ import annotations

from typing import Any

from yuanwen_index import MissingExtra, Retriever

from ..assistant import Assistant
from ..readers import Reader
from ..records import reply_record
from .passages import hits_of

try:
    from langchain_core.runnables import Runnable, RunnableConfig
except ImportError as error:
    raise MissingExtra("the LangChain adaptor", "langchain") from error

__all__ = ["YuanwenReader"]


class YuanwenReader(Runnable[dict[str, Any], dict[str, Any]]):
    """From ``{"question": ..., "documents": [...]}`` to the record of ``yuanwen ask --json``, at most ``n`` answers.

    The documents are those of ``yuanwen_index.adaptors.langchain``, as a chain left them.
    """

    def __init__(self, retriever: Retriever, reader: Reader | None = None, n: int = 3) -> None:
        self._retriever = retriever
        self._assistant = Assistant(retriever, reader)
        self._n = n

    def invoke(
        self,
        input: dict[str, Any],  # noqa: A002
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Read the documents for the question."""
        return self._call_with_config(self._read, input, config, **kwargs)

    def _read(self, asked: dict[str, Any]) -> dict[str, Any]:
        places = [(document.metadata, document.metadata.get("score")) for document in asked["documents"]]
        hits = hits_of(self._retriever, places)
        return reply_record(self._assistant.read(asked["question"], hits, self._n))
