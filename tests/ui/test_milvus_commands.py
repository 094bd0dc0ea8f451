"""The commands over an index on Milvus: the same words, the same exit codes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.ui.conftest import SEEDS
from typer.testing import CliRunner

from yuanwen_index import IndexUnreachable, UsageError
from yuanwen_ui import server
from yuanwen_ui.__main__ import app

RUNNER = CliRunner()


@pytest.fixture(scope="module")
def milvus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an index of the seed pages."""
    from milvus_lite.server_manager import server_manager_instance

    path = tmp_path_factory.mktemp("milvus") / "lite.db"
    done = RUNNER.invoke(app, ["index", str(SEEDS), "--index", f"milvus:{path}"])
    assert done.exit_code == 0, done.output
    yield f"milvus:{path}"
    server_manager_instance.release_server(str(path))


def test_a_question_is_answered_as_from_a_folder(milvus: str, tmp_path: Path) -> None:
    folder = str(tmp_path / "index")
    assert RUNNER.invoke(app, ["index", str(SEEDS), "--index", folder]).exit_code == 0
    for command in ("ask", "search"):
        said = [
            json.loads(RUNNER.invoke(app, [command, "徐军是什么职务?", "--json", "--index", where]).stdout)
            for where in (folder, milvus)
        ]
        assert _rounded(said[0]) == _rounded(said[1])


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {name: _rounded(part) for name, part in value.items()}
    return [_rounded(part) for part in value] if isinstance(value, list) else value


def test_an_index_on_milvus_is_verified_and_not_rebuilt(milvus: str) -> None:
    done = RUNNER.invoke(app, ["verify", "--index", milvus])
    assert done.exit_code == 0
    assert "generation 1 is whole: 5 documents" in done.stdout.replace("\n", " ")
    with pytest.raises(UsageError):
        RUNNER.invoke(app, ["rebuild", "--index", milvus], catch_exceptions=False)


def test_it_is_measured_with_a_question_set(milvus: str) -> None:
    command = ["eval", str(SEEDS / "questions.json"), "--limit", "1", "--fresh", "--json", "--index", milvus]
    done = RUNNER.invoke(app, command)
    assert done.exit_code == 0
    assert json.loads(done.stdout)


def test_a_server_that_does_not_answer_is_told_in_one_error() -> None:
    with pytest.raises(IndexUnreachable):
        RUNNER.invoke(app, ["ask", "谁?", "--index", "milvus://127.0.0.1:1/news"], catch_exceptions=False)


def test_visitors_add_nothing_to_an_index_on_milvus_unless_it_is_said_where_that_is_kept(
    milvus: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="--keep"):
        server._open_library(milvus, None, True, alone=True)
    library = server._open_library(milvus, None, None, alone=True)
    assert (library.uploads, library.feedback) == (None, None)
    library = server._open_library(milvus, tmp_path, None, alone=True)
    assert library.uploads is not None
    assert library.feedback is not None
    assert library.retriever.generation == 1


def test_an_index_is_copied_there_and_back(milvus: str, tmp_path: Path) -> None:
    done = RUNNER.invoke(app, ["copy", milvus, str(tmp_path / "back")])
    assert done.exit_code == 0, done.output
    assert "5 files, 30 articles, 87 passages (5 added" in done.stderr.replace("\n", " ")
    done = RUNNER.invoke(app, ["copy", str(tmp_path / "back"), milvus])
    assert "5 unchanged; 0 passages encoded" in done.stderr.replace("\n", " ")
