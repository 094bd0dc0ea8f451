"""Ask every question of a set and judge what comes back.

    results = evaluate(read_question_set("questions.json"), AssistantSystem(assistant), texts)

The first questions are asked one at a time, which is when answering is timed; the rest on several threads.
Outcomes come in the order of the set and do not depend on the number of threads, times aside.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from yuanwen_index import UsageError

from .evidence import Gold, Sources, locate
from .journal import Journal
from .metrics import Rules, TextScore, holds_answer, rules_for, score_text
from .outcomes import Outcome
from .question_sets import Question, QuestionSet
from .results import Results
from .systems import Found, Prediction, System, SystemReply

__all__ = ["Ask", "Progress", "ask_all", "evaluate", "judge"]

ALONE = 100  # questions that are asked one at a time, to see how long an answer takes a single user

Ask = Callable[[Question], SystemReply]
Progress = Callable[[int, int], None]


def evaluate(
    question_set: QuestionSet,
    system: System,
    texts: Mapping[str, str] | None = None,
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
    journal: Journal | None = None,
) -> Results:
    """Measure a system with a question set; drafts are left out.

    ``texts`` are the decoded files by source, in which the evidence is looked up; without them passages are
    compared with the quotes by their words. ``jobs`` is the number of threads, by default one a core.
    ``progress`` is told how many are done, of how many. ``journal`` keeps finished questions across an
    interruption.

    Raises:
        UsageError: the set holds no question that is not a draft.
    """
    outcomes = ask_all(
        question_set.gold.questions,
        lambda question: system.answer(question.text),
        Sources(texts or {}),
        jobs=jobs,
        progress=progress,
        journal=journal,
    )
    return Results(question_set.name, {}, tuple(outcomes))


def ask_all(
    questions: Sequence[Question],
    ask: Ask,
    sources: Sources,
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
    journal: Journal | None = None,
) -> list[Outcome]:
    """Ask the questions that the journal does not hold and judge each; see :func:`evaluate`."""
    if not questions:
        raise UsageError("no questions to ask; drafts do not count until a person has checked them")
    outcomes = dict(journal.finished) if journal else {}
    pending = [question for question in questions if question.id not in outcomes]
    tell = progress or (lambda _done, _total: None)
    tell(len(questions) - len(pending), len(questions))

    def measure(question: Question, *, alone: bool) -> Outcome:
        started = time.perf_counter()
        reply = ask(question)
        milliseconds = 1000.0 * (time.perf_counter() - started)
        return judge(locate(question, sources), reply, sources, milliseconds if alone else None)

    def keep(outcome: Outcome) -> None:
        outcomes[outcome.id] = outcome
        if journal:
            journal.add(outcome)
        tell(len(outcomes), len(questions))

    if pending:
        ask(pending[0])  # what is loaded at the first question must not count as its time
        for question in pending[:ALONE]:
            keep(measure(question, alone=True))
        _measure_together(pending[ALONE:], measure, keep, jobs or os.cpu_count() or 1)
    return [outcomes[question.id] for question in questions]


def _measure_together(
    pending: Sequence[Question],
    measure: Callable[..., Outcome],
    keep: Callable[[Outcome], None],
    jobs: int,
) -> None:
    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        running = [pool.submit(measure, question, alone=jobs == 1) for question in pending]
        try:
            for finished in as_completed(running):
                keep(finished.result())
        except BaseException:  # an interruption too: what is not begun must not hold up the end
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def judge(gold: Gold, reply: SystemReply, sources: Sources, milliseconds: float | None) -> Outcome:
    """Compare a reply with what is known about its question."""
    question, best = gold.question, reply.best
    rules = rules_of(question)
    score = _score(question, best, rules) if reply.read is not None else None
    return Outcome(
        id=question.id,
        question=question.text,
        lang=question.language,
        type=question.kind,
        difficulty=question.difficulty,
        answerable=question.answerable,
        answers=list(question.answers),
        evidence=[{"source": one.source, "quote": one.quote} for one in question.evidence],
        rules=rules,
        prediction=best.text if best else None,
        confidence=best.confidence if best else 0.0,
        answered=reply.answered and best is not None,
        source=best.source if best else None,
        title=best.title if best else None,
        start=best.span[0] if best and best.span else None,
        end=best.span[1] if best and best.span else None,
        passage=best.passage if best else None,
        marked=list(best.marked) if best and best.marked else None,
        candidate_exact_match=score.exact_match if score else None,
        candidate_f1=score.f1 if score else None,
        sentence_holds=bool(best and question.answerable and holds_answer(best.sentence, question.answers)),
        cites_article=gold.cited_by(best, sources) if best and question.answerable else None,
        cites_evidence=gold.holds_span(best) if best and question.answerable else None,
        read_evidence=_read_evidence(gold, best, reply.found, sources),
        evidence_indexed=gold.indexed,
        answer_indexed=gold.answer_indexed,
        rank=_rank(gold, reply.found, sources),
        searched=reply.searched,
        read=reply.read,
        latency_ms=milliseconds,
    )


def rules_of(question: Question) -> Rules:
    """By which published rules the answers to a question are compared."""
    return rules_for([question.text, *question.answers, *(evidence.quote for evidence in question.evidence)])


def _score(question: Question, best: Prediction | None, rules: Rules) -> TextScore | None:
    if not question.answerable:
        return None
    return score_text(best.text, question.answers, rules) if best else TextScore(0.0, 0.0)


def _rank(gold: Gold, found: Sequence[Found], sources: Sources) -> int | None:
    if not gold.question.answerable:
        return None
    return next((rank for rank, one in enumerate(found, 1) if gold.held_by(one, sources)), None)


def _read_evidence(
    gold: Gold, best: Prediction | None, found: Sequence[Found], sources: Sources
) -> bool | None:
    """Whether the passage that the answer was taken from holds evidence."""
    if best is None or not gold.question.answerable:
        return None
    taken = [one for one in found if (one.source, one.text) == (best.source, best.passage)]
    return any(gold.held_by(one, sources) for one in taken) if taken else None
