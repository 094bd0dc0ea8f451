from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanwen_qa.evaluation.segmentation import IGNORED, mixed_segments, without_ignored


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("二七区", ["二", "七", "区"]),
        ("光荣和ω-force", ["光", "荣", "和", "ωforce"]),
        ("iPhone 4S手机", ["iphone", "4s", "手", "机"]),
        ("《长河》，第2版。", ["长", "河", "第", "2", "版"]),
        ("3,000多人", ["3,000", "多", "人"]),
        ("(一)", ["(", "一", ")"]),
        ("未完……", ["未", "完", "……"]),
        ("can't", ["ca", "n't"]),
        ("cannot", ["can", "not"]),
        ("O'Neil's", ["o'neil", "'s"]),
        ('"yes"', ["``", "yes", "''"]),
        ("10%", ["10", "%"]),
        ("The end.", ["the", "end", "."]),
        ("One way. Another", ["one", "way", ".", "another"]),
        ("St. Louis", ["st.", "louis"]),
        ("J. K. Rowling", ["j.", "k.", "rowling"]),
        ("a, b", ["a", ",", "b"]),
        ("カナ交じり文", ["カナ", "交", "じり", "文"]),
        ("", []),
        ("，。", []),
    ],
)
def test_chinese_stands_by_characters_and_latin_by_words(text: str, segments: list[str]) -> None:
    assert mixed_segments(text) == segments


@given(st.text(alphabet="二七区年月日，。：“”《》 ab,.!?\"'()3", max_size=30))
def test_segments_hold_every_character_that_counts(text: str) -> None:
    joined = "".join(mixed_segments(text)).replace("``", '"').replace("''", '"')
    kept = "".join(without_ignored(text).replace("''", '"').split())
    assert joined.replace('"', "").replace("'", "") == kept.replace('"', "").replace("'", "")


@given(st.text(max_size=40))
def test_any_text_can_be_segmented(text: str) -> None:
    segments = mixed_segments(text)
    assert all(segments)
    assert not IGNORED.intersection("".join(segments).replace("``", ""))
