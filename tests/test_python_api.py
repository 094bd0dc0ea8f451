"""The Python API is what docs/python-api.md says it is."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import io
import re
from pathlib import Path

import pytest

import yuanwen_index
import yuanwen_qa

TEXT = (Path(__file__).parents[1] / "docs" / "python-api.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
LISTS = "".join(code for kind, code in BLOCKS if not kind)
SIGNATURES = re.findall(r"^(\w+(?:\.\w+)?)\((.*)\)$", LISTS, re.MULTILINE)
EXAMPLES = [code for kind, code in BLOCKS if kind == "python"]


@pytest.mark.parametrize(("name", "parameters"), SIGNATURES)
def test_a_documented_signature_is_the_real_one(name: str, parameters: str) -> None:
    root, _, method = name.partition(".")
    package = yuanwen_qa if root in yuanwen_qa.__all__ else yuanwen_index
    assert root in package.__all__
    found = getattr(package, root)
    given = inspect.signature(getattr(found, method) if method else found)
    plain = [
        parameter.replace(annotation=inspect.Parameter.empty, default=shown(parameter.default))
        for parameter in given.parameters.values()
        if parameter.name != "self"
    ]
    assert str(inspect.Signature(plain)) == f"({parameters})"


class Shown(str):
    def __repr__(self) -> str:
        return str(self)


def shown(default: object) -> object:
    if default is inspect.Parameter.empty:
        return default
    if default is yuanwen_index.ANYWHERE:
        return Shown("ANYWHERE")
    return Shown("{}") if "factory" in repr(default) else default


def test_the_page_names_what_makes_searches_and_answers() -> None:
    names = {name.partition(".")[0] for name, _ in SIGNATURES}
    assert {"Retriever", "Assistant", "Filter", "build_index", "add_documents"} <= names
    errors = {name for name in yuanwen_index.__all__ if name.endswith("Error") or name.startswith("Index")}
    assert all(f"`{name}`" in TEXT for name in errors)


@pytest.mark.parametrize("package", ["yuanwen_index", "yuanwen_qa"])
def test_everything_public_is_imported_by_star_and_sorted(package: str) -> None:
    module = importlib.import_module(package)
    names: dict[str, object] = {}
    exec(f"from {package} import *", names)
    assert set(names) - {"__builtins__"} == set(module.__all__)
    assert module.__all__ == sorted(module.__all__, key=lambda name: (not name.isupper(), name))


def test_the_example_runs_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (example,) = EXAMPLES
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(example, "docs/python-api.md", "exec"), {})
    assert out.getvalue() == "memo-7 老旧小区改造 推进会改在4月12日上午。\n"
