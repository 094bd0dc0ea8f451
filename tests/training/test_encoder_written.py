"""Questions written one by one become pairs of the encoder's training, each with passages that only look right."""

from __future__ import annotations

import json
import lzma
import zlib
from pathlib import Path

import numpy as np
import pytest
from training.encoder import mute_pieces
from training.encoder_batches import Batches, Draw
from training.encoder_written import Asked, left_to_fusion, read_written, written_pairs
from training.reader_data import Row

from yuanwen_index.encoders import SHIPPED_FOLDER
from yuanwen_index.pieces import Pieces

PLACES = ("东城", "西城", "南城", "北城", "海港", "山口", "河湾", "新镇")
THINGS = ("大桥", "公园", "学校", "医院", "剧院", "车站", "市场", "机场")


def article(at: int) -> str:
    """Some passages' worth of news on one thing in one place."""
    filler = f"{PLACES[at]}的居民说，{THINGS[at]}建成之后生活方便了许多。" * 12
    return f"{PLACES[at]}{THINGS[at]}5月{at + 1}日启用。{filler}\n{filler}\n全长{at + 31}米。{filler}"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    texts = {f"row{at}": article(at) for at in range(len(PLACES))}
    with lzma.open(tmp_path / "news_docs.jsonl.xz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps({"id": row, "text": text}) + "\n" for row, text in texts.items())
    lines = []
    for at, (row, text) in enumerate(texts.items()):
        when, long = text.index("5月"), text.index(f"{at + 31}米")
        questions = [
            ["zh", "when", "p", f"{PLACES[at]}的{THINGS[at]}何时启用？", [[when, when + 4]]],
            ["en", "number", "p", "How long is it?", [[long, long + 3]]],
            ["zh", "who", "p", "谁剪的彩？", []],
        ]
        check = zlib.crc32(text.encode())
        lines.append(json.dumps({"row": row, "crc32": check, "held": at == 0, "questions": questions}))
    (tmp_path / "questions.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


def read(data: Path) -> tuple[list[str], dict[str, Asked], dict[str, Asked]]:
    return read_written(data, data / "questions.jsonl")


def test_the_right_passage_holds_the_answer_and_no_rival_does(data: Path) -> None:
    passages, fitted, _ = read(data)
    for question, right, rivals in zip(
        fitted["written_zh"].questions, fitted["written_zh"].right, fitted["written_zh"].rivals, strict=True
    ):
        place, thing = question[:2], question[3:5]
        assert f"{place}{thing}5月" in passages[right]
        assert right not in rivals
        assert any(thing in passages[rival] for rival in rivals), "none of its own article"


def test_neither_held_out_articles_nor_those_left_to_fusion_are_fitted_on(data: Path) -> None:
    _, fitted, held = read(data)
    left = [at for at in range(1, len(PLACES)) if left_to_fusion(Row("", article(at), "", ()))]
    asked = {question[3:5] for question in fitted["written_zh"].questions}
    assert asked == set(THINGS) - {THINGS[0]} - {THINGS[at] for at in left}
    assert [len(one.questions) for one in held.values()] == [1, 1]


def test_a_batch_holds_a_rival_of_every_pair(data: Path) -> None:
    passages, fitted, _ = read(data)
    pieces = Pieces.from_file(SHIPPED_FOLDER / "tokenizer.json")
    pairs = written_pairs(passages, fitted, pieces, mute_pieces(pieces.texts))
    batch = Batches(pairs, [Draw("written_zh", 1)], {}, 99, 10_000, 0).draw()
    n = len(fitted["written_zh"].questions)
    assert batch.size == n
    texts = batch.counts.toarray()
    whole = pairs["written_zh"].rivals
    assert whole is not None
    assert texts.shape[0] == 3 * n == len(batch.group) + n
    every = np.sort(whole.texts.sizes)
    assert np.isin(texts[2 * n :].sum(axis=1), every).all()
    assert not (texts[n : 2 * n] == texts[2 * n :]).all(axis=1).any()
