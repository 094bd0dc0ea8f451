from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from tests.qa.measured import NumberReader

from yuanwen_index import Retriever, UsageError, build_index, load_encoder
from yuanwen_qa.evaluation.corpora import (
    ParagraphRetriever,
    evidence_passages,
    gold_paragraph,
    paragraph_passages,
    reading_gold,
    with_context_evidence,
)
from yuanwen_qa.evaluation.evidence import Sources
from yuanwen_qa.evaluation.question_sets import Context, Evidence, Question, QuestionSet

CONTEXTS = (
    Context("a", "展览", "古籍修复展在市图书馆开幕。\n共展出古籍126册。"),
    Context("b", "大桥", "滨江大桥全长3200米，市民可以步行。"),
    Context("c", "花园", "The botanical garden opens at nine and holds 40 kinds of roses."),
)


def test_a_paragraph_is_one_passage_with_its_own_text() -> None:
    passages = paragraph_passages(CONTEXTS)
    assert [passage.text for passage in passages] == [context.text for context in CONTEXTS]
    assert [passage.article.document.source for passage in passages] == ["a", "b", "c"]


def test_an_empty_paragraph_is_no_passage() -> None:
    assert paragraph_passages((Context("x", "", "  \n "),)) == []


@pytest.mark.parametrize("mode", ["hybrid", "lexical", "dense"])
def test_every_mode_finds_the_paragraph_that_shares_words(mode: str) -> None:
    retriever = ParagraphRetriever(paragraph_passages(CONTEXTS), load_encoder(None), mode)
    hits = retriever.search("滨江大桥有多长？", 3)
    assert hits[0].passage.article.document.source == "b"
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_hybrid_hit_tells_its_rank_on_both_sides() -> None:
    retriever = ParagraphRetriever(paragraph_passages(CONTEXTS), load_encoder(None))
    best = retriever.search("古籍修复展", 1)[0]
    assert (best.ranks.lexical, best.ranks.dense) == (1, 1)


def test_word_search_needs_no_encoder_and_finds_nothing_without_words() -> None:
    retriever = ParagraphRetriever(paragraph_passages(CONTEXTS), None, "lexical")
    assert retriever.search("xyz", 3) == []
    with pytest.raises(UsageError, match="needs an encoder"):
        ParagraphRetriever(paragraph_passages(CONTEXTS), None, "dense")


@pytest.mark.parametrize("mode", ["hybrid", "lexical", "dense"])
def test_hits_are_those_of_the_retriever_over_an_index(
    mode: Literal["hybrid", "lexical", "dense"], tmp_path: Path
) -> None:
    (tmp_path / "pages").mkdir()
    for context in CONTEXTS:
        (tmp_path / "pages" / f"{context.id}.txt").write_text(context.text, "utf-8")
    build_index([tmp_path / "pages"], tmp_path / "index")
    retriever = Retriever.open(tmp_path / "index", mode=mode)
    ours = ParagraphRetriever(list(retriever.passages), load_encoder(None), mode)
    for question in ("古籍126册", "大桥多长？", "Who planted the roses?"):
        expected, hits = retriever.search(question, 3), ours.search(question, 3)
        assert [(hit.passage, hit.ranks) for hit in hits] == [(hit.passage, hit.ranks) for hit in expected]
        assert [hit.score for hit in hits] == pytest.approx([hit.score for hit in expected])


def test_the_gold_paragraph_becomes_the_evidence() -> None:
    questions = QuestionSet("set", (Question("q", "几册？", ("126册",), context="a"),), CONTEXTS)
    (question,) = with_context_evidence(questions).questions
    assert question.evidence == (Evidence("a", CONTEXTS[0].text),)
    with pytest.raises(UsageError, match="brings no paragraphs"):
        with_context_evidence(QuestionSet("set", ()))


def test_reading_the_gold_paragraph_needs_no_search() -> None:
    ask = reading_gold(gold_paragraph(paragraph_passages(CONTEXTS)), NumberReader(), 0.9)
    sure = ask(Question("q", "多长？", ("3200米",), context="b"))
    assert sure.best is not None
    assert (sure.best.text, sure.answered, sure.read, sure.searched) == ("3200米", True, 1, False)
    unsure = ask(Question("q", "几册？", ("126册",), context="a"))
    assert (unsure.best and unsure.best.text, unsure.answered) == ("126册", False)
    nothing = ask(Question("q", "How many?", ("40",), context="c"))
    assert (nothing.best, nothing.answered) == (None, False)


def test_the_passages_that_hold_a_quote_are_read_and_no_others() -> None:
    gold = evidence_passages(
        paragraph_passages(CONTEXTS), Sources({context.id: context.text for context in CONTEXTS})
    )
    quoted = Question("q", "多长？", ("3200米",), evidence=(Evidence("b", "滨江大桥全长3200米"),))
    assert [hit.passage.text for hit in gold(quoted)] == [CONTEXTS[1].text]
    assert gold(Question("q", "多长？", ("3200米",))) == []
    assert gold(Question("q", "多长？", ("3200米",), evidence=(Evidence("a", "全长3200米"),))) == []
