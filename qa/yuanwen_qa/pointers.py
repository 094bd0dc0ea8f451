"""Words by which a question points back, Chinese (both scripts) and English.

Every pattern is a plain list of alternatives without nested repetition, so matching is linear.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = [
    "DATE",
    "HE",
    "LEAD",
    "LIGHT_WORDS",
    "MORE",
    "NAME",
    "ORDINAL",
    "QUESTION_WORDS",
    "QUOTED",
    "SUBJECTLESS",
    "SWAP",
    "THAT_DAY",
    "THERE",
    "THIS",
]

LEAD: Final = re.compile(
    r"(?:那么|那麼|那(?![个個次些里裡儿兒天位场場项項种種时時边邊])|还有|還有|另外|此外|然后|然後|接着|接著"
    r"|(?:and|but|so|then|also)\b)[，,]?\s*",
    re.IGNORECASE,
)
SWAP: Final = re.compile(
    r"(?:那么|那麼|那|还有|還有|至于|至於|and|so)?[，,]?\s*"
    r"(?:(?P<zh>[^，,。？?\s]{1,20})呢|(?:what|how) about (?P<en>[^,.?]{1,60}))[?？。.]?$",
    re.IGNORECASE,
)
HE: Final = re.compile(
    r"他(?![们們人])|她(?![们們])|这个人|這個人|那个人|那個人|此人|这位|這位|那位|\b(?:he|him|his|she|her)\b",
    re.IGNORECASE,
)
THERE: Final = re.compile(
    r"那里|那裡|那儿|那兒|那边|那邊|这里|這裡|这儿|這兒|\bthere\b(?! (?:is|are|was|were|any|be)\b)", re.I
)
THAT_DAY: Final = re.compile(
    r"当天|當天|当日|當日|同一天|同日|那天|那一天|这天|這天|这一天|這一天|\b(?:that|the same) day\b",
    re.IGNORECASE,
)
THIS: Final = re.compile(
    r"它|他们|他們|她们|她們|[这這那][个個次场場项項些份部片座所家条條种種]|此次|此事|该(?![如怎])|該(?![如怎])|上述"
    r"|其(?=[全中名目主内內])(?!其中之)|会上|會上|会后|會後|活动中|活動中"
    r"|\b(?:it|its|they|them|their|this|these|those)\b",
    re.IGNORECASE,
)
MORE: Final = re.compile(r"^(?:还|還|也|又)|\b(?:else|as well)\b", re.IGNORECASE)
# A question that begins with a bare "the meeting", or with what only follows a subject, left its subject out.
SUBJECTLESS: Final = re.compile(
    r"^(?:会议|會議|大会|大會|活动|活動|仪式|儀式|论坛|論壇|比赛|比賽|行动|行動|项目|項目|工程)"
    r"|^(?:由|从|從|自|以|被|向|对(?!于)|對(?!於)|首先|随后|隨後|主要|一共|总共|總共|分别|分別)"
    r"|\bthe (?:meeting|conference|event|ceremony|visit|inspection|activity|campaign|project)\b"
    r"(?! (?:of|on|for|about|at|in|to)\b)",
    re.IGNORECASE,
)
DATE: Final = re.compile(
    r"\d{4}年(?:\d{1,2}月)?(?:\d{1,2}[日号號])?|\d{1,2}月\s?\d{1,2}[日号號]|\b(?:19|20)\d\d\b"
)
ORDINAL: Final = re.compile(r"第[一二三四五六七八九十\d]+[个個次批阶階期届屆轮輪季项項条條章]?")
NAME: Final = re.compile(r"(?<=[a-z,'\"] )[A-Z][a-z]+(?: [A-Z][a-z]+)+")

QUOTED: Final = re.compile(r"[《“「][^》”」]+[》”」]")

_COUNTED = "天年月日号號个個名位家所次条條项項件种種座场場人户戶岁歲期批元吨噸里些"
QUESTION_WORDS: Final = re.compile(
    r"(?:分别|分別)?[是在有于於由为為到]?(?:为什么|為什麼|为何|為何|为啥|什么时候|什麼時候|什么时间|什麼時間|何时|何時|什么地方|什麼地方"
    r"|什么人|什麼人|什么|什麼|哪里|哪裡|哪儿|哪兒|谁|誰|何处|何處|何地|如何|怎么样?|怎麼樣?|怎样|怎樣|是否|有没有|有沒有"
    r"|哪[一两兩几幾二三四五六七八九十]?["
    + _COUNTED
    + r"]?|多少[余餘]?[万萬亿億]?["
    + _COUNTED
    + r"]?|第?[几幾]["
    + _COUNTED
    + r"]?)的?"
    r"|[吗嗎呢]?[?？]"
    r"|\b(?:(?:on|in|at|from|to|for|by|of) )?(?:who|whom|whose|when|where|why|which|what|how many|how much"
    r"|how long|how old|how)\b(?: (?:did|does|do|is|are|was|were|has|have|had|will|can)\b)?"
    r"|^(?:is|are|was|were|do|does|did|has|have)\b",
    re.IGNORECASE,
)

_LIGHT = """
是 有 做 去 来 说 到 在 要 会 能 让 叫 想 请 可以 应该 进行 情况 时候 时间 地方 地点 人 事 原因 结果
问题 东西 内容 方面 具体 还 多
who when where why how what which is are was were did does do has have had the a an of in on at to for with by
from and or happen happened many much time place people person thing one ones say said else more
it he she they there this that him her his its their them those these
"""
LIGHT_WORDS: Final = frozenset(_LIGHT.split())
