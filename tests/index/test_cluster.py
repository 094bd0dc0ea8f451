"""Encoding on a cluster needs Ray, which is not installed for the tests; tests/soak/ray.py runs it on two nodes."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from tests.index.hashing_encoder import HashingEncoder

from yuanwen_index.build import batch_of, build_index
from yuanwen_index.cluster import _encode
from yuanwen_index.encoders import load_encoder
from yuanwen_index.errors import IndexMismatch, MissingExtra


def test_without_ray_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    (tmp_path / "one.txt").write_text("一月下了大雪。", "utf-8")
    with pytest.raises(MissingExtra, match=r"yuanwen\[ray\]"):
        build_index([tmp_path / "one.txt"], tmp_path / "index", encoder=HashingEncoder(), ray="auto")
    assert not list((tmp_path / "index").glob("gen-*"))


def test_a_node_encodes_what_this_machine_would() -> None:
    encoder = load_encoder()
    texts = ["一月下了大雪。", "lone \ud800 surrogate", ""]
    batch = {"id": np.arange(3), "text": [text.encode("utf-8", "surrogatepass") for text in texts]}
    encoded = _encode(batch, encoder.name, encoder.dim, encoder.fingerprint)
    assert encoded["id"].tolist() == [0, 1, 2]
    assert (encoded["vector"] == encoder.encode_passages(texts)).all()


def test_a_node_with_another_model_of_the_same_name_refuses() -> None:
    encoder = load_encoder()
    with pytest.raises(IndexMismatch):
        _encode({"id": np.arange(0), "text": []}, encoder.name, encoder.dim, "0" * 64)


def test_an_encoder_may_say_how_many_passages_it_is_best_given() -> None:
    assert batch_of(HashingEncoder(), 7) == 7

    class Eager(HashingEncoder):
        batch = 9

    assert batch_of(Eager(), 7) == 9
