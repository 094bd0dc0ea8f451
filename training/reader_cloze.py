"""Questions made from the news by rule, for fitting the reader.

A sentence becomes a question by asking for a person, number, date, place, list or quotation that stands in it.
"""

from __future__ import annotations

import json
import lzma
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from training.dev_questions import Withheld
from training.reader_data import Row, Span

from yuanwen_index import sentence_spans
from yuanwen_qa.reading.words import TAGS, cut_words

COMMON_PLACES = frozenset(("中国", "我国", "全国", "国家", "全球", "世界", "国内", "国外"))
SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金"
    "陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边"
)
NUMBER = re.compile(
    r"(?<![\d.,年月第])(\d[\d.,]*[余多]?[万亿]?)([个名人次家所条项件户位辆台套场处元吨亩岁届公里米]+)(?![\d])"
)
DATE = re.compile(r"(?:\d{4}年)?\d{1,2}月\d{1,2}日(?:上午|下午|晚|凌晨)?|(?<!\d)\d{4}年(?:\d{1,2}月)?")
LIST = re.compile(
    r"(?<=[，：为是有括含对于以及了的])[^，。、；：“”（）和等的\s]{2,10}(?:、[^，。、；：“”（）等的\s]{2,10}){2,}"
)
QUOTED = re.compile(r"(?:《[^《》]{2,25}》|“[^“”]{2,20}”)")
ROLE = re.compile(
    r"(?:书记|主任|主席|局长|市长|区长|校长|院长|董事长|总经理|负责人|教授|队长|部长|记者|司长|经理)$"
)


def cloze_rows(data: Path, n: int, source: random.Random) -> list[Row]:
    """``n`` questions made from the news, at most two of one text, no answer more than twice."""
    with lzma.open(data / "news_docs.jsonl.xz", "rt", encoding="utf-8") as file:
        lines = file.readlines()
    source.shuffle(lines)
    found: list[Row] = []
    seen: Counter[str] = Counter()
    withheld = Withheld(data)
    for line in lines:
        text = json.loads(line)["text"][:900]
        if withheld.holds(text):
            continue
        made = list(_asked_of(text, source))
        for row in source.sample(made, min(2, len(made))):
            answer = text[slice(*row.answers[0])]
            seen[answer] += 1
            if seen[answer] <= 2:
                found.append(row)
        if len(found) >= n:
            break
    return found[:n]


def _asked_of(text: str, source: random.Random) -> Iterator[Row]:
    sentences = sentence_spans(text)[1:14]
    for start, end in source.sample(sentences, min(4, len(sentences))):
        sentence = text[start:end]
        if not 15 < len(sentence) < 160:
            continue
        for span, asking in blanks(sentence, source):
            question = shortened(sentence, span, asking, source)
            if question:
                yield Row("cloze", text, question, ((start + span[0], start + span[1]),))


def blanks(sentence: str, source: random.Random, *, headline: bool = False) -> Iterator[tuple[Span, str]]:
    """What can be asked for in a sentence, and the words that ask for it in its place."""
    for match in NUMBER.finditer(sentence):
        few = match[1].isdigit() and int(match[1]) <= 12
        yield match.span(), (source.choice(("几", "多少")) if few else "多少") + match[2]
    for match in DATE.finditer(sentence):
        day = "日" in match[0]
        yield (
            match.span(),
            source.choice(("什么时候", "何时", *(("哪天", "几月几日") if day else ("哪一年", "哪年")))),
        )
    for match in LIST.finditer(sentence):
        yield match.span(), source.choice(("哪些", "哪几个", "什么"))
    for match in QUOTED.finditer(sentence):
        inside = int(match[0][0] == "“")
        yield (match.start() + inside, match.end() - inside), source.choice(("什么", "什么", "哪个"))
    yield from _names(sentence, source, headline=headline)


def _names(sentence: str, source: random.Random, *, headline: bool) -> Iterator[tuple[Span, str]]:
    words = cut_words(sentence)
    for i, tag in enumerate(words.tags.tolist()):
        span = int(words.starts[i]), int(words.ends[i])
        after = TAGS[int(words.tags[i + 1])] if i + 1 < len(words) else "x"
        key, length = words.keys[i], span[1] - span[0]
        if TAGS[tag] == "nr" and 2 <= length <= 4 and (key[0] in SURNAMES or length > 3):
            if headline or (i and ROLE.search(words.keys[i - 1])):
                yield span, "谁"
        elif TAGS[tag] == "ns" and length > 1 and not (length == 2 and key[-1] in "区省市县镇"):
            if key not in COMMON_PLACES and (headline or (length > 2 and key[-1] in "省市县区镇乡村路街道")):
                asking = source.choice(("哪里", "什么地方", "何处"))
                yield span, f"{asking}的" if after[0] in "nvabjl" and after != "v" else asking
        elif key[-1] in "局院部委会司厅社" and length >= 4 and TAGS[tag] in ("nt", "n", "nz"):
            yield span, source.choice(("哪个单位", "谁", "哪家单位", "哪个部门"))


def shortened(sentence: str, span: Span, asking: str, source: random.Random, *, whole: bool = False) -> str:
    """The blank's clause, at times one beside it, with some words left out and often the blank moved to the end;
    of a ``whole`` one all clauses, in place.
    """
    marks = [
        0,
        *(m.end() for m in re.finditer("[，；： ]", sentence) if not span[0] <= m.start() < span[1]),
        len(sentence),
    ]
    at = max(i for i, mark in enumerate(marks[:-1]) if mark <= span[0])
    first, last = marks[at], marks[min(at + 1, len(marks) - 1)]
    short = last - first - (span[1] - span[0]) < 8
    if at and (source.random() < 0.4 or short):
        first = marks[at - 1]
    elif short and at + 2 < len(marks):
        last = marks[at + 2]
    kept = 0.95 if whole else 0.92
    before = _thinned(sentence[first : span[0]], kept, source)
    after = _thinned(sentence[span[1] : last], kept, source)
    if len(before) + len(after) < 6:
        return ""
    style = source.random()
    if style < 0.8 or whole:
        return f"{before}{asking}{after}？"
    if asking == "谁":
        return f"{after}的是谁？" if len(after) > len(before) else f"{before}谁{after}？"
    return f"{before}{after}是{asking.removesuffix('的')}？"


def _thinned(text: str, share: float, source: random.Random) -> str:
    words = cut_words(text)
    keep = [
        text[start:end]
        for start, end, tag in zip(words.starts, words.ends, words.tags.tolist(), strict=True)
        if TAGS[tag] != "x" and (TAGS[tag] in ("m", "nr", "ns", "eng") or source.random() < share)
    ]
    return "".join(keep)
