"""``yuanwen eval``, ``compare`` and ``questions``, run as a user runs them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.qa.measured import QUESTIONS, write_corpus
from tests.ui.conftest import environment, yuanwen

from yuanwen_index import build_index
from yuanwen_ui.__main__ import main

Run = Callable[..., tuple[int, str, str]]
SEEDS = Path(__file__).parents[2] / "seeds"
PARAGRAPHS = {
    "data": [
        {
            "title": "展览",
            "paragraphs": [
                {
                    "context": f"第{n}号展厅展出修复古籍{n * 37}册，观众可以免费参观。",
                    "qas": [
                        {
                            "id": f"q{n}",
                            "question": f"第{n}号展厅展出多少册古籍？",
                            "answers": [{"text": f"{n * 37}册"}],
                        }
                    ],
                }
                for n in range(1, 13)
            ],
        }
    ]
}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run the command line: exit code, standard output, standard error."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "160")

    def run_main(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["yuanwen", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        printed = capsys.readouterr()
        return int(end.value.code or 0), printed.out, printed.err

    return run_main


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("evaluation")
    build_index([write_corpus(home / "pages")], home / "index")
    build_index([SEEDS], home / "seeds")
    (home / "set.json").write_text(json.dumps(QUESTIONS), "utf-8")
    (home / "paragraphs.json").write_text(json.dumps(PARAGRAPHS), "utf-8")
    return home


def evaluated(run: Run, *arguments: object) -> dict[str, Any]:
    code, out, _ = run("eval", *arguments, "--json")
    assert code == 0
    record: dict[str, Any] = json.loads(out)
    return record


def test_the_evidence_of_the_seed_questions_is_found(run: Run, home: Path) -> None:
    record = evaluated(run, SEEDS / "questions.json", "--index", home / "seeds", "--search-only")
    assert (record["n"], record["answerable"]) == (140, 120)
    assert record["recall@5"] >= 0.86
    assert record["by"]["lang"]["zh"]["recall@5"] >= 0.95
    assert record["by"]["lang"]["en"]["recall@5"] >= 0.45
    assert sum(record["causes"].values()) == sum(one["cause"] is not None for one in record["questions"])


def test_the_shipped_reader_answers_the_seed_questions(run: Run, home: Path) -> None:
    record = evaluated(run, SEEDS / "questions.json", "--index", home / "seeds", "--limit", 10)
    assert record["n"] == 10
    for one in record["questions"]:
        assert one["prediction"]
        assert 0.0 <= one["confidence"] <= 1.0
        assert one["answered"] == (one["confidence"] >= record["settings"]["threshold"])
        assert one["marked"] is not None
        assert one["passage"][slice(*one["marked"])] == one["prediction"]


def test_results_are_written_in_every_format(run: Run, home: Path, tmp_path: Path) -> None:
    outs = [f"--out={tmp_path / f'results.{suffix}'}" for suffix in ("json", "html", "csv", "md")]
    code, out, _ = run("eval", home / "set.json", "--index", home / "index", *outs)
    assert code == 0
    assert "recall@5" in out
    assert json.loads((tmp_path / "results.json").read_text("utf-8"))["n"] == 4
    assert (tmp_path / "results.html").read_text("utf-8").startswith("<!doctype html>")
    assert (tmp_path / "results.csv").read_text("utf-8").count("\n") == 5
    assert "recall@5" in (tmp_path / "results.md").read_text("utf-8").replace("\\", "")


def test_paragraphs_of_a_set_are_searched_or_read(run: Run, home: Path) -> None:
    found = evaluated(run, home / "paragraphs.json", "--search-only", "--mode", "lexical")
    assert (found["settings"]["contexts"], found["recall@1"], found["exact_match"]) == ("open", 1.0, None)
    read = evaluated(run, home / "paragraphs.json", "--contexts", "gold", "--limit", "6")
    assert (read["n"], read["settings"]["contexts"], read["settings"]["threshold"]) == (6, "gold", 0.0)
    assert [one["id"] for one in read["questions"]] == ["q1", "q3", "q5", "q7", "q9", "q11"]
    over_index = evaluated(run, home / "paragraphs.json", "--contexts", "index", "--index", home / "index")
    assert over_index["settings"]["index"] == str(home / "index")


def test_questions_of_one_language_are_asked_on_paragraphs_of_another(
    run: Run, home: Path, tmp_path: Path
) -> None:
    english = {"data": [{"paragraphs": [{"context": "Hall 3 shows 111 volumes.", "qas": []}]}]}
    english["data"][0]["paragraphs"][0]["qas"] = [  # type: ignore[index]
        {"id": "q3", "question": "How many 古籍 does hall 3 show?", "answers": [{"text": "111"}]}
    ]
    (tmp_path / "en.json").write_text(json.dumps(english), "utf-8")
    record = evaluated(
        run, tmp_path / "en.json", "--contexts-from", home / "paragraphs.json", "--search-only"
    )
    assert (record["n"], record["settings"]["passages"]) == (1, 12)
    assert record["questions"][0]["answers"] == ["111册"]


def test_a_figure_that_is_demanded_and_not_reached_ends_with_its_own_code(run: Run, home: Path) -> None:
    asked = ("eval", home / "set.json", "--index", home / "index", "--search-only")
    assert run(*asked, "--fail-under", "recall@5=0.9,mrr@10=0.1")[0] == 0
    code, _, errors = run(*asked, "--fail-under", "recall@5=0.9,exact_match=0.2")
    assert code == 6
    assert "exact_match has no figure on this set" in errors
    code, _, errors = run(*asked, "--fail-under", "ndcg=0.9")
    assert code == 2
    assert 'there is no measure "ndcg"' in errors


def test_two_configurations_are_compared(run: Run, home: Path, tmp_path: Path) -> None:
    for mode in ("lexical", "hybrid"):
        out = tmp_path / f"{mode}.json"
        asked = (SEEDS / "questions.json", "--index", home / "seeds", "--mode", mode, "--search-only")
        assert run("eval", *asked, "--out", out)[0] == 0
    files = (tmp_path / "lexical.json", tmp_path / "hybrid.json")
    code, out, _ = run(
        "compare", *files, "--out", tmp_path / "c.html", "--out", tmp_path / "c.md", "--fail-if-worse"
    )
    assert code == 0
    assert "hybrid against lexical" in out
    assert "significantly better: recall@" in out
    assert "significantly worse: nothing" in out
    assert (tmp_path / "c.html").exists()
    assert "Won" in (tmp_path / "c.md").read_text("utf-8")
    code, _, errors = run("compare", *files[::-1], "--fail-if-worse")
    assert code == 6
    assert "lexical is worse than hybrid: recall@5" in errors
    assert run("compare", *files, "--fail-under", "recall@5=0.99")[0] == 6
    code, out, _ = run("compare", *files, "--json")
    assert json.loads(out)["pairs"][0]["changes"]["recall@5"]["significant"]


def test_settings_are_tried_with_the_caution_they_deserve(run: Run, home: Path) -> None:
    asked = ("eval", home / "paragraphs.json", "--set", "mode=lexical", "--set", "threshold=0,0.5,1")
    code, out, _ = run(*asked, "--best", "char_f1")
    assert code == 0
    assert "no longer a test set" in out
    record = evaluated(run, *asked[1:], "--tune", "0.5")
    assert record["n"] == 6
    assert record["sweep"]["held_out"] is True
    assert len(record["sweep"]["trials"]) == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("none.json",), "there is no such question set"),
        (("PARAGRAPHS", "--contexts", "best"), "choose gold, open or index"),
        (("PARAGRAPHS", "--contexts", "gold", "--search-only"), "without a reader"),
        (("SET", "--out", "report.pdf"), "choose a file that ends in"),
        (("SET", "--out", "gone/report.html"), "there is no folder gone"),
        (("SET", "--mode", "best"), 'no search mode "best"'),
        (("SET", "--tune", "0.5"), "--tune needs settings"),
        (("PARAGRAPHS", "--set", "size=3"), "choose k"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    run: Run, home: Path, arguments: tuple[str, ...], message: str
) -> None:
    files = {"SET": str(home / "set.json"), "PARAGRAPHS": str(home / "paragraphs.json")}
    code, _, errors = run("eval", *(files.get(one, one) for one in arguments), "--index", home / "index")
    assert code == 2
    assert message in errors
    assert errors.count("\n") == 1


def test_without_an_index_nothing_is_measured(run: Run, home: Path, tmp_path: Path) -> None:
    assert run("eval", home / "set.json", "--index", tmp_path / "none")[0] == 5


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "jsonl", "json"])
def test_a_template_is_filled_in_and_measured(run: Run, home: Path, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"set.{suffix}"
    code, out, _ = run("questions", "template", path)
    assert code == 0
    assert f"yuanwen eval {path}" in out
    assert run("questions", "template", path)[0] == 2  # not overwritten
    code, _, errors = run("eval", path, "--index", home / "index", "--search-only")
    assert code == 2
    assert "drafts do not count" in errors


def test_drafts_are_proposed_from_the_index_and_never_counted(run: Run, home: Path, tmp_path: Path) -> None:
    path = tmp_path / "drafts.csv"
    code, out, _ = run("questions", "draft", path, "--index", home / "index", "--per-article", "2")
    assert code == 0
    assert "drafts" in out
    assert run("eval", path, "--index", home / "index", "--search-only")[0] == 2
    text = path.read_text("utf-8-sig")
    path.write_text(text.replace(",yes\n", ",\n", 1).replace(",yes\r\n", ",\r\n", 1), "utf-8")
    code, _, errors = run("eval", path, "--index", home / "index", "--search-only")
    assert code == 0
    assert "are left out" in errors


@pytest.mark.skipif(os.name == "nt", reason="signals differ")
def heed_interrupts() -> None:
    """Undo what a shell does to its background jobs: they ignore Ctrl-C, and so would their children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_an_interrupted_evaluation_goes_on_where_it_stopped(home: Path, tmp_path: Path) -> None:
    many = [{**QUESTIONS[n % 3], "id": f"q{n}"} for n in range(2_000)]
    (tmp_path / "many.json").write_text(json.dumps(many), "utf-8")
    settings = {**environment(), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    command = yuanwen(
        "eval", str(tmp_path / "many.json"), "--index", str(home / "index"), "--search-only", "--json"
    )
    kept = tmp_path / "cache" / "yuanwen" / "evaluations"
    first = subprocess.Popen(
        command,
        env=settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_interrupts,  # noqa: PLW1509 - nothing else runs beside it
    )
    deadline = time.monotonic() + 60
    while not any(file.stat().st_size > 5_000 for file in kept.glob("*.jsonl")):
        assert first.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    first.send_signal(signal.SIGINT)
    _, errors = first.communicate(timeout=30)
    assert first.returncode == 130
    assert "Traceback" not in errors
    assert "finished questions are kept" in errors
    (journal,) = kept.glob("*.jsonl")
    finished = journal.read_text("utf-8").count('"id"')
    assert 0 < finished < 2_000
    second = subprocess.run(command, env=settings, capture_output=True, text=True, check=True)
    assert json.loads(second.stdout)["n"] == 2_000
    assert not list(kept.iterdir())
