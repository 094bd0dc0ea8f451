from __future__ import annotations

import numpy as np
import pytest

from yuanwen_qa.reading.candidates import candidate_spans
from yuanwen_qa.reading.forms import N_FORMS, N_MARKS, is_numeral, span_forms, span_sums, word_marks
from yuanwen_qa.reading.words import TAGS, cut_words

TEXT = "共展出古籍126册、书画三幅，题为“春天的雨”。\n五月，He left Beijing."


def forms_of(text: str, copies: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Forms of all candidates of the last of so many copies of a text, first and last words."""
    words = cut_words(text)
    first, last = candidate_spans(words)

    def framed(rows: np.ndarray, value: int = 0) -> np.ndarray:
        edge = np.full((1, *rows.shape[1:]), value, rows.dtype)
        return np.concatenate([edge, rows, edge] * copies)

    shift = 1 + (copies - 1) * (len(words) + 2)
    units = np.zeros((len(words), 2), np.float32)
    forms = span_forms(
        framed(word_marks(words)), framed(words.tags, len(TAGS)), framed(words.starts), framed(words.ends),
        framed(units), np.zeros(len(first), np.int64), first + shift, last + shift,
    )  # fmt: skip
    return forms, first, last


def test_forms_are_finite_and_do_not_depend_on_what_stands_in_other_texts() -> None:
    forms, _, _ = forms_of(TEXT)
    assert forms.shape[1] == N_FORMS
    assert np.isfinite(forms).all()
    assert forms_of(TEXT, copies=3)[0] == pytest.approx(forms, abs=1e-6)


def test_what_stands_between_quotation_marks_is_told_from_a_part_of_it() -> None:
    words = cut_words(TEXT)
    forms, first, last = forms_of(TEXT)
    spans = [TEXT[words.starts[i] : words.ends[j]] for i, j in zip(first, last, strict=True)]
    quoted = {span for span, form in zip(spans, forms, strict=True) if form[6]}
    assert quoted == {"春天的雨", "“春天的雨”"}


def test_each_word_is_marked() -> None:
    words = cut_words(TEXT)
    marks = word_marks(words)
    assert marks.shape == (len(words), N_MARKS)
    assert [key for key, on in zip(words.keys, marks[:, 2], strict=True) if on] == ["、"]
    assert word_marks(cut_words("")).shape == (0, N_MARKS)


def test_span_sums_add_what_lies_inside() -> None:
    rows = np.arange(6.0).reshape(1, 6)
    assert span_sums(rows, np.array([0, 2]), np.array([1, 5])).tolist() == [[1.0, 14.0]]


@pytest.mark.parametrize(("word", "is_one"), [("126", True), ("三天", True), ("雨", False), ("", False)])
def test_numerals_begin_as_numbers_do(word: str, is_one: bool) -> None:
    assert is_numeral(word) is is_one
