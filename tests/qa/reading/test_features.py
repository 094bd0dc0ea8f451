from __future__ import annotations

import numpy as np
import pytest
from tests.qa.passages import space_of

from yuanwen_qa.reading.features import (
    N_ASKED,
    N_PAIR,
    N_PLACES,
    compare,
    question_features,
    read_passage,
    take_apart,
    unit_words,
)

TEXT = "展览由馆长周文涛主持，共展出古籍126册。五月的雨（小雨）下了三天。"
SPACE = space_of(["展览", "主持", "古籍", "雨", "馆长", "000", "册"])


@pytest.mark.parametrize(
    "question", ["谁主持展览？", "Who chaired it?", "古籍", "？", "展出多少册古籍", "雨下了几天"]
)
@pytest.mark.parametrize("text", [TEXT, "雨", "126", "The rain stopped.", "。"])
def test_words_are_described_by_finite_numbers_of_one_length(question: str, text: str) -> None:
    asked, read = take_apart(question, SPACE), read_passage(text, SPACE)
    pair = compare(asked, read)
    assert pair.words.shape == (len(read.words), N_PAIR)
    assert pair.held.shape == (len(asked.words), 2)
    assert asked.places.shape == (len(asked.words), N_PLACES)
    assert question_features(asked).shape == (N_ASKED,)
    assert np.isfinite(pair.words).all()
    assert np.isfinite(pair.held).all()
    assert np.isfinite(question_features(asked)).all()


def test_a_description_does_not_depend_on_the_script_of_question_or_text() -> None:
    simplified = compare(take_apart("谁主持展览？", SPACE), read_passage("展览由馆长主持。", SPACE))
    traditional = compare(take_apart("誰主持展覽？", SPACE), read_passage("展覽由館長主持。", SPACE))
    assert simplified.words == pytest.approx(traditional.words, abs=1e-6)
    assert simplified.held == pytest.approx(traditional.held, abs=1e-6)


def test_the_question_word_and_marks_are_not_looked_for() -> None:
    asked = take_apart("展览由谁主持？", SPACE)
    assert "谁" not in asked.units
    assert "？" not in asked.units
    assert {"展览", "主持"} <= set(asked.units)
    assert asked.unit_weights.sum() == pytest.approx(1.0)


def test_a_question_word_is_held_by_a_passage_that_has_it_and_not_by_another() -> None:
    asked = take_apart("展览由谁主持？", SPACE)
    place = asked.words.keys.index("主持")
    assert compare(asked, read_passage("会议由他主持。", SPACE)).held[place, 0] == 1
    assert compare(asked, read_passage("会议开了三天。", SPACE)).held[place, 0] == 0


def test_a_name_in_latin_letters_matches_the_characters_it_spells() -> None:
    read = read_passage("会议由周文涛主持。", SPACE)
    named, other = (compare(take_apart(q, SPACE), read) for q in ("Was Zhou there?", "Was Chen there?"))
    place = next(i for i, key in enumerate(read.words.keys) if "周" in key)
    assert named.words[place, 0] == 1
    assert other.words[place, 0] == 0


def test_a_number_before_the_unit_asked_for_is_told_from_another_number() -> None:
    read = read_passage("共展出古籍126册，历时三天。", SPACE)
    asked = take_apart("展出了多少册古籍？", SPACE)
    begins = unit_words(asked.question, read.words)[:, 0]
    assert [key for key, on in zip(read.words.keys, begins, strict=True) if on] == ["册"]


def test_a_passage_without_words_has_no_candidates() -> None:
    read = read_passage(" \n ", SPACE)
    assert len(read.first) == 0
    assert compare(take_apart("谁？", SPACE), read).words.shape == (0, N_PAIR)
