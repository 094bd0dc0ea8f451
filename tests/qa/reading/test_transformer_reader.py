from __future__ import annotations

import json
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from tests.canaries import plant_code, plant_pickles
from tests.qa.passages import hit, plain_article

from yuanwen_index import EncoderUnavailable, Hit, Passage, Ranks
from yuanwen_qa.readers import Reader, load_reader

LETTERS = "展览由馆长周文涛主持大桥全三千二百米谁多少在市图书古籍册天很"
LONG = "天" * 300 + "\n" + "展览由馆长周文涛主持。" + "天" * 300


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny BERT with random weights, saved as any fine-tuned model is."""
    import torch
    from transformers import BertConfig, BertForQuestionAnswering, BertTokenizerFast

    made = tmp_path_factory.mktemp("tiny")
    vocabulary = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *dict.fromkeys(LETTERS),
        "。",
        "？",
        "the",
        "who",
    ]
    (made / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        max_position_embeddings=64,
    )  # fmt: skip
    BertForQuestionAnswering(config).save_pretrained(made)
    BertTokenizerFast(str(made / "vocab.txt")).save_pretrained(made)
    return made


@pytest.fixture(scope="module")
def reader(folder: Path) -> Reader:
    return load_reader(str(folder))


def test_a_folder_is_loaded_and_answers_with_spans_of_the_passages(reader: Reader, folder: Path) -> None:
    hits = [hit("展览由馆长周文涛主持。"), hit("大桥全长三千二百米。")]
    found = reader.read("谁主持？", hits, n=4)
    assert reader.name == str(folder)
    assert found
    for candidate in found:
        text = hits[candidate.hit_index].passage.article.text
        assert 0 <= candidate.start < candidate.end <= len(text)
        assert text[candidate.start : candidate.end].strip()
        assert 0 <= candidate.confidence <= 1
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_a_passage_longer_than_the_model_is_read_to_its_end_and_spans_stay_in_their_line(
    reader: Reader,
) -> None:
    hits = [hit(LONG)]
    found = reader.read("谁？", hits, n=200)
    text = hits[0].passage.article.text
    assert all("\n" not in text[one.start : one.end] for one in found)
    assert min(one.start for one in found) < 100
    assert max(one.end for one in found) > len(text) - 100


def test_offsets_are_exact_in_the_article_of_a_passage_that_starts_late(reader: Reader) -> None:
    before, text = "今天有雨。\n", "展览由馆长周文涛主持。" + "天" * 100 + "大桥全长三千二百米。"
    whole = plain_article(before + text)
    late = reader.read("谁？", [Hit(Passage(whole, len(before), len(whole.text)), 1.0, Ranks(1, None))], n=9)
    alone = reader.read("谁？", [hit(text)], n=9)
    shift = len(before)
    assert [(one.start - shift, one.end - shift, one.score) for one in late] == [
        (one.start, one.end, one.score) for one in alone
    ]


def test_found_spans_do_not_overlap(reader: Reader) -> None:
    found = sorted(reader.read("谁？", [hit(LONG)], n=50), key=lambda one: one.start)
    assert all(one.end <= two.start for one, two in pairwise(found))


def test_a_long_question_leaves_room_for_the_passage(reader: Reader) -> None:
    assert reader.read("谁" * 500, [hit("展览由馆长周文涛主持。")])


def test_what_is_no_model_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(EncoderUnavailable, match="not a question-answering model"):
        load_reader(str(tmp_path))
    with pytest.raises(EncoderUnavailable, match="there is no such folder"):
        load_reader(str(tmp_path / "nothing" / "here"))


def test_a_hub_name_that_is_not_on_this_machine_is_not_fetched_unasked() -> None:
    with pytest.raises(EncoderUnavailable, match="hub:OWNER/NAME"):
        load_reader("nobody/nothing-qa")


def test_pickles_and_code_beside_safe_weights_are_ignored(folder: Path, tmp_path: Path) -> None:
    model, mark = tmp_path / "model", tmp_path / "ran"
    shutil.copytree(folder, model)
    plant_pickles(model, mark)
    plant_code(model, mark)
    hits = [hit("展览由馆长周文涛主持。")]
    assert load_reader(str(model)).read("谁？", hits) == load_reader(str(folder)).read("谁？", hits)
    assert not mark.exists()


def test_a_model_of_pickles_is_refused_by_what_it_lacks(folder: Path, tmp_path: Path) -> None:
    model, mark = tmp_path / "model", tmp_path / "ran"
    shutil.copytree(folder, model)
    (model / "model.safetensors").unlink()
    plant_pickles(model, mark)
    with pytest.raises(EncoderUnavailable, match="safetensors"):
        load_reader(str(model))
    assert not mark.exists()


def test_a_model_that_needs_code_of_its_own_is_refused_without_asking(folder: Path, tmp_path: Path) -> None:
    model, mark = tmp_path / "model", tmp_path / "ran"
    shutil.copytree(folder, model)
    plant_code(model, mark)
    config = json.loads((model / "config.json").read_text()) | {"model_type": "evil"}
    (model / "config.json").write_text(json.dumps(config))
    with pytest.raises(EncoderUnavailable):
        load_reader(str(model))
    assert not mark.exists()
