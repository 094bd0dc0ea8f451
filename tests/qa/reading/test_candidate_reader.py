from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.qa.passages import article, hit

from yuanwen_index import EncoderUnavailable, Hit, Passage, Ranks
from yuanwen_qa.readers import SHIPPED_READER, Reader, load_reader
from yuanwen_qa.reading.candidate_reader import CandidateReader, read_text, score_texts
from yuanwen_qa.reading.features import take_apart

TEXTS = [
    "滨江大桥9月2日正式通车，全长3200米，比计划提前40天。市民可以步行通过大桥两侧的观景道。",
    "古籍修复展在市图书馆开幕，共展出修复古籍126册。展览由馆长周文涛主持，持续到6月30日。",
    "今年以来，全区共新建公园12个、绿道35公里，市民休闲有了更多去处。",
]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader(None)


def best(reader: Reader, question: str) -> str:
    hits = [hit(text, 0.5) for text in TEXTS]
    answer = reader.read(question, hits)[0]
    return hits[answer.hit_index].passage.article.text[answer.start : answer.end]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("滨江大桥全长多少米？", "3200米"),
        ("濱江大橋全長多少米？", "3200米"),
        ("展出了多少册修复的古籍？", "126册"),
        ("谁主持了古籍展？", "周文涛"),
    ],
)
def test_plain_questions_are_answered(reader: Reader, question: str, answer: str) -> None:
    assert answer in best(reader, question)
    assert len(best(reader, question)) <= len(answer) + 4


def test_spans_are_offsets_in_the_article_of_a_passage_that_starts_late(reader: Reader) -> None:
    fair = article()
    start = fair.text.index("展览由")
    passage = Passage(fair, start, len(fair.text))
    for candidate in reader.read("展览由谁主持？", [Hit(passage, 0.5, Ranks(1, 1))], n=5):
        assert start <= candidate.start < candidate.end <= len(fair.text)
    first = reader.read("展览由谁主持？", [Hit(passage, 0.5, Ranks(1, 1))])[0]
    assert "周文涛" in fair.text[first.start : first.end]


def test_answers_are_apart_and_best_first_with_probabilities(reader: Reader) -> None:
    hits = [hit(text, 0.5) for text in TEXTS]
    found = reader.read("通车是哪天？", hits, n=3)
    assert len(found) == 3
    for i, one in enumerate(found):
        assert 0 <= one.confidence <= 1
        assert all(
            one.hit_index != two.hit_index or one.end <= two.start or two.end <= one.start
            for two in found[:i]
        )


@pytest.mark.parametrize(
    ("question", "known"), [("周文涛主持了什么展？", True), ("王建国主持了什么展？", False)]
)
def test_a_name_that_no_passage_holds_is_noticed(question: str, known: bool) -> None:
    reader = CandidateReader.load(SHIPPED_READER)
    passages = [read_text(text, reader.space, reader.network) for text in TEXTS]
    scored = score_texts(reader.network, take_apart(question, reader.space), passages)
    assert (scored.unheard < 0.1) is known


@pytest.mark.parametrize(
    ("text", "question", "answer"),
    [
        ("展览由馆长周文涛主持，持续到6月30日。", "展览由谁主持？", "周文涛"),
        ("展览由馆长周文涛主持，下午6点结束。", "展览由谁主持？", "周文涛"),
        ("学校9月1日开学，校长是赵敏。", "学校的校长是谁？", "赵敏"),
        ("办公时间：周一至周五8:30-17:30", "办公时间是几点？", "17:30"),
        ("Mayor Anna Smith opened the bridge on 3 May 2021.", "Who opened the bridge?", "Anna Smith"),
    ],
)
def test_a_passage_of_one_sentence_is_read_as_well(
    reader: Reader, text: str, question: str, answer: str
) -> None:
    found = reader.read(question, [hit(text)])[0]
    assert answer in text[found.start : found.end]


def test_nothing_read_gives_nothing(reader: Reader) -> None:
    assert reader.read("谁？", []) == []
    assert reader.read("谁？", [hit("。。。")]) == []


@pytest.mark.parametrize("question", ["？", "a", "\ufffd", "谁" * 2000, "1 + 1"])
def test_odd_questions_are_read_without_harm(reader: Reader, question: str) -> None:
    assert len(reader.read(question, [hit(text) for text in TEXTS])) == 3


def test_nothing_is_sure_of_a_question_that_tells_nothing(reader: Reader) -> None:
    assert reader.read("啊啊？", [hit(text) for text in TEXTS])[0].confidence == 0


def test_the_same_question_gets_the_same_answers(reader: Reader) -> None:
    hits = [hit(text, 0.5) for text in TEXTS]
    assert reader.read("绿道有多长？", hits) == CandidateReader.load(SHIPPED_READER).read(
        "绿道有多长？", hits
    )


@pytest.mark.parametrize("missing", ["reader.json", "network.safetensors", "words.txt", "words.safetensors"])
def test_a_folder_with_a_file_missing_is_no_reader(tmp_path: Path, missing: str) -> None:
    shutil.copytree(SHIPPED_READER, tmp_path / "reader")
    (tmp_path / "reader" / missing).unlink()
    with pytest.raises(EncoderUnavailable, match="not a reader that can be used"):
        CandidateReader.load(tmp_path / "reader")


def test_the_card_says_what_the_weights_were_fitted_on() -> None:
    card = json.loads((SHIPPED_READER / "reader.json").read_text(encoding="utf-8"))
    assert 0 < card["threshold"] < 1
    assert card["data"]
