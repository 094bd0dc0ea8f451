from __future__ import annotations

import json
import lzma
import random
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.qa.passages import hit, space_of
from training.reader import QUICK, run
from training.reader_batches import overlap_f1
from training.reader_cloze import cloze_rows
from training.reader_confidence import Seen, fit_confidence, fit_logistic, threshold_for
from training.reader_data import Pool, Row, beside
from training.reader_questions import Exchange, in_english, in_other_words, near_words, spelled
from training.word_vectors import write_space

from yuanwen_qa.reading.candidate_reader import CandidateReader

PLACES = ["东城", "西城", "南城", "北城", "新城", "古城", "海城", "山城"]
NAMES = ["周文涛", "李小满", "何川", "王建国"]


def story(random_: random.Random) -> tuple[str, list[tuple[str, str]]]:
    """A text and its questions with their answers."""
    place, name, number, day = (
        random_.choice(PLACES),
        random_.choice(NAMES),
        random_.randint(100, 999),
        random_.randint(1, 28),
    )
    text = (
        f"{place}大桥9月{day}日正式通车，全长{number}米。仪式由市长{name}主持，共有{day + 30}人参加。"
        f"市民可以步行通过{place}大桥两侧的观景道，也可以乘坐公交车前往{place}公园。"
    )
    return text, [
        (f"{place}大桥全长多少米？", f"{number}米"),
        (f"{place}大桥的仪式由谁主持？", name),
        (f"{place}大桥是哪天通车的？", f"9月{day}日"),
    ]


def span(text: str, after: str, last: str) -> list[int]:
    """Where what stands after ``after`` begins, and where ``last`` behind it ends."""
    start = text.index(after) + len(after)
    return [start, text.index(last, start) + len(last)]


def write_lines(path: Path, rows: list[dict[str, object]]) -> None:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")


