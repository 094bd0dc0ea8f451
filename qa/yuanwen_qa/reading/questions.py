"""What a question asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from yuanwen_index import fold

__all__ = ["KINDS", "Question", "read_question"]

_UNITS = "次个所人家年天日月号点名位项条件场届岁元户种本篇部座套辆台栋层米吨亩公里度分秒时小周倍成组支只块枚级章节期批轮"
_PATTERNS = {
    "who": r"谁|何人|哪位|哪[几两些二三四五六]?个?(?:人|位|名)|什么人|啥人|姓什么|\bwho(?:se|m)?\b",
    "when": r"何时|何年|什么时[候间]|啥时|多会儿|哪一?[年天日月]|哪个[月年]|哪[几两]天|几月|几[号日]|几点|几时|什么日"
    r"|时间是|日期|\bwhen\b|\bwhat (?:year|date|day|month|time)\b|\bwhich (?:year|day|month|date)\b",
    "where": r"哪里|哪儿|何处|何地|在哪|什么地[方点]|啥地方|地址|位于|哪[几两些]?[个座条一]?(?:国家|城市|省|市|县|区|镇|乡|村"
    r"|地方|地区|路|街|社区|街道)|去哪|到哪|\bwhere\b|\b(?:which|what) (?:city|country|place|street|road|town|village)",
    "number": r"多少|几["
    + _UNITS
    + r"]|[多有][大高长远重宽快深厚]|多久|第几|几分之|数量|百分之几|\bhow (?:many|much|long|old|far|big"
    r"|large|tall|often)\b|\bwhat (?:percent|number|size|amount)",
    "why": r"为什么|为何|为啥|原因|因为什么|因何|缘故|怎么会|凭什么|理由|\bwhy\b|\breason\b|\bcause",
    "how": r"如何|怎么|怎样|咋|方式|方法|办法|手段|\bhow\b(?! (?:many|much|long|old|far|big|large|tall|often))",
    "list": r"哪些|哪[几两二三四五六七八九十]|[些几两三四五六七八九十]个?方面|分别|有什么|包括|都有|\bwhich (?:two|three|four|five|six)"
    r"|\bwhat are\b|\bwhat were\b|\blist\b|\bwhat (?:two|three|four|five|six)",
    "name": r"叫什么|叫啥|叫做什么|名称|名字|标题|题目|全称|简称|称为|称作|书名|主题|哪[部本首篇]|\bname\b|\bcalled\b|\btitle",
    "definition": r"什么意思|指什么|是什么[?？]?$|什么是|指的?是|含义|定义|是指|说的是|\bmean|\bstand for|\bdefin",
    "yes-no": r"是否|吗[?？]?$|有没有|是不是|能不能|可不可以|会不会|没有[?？]?$|^(?:is|are|was|were|do|does|did|has|have|can)\b",
    "which": r"哪|\bwhich\b",
    "what": r"什么|啥|何(?!时|人|处|地|年)|\bwhat\b",
}
KINDS = tuple(_PATTERNS)
_COMPILED = tuple(re.compile(pattern) for pattern in _PATTERNS.values())
_ASKING = re.compile(
    r"为什么|为何|为啥|什么时[候间]|啥时候?|何时|什么|哪里|哪儿|哪些|哪[几两二三四五六七八九十]|哪一?|多少"
    r"|多[大高长远重宽快深厚久]|第?几"
    r"|谁|何人|何处|何地|如何|怎么样?|怎样|咋样?|啥|是否|吗"
    r"|\b(?:who(?:se|m)?|when|where|which|what|why|how(?: many| much| long| old| far)?)\b"
)
_COUNT = re.compile(
    r"哪([两二三四五六七八九十])|([两二三四五六七八九十])(?:个|大|项|种)?(?:方面|样|点|件|类|条|家|所|位|名)"
    r"|\b(?:which|what) (two|three|four|five|six)\b"
)
_DIGITS = {
    **{c: i for i, c in enumerate("一二三四五六七八九十", 1)},
    "两": 2,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
}
_WORD = re.compile(r"[a-z0-9][a-z0-9'-]*")
_MARKS = re.compile(r"[，,。；;：:？?！!“”\"《》「」（）()、]")


@dataclass(frozen=True, slots=True)
class Question:
    """A question taken apart.

    ``key`` is the folded question; ``kinds`` says for each of ``KINDS`` whether the wording points to it;
    ``asking`` is the span of the question word in ``key`` (empty at the end when there is none); ``after`` and
    ``before`` are the words beside it, which name what is asked for; ``count`` is how many things are asked
    for, 0 when not said.
    """

    key: str
    kinds: tuple[bool, ...]
    asking: tuple[int, int]
    after: str
    before: str
    count: int


def read_question(question: str) -> Question:
    """Take a Chinese (either script) or English question apart."""
    key = fold(question)
    kinds = tuple(bool(pattern.search(key)) for pattern in _COMPILED)
    found = _ASKING.search(key)
    start, end = found.span() if found else (len(key), len(key))
    return Question(
        key, kinds, (start, end), _words_after(key[end:]), _words_before(key[:start]), _count(key)
    )


def _words_after(text: str) -> str:
    head = _MARKS.split(text, maxsplit=1)[0].strip()
    if head[:1].isascii() and head:
        return " ".join(_WORD.findall(head)[:3])
    return head[:6]


def _words_before(text: str) -> str:
    tail = _MARKS.split(text)[-1].strip()
    if tail[-1:].isascii() and tail:
        return " ".join(_WORD.findall(tail)[-3:])
    return tail[-6:]


def _count(key: str) -> int:
    found = _COUNT.search(key)
    return _DIGITS[next(group for group in found.groups() if group)] if found else 0
