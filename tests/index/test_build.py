from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.index.hashing_encoder import HashingEncoder

from yuanwen_index.articles import parse_articles
from yuanwen_index.build import BuildReport, build_index
from yuanwen_index.documents import find_files, read_document
from yuanwen_index.errors import IndexMismatch, IndexUnusable, UsageError
from yuanwen_index.passages import split_passages
from yuanwen_index.retriever import Retriever
from yuanwen_index.store import open_generation

SEEDS = Path(__file__).parents[2] / "seeds"
WORDS = st.text("一二三雪花考试ab。\n", min_size=1, max_size=30).filter(lambda text: text.strip("。\n"))
FOLDERS = st.dictionaries(st.sampled_from(["a.txt", "b.txt", "c.md", "d/e.txt"]), WORDS, min_size=1)


def write(folder: Path, files: dict[str, str]) -> None:
    for path in folder.rglob("*.*"):
        path.unlink()
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())


def contents(index: Path) -> object:
    """All that a search can show of an index, and every score it gives."""
    retriever = Retriever.open(index, encoder=HashingEncoder())
    hits = retriever.search("二月的雪花 ab 考试", k=1000)
    return (
        list(retriever.documents),
        list(retriever.articles),
        list(retriever.passages),
        [(hit.passage, hit.score, hit.ranks) for hit in hits],
    )


