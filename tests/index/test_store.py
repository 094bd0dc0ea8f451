from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.index.hashing_encoder import HashingEncoder

from yuanwen_index.build import build_index
from yuanwen_index.errors import IndexCorrupt, IndexLocked, IndexMismatch, IndexMissing, IndexUnusable
from yuanwen_index.lock import LOCK, writing
from yuanwen_index.manifest import FILES, MANIFEST
from yuanwen_index.retriever import Retriever
from yuanwen_index.store import CURRENT, next_generation, open_generation, sweep

ENCODER = HashingEncoder()
REPOSITORY = Path(__file__).parents[2]
PAGES = {"one.txt": "一月下了大雪。\n学校放假三天。\n", "two.txt": "二月有七场考试。\n"}


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    for name, text in PAGES.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture
def index(tmp_path: Path, pages: Path) -> Path:
    build_index([pages], tmp_path / "index", encoder=ENCODER)
    return tmp_path / "index"


def generation(index: Path, number: int = 1) -> Path:
    return index / f"gen-{number:06d}"


def published_files(index: Path) -> list[Path]:
    return [index / CURRENT, generation(index) / MANIFEST, *(generation(index) / name for name in FILES)]


def refused(index: Path) -> IndexUnusable:
    with pytest.raises(IndexUnusable) as caught:
        Retriever.open(index, encoder=ENCODER)
    return caught.value


