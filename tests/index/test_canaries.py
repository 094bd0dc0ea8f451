"""Model and index folders with something in them that must not run."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.canaries import Canary, plant_code, plant_pickles
from tests.index.hashing_encoder import HashingEncoder
from tests.index.test_store import generation, resign

from yuanwen_index import EncoderUnavailable, IndexUnusable, Retriever, build_index, load_encoder
from yuanwen_index.encoders import SHIPPED_FOLDER

ROOT = Path(__file__).parents[2]
ENCODER = HashingEncoder()


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    """What is there once something was run."""
    return tmp_path / "ran"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A sentence-transformers model in a folder."""
    folder = tmp_path / "model"
    shutil.copytree(SHIPPED_FOLDER, folder)
    (folder / "yuanwen_encoder.json").unlink()
    return folder


@pytest.fixture
def index(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text("一月下了大雪。\n", "utf-8")
    build_index([tmp_path / "a.txt"], tmp_path / "index", encoder=ENCODER)
    return tmp_path / "index"


def test_the_canary_sings(mark: Path) -> None:
    pickle.loads(pickle.dumps(Canary(mark)))
    assert mark.exists()


def test_pickles_and_code_beside_safe_weights_are_ignored(model: Path, mark: Path) -> None:
    plain = load_encoder(str(model)).encode_questions(["一月下雪"])
    plant_pickles(model, mark)
    plant_code(model, mark)
    encoder = load_encoder(str(model))
    np.testing.assert_array_equal(encoder.encode_questions(["一月下雪"]), plain)
    assert not mark.exists()


@pytest.mark.parametrize("name", ["pytorch_model.bin", "weights.pth", "model.pt"])
def test_a_model_of_pickles_is_refused_by_their_name(model: Path, mark: Path, name: str) -> None:
    (model / "model.safetensors").unlink()
    plant_pickles(model, mark, (name,))
    with pytest.raises(EncoderUnavailable, match=f"{name} is a pickle"):
        load_encoder(str(model))
    assert not mark.exists()


def test_a_module_of_pickles_is_refused_by_its_name(model: Path, mark: Path) -> None:
    (model / "2_Dense").mkdir()
    plant_pickles(model / "2_Dense", mark, ("pytorch_model.bin",))
    with pytest.raises(EncoderUnavailable, match=r"2_Dense/pytorch_model\.bin is a pickle"):
        load_encoder(str(model))
    assert not mark.exists()


def test_a_model_that_needs_code_of_its_own_is_refused(model: Path, mark: Path) -> None:
    plant_code(model, mark)
    for kind in ("evil.Evil", "modeling_evil.Evil", "os.system", "builtins.exec"):
        (model / "modules.json").write_text(json.dumps([{"idx": 0, "name": "0", "path": "", "type": kind}]))
        with pytest.raises(EncoderUnavailable):
            load_encoder(str(model))
    assert not mark.exists()


def test_what_lies_in_an_index_folder_is_never_run(index: Path, mark: Path) -> None:
    for folder in (index, generation(index), generation(index) / "terms"):
        plant_pickles(folder, mark)
        plant_code(folder, mark)
    program = (
        "import sys; from yuanwen_index import Retriever; from tests.index.hashing_encoder import HashingEncoder\n"
        "print(len(Retriever.open('.', encoder=HashingEncoder()).search('下雪')))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "index"), str(ROOT)])}
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        cwd=index,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "1"
    assert not mark.exists()


@pytest.mark.parametrize(
    "name", ["terms/keys.npy", "extents.npy", "vectors.f32", "documents.jsonl", "texts.utf8"]
)
@pytest.mark.parametrize("form", ["pickle", "array of objects"])
def test_pickles_in_place_of_an_index_file_are_refused(index: Path, mark: Path, name: str, form: str) -> None:
    written = io.BytesIO()
    if form == "pickle":
        written.write(pickle.dumps(Canary(mark)))
    else:
        np.save(written, np.array([Canary(mark)], dtype=object), allow_pickle=True)
    data = written.getvalue()
    (generation(index) / name).write_bytes(data)
    record = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    resign(index, lambda manifest: manifest["files"].update({name: record}))
    with pytest.raises(IndexUnusable):
        Retriever.open(index, encoder=ENCODER).check_texts()
    assert not mark.exists()
