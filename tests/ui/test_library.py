"""The library: articles by place, example questions, names for the filters."""

from __future__ import annotations

from pathlib import Path

import pytest

from yuanwen_index import Retriever, build_index, parse_articles, read_document
from yuanwen_ui.examples import questions_from
from yuanwen_ui.library import Library


@pytest.fixture(scope="module")
def library(index_folder: Path) -> Library:
    return Library(Retriever.open(index_folder))


def test_example_questions_are_answered_from_the_articles(library: Library) -> None:
    questions = library.examples(4)
    assert 1 <= len(questions) <= 4
    assert len(set(questions)) == len(questions)
    assert all(library.assistant.answer(question).answered for question in questions)
    assert library.examples(4) is questions


def test_filters_offer_the_files_and_reporters_of_the_index(library: Library) -> None:
    sources, reporters = library.sources_and_reporters()
    assert sources == sorted(path.name for path in (Path(__file__).parents[2] / "seeds").glob("*.txt"))
    assert "张改华" in reporters


def test_questions_are_made_from_amounts_and_days(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(
        "本报讯 5月12日，青石镇举行云河大桥通车仪式，大桥由当地建设。\n\n工程共安置沿线居民1860户，居民搬进新居。\n记者 王小明\n",
        "utf-8",
    )
    (article,) = parse_articles(read_document(file, "a.txt"))
    made = {example.question: example.expected for example in questions_from(article)}
    assert made["工程共安置沿线居民多少户？"] == "1860"
    assert made["青石镇举行云河大桥通车仪式是在哪一天？"] == "5月12日"


def test_english_amounts_make_english_questions(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(
        "The bridge opened in May. About 1,860 families were moved to new homes. It is long.\n", "utf-8"
    )
    (article,) = parse_articles(read_document(file, "a.txt"))
    made = {example.question: example.expected for example in questions_from(article)}
    assert made == {"How many families were moved to new homes?": "1,860"}


def test_what_is_indexed_meanwhile_is_taken_up_and_what_is_damaged_is_not(tmp_path: Path) -> None:
    pages, index = tmp_path / "pages", tmp_path / "index"
    pages.mkdir()
    (pages / "a.txt").write_text("一月下雪。", "utf-8")
    build_index([pages], index)
    library = Library(Retriever.open(index))
    (pages / "b.txt").write_text("二月考试。", "utf-8")
    build_index([pages], index)
    assert len(library.retriever.documents) == 1
    library.follow()
    assert len(library.retriever.documents) == 2
    (pages / "a.txt").unlink()
    build_index([pages], index)
    (index / "CURRENT").write_bytes(b"nonsense")
    library.follow()
    assert len(library.retriever.documents) == 2