def write(path: Path, rows: list[dict[str, object]]) -> None:
    with lzma.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Question files and word vectors of the smallest size."""
    random_ = random.Random(0)
    data, vectors = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("vectors")
    asked: list[dict[str, object]] = []
    for n in range(40):
        text, questions = story(random_)
        text += f"本文编号{n}。"
        asked += [
            {"lang": lang, "dataset": f"made_{lang}", "context": text, "question": q, "answers": [{"text": a, "start": text.index(a)}]}
            for q, a in questions
            for lang in (["zh", "en"] if n % 8 == 0 else ["zh"])
        ]  # fmt: skip
    write(data / "qa_train.jsonl.xz", asked)
    write(
        data / "qa_noanswer.jsonl.xz",
        [{"lang": "zh", "question": "大桥花了多少钱？", "context": asked[0]["context"]}],
    )
    news = [{"id": f"news{n}", "text": story(random_)[0]} for n in range(30)]
    write(data / "news_docs.jsonl.xz", news)
    written = [
        {
            "row": one["id"],
            "crc32": zlib.crc32(one["text"].encode()),
            "held": n % 3 == 0,
            "questions": [
                ["zh", "number", "p", "大桥有多长？", [span(one["text"], "全长", "米")]],
                ["zh", "number", "p", "大桥有多宽？", []],
            ],
        }
        for n, one in enumerate(news)
    ]
    write_lines(data / "written.jsonl", written)
    write(data / "news_titled.jsonl.xz", [{**one, "title": f"{one['text'][:4]}今日通车"} for one in news])
    with lzma.open(data / "parallel_zh_en.tsv.xz", "wt", encoding="utf-8") as file:
        file.writelines(
            f"The new bridge is {n} metres long.\t新建的大桥全长{n}米。\twmt\t1\n" for n in range(100, 109)
        )
    words = [
        "大桥",
        "全长",
        "主持",
        "通车",
        "市长",
        "仪式",
        "bridge",
        "length",
        "000",
        "米",
        "日",
        "谁",
        *PLACES,
    ]
    rows = random_.choices(range(-100, 100), k=len(words) * 8)
    write_space(vectors, words, np.array(rows, np.float32).reshape(-1, 8))
    (vectors / "translations.json").write_text(
        json.dumps({"大桥": [["bridge", 1.0]], "全长": [["length", 1.0]]})
    )
    return data, vectors


@pytest.fixture
def torch_left_as_it_was() -> Iterator[None]:
    threads, exact = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    yield
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(exact)


@pytest.mark.usefixtures("torch_left_as_it_was")
def test_the_command_fits_a_reader_that_loads_and_answers_and_does_so_again(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    size = replace(QUICK, courses=(replace(QUICK.courses[0], steps=150), replace(QUICK.courses[1], steps=20)))
    written = folders[0] / "written.jsonl"
    run(*folders, tmp_path / "one", size, precision=0.5, questions=written)
    for part in (replace(size, courses=size.courses[:1]), size):  # stopped between two courses
        run(*folders, tmp_path / "two", part, precision=0.5, questions=written)
    reader = CandidateReader.load(tmp_path / "one")
    text, questions = story(random.Random(99))
    answers = [reader.read(question, [hit(text)])[0] for question, _ in questions]
    found = [text[one.start : one.end] for one in answers]
    assert any(answer in span for span, (_, answer) in zip(found, questions, strict=True))
    assert "held out" in (tmp_path / "one" / "log.txt").read_text(encoding="utf-8")
    for file in ("network.safetensors", "reader.json", "words.safetensors"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_the_right_span_is_found_again_in_the_passages_and_wrong_passages_have_none() -> None:
    texts = [story(random.Random(n))[0] for n in range(4)]
    pool = Pool(texts)
    start = texts[2].index("主持")
    row = Row("made", texts[2], "仪式由谁主持？", ((start, start + 2),))
    example = pool.example(row, 3, keep_gold=True)
    assert example is not None
    at, first, last = example.gold[0]
    assert example.texts[at][first:last] == "主持"
    assert not pool.elsewhere(row, 3).gold
    assert not {texts[2]} & set(pool.elsewhere(row, 3).texts)


def test_unsearched_passages_are_the_questions_own_and_one_other_the_right_one_first() -> None:
    text = story(random.Random(1))[0]
    row = Row("made", text, "仪式由谁主持？", ((text.index("主持"), text.index("主持") + 2),))
    example = beside(row, ["别的文章。"], random.Random(0))
    assert example is not None
    assert set(example.texts) == {text, "别的文章。"}
    assert example.gold[0][0] == 0


def test_overlap_f1_is_one_for_the_span_alone_and_zero_beside_it() -> None:
    starts, ends = np.array([4, 4, 0, 8]), np.array([8, 6, 4, 9])
    assert overlap_f1(starts, ends, np.array([[4, 8]])).tolist() == pytest.approx([1.0, 2 / 3, 0.0, 0.0])
    assert overlap_f1(starts, ends, np.array([[4, 8], [8, 9]]))[3] == 1.0
    assert not overlap_f1(starts, ends, np.zeros((0, 2), np.int64)).any()


def test_an_exchanged_question_asks_for_what_its_text_does_not_name() -> None:
    questions = ["周文涛主持了什么？", "李小满主持了什么？"]
    made = Exchange(questions, space_of(["主持"]), random.Random(0))
    row = Row("made", "仪式由周文涛主持。", questions[0], ((3, 5),))
    other = made.of(row)
    assert other is not None
    assert other.answers == ()
    assert other.question == questions[1]
    assert made.of(replace(row, context="别的文章。")) is None


def test_names_are_spelled_as_they_are_in_english() -> None:
    assert spelled("周文涛", "nr") == "Zhou Wentao"
    assert spelled("郑州市", "ns") == "Zhengzhou"
    assert spelled("谁", "nr") == ""


def test_rewording_keeps_names_numbers_and_question_words() -> None:
    vocabulary = ["学校", "会议", "中学"]
    space = space_of(vocabulary)
    swaps = near_words(["张三", "349", "什么", "学校"], space, vocabulary)
    assert set(swaps) <= {"学校"}
    row = Row("made", "学校在开会。", "学校在哪里？", ())
    assert in_other_words(row, {"学校": ["中学"]}, 1.0, random.Random(0)).question == "中学在哪里？"


def test_english_wording_opens_with_the_question_word_and_what_it_asks_for() -> None:
    space = space_of(["学校", "检查"])
    row = Row("made", "学校", "检查了多少所学校？", ())
    known = {"学校": [("schools", 1.0)], "检查": [("inspected", 1.0)], "所": [("places", 1.0)]}
    reworded = in_english(row, space, known, random.Random(0))
    assert reworded is not None
    assert reworded.question.startswith("how many ")
    assert {"schools", "inspected"} <= set(reworded.question.rstrip("?").split())
    assert in_english(row, space, {}, random.Random(0)) is None


def test_questions_made_from_news_ask_for_what_stands_in_the_text(folders: tuple[Path, Path]) -> None:
    made = cloze_rows(folders[0], 10, random.Random(1))
    assert made
    for row in made:
        start, end = row.answers[0]
        assert 0 <= start < end <= len(row.context)
        assert row.context[start:end] not in row.question


def test_the_logistic_fit_finds_the_chances_that_made_the_data() -> None:
    random_ = np.random.default_rng(0)
    signals = random_.normal(size=(20_000, 2))
    chance = 1 / (1 + np.exp(-(1.5 * signals[:, 0] - 0.5 * signals[:, 1] + 0.3)))
    slopes, offset = fit_logistic(signals, (random_.random(20_000) < chance).astype(float))
    assert [*slopes, offset] == pytest.approx([1.5, -0.5, 0.3], abs=0.1)


def test_the_confidence_is_the_chance_of_being_right_and_low_where_there_is_no_answer() -> None:
    random_ = np.random.default_rng(0)
    answerable = random_.random(8_000) < 0.7
    found = answerable & (random_.random(8_000) < 0.6)
    signals = np.stack([found + random_.normal(size=8_000), answerable + random_.normal(size=8_000)], 1)
    seen = Seen(signals, found.astype(float), found, answerable)
    confidence = fit_confidence(seen).of(signals)
    assert confidence.mean() == pytest.approx(found.mean(), abs=0.01)
    for low in (0.2, 0.4, 0.6):
        near = (confidence > low) & (confidence < low + 0.1)
        assert found[near].mean() == pytest.approx(confidence[near].mean(), abs=0.06)
    assert confidence[answerable & ~found].mean() > confidence[~answerable].mean() + 0.05


def test_the_threshold_is_the_lowest_that_keeps_the_precision() -> None:
    confidence = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    right = np.array([True, True, False, True, False])
    assert threshold_for(confidence, right, 0.7) == 0.6
    assert threshold_for(confidence, right, 1.0) == 0.8
    assert threshold_for(confidence, ~right, 0.9) == 0.9
