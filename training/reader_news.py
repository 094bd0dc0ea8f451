"""Questions made from the news by rule, whose answer stands in other words than the question.

Unlike a cloze question of the sentence that answers it, these ask in the words of another sentence: a headline, or
another sentence of the article that names the same thing (recurring spans: Ram et al., Few-Shot Question Answering by
Pretraining Span Selection, 2021), which is then taken out of the text; or they ask what office a person holds, which the
news say in front of the name; or they ask in the English of a translated sentence.
"""

from __future__ import annotations

import json
import lzma
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from training.dev_questions import Withheld
from training.reader_cloze import SURNAMES, blanks, cloze_rows, shortened
from training.reader_data import Row, Span

from yuanwen_index import sentence_spans
from yuanwen_qa.reading.words import TAGS, cut_words

LONGEST = 800  # characters of an article that are read
ROLES = re.compile(
    r"(?:书记|主任|主席|局长|市长|区长|县长|镇长|省长|校长|院长|董事长|总裁|总经理|负责人|教授|队长|部长|会长|所长|处长|科长|站长|厅长|司长"
    r"|经理|总监|理事长|秘书长|研究员|主编|总统|总理|首相|大使|发言人|工程师|医师|医生|教练|代表|委员|教师|老师|组长|团长|馆长|创始人|CEO)$"
)
TITLED = re.compile(rf"(?:{ROLES.pattern[3:-2]})(?=[\u4e00-\u9fff]{{2}})")
TITLE_TAGS = {
    TAGS.index(tag) for tag in ("n", "nt", "ns", "nz", "j", "vn", "l", "b", "s", "f", "eng", "m", "q")
}
DATELINE = re.compile(r"记者|讯|来源|http|转载|原标题|编辑")
POSITION = (
    "{}是什么职务？", "{}担任什么职务？", "{}的职务是什么？", "{}是什么身份？", "{}是谁？", "{}任什么职位？", "{}是干什么的？",
    "{}在哪个单位任什么职？",
)  # fmt: skip
HOLDER = ("{}是谁？", "谁是{}？", "{}叫什么名字？", "{}是哪位？", "{}的名字是什么？")
ASKED_IN_ENGLISH = {"nr": ("who",), "ns": ("where", "which place", "what place"), "nt": ("which organisation", "which body", "who"),
    "m": ("how many", "how much", "what number"), "t": ("when", "what date"), "nz": ("what", "which")}  # fmt: skip


