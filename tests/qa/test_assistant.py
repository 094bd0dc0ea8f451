from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.loops import finish
from tests.qa.passages import hit

from yuanwen_index import ANYWHERE, Filter, Hit, IndexMissing, UsageError, build_index
from yuanwen_qa.answers import Reply
from yuanwen_qa.assistant import LONGEST_QUESTION, Assistant, clean_question
from yuanwen_qa.readers import Candidate

SEEDS = Path(__file__).parents[2] / "seeds"
TEXTS = ["展览由馆长周文涛主持。", "大桥全长3200米。", "今天有雨。"]


class Shelf:
    """Finds its passages in the order they stand in."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def search(self, question: str, k: int = 10, *, where: Filter = ANYWHERE) -> list[Hit]:
        self.asked.append(question)
        return [hit(text, 1.0 / (1 + place)) for place, text in enumerate(TEXTS)][:k]


class Sure:
    """Marks the first two characters of each passage, with a fixed confidence."""

    name = "sure"
    threshold = 0.4

    def __init__(self, confidence: float = 0.5) -> None:
        self._confidence = confidence
        self.read_texts: list[str] = []

    def read(self, question: str, hits: Sequence[Hit], n: int = 3) -> list[Candidate]:
        self.read_texts = [one.passage.text for one in hits]
        return [Candidate(place, 0, 2, 1.0, self._confidence) for place in range(len(hits))][:n]


def test_answers_are_the_readers_spans_in_its_order() -> None:
    reply = Assistant(Shelf(), Sure()).answer("谁主持？", n=2)
    assert [answer.text for answer in reply.answers] == ["展览", "大桥"]
    assert reply.answered
    assert [one.passage.text for one in reply.hits] == TEXTS


def test_below_the_threshold_the_answer_is_withheld_but_kept_and_the_nearest_passages_shown() -> None:
    reply = Assistant(Shelf(), Sure(0.39)).answer("谁主持？")
    assert not reply.answered
    assert reply.answers[0].text == "展览"
    assert len(reply.hits) == len(TEXTS)


def test_a_threshold_of_ones_own_goes_before_the_readers() -> None:
    assert Assistant(Shelf(), Sure(0.39), threshold=0.3).answer("谁？").answered
    assert not Assistant(Shelf(), Sure(0.9), threshold=0.95).answer("谁？").answered


def test_only_as_many_passages_are_read_as_the_depth_says() -> None:
    reader = Sure()
    reply = Assistant(Shelf(), reader, depth=2).answer("谁主持？")
    assert reader.read_texts == TEXTS[:2]
    assert len(reply.hits) == 3


def test_a_question_arrives_as_one_clean_line() -> None:
    shelf = Shelf()
    reply = Assistant(shelf, Sure()).answer("  谁\n主持\x00\u202e？\ud800 ")
    assert shelf.asked == ["谁 主持 ？\ufffd"]
    assert reply.question == "谁 主持 ？\ufffd"


@pytest.mark.parametrize("question", ["", "   ", "\n\t\u200b\x00"])
def test_an_empty_question_is_a_usage_error(question: str) -> None:
    with pytest.raises(UsageError, match="empty"):
        clean_question(question)


def test_the_longest_question_passes_and_one_more_character_does_not() -> None:
    assert clean_question("问" * LONGEST_QUESTION) == "问" * LONGEST_QUESTION
    for length in (LONGEST_QUESTION + 1, 10_000):
        with pytest.raises(UsageError, match="ask in at most 2,000 characters"):
            clean_question("问" * length)


def test_settings_that_make_no_sense_are_usage_errors() -> None:
    with pytest.raises(UsageError, match="at least one passage"):
        Assistant(Shelf(), Sure(), depth=0)
    with pytest.raises(UsageError, match="between 0 and 1"):
        Assistant(Shelf(), Sure(), threshold=1.5)
    with pytest.raises(UsageError, match="at least one answer"):
        Assistant(Shelf(), Sure()).answer("谁？", n=0)


def test_a_folder_without_an_index_is_said_to_have_none(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        Assistant.open(tmp_path / "nothing")


def test_an_index_is_opened_and_asked_with_the_parts_that_ship(tmp_path: Path) -> None:
    (tmp_path / "bridge.txt").write_text(
        "滨江大桥提前通车\n\n　　本报讯 9月2日，滨江大桥正式通车，全长3200米。\n", encoding="utf-8"
    )
    (tmp_path / "fair.txt").write_text(
        "古籍展\n\n　　本报讯 古籍修复展在市图书馆开幕，共展出古籍126册。\n", encoding="utf-8"
    )
    build_index([tmp_path / "bridge.txt", tmp_path / "fair.txt"], tmp_path / "index")
    reply = Assistant.open(tmp_path / "index").answer("滨江大桥全长多少米？")
    assert "3200米" in reply.answers[0].text
    assert reply.answers[0].citation.source == "bridge.txt"


# over a real index


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder = tmp_path_factory.mktemp("assistant") / "index"
    build_index([SEEDS], folder)
    return Assistant.open(folder)


ASKED = [
    "二七区纪委监委开展了多少次监督检查?",
    "徐军是什么职务?",
    "Who came to guide the armed forces work meeting?",
]


def test_answers_in_many_threads_are_those_given_one_after_another(assistant: Assistant) -> None:
    asked = ASKED * 4
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(assistant.answer, asked))
    assert together == [assistant.answer(question) for question in asked]


def test_a_loop_goes_on_while_an_answer_is_sought(assistant: Assistant) -> None:
    async def ask() -> list[Reply]:
        return await asyncio.gather(*map(assistant.aanswer, ASKED))

    assert finish(ask()) == [assistant.answer(question) for question in ASKED]


def test_an_answer_comes_from_the_articles_that_are_wanted(assistant: Assistant) -> None:
    where = Filter(source="003_84ebe029d2cf1232.txt")
    reply = assistant.answer(ASKED[0], where=where)
    assert {answer.citation.source for answer in reply.answers} <= {where.source}
    assert {hit.passage.article.document.source for hit in reply.hits} == {where.source}


def test_an_answer_is_a_search_and_then_a_reading(assistant: Assistant) -> None:
    hits = assistant.search(ASKED[0])
    assert assistant.read(ASKED[0], hits) == assistant.answer(ASKED[0])
    assert assistant.read(ASKED[0], []).answers == ()
