"""Holds the dialogues of ``dialogues.json`` as a visitor would and counts what carrying over brings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yuanwen_index import Retriever
from yuanwen_qa import Assistant, Past, stand_alone

DIALOGUES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("dialogues.json").read_text("utf-8"))


@dataclass(slots=True)
class Counts:
    """Of all turns but the first: how many there are, how they were taken, and where their passages were found.

    ``first`` and ``five`` count follow-ups whose first passage, or one of the first five, holds an answer in the
    evidence's article; by how they were asked: as typed, with what was carried over, written out by a person.
    """

    turns: int = 0
    follow_ups: int = 0
    decided: int = 0
    needless: int = 0
    first: dict[str, int] | None = None
    five: dict[str, int] | None = None


def hold_dialogues(assistant: Assistant) -> Counts:
    """Hold every dialogue with the assistant's own answers carried over."""
    retriever = assistant.retriever
    assert isinstance(retriever, Retriever)
    first, five = ({"typed": 0, "carried": 0, "written": 0} for _ in range(2))
    counts = Counts(first=first, five=five)
    for dialogue in DIALOGUES:
        past: list[Past] = []
        for number, turn in enumerate(dialogue["turns"]):
            asked = stand_alone(turn["question"], past)
            reply = assistant.answer(asked.question)
            best = reply.answers[0] if reply.answered else None
            past.append(
                Past(asked.question, best.text if best else None, best.citation.date if best else None)
            )
            if number == 0:
                continue
            counts.turns += 1
            counts.decided += asked.rewritten == turn["follow_up"]
            counts.needless += asked.rewritten and not turn["follow_up"]
            if turn["follow_up"]:
                counts.follow_ups += 1
                for how, question in (
                    ("typed", turn["question"]),
                    ("carried", asked.question),
                    ("written", turn["stands_for"]),
                ):
                    rank = _rank(retriever, question, turn)
                    first[how] += rank == 0
                    five[how] += rank is not None
    return counts


def _rank(retriever: Retriever, question: str, turn: dict[str, Any]) -> int | None:
    """Place among the first five passages of one that holds an answer and stands in the evidence's article."""
    (evidence,) = turn["evidence"]
    for rank, hit in enumerate(retriever.search(question, 5)):
        if (
            hit.passage.article.document.source == evidence["file"]
            and _plain(evidence["quote"]) in _plain(hit.passage.article.text)
            and any(_plain(answer) in _plain(hit.passage.text) for answer in turn["answers"])
        ):
            return rank
    return None


def _plain(text: str) -> str:
    return "".join(text.split())