def counts(report: BuildReport) -> dict[str, int]:
    names = ("added", "updated", "removed", "unchanged")
    return {name: getattr(report, name) for name in names if getattr(report, name)}


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(FOLDERS, min_size=1, max_size=4))
def test_an_updated_index_is_the_one_made_at_once(
    tmp_path_factory: pytest.TempPathFactory, versions: list[dict[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("updates")
    pages, index = folder / "pages", folder / "index"
    pages.mkdir()
    before: dict[str, str] = {}
    for files in versions:
        write(pages, files)
        report = build_index([pages], index, encoder=HashingEncoder())
        same = {name for name in files if files[name] == before.get(name)}
        assert report.unchanged == len(same)
        assert report.added == len(files.keys() - before.keys())
        assert report.removed == len(before.keys() - files.keys())
        assert report.updated == len(files) - len(same) - report.added
        before = files
    build_index([pages], folder / "anew", encoder=HashingEncoder())
    assert contents(index) == contents(folder / "anew")


def test_what_is_stored_is_what_parsing_gives(tmp_path: Path) -> None:
    build_index([SEEDS], tmp_path / "index", encoder=HashingEncoder())
    retriever = Retriever.open(tmp_path / "index", encoder=HashingEncoder())
    documents = [read_document(path, source) for path, source in find_files([SEEDS])]
    articles = [article for document in documents for article in parse_articles(document)]
    assert list(retriever.documents) == documents
    assert list(retriever.articles) == articles
    assert list(retriever.passages) == [
        passage for article in articles for passage in split_passages(article)
    ]
    assert retriever.passages[-1] == retriever.passages[len(retriever.passages) - 1]
    assert retriever.articles[1:3] == articles[1:3]
    with pytest.raises(IndexError, match="out of range"):
        retriever.passages[len(retriever.passages)]


def test_nothing_changed_publishes_nothing(tmp_path: Path) -> None:
    write(tmp_path / "pages", {"a.txt": "一月下雪。"})
    first = build_index([tmp_path / "pages"], tmp_path / "index", encoder=HashingEncoder())
    encoder = HashingEncoder()
    again = build_index([tmp_path / "pages"], tmp_path / "index", encoder=encoder)
    assert (again.generation, counts(again), again.encoded) == (first.generation, {"unchanged": 1}, 0)
    assert encoder.encoded == []


def test_an_index_follows_files_that_moved(tmp_path: Path) -> None:
    write(tmp_path / "pages", {"a.txt": "一月下雪。"})
    build_index([tmp_path / "pages"], tmp_path / "index", encoder=HashingEncoder())
    (tmp_path / "pages").rename(tmp_path / "moved")
    (document,) = Retriever.open(tmp_path / "index", encoder=HashingEncoder()).documents
    assert document.file_state() == "gone"
    report = build_index([tmp_path / "moved"], tmp_path / "index", encoder=HashingEncoder())
    assert (report.generation, counts(report), report.encoded) == (2, {"unchanged": 1}, 0)
    (document,) = Retriever.open(tmp_path / "index", encoder=HashingEncoder()).documents
    assert document.file_state() == "same"


def test_only_what_changed_is_encoded(tmp_path: Path) -> None:
    write(tmp_path / "pages", {"a.txt": "一月下雪。", "b.txt": "二月考试。", "c.txt": "三月开花。"})
    build_index([tmp_path / "pages"], tmp_path / "index", encoder=HashingEncoder())
    write(tmp_path / "pages", {"a.txt": "一月下雪。", "b.txt": "二月放假。", "d.txt": "四月有雨。"})
    encoder = HashingEncoder()
    report = build_index([tmp_path / "pages"], tmp_path / "index", encoder=encoder)
    assert counts(report) == {"added": 1, "updated": 1, "removed": 1, "unchanged": 1}
    assert sorted(text.split("\n")[-1] for text in encoder.encoded) == ["二月放假。", "四月有雨。"]
    assert report.encoded == 2


def test_a_file_read_with_another_encoding_is_another_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("二月考试。".encode("gb18030"))
    build_index([tmp_path / "a.txt"], tmp_path / "index", encoder=HashingEncoder())
    report = build_index(
        [tmp_path / "a.txt"], tmp_path / "index", encoder=HashingEncoder(), encoding="gb18030"
    )
    assert counts(report) == {"updated": 1}


def test_a_guessed_encoding_is_reported_when_the_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("二月考试，学校放假。".encode("gb18030"))
    (tmp_path / "b.txt").write_text("三月开花。", "utf-8")
    paths = [tmp_path / "a.txt", tmp_path / "b.txt"]
    index = tmp_path / "index"
    assert build_index(paths, index, encoder=HashingEncoder()).guessed == ("a.txt",)
    assert build_index(paths, index, encoder=HashingEncoder()).guessed == ()
    assert build_index(paths[:1], index, encoder=HashingEncoder(), encoding="gb18030").guessed == ()


def test_another_encoder_makes_every_vector_anew(tmp_path: Path) -> None:
    write(tmp_path / "pages", {"a.txt": "一月下雪。", "b.txt": "二月考试。"})
    build_index([tmp_path / "pages"], tmp_path / "index", encoder=HashingEncoder())
    other = HashingEncoder(dim=8)
    report = build_index([tmp_path / "pages"], tmp_path / "index", encoder=other)
    assert (report.encoded, counts(report)) == (2, {"updated": 2})
    Retriever.open(tmp_path / "index", encoder=other)
    with pytest.raises(IndexMismatch):
        Retriever.open(tmp_path / "index", encoder=HashingEncoder())


class InterruptedEncoder(HashingEncoder):
    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        raise KeyboardInterrupt


def test_an_interrupt_leaves_the_old_index(tmp_path: Path) -> None:
    write(tmp_path / "pages", {"a.txt": "一月下雪。"})
    build_index([tmp_path / "pages"], tmp_path / "index", encoder=HashingEncoder())
    before = contents(tmp_path / "index")
    write(tmp_path / "pages", {"a.txt": "二月考试。"})
    with pytest.raises(KeyboardInterrupt):
        build_index([tmp_path / "pages"], tmp_path / "index", encoder=InterruptedEncoder())
    assert contents(tmp_path / "index") == before
    assert sorted(path.name for path in (tmp_path / "index").iterdir()) == ["CURRENT", "LOCK", "gen-000001"]


def test_an_interrupt_while_saving_leaves_the_old_index(tmp_path: Path) -> None:
    write(tmp_path / "pages", {"a.txt": "一月下雪。"})
    build_index([tmp_path / "pages"], tmp_path / "index", encoder=HashingEncoder())
    before = contents(tmp_path / "index")
    write(tmp_path / "pages", {"a.txt": "二月考试。"})

    def interrupt(stage: str, _done: int, _total: int) -> None:
        if stage == "save":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_index([tmp_path / "pages"], tmp_path / "index", encoder=HashingEncoder(), progress=interrupt)
    assert contents(tmp_path / "index") == before


class BrokenEncoder(HashingEncoder):
    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.full((len(texts), self.dim), np.nan, np.float32)


class ShortEncoder(HashingEncoder):
    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return super().encode_passages(texts)[:, 1:]


@pytest.mark.parametrize("encoder", [BrokenEncoder(), ShortEncoder()])
def test_vectors_that_cannot_be_searched_are_not_stored(tmp_path: Path, encoder: HashingEncoder) -> None:
    write(tmp_path / "pages", {"a.txt": "一月下雪。"})
    with pytest.raises(ValueError, match=r"finite|shape"):
        build_index([tmp_path / "pages"], tmp_path / "index", encoder=encoder)
    assert [path.name for path in (tmp_path / "index").iterdir()] == ["LOCK"]


def test_files_that_cannot_be_read_are_reported_and_recorded(tmp_path: Path) -> None:
    write(tmp_path / "pages", {"a.txt": "一月下雪。", "b.txt": "二月考试。"})
    (tmp_path / "pages" / "b.txt").write_bytes(b"\xff\xff\xff\x81\x20\xff")
    report = build_index([tmp_path / "pages"], tmp_path / "index", encoder=HashingEncoder())
    assert (report.documents, [skip.source for skip in report.skipped]) == (1, ["b.txt"])
    manifest = json.loads((tmp_path / "index" / "gen-000001" / "MANIFEST.json").read_text())
    assert manifest["skipped"] == [[skip.source, skip.reason] for skip in report.skipped]
    again = build_index([tmp_path / "pages"], tmp_path / "index", encoder=HashingEncoder())
    assert (again.generation, again.skipped) == (1, report.skipped)


@pytest.mark.parametrize("files", [{}, {"a.txt": "\n\n"}, {"picture.png": "x"}])
def test_nothing_to_index_says_what_to_do_and_keeps_the_old_index(
    tmp_path: Path, files: dict[str, str]
) -> None:
    write(tmp_path / "pages", {"a.txt": "一月下雪。"})
    build_index([tmp_path / "pages"], tmp_path / "index", encoder=HashingEncoder())
    write(tmp_path / "pages", files)
    with pytest.raises(UsageError):
        build_index([tmp_path / "pages"], tmp_path / "index", encoder=HashingEncoder())
    assert len(Retriever.open(tmp_path / "index", encoder=HashingEncoder()).documents) == 1


def test_progress_tells_each_stage_from_its_start_to_its_end(tmp_path: Path) -> None:
    write(tmp_path / "pages", {"a.txt": "一月下雪。", "b.txt": "二月考试。"})
    told: list[tuple[str, int, int]] = []
    build_index(
        [tmp_path / "pages"],
        tmp_path / "index",
        encoder=HashingEncoder(),
        progress=lambda stage, done, total: told.append((stage, done, total)),
    )
    assert list(dict.fromkeys(stage for stage, _, _ in told)) == ["read", "encode", "match", "save"]
    for stage in ("read", "encode", "match", "save"):
        steps = [(done, total) for told_stage, done, total in told if told_stage == stage]
        assert steps == sorted(steps)
        assert (steps[0][0], steps[-1][0]) == (0, steps[-1][1])


def test_text_is_stored_to_the_last_character(tmp_path: Path) -> None:
    text = "\ufeff　一月\r\n\r\n下雪𠮷。\u2028\x00二月\t考试 \r"
    (tmp_path / "a.txt").write_bytes(text.encode("utf-16"))
    build_index([tmp_path / "a.txt"], tmp_path / "index", encoder=HashingEncoder(), encoding="utf-16")
    (document,) = Retriever.open(tmp_path / "index", encoder=HashingEncoder()).documents
    assert document == read_document(tmp_path / "a.txt", "a.txt", encoding="utf-16")
    stored = open_generation(tmp_path / "index").files["texts.utf8"].tobytes()
    assert stored.decode("utf-8", "surrogatepass") == document.text


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_folder_that_cannot_be_written_is_an_error_that_says_so(tmp_path: Path, place: str) -> None:
    (tmp_path / "a.txt").write_text("一月下雪。", "utf-8")
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(IndexUnusable, match="cannot write to"):
        build_index([tmp_path / "a.txt"], tmp_path / place, encoder=HashingEncoder())


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from tests.index.hashing_encoder import HashingEncoder
from yuanwen_index import YuanwenError, build_index

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
try:
    build_index([Path(sys.argv[1])], Path(sys.argv[2]), encoder=HashingEncoder())
except YuanwenError as error:
    print(error)
"""


@pytest.mark.parametrize("limit", [0, 50, 300, 1500])
def test_a_full_disk_leaves_the_old_index_and_says_so(tmp_path: Path, limit: int) -> None:
    write(tmp_path / "pages", {"a.txt": "一月下雪。"})
    build_index([tmp_path / "pages"], tmp_path / "index", encoder=HashingEncoder())
    before = contents(tmp_path / "index")
    write(tmp_path / "pages", {"a.txt": "二月考试。" * 40})
    command = [sys.executable, "-c", FULL_DISK, str(tmp_path / "pages"), str(tmp_path / "index"), str(limit)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "File too large. What was published there stays." in done.stdout
    assert contents(tmp_path / "index") == before
