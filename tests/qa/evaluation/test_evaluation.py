from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from tests.qa.measured import BRIDGE, FAIR, QUESTIONS

from yuanwen_index import UsageError
from yuanwen_qa.evaluation.evaluation import evaluate, rules_of
from yuanwen_qa.evaluation.journal import Journal
from yuanwen_qa.evaluation.outcomes import Outcome
from yuanwen_qa.evaluation.question_sets import Evidence, Question, QuestionSet, question_from
from yuanwen_qa.evaluation.systems import Found, Prediction, SystemReply

TEXTS = {"fair.txt": FAIR, "bridge.txt": BRIDGE}
SET = QuestionSet("set", tuple(question_from(one, n, str) for n, one in enumerate(QUESTIONS)))


class Scripted:
    """A system that is no part of this package: it finds two passages and answers what it is told to."""

    def __init__(self, *answers: str, answered: bool = True) -> None:
        self.answers = answers
        self.answered = answered
        self.asked: list[str] = []

    def search(self, question: str, k: int) -> Sequence[Found]:
        fair = Found("fair.txt", FAIR[12:], (12, len(FAIR)))
        bridge = Found("bridge.txt", BRIDGE[12:], (12, len(BRIDGE)))
        return [bridge, fair][:k]

    def answer(self, question: str) -> SystemReply:
        self.asked.append(question)
        return SystemReply(self._best(), self.answered, tuple(self.search(question, 10)), 2)

    def _best(self) -> Prediction | None:
        for source, text in TEXTS.items():
            for answer in self.answers:
                start = text.find(answer)
                if start >= 0:
                    whole = ((12, len(text)),)
                    return Prediction(answer, 0.7, source, span=(start, start + len(answer)), article=whole)
        return None


def by_id(outcomes: Sequence[Outcome]) -> dict[str, Outcome]:
    return {outcome.id: outcome for outcome in outcomes}


def test_a_foreign_system_is_measured_as_ours_is() -> None:
    asked = by_id(evaluate(SET, Scripted("126册"), TEXTS).outcomes)
    books = asked["books"]
    assert (books.exact_match, books.rank, books.cites_article, books.cites_evidence) == (1.0, 2, True, True)
    bridge = asked["bridge"]
    assert (bridge.exact_match, bridge.rank, bridge.cites_article) == (0.0, 1, False)
    assert asked["toll"].exact_match == 0.0  # answered though unanswerable
    assert asked["toll"].rank is None


def test_a_withheld_answer_keeps_its_prediction() -> None:
    books = by_id(evaluate(SET, Scripted("126册", answered=False), TEXTS).outcomes)["books"]
    assert (books.prediction, books.confidence, books.answered, books.exact_match) == (
        "126册",
        0.7,
        False,
        0.0,
    )


def test_a_system_without_an_answer_is_judged_too() -> None:
    asked = by_id(evaluate(SET, Scripted(), TEXTS).outcomes)
    assert (asked["books"].prediction, asked["books"].answered, asked["books"].f1) == (None, False, 0.0)
    assert asked["toll"].exact_match == 1.0


def test_without_texts_evidence_is_compared_by_its_words() -> None:
    books = by_id(evaluate(SET, Scripted("126册")).outcomes)["books"]
    assert (books.rank, books.cites_article, books.cites_evidence) == (2, True, None)
    assert books.evidence_indexed is None


def test_outcomes_keep_the_set_s_order_whatever_the_number_of_threads() -> None:
    many = QuestionSet("many", tuple(replace(SET.questions[n % 4], id=f"q{n}") for n in range(130)))
    alone = evaluate(many, Scripted("126册"), TEXTS, jobs=1)
    together = evaluate(many, Scripted("126册"), TEXTS, jobs=8)
    untimed = [[replace(one, latency_ms=None) for one in results.outcomes] for results in (alone, together)]
    assert untimed[0] == untimed[1]
    assert [one.id for one in together.outcomes] == [f"q{n}" for n in range(130)]
    assert all(one.latency_ms is not None for one in alone.outcomes)


def test_only_what_was_asked_alone_is_timed() -> None:
    many = QuestionSet("many", tuple(replace(SET.questions[0], id=f"q{n}") for n in range(120)))
    outcomes = evaluate(many, Scripted("126册"), TEXTS, jobs=4).outcomes
    assert sum(one.latency_ms is not None for one in outcomes) == 100


def test_drafts_are_not_asked() -> None:
    system = Scripted("126册")
    drafts = SET.with_questions([SET.questions[0], replace(SET.questions[1], draft=True)])
    assert [one.id for one in evaluate(drafts, system, TEXTS).outcomes] == ["books"]
    with pytest.raises(UsageError, match="drafts do not count"):
        evaluate(drafts.with_questions([drafts.questions[1]]), system, TEXTS)


def test_progress_is_told_up_to_the_end() -> None:
    told: list[tuple[int, int]] = []
    evaluate(SET, Scripted("126册"), TEXTS, progress=lambda done, total: told.append((done, total)))
    assert told == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]


class Interrupted(Scripted):
    """Stopped by the user at its third question."""

    def answer(self, question: str) -> SystemReply:
        if len(self.asked) == 3:  # the first was asked once more, to warm up
            raise KeyboardInterrupt
        return super().answer(question)


def test_an_interrupted_evaluation_goes_on_where_it_stopped(tmp_path: Path) -> None:
    with Journal(tmp_path, {}) as journal, pytest.raises(KeyboardInterrupt):
        evaluate(SET, Interrupted("126册"), TEXTS, journal=journal)
    again = Scripted("126册")
    with Journal(tmp_path, {}) as journal:
        results = evaluate(SET, again, TEXTS, journal=journal)
    assert set(again.asked) == {question.text for question in SET.questions[2:]}
    whole = evaluate(SET, Scripted("126册"), TEXTS)
    assert [replace(one, latency_ms=0.0) for one in results.outcomes] == [
        replace(one, latency_ms=0.0) for one in whole.outcomes
    ]


def test_an_interruption_among_threads_ends_them() -> None:
    many = QuestionSet("many", tuple(replace(SET.questions[0], id=f"q{n}") for n in range(400)))

    class Late(Scripted):
        def answer(self, question: str) -> SystemReply:
            if len(self.asked) > 150:
                raise KeyboardInterrupt
            return super().answer(question)

    system = Late("126册")
    with pytest.raises(KeyboardInterrupt):
        evaluate(many, system, TEXTS, jobs=4)
    assert len(system.asked) < 200
    assert threading.active_count() < 10


@pytest.mark.parametrize(
    ("text", "answers", "quote", "rules"),
    [
        ("How many?", ("349",), "共349次", "cmrc"),
        ("How many?", ("349",), "349 checks", "squad"),
        ("多少？", ("349",), "349 checks", "cmrc"),
    ],
)
def test_question_answers_and_evidence_choose_the_rules(
    text: str, answers: tuple[str, ...], quote: str, rules: str
) -> None:
    assert rules_of(Question("q", text, answers, (Evidence("", quote),))) == rules
