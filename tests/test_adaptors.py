"""The adaptors inside the real frameworks: what is found, and a chain that answers in each."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.loops import finish

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"

from yuanwen_index import Filter, Retriever, UsageError, build_index, without_layout_breaks
from yuanwen_qa import Assistant, reply_record

ROOT = Path(__file__).parents[1]
SEEDS = ROOT / "seeds"
COUNTED = "二七区纪委监委开展了多少次监督检查?"
ABOUT = {"000_2e0ade2b9b79057b.txt": {"desk": "city", "page": 1}}
DESK = Filter(metadata={"desk": "city"})


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("adaptors") / "index"
    build_index([SEEDS], folder, metadata=ABOUT)
    return folder


@pytest.fixture(scope="module")
def retriever(index: Path) -> Retriever:
    return Retriever.open(index)


@pytest.fixture(autouse=True)
def no_connections(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A framework that calls home fails its test."""
    calls: list[object] = []
    connect = socket.socket.connect

    def refuse(self: socket.socket, address: Any) -> None:
        if self.family == socket.AF_UNIX:
            connect(self, address)
            return
        calls.append(address)
        raise OSError("no connection may leave")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    yield
    assert calls == []


def check_fields(fields: dict[str, Any], text: str) -> None:
    """``start`` and ``end`` are where the text stands in the original file."""
    file = (SEEDS / fields["source"]).read_bytes().decode("utf-8")
    assert "".join(without_layout_breaks(file[fields["start"] : fields["end"]]).split()) == "".join(
        text.split()
    )
    assert fields["title"]
    assert {"date", "date_iso", "reporters", "first_line", "last_line", "metadata"} <= fields.keys()


def places(retriever: Retriever, k: int, where: Filter) -> list[tuple[str, int, str]]:
    return [
        (
            hit.passage.article.document.source,
            hit.passage.article.file_offset(hit.passage.start),
            hit.passage.text,
        )
        for hit in retriever.search(COUNTED, k, where=where)
    ]


def answers(index: Path) -> list[dict[str, Any]]:
    record: list[dict[str, Any]] = reply_record(Assistant.open(index).answer(COUNTED))["answers"]
    return record


# LangChain


def test_langchain_documents_are_the_hits(retriever: Retriever) -> None:
    from yuanwen_index.adaptors.langchain import YuanwenRetriever

    for where in (Filter(), DESK):
        finder = YuanwenRetriever(retriever=retriever, k=4, where=where)
        documents = finder.invoke(COUNTED)
        found = [(one.metadata["source"], one.metadata["start"], one.page_content) for one in documents]
        assert found == places(retriever, 4, where)
        assert finish(finder.ainvoke(COUNTED)) == documents
        for document in documents:
            check_fields(document.metadata, document.page_content)


def test_a_langchain_chain_answers(index: Path, retriever: Retriever) -> None:
    from langchain_core.runnables import RunnablePassthrough

    from yuanwen_index.adaptors.langchain import YuanwenRetriever
    from yuanwen_qa.adaptors.langchain import YuanwenReader

    finder = YuanwenRetriever(retriever=retriever)
    chain = {"question": RunnablePassthrough(), "documents": finder} | YuanwenReader(retriever)
    reply = chain.invoke(COUNTED)
    assert reply["answered"]
    assert reply["answers"] == answers(index)
    assert finish(chain.ainvoke(COUNTED)) == reply


# LlamaIndex


def test_llama_index_nodes_are_the_hits(retriever: Retriever) -> None:
    from yuanwen_index.adaptors.llama_index import YuanwenRetriever

    for where in (Filter(), DESK):
        finder = YuanwenRetriever(retriever, 4, where)
        nodes = finder.retrieve(COUNTED)
        found = [(one.metadata["source"], one.node.start_char_idx, one.text) for one in nodes]
        assert found == places(retriever, 4, where)
        assert finish(finder.aretrieve(COUNTED)) == nodes
        for node in nodes:
            check_fields(node.metadata, node.text)
            assert node.node.end_char_idx == node.metadata["end"]


def test_a_llama_index_query_engine_answers(index: Path, retriever: Retriever) -> None:
    from yuanwen_index.adaptors.llama_index import YuanwenRetriever
    from yuanwen_qa.adaptors.llama_index import YuanwenQueryEngine

    engine = YuanwenQueryEngine(YuanwenRetriever(retriever), retriever)
    response = engine.query(COUNTED)
    assert str(response) == "349次"
    assert response.metadata["answers"] == answers(index)
    assert len(response.source_nodes) == 10
    assert finish(engine.aquery(COUNTED)).metadata == response.metadata
    narrow = YuanwenQueryEngine(YuanwenRetriever(retriever, where=Filter(source="none")), retriever)
    response = narrow.query(COUNTED)
    assert (response.response, response.metadata["answered"]) == ("", False)


# Haystack


def test_haystack_documents_are_the_hits(index: Path, retriever: Retriever) -> None:
    from yuanwen_index.adaptors.haystack import YuanwenRetriever

    for metadata, where in ((None, Filter()), ({"desk": "city"}, DESK)):
        documents = YuanwenRetriever(str(index), metadata=metadata).run(COUNTED, top_k=4)["documents"]
        found = [(one.meta["source"], one.meta["start"], one.content) for one in documents]
        assert found == places(retriever, 4, where)
        for document in documents:
            check_fields(document.meta, document.content)


def test_a_haystack_pipeline_answers_also_when_read_again_from_yaml(index: Path) -> None:
    from haystack import Pipeline

    from yuanwen_index.adaptors.haystack import YuanwenRetriever
    from yuanwen_qa.adaptors.haystack import YuanwenReader

    pipeline = Pipeline()
    pipeline.add_component("retriever", YuanwenRetriever(str(index)))
    pipeline.add_component("reader", YuanwenReader(str(index)))
    pipeline.connect("retriever.documents", "reader.documents")
    trusted = ["yuanwen_index.adaptors.haystack", "yuanwen_qa.adaptors.haystack"]
    again = Pipeline.loads(pipeline.dumps(), allowed_modules=trusted)
    for running in (pipeline, again):
        reply = running.run({"retriever": {"query": COUNTED}, "reader": {"query": COUNTED}})["reader"]
        assert reply["answered"]
        assert [answer.meta for answer in reply["answers"]] == answers(index)
        for answer in reply["answers"]:
            span = answer.document_offset
            assert answer.document.content[span.start : span.end] == answer.data
            check_fields(answer.meta | {"reporters": []}, answer.data)


# the examples


EXAMPLES = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "adaptors.md").read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_run_as_they_stand(
    index: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], example: str
) -> None:
    monkeypatch.chdir(index.parent)
    (index.parent / ".yuanwen").is_symlink() or (index.parent / ".yuanwen").symlink_to(index)
    exec(compile(example, "docs/adaptors.md", "exec"), {})
    assert "349次" in capsys.readouterr().out


def test_each_framework_has_an_example() -> None:
    for framework in ("langchain_core", "llama_index", "haystack"):
        assert any(framework in example for example in EXAMPLES)


@pytest.mark.parametrize("place", [{}, {"source": "none.txt", "start": 0}, {"source": 1, "start": "x"}])
def test_a_place_that_is_not_in_the_index_is_refused(retriever: Retriever, place: dict[str, Any]) -> None:
    from yuanwen_qa.adaptors.passages import hits_of

    with pytest.raises(UsageError, match="no passage"):
        hits_of(retriever, [(place, 1.0)])