def news_rows(data: Path, n: int, source: random.Random) -> list[Row]:
    """About ``n`` questions: a third from headlines, a third by recurring spans, a sixth about offices, a sixth cloze."""
    withheld = Withheld(data)
    found: list[Row] = []
    titled = [row for row in _lines(data / "news_titled.jsonl.xz") if len(row["text"]) > 60]
    source.shuffle(titled)
    heads = (
        row for article in titled for row in of_headline(article["title"], article["text"][:LONGEST], source)
    )
    found += _some(heads, n * 2 // 5, withheld)
    plain = [row["text"][:LONGEST] for row in _lines(data / "news_docs.jsonl.xz")]
    plain += [row["text"][:LONGEST] for row in titled if len(row["text"]) > 250]
    source.shuffle(plain)
    found += _some((row for text in plain for row in of_recurring(text, source)), n * 7 // 20, withheld)
    source.shuffle(plain)
    found += _some((row for text in plain for row in of_offices(text, source)), n * 3 // 20, withheld)
    return found + cloze_rows(data, n // 10, source)


def news_texts(data: Path, n: int) -> list[str]:
    """The first ``n`` articles that are not withheld."""
    withheld = Withheld(data)
    texts = (row["text"] for row in _lines(data / "news_docs.jsonl.xz"))
    return list(islice((text for text in texts if not withheld.holds(text)), n))


def _some(made: Iterator[Row], n: int, withheld: Withheld) -> list[Row]:
    """``n`` rows, no answer more than three times, none of a text that is withheld."""
    found: list[Row] = []
    seen: Counter[str] = Counter()
    for row in made:
        answer = row.context[slice(*row.answers[0])]
        seen[answer] += 1
        if seen[answer] <= 3 and not withheld.holds(row.context):
            found.append(row)
        if len(found) >= n:
            break
    return found


def of_headline(title: str, text: str, source: random.Random) -> Iterator[Row]:
    """At most one question: a headline with something left out that the text names in a sentence that says more of it."""
    made = []
    for span, asking in blanks(title, source, headline=True):
        answer = title[slice(*span)]
        if place := best_place(answer, title, text):
            question = shortened(title, span, asking, source, whole=True)
            if question:
                made.append(Row("headline", text, question, (place,)))
    if made:
        yield source.choice(made)


def of_recurring(text: str, source: random.Random) -> Iterator[Row]:
    """At most one question: a sentence without something that another sentence names too; it is taken out."""
    sentences = [
        span
        for span in sentence_spans(text)
        if 18 < span[1] - span[0] < 150 and not DATELINE.search(text[slice(*span)])
    ]
    source.shuffle(sentences)
    for start, end in sentences[:3]:
        sentence, rest = text[start:end], text[:start] + text[end:]
        asked = list(blanks(sentence, source))
        source.shuffle(asked)
        for span, asking in asked:
            answer = sentence[slice(*span)]
            place = best_place(answer, sentence, rest)
            if place and rest.count(answer) < 4:
                question = shortened(sentence, span, asking, source)
                if question:
                    yield Row("recurring", rest, question, (place,))
                    return


def best_place(answer: str, question: str, text: str) -> Span | None:
    """Where ``answer`` stands in the sentence that shares most pairs of characters with ``question``; None when none does."""
    if len(answer) < 2 or answer not in text:
        return None
    told = _pairs(question.replace(answer, "，"))
    best, most = None, 3
    for start, end in sentence_spans(text):
        at = text.find(answer, start, end)
        if at < 0 or (
            _digits(answer[0], text[at - 1 : at]) or _digits(answer[-1], text[at + len(answer) :][:1])
        ):
            continue
        shared = len(told & _pairs(text[start:end].replace(answer, "，")))
        if shared > most:
            best, most = (at, at + len(answer)), shared
    return best


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1) if text[i : i + 2].isalnum()}


def _digits(inside: str, outside: str) -> bool:
    return inside.isdigit() and (outside.isdigit() or outside == ".")


def of_offices(text: str, source: random.Random) -> Iterator[Row]:
    """At most one question: what office a person holds whose title stands in front of the name, or who holds it."""
    made = []
    near = [match.end() for match in TITLED.finditer(text)]
    for at in source.sample(near, min(2, len(near))):
        offset = max(0, at - 45)
        words = cut_words(text[offset : at + 6])
        places = np.flatnonzero(words.starts + offset == at)
        if not len(places) or not places[0] or TAGS[words.tags[places[0]]] != "nr":
            continue
        i = int(places[0])
        start, end = offset + int(words.starts[i]), offset + int(words.ends[i])
        name = text[start:end]
        if (
            not 2 <= len(name) <= 3
            or name[0] not in SURNAMES
            or ROLES.search(name)
            or not ROLES.search(words.keys[i - 1])
        ):
            continue
        first = i - 1
        while (
            first
            and i - first < 9
            and words.tags[first - 1] in TITLE_TAGS
            and words.clauses[first - 1] == words.clauses[i]
            and words.ends[first - 1] == words.starts[first]
        ):
            first -= 1
            if first > 1 and words.keys[first - 1] == "、" and ROLES.search(words.keys[first - 2]):
                first -= 2
        own = offset + int(words.starts[first]), start
        title = text[slice(*own)]
        if (
            not 3 <= len(title) <= 30
            or (first and TAGS[words.tags[first - 1]][0] not in "xvpcrud")
            or not first
        ):
            continue
        if source.random() < 0.65:
            made.append(Row("office", text, source.choice(POSITION).format(name), (own,)))
        else:
            made.append(Row("office", text, source.choice(HOLDER).format(title), ((start, end),)))
    if made:
        yield source.choice(made)


def translated_rows(
    data: Path, n: int, known: Mapping[str, Sequence[tuple[str, float]]], source: random.Random
) -> list[Row]:
    """English sentences with something left out, asked of the Chinese sentences around their translation."""
    with lzma.open(data / "parallel_zh_en.tsv.xz", "rt", encoding="utf-8") as file:
        pairs = [line.rstrip("\n").split("\t") for line in file]
    news = [(en, zh) for en, zh, origin, *_ in pairs if origin.startswith("wmt")]
    found = []
    order = list(range(len(news)))
    source.shuffle(order)
    for at in order:
        first = max(0, at - source.randint(0, 4))
        around = [zh for _, zh in news[first : first + 6]]
        english, chinese = news[at]
        start = sum(map(len, around[: at - first]))
        made = [
            Row("translated", "".join(around), question, ((start + span[0], start + span[1]),))
            for span, question in _in_english(english, chinese, known, source)
        ]
        if made:
            found.append(source.choice(made))
        if len(found) >= n:
            break
    return found


def _in_english(
    english: str, chinese: str, known: Mapping[str, Sequence[tuple[str, float]]], source: random.Random
) -> Iterator[tuple[Span, str]]:
    if not 25 < len(english) < 220 or not 8 < len(chinese) < 120:
        return
    words = cut_words(chinese)
    lower = english.lower()
    for i, tag in enumerate(words.tags.tolist()):
        kind, key = TAGS[tag], words.keys[i]
        if (
            kind not in ASKED_IN_ENGLISH
            or (len(key) < 2 and not key.isdigit())
            or (kind == "m" and not key.isdigit())
        ):
            continue
        texts = (
            [key]
            if key.isdigit()
            else [text for text, weight in known.get(key, ()) if weight > 0.05 and len(text) > 2]
        )
        for text in texts:
            hit = re.search(rf"\b{re.escape(text.lower())}(?:s|es|'s)?\b", lower)
            if (
                not hit
                or len(re.findall(rf"\b{re.escape(text.lower())}", lower)) > 1
                or chinese.count(key) > 1
            ):
                continue
            asking = source.choice(ASKED_IN_ENGLISH[kind])
            before, after = _clause(english, hit.span())
            question = (
                f"{before}{asking}{after}?"
                if source.random() < 0.3
                else f"{asking}{after} {before}?"
                if source.random() < 0.4
                else f"{asking} {before.lower()}{after}?"
            )
            yield (int(words.starts[i]), int(words.ends[i])), " ".join(question.split())
            break


def _clause(text: str, span: Span) -> tuple[str, str]:
    """What stands before and behind ``span`` in its clause, and one more on the shorter side."""
    first = max([0, *(m.end() for m in re.finditer(r"[,;:] ", text[: max(0, span[0] - 30)]))])
    rest = re.search(r"[,;:] ", text[min(len(text), span[1] + 30) :])
    last = min(len(text), span[1] + 30) + rest.start() if rest else len(text)
    return text[first : span[0]], text[span[1] : last].rstrip(".!? \"'")


def _lines(path: Path) -> list[dict[str, str]]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]
