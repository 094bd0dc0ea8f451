"""The command line on the five seed pages and on what can go wrong, run as a user runs it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from yuanwen_index import without_layout_breaks
from yuanwen_ui.__main__ import main

SEEDS = Path(__file__).parents[2] / "seeds"
QUESTION = "二七区纪委监委开展了多少次监督检查?"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line: exit code, standard output, standard error."""

    def run_main(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["yuanwen", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        printed = capsys.readouterr()
        return int(end.value.code or 0), printed.out, printed.err

    return run_main


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from yuanwen_index import build_index

    folder = tmp_path_factory.mktemp("seed") / "index"
    build_index([SEEDS], folder)
    return folder


def test_articles_prints_every_article_of_the_seed_pages_as_json(run: Run) -> None:
    code, out, _ = run("articles", SEEDS, "--json")
    articles = json.loads(out)
    assert code == 0
    assert len(articles) == 30
    assert all(article["title"] and article["date"] and article["reporters"] for article in articles)
    assert {*articles[0]} == {
        "source", "title", "date", "date_iso", "date_inferred", "reporters", "text", "paragraphs", "first_line", "last_line",
    }  # fmt: skip


def test_index_says_what_it_did_and_does_nothing_the_second_time(run: Run, tmp_path: Path) -> None:
    code, _, first = run("index", SEEDS, "--index", tmp_path / "i")
    assert code == 0
    assert "5 files, 30 articles" in first
    assert "5 added" in first
    code, _, second = run("index", SEEDS, "--index", tmp_path / "i")
    assert code == 0
    assert "5 unchanged; 0 passages encoded" in second


def test_ask_gives_the_answer_and_a_place_where_the_file_says_the_same(run: Run, index: Path) -> None:
    code, out, _ = run("ask", QUESTION, "--index", index, "--json")
    reply = json.loads(out)
    best = reply["answers"][0]
    assert code == 0
    assert reply["answered"]
    assert "349" in best["text"]
    page = (SEEDS / best["source"]).read_text("utf-8")
    assert without_layout_breaks(page[best["start"] : best["end"]]) == best["text"]
    passage = best["passage"]
    assert without_layout_breaks(page[passage["start"] : passage["end"]]) == passage["text"].replace("\n", "")
    assert page[: best["start"]].count("\n") + 1 == best["first_line"]


def test_ask_shows_people_the_answer_the_file_and_the_line(run: Run, index: Path) -> None:
    code, out, _ = run("ask", QUESTION, "--index", index)
    assert code == 0
    assert "349" in out
    assert "000_2e0ade2b9b79057b.txt:4" in out


def test_an_answer_from_a_file_that_changed_or_vanished_since_says_so(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("本报讯 3月1日，县里召开防汛会议，张三主持会议。", "utf-8")
    run("index", page, "--index", tmp_path / "i")

    def asked() -> tuple[str, str]:
        _, shown, _ = run("ask", "谁主持会议？", "--index", tmp_path / "i")
        _, out, _ = run("ask", "谁主持会议？", "--index", tmp_path / "i", "--json")
        reply = json.loads(out)
        (state,) = {place["file_state"] for place in reply["answers"] + reply["passages"]}
        assert str(tmp_path) not in shown + out
        return shown, state

    shown, state = asked()
    assert (state, "indexed" in shown) == ("same", False)
    page.write_text("本报讯 3月1日，县里召开防汛会议，李四主持会议。", "utf-8")
    shown, state = asked()
    assert (state, "has changed since it was indexed" in shown) == ("changed", True)
    assert "张三" in shown
    page.unlink()
    shown, state = asked()
    assert (state, "no longer where it was indexed" in shown) == ("gone", True)


def test_an_english_question_finds_the_chinese_passage(run: Run, index: Path) -> None:
    code, out, _ = run(
        "search",
        "Which three kinds of political ability should prosecutors strengthen?",
        "--index",
        index,
        "--json",
    )
    assert code == 0
    assert "政治判断力" in "".join(hit["text"] for hit in json.loads(out)["passages"][:5])


def test_a_batch_is_answered_line_by_line(run: Run, index: Path, tmp_path: Path) -> None:
    batch = tmp_path / "questions.txt"
    batch.write_text(f"{QUESTION}\n\n徐军是谁?\n", "utf-8")
    code, out, _ = run("ask", "--batch", batch, "--index", index, "--json")
    assert code == 0
    assert [reply["question"] for reply in json.loads(out)] == [QUESTION, "徐军是谁?"]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["articles", "no/such/folder"], 2, "no/such/folder"),
        (["index", "{empty}", "--index", "{new}"], 2, "nothing to index"),
        (["index", "{binary}", "--index", "{new}"], 2, "junk.txt"),
        (["ask", "", "--index", "{index}"], 2, "empty"),
        (["ask", "问" * 10_001, "--index", "{index}"], 2, "characters"),
        (["ask", "--index", "{index}"], 2, "--batch"),
        (["ask", "谁?", "--index", "{new}"], 5, "yuanwen index"),
        (["search", "谁?", "--index", "{damaged}"], 5, "damaged"),
        (["search", "谁?", "--index", "{index}", "--encoder", "{new}"], 4, "encoder"),
        (["chat", "--index", "{new}"], 5, "yuanwen index"),
        (["chat", "--index", "{damaged}"], 5, "damaged"),
        (["chat", "--index", "{index}", "--auth-file", "{new}"], 2, "cannot read the users"),
        (["chat", "--index", "{index}", "--host", "0.0.0.0"], 2, "--auth-file"),
        (["chat", "--index", "{index}", "--log", "{new}/x/log"], 2, "cannot write the log"),
        (["user", "add", "a:b", "--auth-file", "{new}"], 2, "terminal"),
    ],
)
def test_bad_input_is_one_sentence_and_an_exit_code(
    arguments: list[str], code: int, says: str, run: Run, index: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "binary").mkdir()
    (tmp_path / "binary" / "junk.txt").write_bytes(bytes(range(256)))
    places = {
        "empty": tmp_path / "empty",
        "binary": tmp_path / "binary",
        "new": tmp_path / "new",
        "index": index,
        "damaged": damaged_copy(index, tmp_path / "damaged"),
    }
    ended, _, err = run(*(argument.format(**places) for argument in arguments))
    assert ended == code
    assert says in err
    assert len(err.strip().splitlines()) == 1
    assert "Traceback" not in err


