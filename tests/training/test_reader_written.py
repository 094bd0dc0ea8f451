"""Questions written one by one keep their places in the news and bring what search finds."""

from __future__ import annotations

import json
import lzma
import random
import zlib
from pathlib import Path

import pytest
from tests.qa.passages import space_of
from training.reader_data import Pool
from training.reader_examples import Wordings
from training.reader_rows import make_corpus
from training.reader_written import (
    QUESTIONS,
    cut_short,
    held_written,
    searched,
    written_examples,
    written_rows,
)

TEXTS = {
    "a": "东城大桥9月3日正式通车，全长349米。仪式由市长周文涛主持。",
    "b": "西城公园5月1日开放，门票每人20元。园长李小满说，游客可以划船。",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with lzma.open(tmp_path / "news_docs.jsonl.xz", "wt", encoding="utf-8") as file:
        file.writelines(
            json.dumps({"id": row, "text": text}, ensure_ascii=False) + "\n" for row, text in TEXTS.items()
        )
    return tmp_path


def questions(folder: Path, *, held: str = "b") -> Path:
    name, titled, price = (
        TEXTS[row].index(part) for row, part in zip("aab", ("周文", "市长", "20"), strict=True)
    )
    asked = {
        "a": [
            ["zh", "who", "p", "谁领着办了东城大桥的典礼？", [[name, name + 3], [titled, name + 3]]],
            ["zh", "number", "p", "东城大桥花了多少钱？", []],
        ],
        "b": [["en", "number", "p", "What does a ticket to the park cost?", [[price, price + 3]]]],
    }
    path = folder / "questions.jsonl"
    lines = [
        {"row": row, "crc32": zlib.crc32(TEXTS[row].encode()), "held": row == held, "questions": asked[row]}
        for row in TEXTS
    ]
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    return path


def test_articles_that_are_held_out_share_no_question_with_those_fitted_on(folder: Path) -> None:
    written = written_rows(folder, questions(folder))
    assert {row.context for row in written.fitted} == {TEXTS["a"]}
    assert {row.context for row in written.held} == {TEXTS["b"]}
    assert [row.context[slice(*row.answers[0])] for row in written.held] == ["20元"]


def test_another_text_than_the_questions_were_written_for_is_refused(folder: Path) -> None:
    path = questions(folder)
    path.write_text(path.read_text(encoding="utf-8").replace('"crc32": ', '"crc32": 1'), encoding="utf-8")
    with pytest.raises(ValueError, match="another text"):
        written_rows(folder, path)


def test_paragraphs_of_the_question_files_are_asked_about_as_articles_are(folder: Path) -> None:
    paragraph = "李满住投靠了董山。"
    with lzma.open(folder / "qa_train.jsonl.xz", "wt", encoding="utf-8") as file:
        file.write(json.dumps({"id": "c", "context": paragraph}, ensure_ascii=False) + "\n")
    path = questions(folder)
    line = {
        "row": "c",
        "file": "qa_train",
        "round": 2,
        "crc32": zlib.crc32(paragraph.encode()),
        "held": False,
    }
    line["questions"] = [["en", "person", "l", "Who joined Dong Shan?", [[0, 3]]]]
    with path.open("a", encoding="utf-8") as out:
        out.write("\n" + json.dumps(line, ensure_ascii=False))
    written = written_rows(folder, path)
    assert [row.context[slice(*row.answers[0])] for row in written.fitted if row.answers] == [
        "周文涛",
        "李满住",
    ]
    assert paragraph not in {row.context for row in written_rows(folder, path, rounds=1).fitted}
    assert written.without([paragraph]).fitted == [row for row in written.fitted if row.context != paragraph]


def test_the_first_answer_is_right_others_are_neither_right_nor_wrong(folder: Path) -> None:
    written = written_rows(folder, questions(folder))
    example = searched(written.fitted[0], written.pool(), 2, keep_gold=True)
    assert example is not None
    assert [example.texts[at][start:end] for at, start, end in example.gold] == ["周文涛"]
    assert [example.texts[at][start:end] for at, start, end in example.also] == ["市长周文涛"]
    corpus = make_corpus([example], space_of(["市长", "主持"]), print)
    gold, ignored = (
        sum(len(corpus[name][i]) for i in range(len(example.texts))) for name in ("gold", "ignored")
    )
    assert (gold, ignored) == (1, 1)


def test_what_nothing_answers_is_read_beside_its_own_article(folder: Path) -> None:
    written = written_rows(folder, questions(folder))
    example = searched(written.fitted[1], written.pool(), 2, keep_gold=True)
    assert example is not None
    assert not example.gold
    assert any(text in TEXTS["a"] for text in example.texts)


def test_held_out_questions_say_whether_they_have_an_answer(folder: Path) -> None:
    written = written_rows(folder, questions(folder, held="a"))
    kinds = [kind for kind, _ in held_written(written.held, written.pool())]
    assert kinds == ["written", "unsaid"]


def test_other_wordings_are_of_questions_with_an_answer(folder: Path) -> None:
    written = written_rows(folder, questions(folder))
    wordings = Wordings(space_of(["大桥", "典礼"]), ["典礼", "仪式"], {}, written.fitted)
    made = written_examples(written.fitted, Pool(list(TEXTS.values())), wordings, random.Random(0))
    assert {row.question for row in written.fitted} <= {example.question for example in made}
    assert sum(bool(example.gold) for example in made) >= 1


def test_all_places_of_the_shipped_questions_are_in_order() -> None:
    for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
        article = json.loads(line)
        for language, _, wording, question, spans in article["questions"]:
            assert language in ("zh", "en")
            assert wording in ("l", "p", "i")
            assert question.strip()
            assert all(0 <= start < end for start, end in spans)
            assert len({tuple(span) for span in spans}) == len(spans)


def test_short_passages_keep_the_answer_and_its_place(folder: Path) -> None:
    written = written_rows(folder, questions(folder))
    example = searched(written.fitted[0], written.pool(), 2, keep_gold=True)
    assert example is not None
    for seed in range(20):
        short = cut_short(example, random.Random(seed))
        assert all(text in whole for text, whole in zip(short.texts, example.texts, strict=True))
        assert [short.texts[at][start:end] for at, start, end in short.gold] == ["周文涛"]
        assert [short.texts[at][start:end] for at, start, end in short.also] == ["市长周文涛"]
    lengths = {tuple(map(len, cut_short(example, random.Random(seed)).texts)) for seed in range(20)}
    assert len(lengths) > 1
