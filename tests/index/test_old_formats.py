"""Indexes of every released format, kept in ``old_formats`` as they were written, open or say what to do.

``python -m tests.index.test_old_formats FOLDER`` writes such an index with the present version.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.index.hashing_encoder import HashingEncoder
from tests.index.test_store import resign

from yuanwen_index import (
    IndexMismatch,
    Retriever,
    add_documents,
    build_index,
    rebuild_index,
    text_document,
)
from yuanwen_index.manifest import FORMAT
from yuanwen_index.recipe import recipe

KEPT = sorted((Path(__file__).parent / "old_formats").iterdir())
ENCODER = HashingEncoder()
TEXTS = {
    "one.txt": "县里召开防汛会议\n\n本报讯 3月1日，县里召开防汛会议。会议由张建国\n主持。\n\n记者 王小明\n",
    "two.txt": "学校放假三天。\n",
}


def test_the_present_format_is_kept() -> None:
    assert f"format-{FORMAT}" in [folder.name for folder in KEPT]


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: kept.name)
def test_an_index_of_every_released_format_opens_or_says_what_to_do(kept: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    shutil.copytree(kept, index)
    record = json.loads(next(kept.glob("gen-*/MANIFEST.json")).read_bytes())
    if (record["format"], record["recipe"]) != (FORMAT, recipe()):
        with pytest.raises(IndexMismatch, match="yuanwen rebuild"):
            Retriever.open(index, encoder=ENCODER)
        assert rebuild_index(index, encoder=ENCODER).lost == ()
    retriever = Retriever.open(index, encoder=ENCODER)
    assert {document.source: document.text for document in retriever.documents} == TEXTS
    assert "张建国" in retriever.search("防汛会议由谁主持？")[0].passage.text


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda record: record.pop("ann"), "'ann'"),
        (lambda record: record.pop("format"), "'format'"),
        (lambda record: record["counts"].pop("articles"), "'articles'"),
        (lambda record: record["files"].pop("extents.npy"), "'extents.npy'"),
        (lambda record: record.update(later="x"), "not written as"),
    ],
    ids=["ann", "format", "count", "file", "unknown"],
)
def test_what_another_version_wrote_is_not_called_damaged_and_can_be_brought_up_to_date(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], what: str
) -> None:
    pages, index = tmp_path / "pages", tmp_path / "index"
    pages.mkdir()
    for name, text in TEXTS.items():
        (pages / name).write_text(text, "utf-8")
    build_index([pages], index, encoder=ENCODER)
    resign(index, lambda record: record["versions"].update(yuanwen="0.0.9"))
    resign(index, change)
    with pytest.raises(
        IndexMismatch, match=r"made by another version of yuanwen \('0\.0\.9'\).*rebuild"
    ) as refused:
        Retriever.open(index, encoder=ENCODER)
    assert what in str(refused.value)
    shutil.rmtree(pages)  # the texts come from the index itself
    assert rebuild_index(index, encoder=ENCODER).lost == ()
    retriever = Retriever.open(index, encoder=ENCODER)
    assert {document.source: document.text for document in retriever.documents} == TEXTS


def test_another_format_says_which_and_which_this_version_reads(tmp_path: Path) -> None:
    index = tmp_path / "index"
    add_documents([text_document("one.txt", TEXTS["one.txt"])], index, encoder=ENCODER)
    resign(index, lambda record: record.update(format=7))
    current = index / "CURRENT"
    current.write_bytes(current.read_bytes().replace(b"yuanwen-index 1 ", b"yuanwen-index 7 "))
    for use in (
        lambda: Retriever.open(index, encoder=ENCODER),
        lambda: rebuild_index(index, encoder=ENCODER),
        lambda: add_documents([text_document("x.txt", "x")], index, encoder=ENCODER),
    ):
        with pytest.raises(IndexMismatch, match=f"format 7, this yuanwen reads format {FORMAT}"):
            use()
    assert [path.name for path in index.glob("gen-*")] == ["gen-000001"]


def test_another_format_is_told_by_its_first_line_whatever_else_it_holds(tmp_path: Path) -> None:
    (tmp_path / "CURRENT").write_text(f"yuanwen-index 7 gen-000001 {'0' * 64}\n", "ascii")
    (tmp_path / "gen-000001").mkdir()
    with pytest.raises(IndexMismatch, match=f"format 7, this yuanwen reads format {FORMAT}"):
        Retriever.open(tmp_path, encoder=ENCODER)


if __name__ == "__main__":
    add_documents([text_document(*pair) for pair in TEXTS.items()], Path(sys.argv[1]), encoder=ENCODER)
