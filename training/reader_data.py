"""Questions for fitting the reader: each with the passages that a search would have it read.

Contexts are cut into passages as articles are and searched as an index is, so that the passages beside the right
one are those that a reader really has to refuse.
"""

from __future__ import annotations

import json
import lzma
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from yuanwen_index import Article, Document, Passage, load_encoder, split_passages
from yuanwen_qa.evaluation.corpora import ParagraphRetriever

Span = tuple[int, int]
Place = tuple[int, int, int]  # text, start, end
DEPTH = 4  # passages of a question that is fitted on


@dataclass(frozen=True, slots=True)
class Example:
    """A question, the texts and retrieval scores of the passages read, the right spans as (text, start, end), and others
    that are right as well.
    """

    question: str
    texts: tuple[str, ...]
    scores: tuple[float, ...]
    gold: tuple[Place, ...]
    also: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the question files; ``answers`` are spans of ``context``, the best one first."""

    dataset: str
    context: str
    question: str
    answers: tuple[Span, ...]


def rows(data: Path, languages: tuple[str, ...], limit: int) -> list[Row]:
    """Answerable rows of ``languages``, at most ``limit`` of each dataset, shuffled."""
    found = []
    taken: dict[str, int] = {}
    for line in _lines(data / "qa_train.jsonl.xz"):
        row = json.loads(line)
        name = row["dataset"]
        if row["lang"] in languages and taken.get(name, 0) < limit:
            taken[name] = taken.get(name, 0) + 1
            spans = tuple((a["start"], a["start"] + len(a["text"])) for a in row["answers"])
            found.append(Row(name, row["context"], row["question"], spans))
    random.Random(1).shuffle(found)
    return found


def unanswerable(data: Path) -> list[Row]:
    """Chinese questions that people marked as not answered by their context."""
    read = (json.loads(line) for line in _lines(data / "qa_noanswer.jsonl.xz"))
    return [Row("no answer", row["context"], row["question"], ()) for row in read if row["lang"] == "zh"]


def _lines(path: Path) -> Iterator[str]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        yield from file


def pieces_of(context: str) -> list[tuple[Passage, int, int]]:
    """The passages that a context is cut into, with their characters in it."""
    article = _article(context)
    offset = [article.file_offset(i) for i in range(len(article.text))]
    return [
        (passage, offset[passage.start], offset[passage.end - 1] + 1) for passage in split_passages(article)
    ]


def beside(row: Row, others: Sequence[str], source: random.Random) -> Example | None:
    """The question with the passages of its own context and one of ``others``, unsearched; None without an answer.

    Every passage that the answers of the row stand in counts as right.
    """
    texts, gold = [], []
    for _, start, end in pieces_of(row.context):
        right = [
            (first - start, last - start) for first, last in row.answers if start <= first and last <= end
        ]
        texts.append((row.context[start:end], right))
    texts.append((source.choice(others), []))
    texts.sort(key=lambda piece: (not piece[1], source.random()))
    for at, (_, spans) in enumerate(texts[:DEPTH]):
        gold += [(at, *span) for span in spans]
    found = tuple(text for text, _ in texts[:DEPTH])
    return Example(row.question, found, (0.0,) * len(found), tuple(gold)) if gold or not row.answers else None


class Pool:
    """Contexts cut into passages, with the search that ships over them."""

    def __init__(self, contexts: Sequence[str]) -> None:
        self.texts: list[str] = []
        self.homes: dict[str, list[tuple[int, int, int]]] = {}
        passages: list[Passage] = []
        for context in dict.fromkeys(contexts):
            pieces = []
            for passage, first, last in pieces_of(context):
                pieces.append((len(passages), first, last))
                passages.append(passage)
                self.texts.append(context[first:last])
            self.homes[context] = pieces
        self._numbers = {id(passage): number for number, passage in enumerate(passages)}
        self._retriever = ParagraphRetriever(passages, load_encoder(None))

    def example(self, row: Row, depth: int, *, keep_gold: bool) -> Example | None:
        """Search for the question; with ``keep_gold`` the right passage is read even when not found."""
        gold = {n: (start, end) for n, start, end in self._found(row, row.answers[:1])}
        if not gold:
            return None
        best = self._search(row.question, depth)
        if keep_gold and not {number for number, _ in best} & set(gold):
            best = [*best[: depth - 1], (next(iter(gold)), best[-1][1] if best else 0.0)]
        spans = tuple((at, *gold[number]) for at, (number, _) in enumerate(best) if number in gold)
        place = {number: at for at, (number, _) in enumerate(best)}
        others = self._found(row, row.answers[1:])
        also = tuple((place[number], start, end) for number, start, end in others if number in place)
        return replace(self._example(row.question, best, spans), also=also)

    def elsewhere(self, row: Row, depth: int) -> Example:
        """Search for the question everywhere but in its own context."""
        own = {number for number, *_ in self.homes.get(row.context, ())}
        found = self._search(row.question, depth + len(own))
        return self._example(row.question, [hit for hit in found if hit[0] not in own][:depth], ())

    def _search(self, question: str, k: int) -> list[tuple[int, float]]:
        return [(self._numbers[id(hit.passage)], hit.score) for hit in self._retriever.search(question, k)]

    def _found(self, row: Row, answers: Sequence[Span]) -> Iterator[Place]:
        for number, start, end in self.homes[row.context]:
            for first, last in answers:
                if start <= first and last <= end:
                    yield number, first - start, last - start

    def _example(self, question: str, best: list[tuple[int, float]], gold: tuple[Place, ...]) -> Example:
        texts = tuple(self.texts[number] for number, _ in best)
        return Example(question, texts, tuple(score for _, score in best), gold)


def _article(context: str) -> Article:
    document = Document("context.txt", context, "utf-8", "")
    ends = [i for i, char in enumerate(context) if char == "\n"]
    lines = zip([0, *(end + 1 for end in ends)], [*ends, len(context)], strict=True)
    return Article(
        document, "", (), None, None, False, (), tuple(((s, e),) for s, e in lines if context[s:e].strip())
    )
