from __future__ import annotations

import pytest
from tests.qa.measured import FAIR, NumberReader, write_corpus

from yuanwen_index import Document, Retriever, build_index
from yuanwen_qa.assistant import Assistant
from yuanwen_qa.evaluation.systems import AssistantSystem, DocumentTexts, SearchSystem


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    home = tmp_path_factory.mktemp("systems")
    build_index([write_corpus(home / "pages")], home / "index")
    return Retriever.open(home / "index")


def test_an_assistant_s_answer_is_given_with_its_places(retriever: Retriever) -> None:
    reply = AssistantSystem(Assistant(retriever, NumberReader())).answer("共展出多少册修复古籍？")
    best = reply.best
    assert best is not None
    assert best.span is not None
    assert best.marked is not None
    assert (best.text, reply.answered, best.title) == ("126册", True, "市图书馆举办古籍展")
    assert FAIR[best.span[0] : best.span[1]] == "126册"
    assert best.passage[best.marked[0] : best.marked[1]] == "126册"
    assert best.sentence == "本报讯 5月18日，古籍修复展在市图书馆开幕，共展出修复古籍126册。"
    assert any(start <= best.span[0] and best.span[1] <= end for start, end in best.article)
    assert reply.read == min(5, len(reply.found))


def test_passages_found_carry_their_place_in_the_file(retriever: Retriever) -> None:
    system = SearchSystem(retriever)
    found = system.search("古籍", 3)
    assert 0 < len(found) <= 3
    texts = DocumentTexts(retriever.documents)
    for one in found:
        assert one.span is not None
        assert "".join(texts[one.source][one.span[0] : one.span[1]].split()) == "".join(one.text.split())
    reply = system.answer("古籍")
    assert (reply.best, reply.answered, reply.read) == (None, False, None)
    assert list(reply.found[:3]) == list(found)


def test_texts_are_known_by_source() -> None:
    texts = DocumentTexts([Document("a", "甲", "utf-8", "0"), Document("b", "乙", "utf-8", "0")])
    assert dict(texts) == {"a": "甲", "b": "乙"}
    assert len(texts) == 2
