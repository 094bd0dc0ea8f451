from __future__ import annotations

import numpy as np
import pytest
from tests.qa.passages import space_of

from yuanwen_qa.reading.features import Read, describe, question_features, read_passage, take_apart
from yuanwen_qa.reading.words import cut_words

TEXT = "展览由馆长周文涛主持，共展出古籍126册。五月的雨（小雨）下了三天。"
SPACE = space_of(["展览", "主持", "古籍", "雨", "馆长", "000", "册"])
HIT = (0.8, 0.5)


def column_of(read: Read, span: str) -> int:
    """Place of the candidate that reads `span`."""
    words = read.words
    spans = [words.text[words.starts[i] : words.ends[j]] for i, j in zip(read.first, read.last, strict=True)]
    return spans.index(span)


@pytest.mark.parametrize(
    "question", ["谁主持展览？", "Who chaired it?", "古籍", "？", "展出多少册古籍", "雨下了几天"]
)
@pytest.mark.parametrize("text", [TEXT, "雨", "126", "The rain stopped.", "。"])
def test_every_candidate_is_described_by_finite_numbers_of_one_length(question: str, text: str) -> None:
    read = read_passage(text, SPACE)
    described = describe(take_apart(question, SPACE), read, HIT)
    assert described.shape == (
        len(read.first),
        describe(take_apart("谁", SPACE), read_passage("雨", SPACE), HIT).shape[1],
    )
    assert np.isfinite(described).all()
    assert np.isfinite(question_features(take_apart(question, SPACE))).all()


def test_a_description_does_not_depend_on_the_script_of_question_or_text() -> None:
    simplified = describe(take_apart("谁主持展览？", SPACE), read_passage("展览由馆长主持。", SPACE), HIT)
    traditional = describe(take_apart("誰主持展覽？", SPACE), read_passage("展覽由館長主持。", SPACE), HIT)
    assert simplified == pytest.approx(traditional, abs=1e-6)


def test_the_question_word_and_marks_are_not_looked_for() -> None:
    asked = take_apart("展览由谁主持？", SPACE)
    assert "谁" not in asked.units
    assert "？" not in asked.units
    assert {"展览", "主持"} <= set(asked.units)
    assert asked.weights.sum() == pytest.approx(1.0)


def test_a_name_in_latin_letters_matches_the_characters_it_spells() -> None:
    read = read_passage("会议由周文涛主持。", SPACE)
    place = column_of(read, "周文涛")
    named, unnamed = (
        describe(take_apart(q, SPACE), read, HIT)[place] for q in ("Was Zhou there?", "Was Chen there?")
    )
    assert named.sum() > unnamed.sum()


def test_a_number_before_the_unit_asked_for_is_told_from_another_number() -> None:
    read = read_passage("共展出古籍126册，历时三天。", SPACE)
    asked = take_apart("展出了多少册古籍？", SPACE)
    described = describe(asked, read, HIT)
    difference = described[column_of(read, "126册")] != described[column_of(read, "三天")]
    assert difference.any()
    fits = described[:, -7:-2]  # the five columns on units and counts, before the two of the hit
    assert fits[column_of(read, "126册"), 1] == 1
    assert fits[column_of(read, "三天"), 1] == 0


def test_a_passage_without_words_has_no_candidates() -> None:
    read = read_passage(" \n ", SPACE)
    assert len(read.first) == 0
    assert not len(cut_words(" \n "))