def damaged_copy(index: Path, copy: Path) -> Path:
    """The index with one bit of its vectors flipped."""
    import shutil

    shutil.copytree(index, copy)
    (vectors,) = copy.glob("gen-*/vectors.f32")
    data = bytearray(vectors.read_bytes())
    data[len(data) // 2] ^= 1
    vectors.chmod(0o644)
    vectors.write_bytes(data)
    return copy


def test_a_file_that_cannot_be_read_is_reported_and_the_others_are_indexed(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "good.txt").write_text("本报讯 3月1日，县里开会。", "utf-8")
    (folder / "bad.txt").write_bytes(b"\xff\x00\xfe\x81")
    code, _, err = run("index", folder, "--index", tmp_path / "i")
    assert code == 3
    assert "skipped bad.txt" in err
    assert "1 files" in err


def test_indexing_says_which_files_it_took_for_gb18030_unless_told(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "new.txt").write_text("本报讯 3月1日，县里开会。", "utf-8")
    for number in range(7):
        text = f"本报讯 3月{number + 1}日，县里召开会议，部署防汛工作。"
        (folder / f"old{number}.txt").write_text(text, "gb18030")
    code, _, err = run("index", folder, "--index", tmp_path / "i")
    assert code == 0
    assert "so read as GB18030: old0.txt, old1.txt, old2.txt, old3.txt, old4.txt and 2 more." in err
    assert "--encoding" in err
    _, _, again = run("index", folder, "--index", tmp_path / "i")
    assert "GB18030" not in again
    (folder / "new.txt").unlink()
    _, _, told = run("index", folder, "--index", tmp_path / "i", "--encoding", "gb18030")
    assert "GB18030" not in told


def test_control_characters_of_a_document_do_not_reach_the_terminal(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("本报讯 3月1日，县里\x1b[31m开会\u202e了。", "utf-8")
    run("index", page, "--index", tmp_path / "i")
    _, out, _ = run("search", "县里开会", "--index", tmp_path / "i")
    assert "开会" in out
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_verify_says_that_an_index_is_whole_and_which_files_changed(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("本报讯 3月1日，县里开会。", "utf-8")
    run("index", page, "--index", tmp_path / "i")
    code, out, _ = run("verify", "--index", tmp_path / "i")
    assert code == 0
    assert "generation 1 is whole" in out
    assert "page.txt" not in out
    page.unlink()
    code, out, _ = run("verify", "--index", tmp_path / "i")
    assert code == 0
    assert "page.txt: gone" in out


def test_verify_names_every_damaged_file_and_rebuild_repairs_them(
    run: Run, index: Path, tmp_path: Path
) -> None:
    copy = damaged_copy(index, tmp_path / "copy")
    (keys,) = copy.glob("gen-*/terms/keys.npy")
    keys.write_bytes(b"")
    code, out, _ = run("verify", "--index", copy)
    assert code == 5
    assert "vectors.f32: its sha256" in out
    assert "keys.npy: 0 bytes" in out
    assert "yuanwen rebuild" in out
    code, _, err = run("rebuild", "--index", copy)
    assert code == 0
    assert "5 documents from the texts stored in the index" in err
    code, out, _ = run("verify", "--index", copy)
    assert (code, "generation 2 is whole" in out) == (0, True)
    assert run("ask", QUESTION, "--index", copy)[1] == run("ask", QUESTION, "--index", index)[1]


def test_rebuild_says_what_it_read_again_and_what_is_lost(run: Run, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        (tmp_path / name).write_text(f"本报讯 3月1日，县里开会，{name}。", "utf-8")
    run("index", *(tmp_path / name for name in ("a.txt", "b.txt", "c.txt")), "--index", tmp_path / "i")
    texts = tmp_path / "i" / "gen-000001" / "texts.utf8"
    texts.write_bytes(bytes(texts.stat().st_size))
    (tmp_path / "b.txt").write_text("本报讯 3月2日，又改了。", "utf-8")
    (tmp_path / "c.txt").unlink()
    code, _, err = run("rebuild", "--index", tmp_path / "i")
    assert code == 3
    assert "2 read again from their files: a.txt, b.txt" in err
    assert "changed since they were indexed: b.txt" in err
    assert "skipped c.txt: its stored text is damaged" in err


@pytest.mark.parametrize("command", ["verify", "rebuild"])
def test_no_index_is_said_in_one_sentence(run: Run, tmp_path: Path, command: str) -> None:
    code, _, err = run(command, "--index", tmp_path / "none")
    assert code == 5
    assert "yuanwen index" in err
    assert not (tmp_path / "none").exists()


def test_a_file_whose_package_is_missing_is_skipped_with_the_command_that_installs_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("本报讯 3月1日，县里开会。", "utf-8")
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.4")
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    for command in (
        ["articles", tmp_path],
        ["index", tmp_path / "a.txt", tmp_path / "b.pdf", "--index", tmp_path / "i"],
    ):
        code, _, err = run(*command)
        assert code == 3
        assert 'skipped b.pdf: reading .pdf needs the extra "documents": pip install' in err
