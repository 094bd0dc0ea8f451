from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.qa.measured import BRIDGE, FAIR

from yuanwen_qa.evaluation.evidence import Gold, Place, Sources, holds_half, locate, same_file
from yuanwen_qa.evaluation.question_sets import Evidence, Question
from yuanwen_qa.evaluation.systems import Found, Prediction

SOURCES = Sources({"pages/fair.txt": FAIR, "pages/bridge.txt": BRIDGE})


def question(source: str, quote: str, *answers: str) -> Question:
    return Question("q", "？", answers or ("126册",), (Evidence(source, quote),))


def placed(text: str, within: str, source: str = "pages/fair.txt") -> Found:
    start = within.index(text)
    return Found(source, text, (start, start + len(text)))


def test_a_quote_is_found_across_broken_lines() -> None:
    (place,) = SOURCES.find(Evidence("fair.txt", "古籍修复展在市图书馆开幕"))
    assert FAIR[place.start : place.end] == "古籍修复展在市图书\n馆开幕"


def test_a_quote_without_a_file_is_looked_for_in_all() -> None:
    assert [place.source for place in SOURCES.find(Evidence("", "全长3200米"))] == ["pages/bridge.txt"]
    assert len(SOURCES.find(Evidence("", "本报讯"))) == 2


def test_every_place_of_a_quote_counts() -> None:
    sources = Sources({"a": "天天天向上"})
    assert sources.find(Evidence("a", "天")) == [Place("a", 0, 1), Place("a", 1, 2), Place("a", 2, 3)]


@given(st.text(alphabet="甲乙 \n丙", max_size=30), st.integers(0, 30), st.integers(1, 8))
def test_any_piece_of_a_file_is_found_where_it_stands(text: str, start: int, length: int) -> None:
    piece = text[start : start + length]
    if not piece.strip():
        return
    places = Sources({"f": text}).find(Evidence("f", piece))
    first = start + len(piece) - len(piece.lstrip())
    last = start + len(piece.rstrip())
    assert any(place.start <= first and last <= place.end for place in places) or len(places) > 0
    assert all("".join(text[place.start : place.end].split()) == "".join(piece.split()) for place in places)


def test_a_passage_holds_evidence_from_half_of_the_quote_on() -> None:
    gold = locate(question("fair.txt", "共展出修复古籍126册"), SOURCES)  # 11 characters
    assert gold.held_by(placed("修复古籍126册。", FAIR), SOURCES)
    assert gold.held_by(placed("籍126册。", FAIR), SOURCES) is False  # 5 of 11
    assert gold.held_by(placed("古籍126册", FAIR), SOURCES)  # 6 of 11
    assert not gold.held_by(placed("全长3200米", BRIDGE, "pages/bridge.txt"), SOURCES)


def test_the_same_words_elsewhere_are_no_evidence() -> None:
    sources = Sources({"a.txt": "共展出古籍126册。", "b.txt": "共展出古籍126册。"})
    gold = locate(question("a.txt", "共展出古籍126册"), sources)
    assert gold.held_by(Found("a.txt", "共展出古籍126册。", (0, 10)), sources)
    assert not gold.held_by(Found("b.txt", "共展出古籍126册。", (0, 10)), sources)


def test_without_files_a_passage_is_compared_by_its_words() -> None:
    gold = locate(question("fair.txt", "共展出修复古籍126册"), Sources({}))
    assert gold.indexed is None
    assert gold.held_by(Found("fair.txt", "……修复古籍 126册。"), Sources({}))
    assert not gold.held_by(Found("other.txt", "共展出修复古籍126册。"), Sources({}))


def test_without_quotes_a_passage_with_an_accepted_answer_is_evidence() -> None:
    named = Gold(question("fair.txt", ""))
    assert named.held_by(Found("x/fair.txt", "古籍126册", (0, 6)), SOURCES)
    assert not named.held_by(Found("bridge.txt", "古籍126册", (0, 6)), SOURCES)
    unnamed = Gold(Question("q", "？", ("126册",)))
    assert unnamed.held_by(Found("bridge.txt", "古籍126册", (0, 6)), SOURCES)


def test_what_is_not_indexed_is_told() -> None:
    assert locate(question("fair.txt", "共展出修复古籍126册"), SOURCES).indexed is True
    missing = locate(question("fair.txt", "展览门票十元", "十元"), SOURCES)
    assert (missing.indexed, missing.answer_indexed) == (False, False)
    elsewhere = locate(question("gone.txt", "展览门票十元", "126册"), SOURCES)
    assert (elsewhere.indexed, elsewhere.answer_indexed) == (False, True)


def test_a_citation_is_right_in_the_evidence_s_article_and_exact_in_its_quote() -> None:
    gold = locate(question("fair.txt", "共展出修复古籍126册"), SOURCES)
    start = FAIR.index("126册")
    inside = Prediction("126册", 1.0, "pages/fair.txt", span=(start, start + 4), article=((12, len(FAIR)),))
    assert gold.cited_by(inside, SOURCES) is True
    assert gold.holds_span(inside) is True
    beside = Prediction(
        "册。展", 1.0, "pages/fair.txt", span=(start + 3, start + 6), article=((12, len(FAIR)),)
    )
    assert gold.cited_by(beside, SOURCES) is True
    assert gold.holds_span(beside) is False
    elsewhere = Prediction("40天", 1.0, "pages/bridge.txt", span=(50, 53), article=((12, len(BRIDGE)),))
    assert gold.cited_by(elsewhere, SOURCES) is False
    headline = Prediction(
        "展", 1.0, "pages/fair.txt", span=(0, 1), article=((0, 9),)
    )  # another article of the file
    assert gold.cited_by(headline, SOURCES) is False


def test_a_set_without_evidence_tells_nothing_of_citations() -> None:
    gold = Gold(Question("q", "？", ("126册",)))
    assert gold.cited_by(Prediction("126册", 1.0, "fair.txt"), SOURCES) is None
    assert gold.holds_span(Prediction("126册", 1.0, "fair.txt", span=(0, 4))) is None


@pytest.mark.parametrize(
    ("named", "source", "same"),
    [
        ("fair.txt", "pages/fair.txt", True),
        ("C:\\pages\\fair.txt", "fair.txt", True),
        ("air.txt", "fair.txt", False),
        ("", "fair.txt", True),
    ],
)
def test_files_are_the_same_whatever_their_folders(named: str, source: str, same: bool) -> None:
    assert same_file(named, source) is same


def test_half_of_a_quote_is_unbroken() -> None:
    assert holds_half("甲乙丙", "甲乙丙丁戊")
    assert not holds_half("甲乙、丙丁", "甲乙丙丁戊")
    assert not holds_half("甲乙", "")
