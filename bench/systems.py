"""Yuanwen and others behind one face, all with Yuanwen's encoder: what makes, saves, opens and searches an index.

Everyone gets the passages as Yuanwen cuts them. Only Yuanwen starts from files and cuts them itself.
``WAYS`` are what can be asked of a system that opens an index: words and vectors, vectors alone, and a whole answer.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

import bench.corpus  # noqa: F401  finds the packages
import numpy as np
from numpy.typing import NDArray

from yuanwen_index import load_encoder

K = 10
Search = Callable[[str], Sequence[object]]
Way = Literal["hybrid", "dense", "answer"]
WAYS: tuple[Way, ...] = ("hybrid", "dense", "answer")


class System(Protocol):
    """One way to index passages and to find them again."""

    def build(self, files: Path, passages: list[str], home: Path) -> None:
        """Index and save."""

    def open(self, home: Path, passages: list[str], way: Way) -> Search | None:
        """Open what was saved, to be searched in one way; None where it has no such way."""


class Yuanwen:
    """From files to a published, verified index; words and vectors."""

    def build(self, files: Path, passages: list[str], home: Path) -> None:
        """Read, cut, encode, index, publish."""
        from yuanwen_index import build_index

        build_index([files], home)

    def open(self, home: Path, passages: list[str], way: Way) -> Search | None:
        """Verified to the last byte."""
        from yuanwen_index import Retriever

        retriever = Retriever.open(home, mode="dense" if way == "dense" else "hybrid")
        if way != "answer":
            return lambda question: retriever.search(question, K)
        from yuanwen_qa import Assistant

        assistant = Assistant(retriever)
        return lambda question: assistant.answer(question).answers


class Limit:
    """The encoder and a flat FAISS index, and nothing else: the passages' texts are not even kept."""

    def build(self, files: Path, passages: list[str], home: Path) -> None:
        """Encode, add, write."""
        import faiss

        encoder = load_encoder()
        index = faiss.IndexFlatIP(encoder.dim)
        for start in range(0, len(passages), 2048):
            index.add(encoder.encode_passages(passages[start : start + 2048]))
        faiss.write_index(index, str(home / "flat.faiss"))

    def open(self, home: Path, passages: list[str], way: Way) -> Search | None:
        """Nothing is checked."""
        if way != "dense":
            return None
        import faiss

        index, encoder = faiss.read_index(str(home / "flat.faiss")), load_encoder()
        return lambda question: index.search(encoder.encode_questions([question]), K)[1][0]


def encode(texts: list[str]) -> NDArray[np.float32]:
    """Yuanwen's encoder, for those who want a function."""
    return load_encoder().encode_passages(list(texts))


class Txtai:
    """txtai with content; hybrid is its own BM25 (terms in memory, scores in SQLite) and FAISS."""

    def build(self, files: Path, passages: list[str], home: Path) -> None:
        """Index and save."""
        embeddings = self._embeddings()
        embeddings.index((number, text, None) for number, text in enumerate(passages))
        embeddings.save(str(home))

    def open(self, home: Path, passages: list[str], way: Way) -> Search | None:
        """As saved; the encoder has to be given again."""
        if way == "answer":
            return None
        embeddings = self._embeddings()
        embeddings.load(str(home))
        if way == "hybrid":
            return lambda question: embeddings.search(question, K)
        return lambda question: embeddings.search(question, K, weights=1.0)

    def _embeddings(self) -> Any:
        from txtai import Embeddings

        os.environ["ALLOW_RESOLVE_TRANSFORM"] = (
            "True"  # it opens what it saved only with the name of a function
        )
        return Embeddings(method="external", transform="bench.systems.encode", content=True, hybrid=True)


class Haystack:
    """Haystack's in-memory document store; hybrid is its BM25 and embedding retrievers, ranks joined."""

    def build(self, files: Path, passages: list[str], home: Path) -> None:
        """Index and save."""
        from haystack import Document
        from haystack.document_stores.in_memory import InMemoryDocumentStore

        encoder, store = load_encoder(), InMemoryDocumentStore()
        for start in range(0, len(passages), 2048):
            texts = passages[start : start + 2048]
            rows = encoder.encode_passages(texts).tolist()
            documents = [
                Document(id=str(start + n), content=text, embedding=row)
                for n, (text, row) in enumerate(zip(texts, rows, strict=True))
            ]
            store.write_documents(documents)
        store.save_to_disk(str(home / "store.json"))

    def open(self, home: Path, passages: list[str], way: Way) -> Search | None:
        """As saved."""
        if way == "answer":
            return None
        from haystack.components.joiners import DocumentJoiner
        from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
        from haystack.document_stores.in_memory import InMemoryDocumentStore

        encoder, store = load_encoder(), InMemoryDocumentStore.load_from_disk(str(home / "store.json"))
        words, meaning = InMemoryBM25Retriever(store, top_k=K), InMemoryEmbeddingRetriever(store, top_k=K)
        joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=K)

        def dense(question: str) -> Sequence[object]:
            found: Sequence[object] = meaning.run(encoder.encode_questions([question])[0].tolist())[
                "documents"
            ]
            return found

        def hybrid(question: str) -> Sequence[object]:
            found: Sequence[object] = joiner.run([words.run(question)["documents"], dense(question)])[
                "documents"
            ]
            return found

        return hybrid if way == "hybrid" else dense


