"""Questions made from the news ask for something that stands in what is left of the text."""

from __future__ import annotations

import json
import lzma
import random
from pathlib import Path

import pytest
from training.dev_questions import Withheld
from training.reader_data import Row
from training.reader_examples import without_answer
from training.reader_news import (
    best_place,
    news_rows,
    of_headline,
    of_offices,
    of_recurring,
    translated_rows,
)

TITLE = "云东市图书馆展出126件修复古籍"
TEXT = (
    "本报讯 5月18日，云东市图书馆馆长周文涛宣布开展。展览由三个部分组成，市图书馆一共展出修复古籍126件。"
    "观众纷纷驻足。修复师说，这次展出的126件修复古籍用了三年，年底前还要修复40件。"
)


def answers(rows: list[Row]) -> set[tuple[str, str]]:
    return {(row.question, row.context[slice(*row.answers[0])]) for row in rows}


def many(make: str) -> list[Row]:
    made = {"headline": lambda s: of_headline(TITLE, TEXT, s), "recurring": lambda s: of_recurring(TEXT, s)}
    return [row for seed in range(20) for row in made[make](random.Random(seed))]


def test_a_headline_asks_for_what_the_text_says_in_other_words() -> None:
    made = answers(many("headline"))
    assert ("云东市图书馆展出多少件修复古籍？", "126件") in made
    assert {answer for _, answer in made} <= {"126件", "云东市"}


def test_a_recurring_span_is_asked_for_with_a_sentence_that_is_taken_out() -> None:
    made = many("recurring")
    assert made
    for row in made:
        assert row.context[slice(*row.answers[0])] == "126件"
        assert row.context.count("126件") == 1
        assert "126" not in row.question


def test_the_place_of_an_answer_is_the_sentence_that_shares_most_with_the_question() -> None:
    start, _ = best_place("126件", "修复师用三年修复126件古籍", TEXT) or (0, 0)
    assert TEXT[start:].startswith("126件修复古籍用了三年")
    assert best_place("126件", "天气很好126件", TEXT) is None
    assert best_place("26件", "修复师用三年修复26件古籍", TEXT) is None


def test_an_office_stands_in_front_of_the_name() -> None:
    made = answers([row for seed in range(20) for row in of_offices(TEXT, random.Random(seed))])
    found = {answer for _, answer in made}
    assert found == {"云东市图书馆馆长", "周文涛"}
    assert all(("周文涛" in question) == (answer != "周文涛") for question, answer in made)


def test_an_english_sentence_asks_for_what_its_translation_says(tmp_path: Path) -> None:
    with lzma.open(tmp_path / "parallel_zh_en.tsv.xz", "wt", encoding="utf-8") as file:
        file.write(
            "The library showed 126 restored books to the visitors.\t图书馆展出了126件修复的古籍。\twmt21\t1\n"
        )
        file.write(
            "A sentence that is not from the news has 126 words.\t这句话不是新闻有126个词。\tdocs\t1\n"
        )
    made = translated_rows(tmp_path, 5, {}, random.Random(0))
    assert [row.context[slice(*row.answers[0])] for row in made] == ["126"]
    assert "library" in made[0].question.lower()
    assert "126" not in made[0].question


def test_without_its_sentence_a_text_does_not_hold_the_answer() -> None:
    start = TEXT.index("周文涛")
    left = without_answer(Row("made", TEXT, "馆长是谁？", ((start, start + 3),)))
    assert left is not None
    assert "周文涛" not in left
    assert "126件" in left
    assert without_answer(Row("made", "馆长是周文涛。", "馆长是谁？", ((4, 7),))) is None


@pytest.fixture
def data(tmp_path: Path) -> Path:
    news = [{"id": f"n{n}", "text": TEXT.replace("126", str(200 + n)), "title": TITLE} for n in range(8)]
    for name in ("news_docs", "news_titled"):
        with lzma.open(tmp_path / f"{name}.jsonl.xz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in news)
    return tmp_path


def test_no_question_is_made_of_the_texts_of_the_development_questions(
    data: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert news_rows(data, 20, random.Random(0))
    record = tmp_path / "dev.json"
    record.write_text(json.dumps({"pages": [[{"row": "n3"}]], "reprints": []}), "utf-8")
    withheld = Withheld(data, record)
    assert withheld.holds("有网友说：" + TEXT[:40])
    assert not withheld.holds("滨江大桥提前四十天通车，市民可以步行通过大桥两侧的观景道。")
    monkeypatch.setattr("training.dev_questions.QUESTIONS", record)
    monkeypatch.setattr("training.reader_news.Withheld", lambda data: Withheld(data, record))
    monkeypatch.setattr("training.reader_cloze.Withheld", lambda data: Withheld(data, record))
    assert not news_rows(data, 20, random.Random(0))
