"""One question and what became of it, as plain values that can be shown, kept and exported."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from yuanwen_index import (
    ANYWHERE,
    Article,
    Filter,
    Hit,
    IndexUnusable,
    Passage,
    Ranks,
    UsageError,
    sentence_spans,
)
from yuanwen_qa import (
    LONGEST_QUESTION,
    Answer,
    Assistant,
    Past,
    Reply,
    clean_question,
    reply_record,
    stand_alone,
)

from .panel import article_span

__all__ = ["Stage", "Turn", "answering", "restored", "stored"]

Stage = Literal["searching", "reading", "answered", "stopped", "failed"]
ANSWERS_READ = 5
PASSAGES_KEPT = 3


@dataclass(frozen=True, slots=True)
class Turn:
    """A question as typed and as asked, and how far its answer has come.

    ``found`` counts the articles that the passages found stand in; ``narrowed`` says that filters were on.
    ``reply`` is None until the stage is ``answered``; then it is the record of ``yuanwen ask --json``, with
    the ``sentence`` (``before``, ``text``, ``after``) of each answer. ``failure`` is the
    phrase key of what went wrong.
    """

    typed: str
    question: str
    stage: Stage
    reply: dict[str, Any] | None = None
    failure: str | None = None
    found: int = 0
    narrowed: bool = False

    @property
    def busy(self) -> bool:
        """Whether the answer is still to come."""
        return self.stage in ("searching", "reading")

    @property
    def rewritten(self) -> bool:
        """Whether something was carried into the question from earlier turns."""
        return bool(self.question) and self.question != self.typed.strip()

    def stopped(self) -> Turn:
        """The same turn, ended by the user unless it had ended already."""
        return replace(self, stage="stopped") if self.busy else self


def answering(
    assistant: Assistant,
    typed: str,
    earlier: Sequence[Turn] = (),
    where: Filter = ANYWHERE,
) -> Iterator[Turn]:
    """The turn after each stage of answering ``typed``; the last one is final.

    What ``typed`` leaves unsaid is carried over from the ``earlier`` turns; give none to ask it as it is.
    Where that was a guess and finds nothing, the question is asked as typed.
    """
    try:
        meant = stand_alone(clean_question(typed), _past(earlier))
        question = clean_question(meant.question)
    except UsageError:
        key = "error.question_long" if len(typed) > LONGEST_QUESTION else "error.question_empty"
        yield Turn(typed[:LONGEST_QUESTION], "", "failed", failure=key)
        return
    turn = Turn(typed, question, "searching", narrowed=where != ANYWHERE)
    yield turn
    try:
        hits = assistant.search(question, where=where)
        articles = {id(hit.passage.article) for hit in hits}
        yield replace(turn, stage="reading", found=len(articles))
        reply = assistant.read(question, hits, n=ANSWERS_READ)
        if not (reply.answered or meant.sure):
            reply = assistant.answer(meant.typed, n=ANSWERS_READ, where=where)
    except IndexUnusable:
        yield replace(turn, stage="failed", failure="error.index")
    except Exception:  # a visitor gets a sentence and whoever runs the server the traceback
        logging.getLogger(__name__).exception("a question could not be answered")
        yield replace(turn, stage="failed", failure="error.other")
    else:
        yield replace(turn, question=reply.question, stage="answered", reply=_record(reply))


def _past(earlier: Sequence[Turn]) -> list[Past]:
    past = []
    for turn in earlier:
        if turn.reply is not None:
            best = turn.reply["answers"][0] if turn.reply["answered"] else None
            past.append(Past(turn.question, best["text"] if best else None, best["date"] if best else None))
    return past


def _record(reply: Reply) -> dict[str, Any]:
    record = reply_record(reply)
    record["passages"] = record["passages"][:PASSAGES_KEPT]
    for answer, shown in zip(reply.answers, record["answers"], strict=True):
        shown["sentence"] = _sentence(answer)
    return record


def _sentence(answer: Answer) -> dict[str, str]:
    """The sentence around an answer (several when it crosses their ends), cut at the answer."""
    text = answer.passage.article.text
    touched = [span for span in sentence_spans(text) if span[0] < answer.end and answer.start < span[1]]
    start = min([answer.start, *(span[0] for span in touched)])
    end = max([answer.end, *(span[1] for span in touched)])
    return {
        "before": text[start : answer.start],
        "text": text[answer.start : answer.end],
        "after": text[answer.end : end],
    }


def stored(turns: Sequence[Turn]) -> list[dict[str, Any]]:
    """The finished turns as JSON values, for the visitor's own browser."""
    return [
        {
            "typed": turn.typed,
            "question": turn.question,
            "answered": turn.reply["answered"],
            "answers": [
                _place(answer) | {"confidence": answer["confidence"]} for answer in turn.reply["answers"]
            ],
            "passages": [_place(passage) for passage in turn.reply["passages"]],
        }
        for turn in turns
        if turn.reply is not None
    ]


def restored(values: Any, article_at: Callable[[str, int], Article | None]) -> tuple[Turn, ...]:
    """The turns that ``stored`` made, read anew from the index.

    A turn is left out when one of its places no longer holds the text that it held.
    """
    turns = []
    for value in values if isinstance(values, list) else []:
        try:
            hits = tuple(
                Hit(_passage(place, article_at), 0.0, Ranks(None, None)) for place in value["passages"]
            )
            answers = tuple(_answer(place, article_at) for place in value["answers"])
            reply = Reply(str(value["question"]), answers, bool(value["answered"]), hits)
            turns.append(Turn(str(value["typed"]), reply.question, "answered", _record(reply)))
        except (KeyError, TypeError, ValueError, IndexError):
            continue
    return tuple(turns)


def _place(record: dict[str, Any]) -> dict[str, Any]:
    return {key: record[key] for key in ("source", "start", "end", "text")}


def _passage(place: dict[str, Any], article_at: Callable[[str, int], Article | None]) -> Passage:
    article = article_at(place["source"], place["start"])
    if article is None:
        raise ValueError(f"{place['source']} is not indexed")
    passage = Passage(article, *article_span(article, place["start"], place["end"]))
    if passage.text != place["text"]:
        raise ValueError(f"{place['source']} has changed")
    return passage


def _answer(place: dict[str, Any], article_at: Callable[[str, int], Article | None]) -> Answer:
    passage = _passage(place, article_at)
    return Answer(passage, passage.start, passage.end, float(place["confidence"]))