class LlamaIndex:
    """LlamaIndex over FAISS; hybrid is its BM25 retriever (made again when opened) and query fusion."""

    def build(self, files: Path, passages: list[str], home: Path) -> None:
        """Index and save."""
        import faiss
        from llama_index.core import StorageContext, VectorStoreIndex
        from llama_index.core.schema import TextNode
        from llama_index.vector_stores.faiss import FaissVectorStore

        encoder = load_encoder()
        store = FaissVectorStore(faiss_index=faiss.IndexFlatIP(encoder.dim))
        context = StorageContext.from_defaults(vector_store=store)
        nodes = [TextNode(id_=str(number), text=text) for number, text in enumerate(passages)]
        VectorStoreIndex(nodes, storage_context=context, embed_model=_llama_encoder())
        context.persist(str(home))

    def open(self, home: Path, passages: list[str], way: Way) -> Search | None:
        """As saved."""
        if way == "answer":
            return None
        from llama_index.core import StorageContext, load_index_from_storage
        from llama_index.core.llms import MockLLM
        from llama_index.core.retrievers import QueryFusionRetriever
        from llama_index.retrievers.bm25 import BM25Retriever
        from llama_index.vector_stores.faiss import FaissVectorStore

        store = FaissVectorStore.from_persist_dir(str(home))
        context = StorageContext.from_defaults(vector_store=store, persist_dir=str(home))
        index = load_index_from_storage(context, embed_model=_llama_encoder())
        dense = index.as_retriever(similarity_top_k=K)
        if way == "dense":
            return dense.retrieve
        words = BM25Retriever.from_defaults(docstore=index.docstore, similarity_top_k=K)
        hybrid = QueryFusionRetriever(
            [dense, words],
            llm=MockLLM(),
            similarity_top_k=K,
            num_queries=1,
            mode="reciprocal_rerank",
            use_async=False,
        )
        return hybrid.retrieve


def _llama_encoder() -> Any:
    from llama_index.core.base.embeddings.base import BaseEmbedding

    encoder = load_encoder()

    class Ours(BaseEmbedding):
        """Yuanwen's encoder."""

        def _get_text_embedding(self, text: str) -> list[float]:
            return self._get_text_embeddings([text])[0]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            rows: list[list[float]] = encoder.encode_passages(texts).tolist()
            return rows

        def _get_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

    return Ours(model_name="yuanwen", embed_batch_size=2048)


class LangChain:
    """LangChain's FAISS store; hybrid is its BM25 retriever (rank_bm25, made again when opened) and ensemble."""

    def build(self, files: Path, passages: list[str], home: Path) -> None:
        """Index and save."""
        from langchain_community.vectorstores import FAISS

        FAISS.from_texts(passages, _chain_encoder()).save_local(str(home))

    def open(self, home: Path, passages: list[str], way: Way) -> Search | None:
        """As saved."""
        if way == "answer":
            return None
        from langchain_classic.retrievers import EnsembleRetriever
        from langchain_community.retrievers import BM25Retriever
        from langchain_community.vectorstores import FAISS

        store = FAISS.load_local(str(home), _chain_encoder(), allow_dangerous_deserialization=True)
        dense = store.as_retriever(search_kwargs={"k": K})
        if way == "dense":
            return dense.invoke
        words = BM25Retriever.from_texts(passages, k=K)
        hybrid = EnsembleRetriever(retrievers=[dense, words], weights=[0.5, 0.5])
        return hybrid.invoke


def _chain_encoder() -> Any:
    from langchain_core.embeddings import Embeddings

    encoder = load_encoder()

    class Ours(Embeddings):
        """Yuanwen's encoder."""

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            rows: list[list[float]] = encoder.encode_passages(texts).tolist()
            return rows

        def embed_query(self, text: str) -> list[float]:
            return self.embed_documents([text])[0]

    return Ours()


SYSTEMS: dict[str, type[System]] = {
    "yuanwen": Yuanwen,
    "encoder + FAISS": Limit,
    "txtai": Txtai,
    "Haystack": Haystack,
    "LlamaIndex": LlamaIndex,
    "LangChain": LangChain,
}
