from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from xml.etree import ElementTree

from bench.corpus import lay_out, texts
from bench.line_plots import line_plot
from bench.speed import read_figures, table, write_figures
from tests.index.hashing_encoder import HashingEncoder

from yuanwen_index import Retriever, build_index


def test_everyone_gets_the_passages_that_yuanwen_indexes(tmp_path: Path) -> None:
    passages = lay_out(tmp_path / "files", None, 40)
    build_index([tmp_path / "files"], tmp_path / "index", encoder=HashingEncoder())
    indexed = Retriever.open(tmp_path / "index", encoder=HashingEncoder()).passages
    assert [passage.search_text for passage in indexed] == passages
    assert len(passages) >= 40


def test_articles_go_on_as_sentences_of_all_of_them(tmp_path: Path) -> None:
    news = tmp_path / "news.jsonl"
    rows = [{"text": "甲地下雪。乙地放晴。"}, {"text": "丙地开会。"}]
    news.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    first, second, *more = islice(texts(news), 12)
    assert [first, second] == [row["text"] for row in rows]
    assert len(set(more)) > 1
    assert all(set(text.split("。")) <= {"甲地下雪", "乙地放晴", "丙地开会", ""} for text in more)


def test_a_table_says_how_many_times_the_figure_of_yuanwen_another_one_is() -> None:
    rows = {"yuanwen": {"a": 2.0, "b": 5.0}, "other": {"a": 7.0}}
    last = table("made up", rows, {"a": "A", "b": "B"}, "yuanwen").splitlines()[-1]
    assert last == "| other | 7 (3.5x) | - |"


def test_a_plot_has_a_line_and_a_legend_for_each_name() -> None:
    lines = {"one & two": [(1000.0, 0.5), (10_000.0, 4.0)], "three": [(1000.0, 80.0)]}
    root = ElementTree.fromstring(line_plot("cost < benefit", lines))
    space = "{http://www.w3.org/2000/svg}"
    assert len(root.findall(f"{space}polyline")) == 2
    words = [element.text for element in root.findall(f"{space}text")]
    assert {"cost < benefit", "one & two", "three"} <= set(words)


def test_figures_of_an_earlier_piece_of_a_run_are_kept(tmp_path: Path) -> None:
    write_figures({60: {"txtai": {"build_s": 1.0}}}, tmp_path)
    found = read_figures(tmp_path)
    found.setdefault(7, {})["yuanwen"] = {"build_s": 2.0}
    write_figures(found, tmp_path)
    assert read_figures(tmp_path) == {7: {"yuanwen": {"build_s": 2.0}}, 60: {"txtai": {"build_s": 1.0}}}
