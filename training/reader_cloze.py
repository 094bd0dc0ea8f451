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

from training.reader_data import Row

from yuanwen_index import sentence_spans
from yuanwen_qa.reading.words import TAGS, cut_words

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
    for line in lines:
        text = json.loads(line)["text"][:900]
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
        for span, asking in _blanks(sentence, source):
            question = _shorten(sentence, span, asking, source)
            if question:
                yield Row("cloze", text, question, ((start + span[0], start + span[1]),))


def _blanks(
    sentence: str, source: random.Random, *, headline: bool = False
) -> Iterator[tuple[tuple[int, int], str]]:
    """What can be asked for in a sentence, and the words that ask for it in its place."""
    for match in NUMBER.finditer(sentence):
        yield match.span(), source.choice(("多少", "几", "多少")) + match[2]
    for match in DATE.finditer(sentence):
        yield match.span(), source.choice(("什么时候", "哪天", "何时", "几月几日"))
    for match in LIST.finditer(sentence):
        yield match.span(), source.choice(("哪些", "哪几个", "什么"))
    for match in QUOTED.finditer(sentence):
        yield match.span(), source.choice(("什么", "叫什么名字的", "哪个"))
    words = cut_words(sentence)
    for i, tag in enumerate(words.tags.tolist()):
        span = int(words.starts[i]), int(words.ends[i])
        if (
            TAGS[tag] == "nr"
            and 2 <= span[1] - span[0] <= 4
            and (headline or (i and ROLE.search(words.keys[i - 1])))
        ):
            yield span, "谁"
        elif TAGS[tag] == "ns" and (
            headline or (span[1] - span[0] >= 3 and words.keys[i][-1] in "省市县区镇乡村路街道")
        ):
            yield span, source.choice(("哪里", "什么地方", "何处"))
        elif words.keys[i][-1] in "局院部委会司厅社" and span[1] - span[0] >= 4:
            yield span, source.choice(("哪个单位", "谁", "哪家单位"))


def _shorten(sentence: str, span: tuple[int, int], asking: str, source: random.Random) -> str:
    """The blank's clause, at times one beside it, with some words left out and often the blank moved to the end."""
    marks = [
        0,
        *(m.end() for m in re.finditer("[，；：]", sentence) if not span[0] <= m.start() < span[1]),
        len(sentence),
    ]
    at = max(i for i, mark in enumerate(marks[:-1]) if mark <= span[0])
    first, last = marks[at], marks[min(at + 1, len(marks) - 1)]
    if at and (source.random() < 0.4 or last - first - (span[1] - span[0]) < 8):
        first = marks[at - 1]
    before = _thinned(sentence[first : span[0]], source)
    after = _thinned(sentence[span[1] : last], source)
    if len(before) + len(after) < 6:
        return ""
    style = source.random()
    if style < 0.4:
        return f"{before}{asking}{after}？"
    if style < 0.8:
        return f"{before}{after}是{asking}？" if asking != "谁" else f"{after}的是谁？{before}"[:60]
    return f"{asking}{after}{before}？"


def _thinned(text: str, source: random.Random) -> str:
    words = cut_words(text)
    keep = [key for key, tag in zip(words.keys, words.tags.tolist(), strict=True) if TAGS[tag] != "x"]
    return "".join(key for key in keep if source.random() < 0.75)
