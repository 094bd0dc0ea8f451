"""Questions with the pools of passages that fusion is fitted and measured on."""

from __future__ import annotations

import json
import lzma
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.encoder_data import LEFT_OUT, PASSAGE_CHARS, held_out, parallel_pairs, paraphrase_pairs

from yuanwen_index.articles import Article
from yuanwen_index.documents import Document
from yuanwen_index.keys import fold
from yuanwen_index.passages import split_passages

CONTEXTS, QUESTIONS = 1200, 800
PARAGRAPH = 4  # sentences
FRESH = ("zh held out", "en held out", "zh without answer", "en about reviews", "zh in other words")
TRANSLATED = ("en for zh sentences", "zh for en sentences")

Question = tuple[str, set[int]]


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions, each with the numbers of the passages that answer it."""

    passages: list[str]
    questions: list[Question]


def read_training(data: Path) -> dict[str, Asked]:
    """Groups by name: FRESH, which the encoder has not seen, and TRANSLATED to fit on; some only to look at."""
    chance = random.Random(0)
    known, open_ended = list(_records(data / "qa_train")), list(_records(data / "qa_noanswer"))
    zh, en = (
        [r for r in known if r["lang"] == lang and r["dataset"] not in LEFT_OUT] for lang in ("zh", "en")
    )
    seen_zh, seen_en = _asked(zh, chance), _asked(en, chance)
    news = _news(data)
    return {
        "zh held out": _among(_asked(_held_out("qa_zh", zh), chance), seen_zh.passages),
        "en held out": _among(_asked(_held_out("qa_en", en), chance), seen_en.passages),
        "zh without answer": _asked([r for r in open_ended if r["lang"] == "zh"], chance),
        "en about reviews": _asked([r for r in known if r["dataset"].endswith("amazon_reviews")], chance),
        "zh in other words": _counterparts("paraphrases", paraphrase_pairs(data), chance),
        "en for zh sentences": _counterparts("zh_en_tatoeba", parallel_pairs(data), chance),
        "zh for en sentences": _counterparts("zh_en_tatoeba", _turned(parallel_pairs(data)), chance),
        "en about zh news": _translated(news, seen_zh.passages, chance),
        "zh about en news": _translated([(zh, en) for en, zh in news], seen_en.passages, chance),
        "seen zh": seen_zh,
        "seen en": seen_en,
        "seen ja": _asked([r for r in known if r["lang"] == "ja"], chance),
    }


def read_evaluation(folder: Path) -> dict[str, Asked]:
    """Evaluation sets, each question over all paragraphs; ``en-zh`` asks in English about Chinese ones."""
    files = {"cmrc": "cmrc2018_dev", "drcd": "drcd_dev", **{f"xquad {x}": f"xquad_{x}" for x in ("zh", "en")}}
    sets = {name: _paragraphs(folder / f"{file}.json.xz") for name, file in files.items()}
    languages = ("en", "ru", "es", "ar")
    asking = {f"xquad {x}-zh": _paragraphs(folder / f"xquad_{x}.json.xz") for x in languages}
    chinese = sets["xquad zh"].passages
    return {**sets, **{name: Asked(chinese, asked.questions) for name, asked in asking.items()}}


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(path.with_suffix(".jsonl.xz"), "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def _asked(records: list[dict[str, Any]], chance: random.Random) -> Asked:
    """Questions over the passages of a sample of contexts; without an answer all of a context's are right."""
    contexts = sorted({record["context"] for record in records})
    chosen = chance.sample(contexts, min(CONTEXTS, len(contexts)))
    passages: list[str] = []
    homes: dict[str, list[tuple[int, int, int]]] = {}
    for context in chosen:
        cut = _cut(context)
        homes[context] = [(start, end, len(passages) + i) for i, (start, end) in enumerate(cut)]
        passages += [context[start:end] for start, end in cut]
    questions: list[Question] = []
    for record in records:
        starts = [answer["start"] for answer in record["answers"]]
        home = homes.get(record["context"], [])
        right = {i for start, end, i in home if not starts or any(start <= at < end for at in starts)}
        questions += [(record["question"], right)] if right else []
    return Asked(passages, chance.sample(questions, min(QUESTIONS, len(questions))))


