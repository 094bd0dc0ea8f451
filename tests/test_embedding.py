"""A wheel in the environment of an application that has its own ``index.py`` and ``ui.py``."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
from bench.embedding import ROOT, blocks, chains, furnish, run


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The application of docs/embedding.md, the wheel installed; other packages come from the environment of the tests."""
    folder = tmp_path_factory.mktemp("application")
    build = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(folder / "dist"),
        str(ROOT),
    ]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = (folder / "dist").glob("yuanwen-*.whl")
    venv.create(folder / ".venv", symlinks=True)
    python = folder / ".venv" / "bin" / "python"
    install = ["pip", "--python", str(python), "install", "--no-deps", "--no-index", "--quiet", str(wheel)]
    subprocess.run([sys.executable, "-m", *install], check=True)
    (site,) = (folder / ".venv" / "lib").glob("python*/site-packages")
    (site / "others.pth").write_text(
        sysconfig.get_path("purelib") + "\n"
    )  # the .pth files there are not followed
    furnish(folder)
    run(folder, blocks("embedding.md", "sh")[2])
    return folder


def test_the_packages_are_those_of_the_wheel(application: Path) -> None:
    code = "import yuanwen_index, yuanwen_qa, yuanwen_ui; print(yuanwen_index.__file__, yuanwen_qa.__file__)"
    places = run(application, f".venv/bin/python -c '{code}'").split()
    assert all(Path(place).is_relative_to(application) for place in places)


def test_the_application_finds_and_cites_as_the_page_says(application: Path) -> None:
    printed = run(application, blocks("embedding.md", "sh")[3])
    (promised, *_) = (text for text in blocks("embedding.md", "") if text.startswith("=="))
    assert printed.startswith("== District news\n")
    assert printed.endswith(promised)
    assert len(printed.splitlines()) == 4 + 2


def test_every_adaptor_works_beside_the_modules_of_the_application(application: Path) -> None:
    commands = chains(application)
    assert len(commands) == 3
    for command in commands:
        assert "349次" in run(application, command)
