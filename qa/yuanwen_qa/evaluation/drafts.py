"""Questions proposed from articles by rule, for a person to edit.

A sentence that states who, when, where or how much is turned into a question by asking for that part of it.
Such questions share their words with the article and say little about how people ask: they are marked as
drafts, and no evaluation counts a draft.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from yuanwen_index import Article, sentence_spans

from .question_sets import Evidence, Question, script_of

__all__ = ["draft_questions"]

SHORTEST_SENTENCE, LONGEST_SENTENCE, SHORTEST_QUESTION = 12, 120, 8


@dataclass(frozen=True, slots=True)
class _Rule:
    """What to look for in a sentence, and the words that ask for its first group (or all of it) instead."""

    kind: str
    pattern: re.Pattern[str]
    asks: str


_DATE = r"(?:\d{1,4}年)?\d{1,2}月\d{1,2}[日号](?:上午|下午|晚上|晚|凌晨)?|\d{4}年(?:\d{1,2}月)?"
_MEASURES = "个名人次家户项起台件吨所条批场期套座届岁年天万亿元公里米亩%％"
_RULES = (
    _Rule("who", re.compile(r"(?<=由)[\u4e00-\u9fff]{2,12}?(?=主持|带队|主讲|讲授|牵头|组织)"), "谁"),
    _Rule("where", re.compile(r"(?<=在)[\u4e00-\u9fff]{3,14}?(?=举行|召开|举办|启动|开幕|揭牌)"), "哪里"),
    _Rule("title/name", re.compile(r"《[^《》]{2,20}》|“[^“”]{2,12}”"), "什么"),
    _Rule("when", re.compile(_DATE), "什么时候"),
    _Rule(
        "number",
        re.compile(rf"(?<![第\d.月年])(?!\d{{4}}年)(\d[\d,.]*[余多]?)[{_MEASURES}]{{1,2}}(?![日号\d])"),
        "多少",
    ),
)
_ENGLISH_RULES = (
    _Rule("number", re.compile(r"\b\d[\d,.]*(?: (?:percent|million|billion|thousand))?\b"), "how many"),
    _Rule("title/name", re.compile(r"\"[^\"]{2,40}\"|“[^“”]{2,40}”"), "what"),
)
_CLAUSE_END = "，,；;。！？!?\n"
_LEAD = re.compile(r"^本报讯\s*")
_REFERS_BACK = re.compile(r"^(?:[他她它其该此这那]|(?:He|She|It|They|This|That|These|Those)\b)")


def draft_questions(articles: Sequence[Article], *, per_article: int = 3) -> list[Question]:
    """Drafts in the order of the articles, at most ``per_article`` each, of different kinds first."""
    drafts: dict[str, Question] = {}
    for article in articles:
        for draft in _varied(_drafts(article), per_article):
            if draft.text not in drafts:
                drafts[draft.text] = replace(draft, id=f"draft-{len(drafts) + 1:04d}")
    return list(drafts.values())


def _varied(drafts: Iterator[Question], wanted: int) -> list[Question]:
    """The first of each kind, then the others, at most ``wanted``."""
    first: dict[str, Question] = {}
    others = []
    for draft in drafts:
        if draft.kind in first:
            others.append(draft)
        else:
            first[draft.kind] = draft
    return [*first.values(), *others][:wanted]


def _drafts(article: Article) -> Iterator[Question]:
    for start, end in sentence_spans(article.text):
        sentence = article.text[start:end]
        if SHORTEST_SENTENCE <= len(sentence) <= LONGEST_SENTENCE and not _REFERS_BACK.search(sentence):
            draft = _draft_from(sentence, article.document.source)
            if draft is not None:
                yield draft


def _draft_from(sentence: str, source: str) -> Question | None:
    chinese = script_of(sentence) in {"zh", "ja"}
    lead = _LEAD.match(sentence)
    for rule in _RULES if chinese else _ENGLISH_RULES:
        found = list(rule.pattern.finditer(sentence))
        if len(found) != 1:  # with two of a kind the question would have several answers
            continue
        match = found[0]
        start, end = match.span(match.lastindex or 0)
        asked = _asked(sentence, lead.end() if lead else 0, start, end, rule.asks)
        if len(asked) < SHORTEST_QUESTION:
            continue
        return Question(
            id="",
            text=asked + ("？" if chinese else "?"),
            answers=tuple(dict.fromkeys((match[0], sentence[start:end]))),
            evidence=(Evidence(source, sentence),),
            language="zh" if chinese else "en",
            kind=rule.kind,
            difficulty="lexical",
            draft=True,
        )
    return None


def _asked(sentence: str, lead: int, start: int, end: int, asks: str) -> str:
    """The clause around the span with the span asked for; a bare one with the clause after or before it."""
    left = _clause_start(sentence, start, lead)
    right = _clause_end(sentence, end)
    if right - left - (end - start) < SHORTEST_QUESTION:
        if right + 1 < len(sentence):
            right = _clause_end(sentence, right + 1)
        else:
            left = _clause_start(sentence, max(left - 1, lead), lead)
    return f"{sentence[left:start]}{asks}{sentence[end:right]}".strip()


def _clause_start(sentence: str, at: int, lead: int) -> int:
    while at > lead and sentence[at - 1] not in _CLAUSE_END:
        at -= 1
    return at


def _clause_end(sentence: str, at: int) -> int:
    while at < len(sentence) and sentence[at] not in _CLAUSE_END:
        at += 1
    return at
