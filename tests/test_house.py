"""The rules of the house that a reader of the code relies on, held by reading the code."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = {"yuanwen_index": ROOT / "index", "yuanwen_qa": ROOT / "qa", "yuanwen_ui": ROOT / "ui"}
MAY_IMPORT = {
    "yuanwen_index": {"yuanwen_index"},
    "yuanwen_qa": {"yuanwen_index", "yuanwen_qa"},
    "yuanwen_ui": {"yuanwen_index", "yuanwen_qa", "yuanwen_ui"},
}
HEAVY = {
    "docx",
    "faiss",
    "fastapi",
    "gradio",
    "grpc",
    "jieba",
    "onnxruntime",
    "pymilvus",
    "pypdfium2",
    "ray",
    "sentence_transformers",
    "torch",
    "trafilatura",
    "transformers",
    "uvicorn",
}
UNSAFE_MODULES = {"dill", "joblib", "marshal", "pickle", "shelve"}
UNSAFE_CALLS = {"eval", "exec", "compile", "__import__"}
MODULES = sorted(path for package, root in FLOORS.items() for path in (root / package).rglob("*.py"))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module


def top_level_imports(tree: ast.Module) -> Iterator[str]:
    """Imports that run with the module: all but those inside functions and ``if TYPE_CHECKING``."""
    for node in tree.body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield from imports(node)


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_imports_only_its_own_floor_and_those_below_and_other_packages_from_their_root(
    path: Path,
) -> None:
    package = path.relative_to(ROOT).parts[1]
    for module in imports(ast.parse(path.read_text("utf-8"))):
        root = module.split(".")[0]
        if root in FLOORS:
            assert root in MAY_IMPORT[package]
            assert root in (package, module), f"{module} should be imported from {root}"
            assert root != package, f"{module}: inside a package imports are relative"


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_heavy_libraries_are_imported_inside_the_function_that_needs_them(path: Path) -> None:
    roots = {module.split(".")[0] for module in top_level_imports(ast.parse(path.read_text("utf-8")))}
    assert not roots & HEAVY


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_no_module_unpickles_or_evaluates(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert not {module.split(".")[0] for module in imports(tree)} & UNSAFE_MODULES
    calls = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not calls & UNSAFE_CALLS


@pytest.mark.parametrize("package", ["yuanwen_index", "yuanwen_qa"])
def test_the_public_names_of_a_package_exist_once_and_are_documented(package: str) -> None:
    module = importlib.import_module(package)
    assert len(module.__all__) == len(set(module.__all__))
    for name in module.__all__:
        assert hasattr(module, name)
        public = getattr(module, name)
        assert not isinstance(public, (type, FunctionType)) or public.__doc__


def test_importing_the_retriever_and_the_assistant_loads_nothing_heavy() -> None:
    code = "import sys, yuanwen_index, yuanwen_qa; print(' '.join({m.split('.')[0] for m in sys.modules}))"
    path = ":".join(str(root) for root in FLOORS.values())
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": path}
    )
    assert not set(loaded.stdout.split()) & HEAVY
