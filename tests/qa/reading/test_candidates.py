from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuanwen_qa.reading.candidates import candidate_spans
from yuanwen_qa.reading.words import cut_words

TEXT = st.text(alphabet=st.sampled_from("二七区召开会议，。“”、 \n126次ab"), max_size=50)


def spans(text: str) -> set[str]:
    words = cut_words(text)
    first, last = candidate_spans(words)
    return {text[words.starts[i] : words.ends[j]] for i, j in zip(first, last, strict=True)}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("已开展监督检查349次,发现问题53个。", {"349次", "53个", "已开展监督检查349次,发现问题53个"}),
        ("4条主次干道（沪太路、中山北路、骊山路、华阴路）。", {"沪太路、中山北路、骊山路、华阴路"}),
        ("召开“双拥模范区”表彰会。", {"“双拥模范区”", "双拥模范区"}),
        ("9月7日上午，揭牌仪式举行。", {"9月7日", "9月7日上午", "揭牌仪式"}),
        ("The bridge opened on 2 May 1931, after a delay.", {"2 May 1931", "The bridge"}),
    ],
)
def test_numbers_lists_quotations_dates_and_clauses_are_candidates(text: str, wanted: set[str]) -> None:
    assert wanted <= spans(text)


@given(TEXT)
@settings(max_examples=50, deadline=None)
def test_candidates_are_distinct_ordered_inside_one_line_and_bare_of_blanks(text: str) -> None:
    words = cut_words(text)
    first, last = candidate_spans(words)
    assert (first <= last).all()
    assert len(set(zip(first.tolist(), last.tolist(), strict=True))) == len(first)
    for i, j in zip(first, last, strict=True):
        span = text[words.starts[i] : words.ends[j]]
        assert "\n" not in span
        assert span == span.strip()
        assert span[0] not in "，。、”"
        assert span[-1] not in "，。、“"


def test_the_number_of_candidates_grows_in_step_with_the_text() -> None:
    sentence = "本次会议由区委书记主持，各部门负责人参加，共讨论三项议题。"
    once, many = (len(candidate_spans(cut_words(sentence * n))[0]) for n in (10, 40))
    assert 3.5 < many / once < 4.6


def test_an_empty_text_has_no_candidates() -> None:
    assert not len(candidate_spans(cut_words(" \n "))[0])