def resign(index: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the manifest and make CURRENT vouch for the changed one: what no sum can catch."""
    manifest = generation(index) / MANIFEST
    record = json.loads(manifest.read_bytes())
    change(record)
    data = (json.dumps(record, indent=1, sort_keys=True) + "\n").encode()
    manifest.write_bytes(data)
    line = f"yuanwen-index 1 gen-000001 {hashlib.sha256(data).hexdigest()}\n"
    (index / CURRENT).write_text(line, "ascii")


# damage


def test_a_flipped_bit_in_any_file_is_refused_by_the_name_of_the_file(index: Path) -> None:
    chance = random.Random(1)
    for file in published_files(index):
        data = file.read_bytes()
        for place in sorted(chance.sample(range(len(data)), min(len(data), 25))):
            damaged = bytearray(data)
            damaged[place] ^= 1 << chance.randrange(8)
            file.write_bytes(damaged)
            error = refused(index)
            assert file == index / CURRENT or file.name in str(error)
        file.write_bytes(data)
    Retriever.open(index, encoder=ENCODER)


@pytest.mark.parametrize("damage", ["shorter", "longer", "empty", "missing", "zeroed", "pipe"])
def test_a_file_of_another_length_or_kind_is_refused(index: Path, damage: str) -> None:
    for file in published_files(index):
        data = file.read_bytes()
        file.unlink()
        changed = {"shorter": data[:-1], "longer": data + b"\0", "empty": b"", "zeroed": bytes(len(data))}
        if damage in changed:
            file.write_bytes(changed[damage])
        elif damage == "pipe":
            os.mkfifo(file)
        if data != changed.get(damage):
            error = refused(index)
            assert isinstance(
                error, IndexMissing if file.name == CURRENT and damage == "missing" else IndexCorrupt
            )
        file.unlink(missing_ok=True)
        file.write_bytes(data)


def test_damage_says_which_file_what_is_wrong_and_what_to_do(index: Path) -> None:
    (generation(index) / "vectors.f32").write_bytes(b"")
    error = refused(index)
    assert isinstance(error, IndexCorrupt)
    assert error.file == "gen-000001/vectors.f32"
    assert "0 bytes" in error.what
    assert "yuanwen index" in error.remedy


def test_files_swapped_between_generations_are_refused(index: Path, pages: Path) -> None:
    (pages / "two.txt").write_text("二月有八场考试。\n", "utf-8")
    build_index([pages], index, encoder=ENCODER)
    for name in FILES:
        old, new = generation(index, 1) / name, generation(index, 2) / name
        if old.read_bytes() != new.read_bytes():
            kept = new.read_bytes()
            shutil.copy(old, new)
            assert isinstance(refused(index), IndexCorrupt)
            new.write_bytes(kept)
    Retriever.open(index, encoder=ENCODER)


def test_indexing_again_repairs_a_damaged_index(index: Path, pages: Path) -> None:
    for file in published_files(index):
        copy = index.with_name("copy")
        shutil.copytree(index, copy)
        (copy / file.relative_to(index)).write_bytes(b"damaged")
        build_index([pages], copy, encoder=ENCODER)
        assert texts(copy) == list(PAGES.values())
        shutil.rmtree(copy)


# the manifest


@pytest.mark.parametrize(
    ("change", "sides"),
    [
        (lambda record: record.update(format=2), ["format 2", "format 1"]),
        (
            lambda record: record["encoder"].update(fingerprint="0" * 64),
            ["000000000000", ENCODER.fingerprint[:12]],
        ),
        (lambda record: record["encoder"].update(dim=8), ["dimension 8", "dimension 16"]),
        (lambda record: record["recipe"]["splitter"].update(version=99), ["99", "'version': 1"]),
        (lambda record: record["recipe"]["tokens"].update(b=0.5), ["'b': 0.5", "'b': 0.75"]),
        (lambda record: record["recipe"].update(keys="other"), ["other"]),
        (lambda record: record.update(recipe={}), ["None"]),
    ],
)
def test_an_index_made_by_other_rules_is_refused_naming_both_sides(
    index: Path, change: Callable[[dict[str, Any]], object], sides: list[str]
) -> None:
    resign(index, change)
    error = refused(index)
    assert isinstance(error, IndexMismatch)
    assert all(side in str(error) for side in sides)


def leaves(record: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    if isinstance(record, dict) and record:
        return [leaf for key in record for leaf in leaves(record[key], (*path, key))]
    return [path]


@pytest.mark.parametrize("value", [None, -1, 10**30, "", [], {}, True, 1.5])
def test_no_field_of_the_manifest_can_be_of_another_kind(index: Path, value: object) -> None:
    original = json.loads((generation(index) / MANIFEST).read_bytes())
    harmless = {"created", "versions", "skipped", "parent"}
    for path in leaves(original):
        kind = type(_at(original, path))
        if type(value) is kind or (path[0] in harmless and value in (None, "", [])):
            continue
        resign(index, lambda record, path=path: _at(record, path[:-1]).update({path[-1]: value}))
        refused(index)
        resign(index, lambda record: (record.clear(), record.update(original)))
    Retriever.open(index, encoder=ENCODER)


def _at(record: Any, path: tuple[str | int, ...]) -> Any:
    for key in path:
        record = record[key]
    return record


def test_a_missing_or_foreign_field_of_the_manifest_is_refused(index: Path) -> None:
    original = json.loads((generation(index) / MANIFEST).read_bytes())
    for path in leaves(original):
        resign(index, lambda record, path=path: _at(record, path[:-1]).pop(path[-1]))
        if path[0] != "versions":
            refused(index)
        resign(index, lambda record: (record.clear(), record.update(original)))
    resign(index, lambda record: record["files"].update({"../../secret": record["files"]["texts.utf8"]}))
    refused(index)
    resign(index, lambda record: (record.clear(), record.update(original), record.update(extra=1)))
    refused(index)


def test_damage_and_mismatch_are_refused_without_assertions_too(index: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from yuanwen_index import IndexUnusable, Retriever\n"
        "from tests.index.hashing_encoder import HashingEncoder\n"
        "for dim in (16, 8):\n"
        "    try: print(len(Retriever.open(sys.argv[1], encoder=HashingEncoder(dim)).passages))\n"
        "    except IndexUnusable as error: print(type(error).__name__)\n"
    )

    def run() -> list[str]:
        command = [sys.executable, "-O", "-c", program, str(index)]
        done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
        return done.stdout.split()

    assert run()[1] == "IndexMismatch"
    file = generation(index) / "terms" / "passages.npy"
    data = bytearray(file.read_bytes())
    data[-4] ^= 64
    file.write_bytes(data)
    assert run() == ["IndexCorrupt", "IndexCorrupt"]


# writers


def environment() -> dict[str, str]:
    path = [str(REPOSITORY / "index"), str(REPOSITORY)]
    return {**os.environ, "PYTHONPATH": os.pathsep.join([*path, *sys.path])}


KILLED_WRITERS = """
import os, shutil, signal, sys
from pathlib import Path
from tests.index.hashing_encoder import HashingEncoder
from yuanwen_index import build_index

pages, index, copies = map(Path, sys.argv[1:])
encoder = HashingEncoder()


def index_until(step: int, copy: Path) -> None:
    left = step

    def watch(event: str, args: tuple[object, ...]) -> None:
        nonlocal left
        if event in ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "fcntl.flock"):
            if event == "fcntl.flock" or any(str(copy) in str(arg) for arg in args):
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    build_index([pages], copy, encoder=encoder)
    os._exit(0)


step, status = 0, 1
while status:
    copy = copies / str(step)
    if index.exists():
        shutil.copytree(index, copy)
    child = os.fork()
    if not child:
        index_until(step, copy)
    status = os.waitpid(child, 0)[1]
    assert status in (0, signal.SIGKILL)
    step += 1