def _counterparts(name: str, rows: Iterable[tuple[str, str, str]], chance: random.Random) -> Asked:
    """Held-out sentences that ask for their counterparts, among those and as many others as there are contexts."""
    pairs = [(fold(left), fold(right)) for source, left, right in rows if source == name]
    held, kept = held_out({name: pairs})
    numbers = {right: number for number, right in enumerate(dict.fromkeys(right for _, right in held[name]))}
    others = [right for _, right in chance.sample(kept[name], CONTEXTS)]
    questions = [(left, {numbers[right]}) for left, right in held[name]]
    return Asked([*numbers, *others], chance.sample(questions, min(QUESTIONS, len(questions))))


def _turned(rows: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    return ((source, right, left) for source, left, right in rows)


def _among(asked: Asked, others: list[str]) -> Asked:
    return Asked([*asked.passages, *others], asked.questions)


def _held_out(name: str, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The records whose passages the training of the encoder kept back."""
    passages = [fold(record["context"][: 3 * PASSAGE_CHARS]) for record in records]
    held, _ = held_out(
        {name: [(fold(r["question"]), text) for r, text in zip(records, passages, strict=True)]}
    )
    texts = {text for _, text in held[name]}
    return [record for record, text in zip(records, passages, strict=True) if text in texts]


def _cut(context: str) -> list[tuple[int, int]]:
    document = Document("", context, "utf-8", "")
    article = Article(document, "", (), None, None, False, (), (((0, len(context)),),))
    return [(passage.start, passage.end) for passage in split_passages(article)]


def _news(data: Path) -> list[tuple[list[str], list[str]]]:
    """Paragraphs of a few sentences of translated news: English and Chinese sentences of each."""
    sources: dict[str, list[list[str]]] = {}
    with lzma.open(data / "parallel_zh_en.tsv.xz", "rt", encoding="utf-8") as file:
        for line in file:
            english, chinese, source, *_ = line.split("\t")
            if source.startswith("wmt"):
                sources.setdefault(source, []).append([english, chinese])
    paragraphs = []
    for sentences in sources.values():
        for start in range(0, len(sentences) - PARAGRAPH, PARAGRAPH):
            english, chinese = zip(*sentences[start : start + PARAGRAPH], strict=True)
            paragraphs.append((list(english), list(chinese)))
    return paragraphs


def _translated(
    paragraphs: list[tuple[list[str], list[str]]], others: list[str], chance: random.Random
) -> Asked:
    """Half a sentence of the one language asks for the paragraph in the other, among ``others`` too."""
    questions = []
    for number, (asking, _) in enumerate(paragraphs):
        sentence = chance.choice(asking)
        words = sentence.split() if " " in sentence else list(sentence)
        half = max(4, len(words) // 2)
        start = chance.randrange(max(1, len(words) - half + 1))
        question = (" " if " " in sentence else "").join(words[start : start + half])
        questions.append((question, {number}))
    passages = ["".join(told) if _unspaced(told) else " ".join(told) for _, told in paragraphs]
    return Asked(passages + others, chance.sample(questions, min(QUESTIONS, len(questions))))


def _unspaced(sentences: list[str]) -> bool:
    return max("".join(sentences)) > "\u3000"


def _paragraphs(path: Path) -> Asked:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        articles = json.load(file)["data"]
    paragraphs = [paragraph for article in articles for paragraph in article["paragraphs"]]
    numbers: dict[str, int] = {}
    questions: list[Question] = []
    for paragraph in paragraphs:
        number = numbers.setdefault(paragraph["context"], len(numbers))
        questions += [(entry["question"], {number}) for entry in paragraph["qas"]]
    return Asked(list(numbers), questions)
