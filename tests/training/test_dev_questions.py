from __future__ import annotations

import json
import lzma
import random
import zlib
from pathlib import Path

import pytest
from training.dev_questions import QUESTIONS, Look, build, lay_out

TEXT = "正文：河边新修了一座桥。桥长120米，由王工设计。广告请勿点击。桥在5月1日通车！“人人都说好。”村民说。"


def without_blanks(text: str) -> str:
    return "".join(text.split())


def span(part: str) -> list[object]:
    return ["row1", TEXT.index(part), TEXT.index(part) + len(part)]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    rows = [{"id": "row0", "text": "另一篇。"}, {"id": "row1", "text": TEXT}]
    with lzma.open(tmp_path / "news_docs.jsonl.xz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return tmp_path


def source(folder: Path, row: str = "row1", text: str = TEXT) -> Path:
    parts = [
        span(part)[1:] for part in ("河边新修了一座桥。桥长120米，由王工设计。", TEXT[TEXT.index("桥在") :])
    ]
    article = {"row": row, "crc32": zlib.crc32(text.encode()), "title": "村里通了桥", "parts": parts}
    asked = {"id": "1", "question": "谁画的图？", "lang": "zh", "answerable": True}
    asked |= {"answers": [span("王工")], "evidence": [span("桥长120米，由王工设计")]}
    none = {
        "id": "2",
        "question": "花了多少钱？",
        "lang": "zh",
        "answerable": False,
        "answers": [],
        "evidence": [],
    }
    file = folder / "source.json"
    file.write_text(json.dumps({"pages": [[article]], "questions": [asked, none]}), encoding="utf-8")
    return file


def test_answers_and_evidence_are_taken_from_the_rows_and_stand_in_the_pages(
    data: Path, tmp_path: Path
) -> None:
    build(data, tmp_path / "out", source(tmp_path))
    first, second = json.loads((tmp_path / "out" / "questions.json").read_text("utf-8"))
    assert first["answers"] == ["王工"]
    (evidence,) = first["evidence"]
    page = without_blanks((tmp_path / "out" / "pages" / evidence["file"]).read_text("utf-8"))
    assert evidence["quote"] in page
    assert "村里通了桥" in page
    assert "广告" not in page
    assert (second["answerable"], second["answers"], second["evidence"]) == (False, [], [])


def test_a_second_build_writes_the_same_bytes(data: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        build(data, tmp_path / name, source(tmp_path))
    one, two = (
        {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name).rglob("*.*")}
        for name in ("one", "two")
    )
    assert len(one) == 2
    assert one == two


@pytest.mark.parametrize(
    ("row", "text", "said"), [("row7", TEXT, "no row row7"), ("row1", "?", "another text")]
)
def test_rows_that_the_questions_were_not_written_for_are_refused(
    data: Path, tmp_path: Path, row: str, text: str, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        build(data, tmp_path / "out", source(tmp_path, row, text))


@pytest.mark.parametrize("look", Look)
def test_a_layout_changes_only_white_space_and_cuts_no_number(look: Look) -> None:
    for seed in range(30):
        title, *blocks = lay_out([("题", TEXT * 3)], random.Random(seed), look)
        assert title.endswith("题")
        assert without_blanks("".join(blocks)).removeprefix("本报讯") == TEXT * 3
        assert "\n".join(blocks).count("120") == 3


def test_the_questions_hold_places_and_no_text_of_the_articles() -> None:
    record = json.loads(QUESTIONS.read_text("utf-8"))
    rows = {article["row"] for page in record["pages"] for article in page}
    ids = [question["id"] for question in record["questions"]]
    assert len(set(ids)) == len(ids)
    for question in record["questions"]:
        assert bool(question["answers"]) == bool(question["evidence"]) == question["answerable"]
        for row, start, end in question["answers"] + question["evidence"]:
            assert row in rows
            assert 0 <= start < end