"""


def kill_writers(pages: Path, index: Path, copies: Path) -> list[Path]:
    """Copies of ``index``, their writer killed before its 1st, 2nd, ... step on files; the last ended."""
    copies.mkdir()
    command = [sys.executable, "-c", KILLED_WRITERS, str(pages), str(index), str(copies)]
    subprocess.run(command, env=environment(), check=True)
    return sorted(copies.iterdir(), key=lambda copy: int(copy.name))


def texts(index: Path) -> list[str]:
    return [document.text for document in Retriever.open(index, encoder=ENCODER).documents]


def test_a_writer_killed_at_any_step_leaves_the_old_index_or_the_new_one(index: Path, pages: Path) -> None:
    old = texts(index)
    (pages / "one.txt").write_text("三月开了花。\n", "utf-8")
    new = ["三月开了花。\n", PAGES["two.txt"]]
    copies = kill_writers(pages, index, index.with_name("copies"))
    seen = [texts(copy) for copy in copies]
    assert len(seen) > 20
    switch = seen.index(new)
    assert seen == [old] * switch + [new] * (len(seen) - switch)
    for copy in copies[::3]:
        build_index([pages], copy, encoder=ENCODER)
        assert texts(copy) == new
        assert len(list(copy.glob("gen-*"))) <= 2
        assert not list(copy.glob(".tmp-*"))


def test_a_first_index_killed_before_its_end_is_no_index(tmp_path: Path, pages: Path) -> None:
    *killed, finished = kill_writers(pages, tmp_path / "nowhere", tmp_path / "copies")
    assert len(texts(finished)) == 2
    for copy in killed:
        if (copy / CURRENT).exists():
            assert len(texts(copy)) == 2
        else:
            with pytest.raises(IndexMissing):
                open_generation(copy)


def test_a_second_writer_is_told_who_holds_the_lock(index: Path, pages: Path) -> None:
    with writing(index), pytest.raises(IndexLocked, match=f"process {os.getpid()} "):
        build_index([pages], index, encoder=ENCODER)
    assert build_index([pages], index, encoder=ENCODER).unchanged == 2


def test_a_lock_file_left_behind_locks_nothing(index: Path, pages: Path) -> None:
    (index / LOCK).write_text("process 1 on another host since yesterday\n")
    assert build_index([pages], index, encoder=ENCODER).unchanged == 2


def test_writers_that_race_lose_nothing(index: Path, pages: Path) -> None:
    """Each of eight adds a page, then indexes when its turn comes; the last generation holds all pages."""

    def add(number: int) -> None:
        (pages / f"page-{number}.txt").write_text(f"第{number}页的新闻。\n", "utf-8")
        while True:
            try:
                build_index([pages], index, encoder=HashingEncoder())
                return
            except IndexLocked:
                time.sleep(0.01)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(texts(index)) == 10


# generations


def test_the_last_two_generations_stay_and_leftovers_go(index: Path, pages: Path) -> None:
    for number in range(3):
        (pages / "one.txt").write_text(f"第{number}次修改。\n", "utf-8")
        (index / f".tmp-{number}").mkdir()
        build_index([pages], index, encoder=ENCODER)
    assert sorted(path.name for path in index.iterdir()) == [CURRENT, LOCK, "gen-000003", "gen-000004"]


def test_files_that_are_not_the_index_s_own_stay(index: Path, pages: Path) -> None:
    (index / "notes.txt").write_text("mine")
    (index / "gen-x").mkdir()
    (pages / "one.txt").write_text("改了。\n", "utf-8")
    build_index([pages], index, encoder=ENCODER)
    sweep(index, keep=lambda _: False)
    assert {"notes.txt", "gen-x"} <= {path.name for path in index.iterdir()}


def test_a_generation_that_was_never_published_is_not_taken_for_one(index: Path, pages: Path) -> None:
    shutil.copytree(generation(index), generation(index, 2))
    assert next_generation(index) == 3
    (pages / "one.txt").write_text("改了。\n", "utf-8")
    assert build_index([pages], index, encoder=ENCODER).generation == 2
    assert len(texts(index)) == 2


def test_readers_opened_while_generations_come_and_go_always_see_one(index: Path, pages: Path) -> None:
    stop = threading.Event()

    def publish() -> None:
        for number in range(10):
            for name in PAGES:
                (pages / name).write_text(f"第{number}版。\n", "utf-8")
            build_index([pages], index, encoder=HashingEncoder())
        stop.set()

    thread = threading.Thread(target=publish)
    thread.start()
    while not stop.is_set():
        seen = texts(index)
        assert seen == list(PAGES.values()) or seen[0] == seen[1]
    thread.join()


def test_an_empty_folder_holds_no_index(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="yuanwen index"):
        open_generation(tmp_path)
    with pytest.raises(IndexMissing):
        open_generation(tmp_path / "nowhere")
