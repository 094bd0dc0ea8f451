"""Questions to begin with, made from the articles by rule and kept only where the assistant answers them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yuanwen_index import Article
from yuanwen_qa import Assistant

__all__ = ["Example", "example_questions", "questions_from"]

_CLAUSE_END = re.compile(r"[，。；！？,;!?\n:：“”\"]")
_AMOUNT = re.compile(r"(?<![\d.第年月])(\d+(?:\.\d+)?)(?![\d.])([余多万亿]?[次个名人所家件期项场户条套包瓶])")
_LEAD_DATE = re.compile(r"(\d{1,2}月\s?\d{1,2}日)(?:上午|下午|晚上?|凌晨|中午)?[,，]")
_EVENT = re.compile(r"(?:召开|举行|举办|启动|开展|组织)")
_ENGLISH_AMOUNT = re.compile(
    r"(?:^|[.!?]\s)(?:About |Some |Over |Nearly )?(\d[\d,]*) ([a-z]+(?: [a-z]+){1,9})[.,]"
)


@dataclass(frozen=True, slots=True)
class Example:
    """A question and characters that its answer must hold."""

    question: str
    expected: str


def example_questions(assistant: Assistant, articles: Sequence[Article], n: int) -> list[str]:
    """At most ``n`` questions, from articles spread over the index, each answered rightly when it was tried.

    At most ``6 * n`` are tried.
    """
    chosen: list[str] = []
    tried = 0
    for article in _spread(articles, 3 * n):
        for example in questions_from(article):
            tried += 1
            if _answered(assistant, example):
                chosen.append(example.question)
                break
            if tried >= 6 * n:
                return chosen
        if len(chosen) == n:
            break
    return chosen


def questions_from(article: Article) -> Iterator[Example]:
    """What one article can be asked by rule: how many of something, and on which day something took place."""
    for clause in _clauses(article.text):
        amounts = list(_AMOUNT.finditer(clause))
        if len(amounts) == 1 and 9 <= len(clause) <= 26:
            number = amounts[0]
            unit = number.group(2).lstrip("余多")
            asked = f"{clause[: number.start()]}多少{unit}{clause[number.end() :]}"
            yield Example(f"{asked.lstrip('已共在')}？", number.group(1))
    yield from _day_questions(article)
    for match in _ENGLISH_AMOUNT.finditer(article.text):
        yield Example(f"How many {match.group(2)}?", match.group(1))


def _day_questions(article: Article) -> Iterator[Example]:
    lead = article.text[:160]
    dated = _LEAD_DATE.search(lead)
    if dated is None:
        return
    event = next(_clauses(lead[dated.end() :]), "")
    if 8 <= len(event) <= 30 and _EVENT.search(event):
        yield Example(f"{event}是在哪一天？", dated.group(1))


def _clauses(text: str) -> Iterator[str]:
    return (clause.strip() for clause in _CLAUSE_END.split(text))


def _spread(articles: Sequence[Article], n: int) -> Iterator[Article]:
    """At most ``n`` articles at even distances."""
    step = max(1, len(articles) // n)
    return (articles[at] for at in range(0, len(articles), step))


def _answered(assistant: Assistant, example: Example) -> bool:
    reply = assistant.answer(example.question, n=1)
    return reply.answered and example.expected in reply.answers[0].text
