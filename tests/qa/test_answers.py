from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.qa.passages import FAIR, article, plain_article

from yuanwen_index import Article, Passage, without_layout_breaks
from yuanwen_qa.answers import Answer, Reply

PIECES = st.lists(
    st.text(alphabet="甲乙丙。ab ", min_size=1, max_size=6).map(str.strip).filter(bool),
    min_size=1,
    max_size=8,
)


def whole(of: Article) -> Passage:
    return Passage(of, 0, len(of.text))


def test_an_answer_over_a_broken_line_cites_both_lines_and_reads_without_the_break() -> None:
    fair = article()
    start = fair.text.index("周文涛")
    answer = Answer(whole(fair), start, start + 3, 0.5)
    cited = answer.citation
    assert answer.text == "周文涛"
    assert FAIR[cited.start : cited.end] == "周\n文涛"
    assert (cited.source, cited.title, cited.first_line, cited.last_line) == (
        "fair.txt",
        "市图书馆举办古籍展",
        4,
        5,
    )


@given(PIECES, st.data())
def test_every_answer_is_the_cited_characters_without_layout_breaks(
    pieces: list[str], data: st.DataObject
) -> None:
    """Pieces of one paragraph, each on a line of its own."""
    text = "\n".join(pieces)
    ends = [sum(len(piece) + 1 for piece in pieces[:i]) - 1 for i in range(1, len(pieces) + 1)]
    spans = tuple(zip([0, *(end + 1 for end in ends[:-1])], ends, strict=True))
    one = replace(plain_article(text), paragraphs=(spans,))
    start = data.draw(st.integers(0, len(one.text) - 1))
    end = data.draw(st.integers(start + 1, len(one.text)))
    assume(one.text[start:end] == one.text[start:end].strip())
    answer = Answer(whole(one), start, end, 1.0)
    cited = answer.citation
    assert without_layout_breaks(text[cited.start : cited.end]) == answer.text == one.text[start:end]
    assert text.count("\n", 0, cited.start) + 1 == cited.first_line <= cited.last_line


def test_a_span_outside_its_passage_is_refused() -> None:
    fair = article()
    with pytest.raises(ValueError, match="not inside its passage"):
        Answer(Passage(fair, 5, 10), 4, 8, 0.5)
    with pytest.raises(ValueError, match="not inside its passage"):
        Answer(Passage(fair, 5, 10), 7, 7, 0.5)


def test_a_span_over_a_paragraph_end_is_refused() -> None:
    with pytest.raises(ValueError, match="crosses a paragraph end"):
        Answer(whole(plain_article("甲乙\n丙丁")), 1, 4, 0.5)


def test_a_span_with_a_blank_at_its_edge_is_refused() -> None:
    with pytest.raises(ValueError, match="with a blank"):
        Answer(whole(plain_article("ab cd")), 0, 3, 0.5)


@pytest.mark.parametrize("confidence", [-0.1, 1.1, float("nan")])
def test_a_confidence_that_is_no_probability_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match="not between 0 and 1"):
        Answer(whole(article()), 0, 2, confidence)


def test_an_article_whose_map_is_wrong_cannot_be_cited() -> None:
    """The check reads the file itself, so a damaged map shows."""
    right = plain_article("甲乙丙丁")
    right._layout()
    wrong = replace(right)
    wrong._cache.append(right._layout()._replace(text="甲乙丁丙"))
    with pytest.raises(ValueError, match="the file holds '丙'"):
        Answer(Passage(wrong, 0, 4), 2, 3, 0.5)


def test_a_reply_without_answers_cannot_count_as_answered() -> None:
    with pytest.raises(ValueError, match="without an answer"):
        Reply("谁？", (), True, ())
