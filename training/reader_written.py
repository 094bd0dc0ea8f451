"""Questions that a language model wrote one by one over Chinese news and encyclopaedia paragraphs, to fit the reader on
and to choose its settings by.

``reader_questions_written.jsonl`` holds one text a line: its row in ``news_docs.jsonl.xz`` or, where it says so, in
``qa_train.jsonl.xz``, in which round it was written about if not the first (the encoder has learned from that one), a
checksum, whether it is held out, and its questions with the places of their answers, the best one first, and none where
the text does not say. It holds no text itself. Of each question it says the language, what is asked for, and how: in
the text's words (l), in others (p), or so that something must be concluded (i).
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from training.dev_questions import texts_of
from training.reader_data import DEPTH, Example, Place, Pool, Row, Span
from training.reader_examples import DEPTH_READ, Wordings

from yuanwen_index import sentence_spans

QUESTIONS = Path(__file__).with_name("reader_questions_written.jsonl")
NEWS = "news_docs"
FILES = {NEWS: "text", "qa_train": "context"}  # and what the text is called there
WORDINGS = 0.1, 0.25, 0.25  # how often a question is put in English, in other words, about something else
ELSEWHERE = 0.12  # how often it is put to other articles
CUT = 0.2  # how often it is put to a few sentences of what search finds as well
FEW = 3  # sentences at most


@dataclass(frozen=True, slots=True)
class Written:
    """Questions to fit on, and those held out, whose articles are others."""

    fitted: list[Row]
    held: list[Row]

    def pool(self) -> Pool:
        """Passages of all articles."""
        return Pool([row.context for row in (*self.fitted, *self.held)])

    def without(self, contexts: Iterable[str]) -> Written:
        """The same, but that none to fit on asks about one of ``contexts``."""
        left = set(contexts)
        return Written([row for row in self.fitted if row.context not in left], self.held)


def written_rows(data: Path, source: Path = QUESTIONS, rounds: int = 2) -> Written:
    """All questions of the first ``rounds``; rows without answers are those that nothing answers.

    Raises:
        ValueError: A file of ``data`` lacks a text that ``source`` names, or holds another one of that name.
    """
    lines = map(json.loads, source.read_text(encoding="utf-8").splitlines())
    articles = [line for line in lines if line.get("round", 1) <= rounds]
    texts: dict[str, dict[str, str]] = {}
    for name, field in FILES.items():
        here = {article["row"]: article["crc32"] for article in articles if article.get("file", NEWS) == name}
        texts[name] = texts_of(data / f"{name}.jsonl.xz", here, field) if here else {}
    found = Written([], [])
    for article in articles:
        kept = found.held if article["held"] else found.fitted
        text = texts[article.get("file", NEWS)][article["row"]]
        for language, _, _, question, spans in article["questions"]:
            answers = tuple((start, end) for start, end in spans)
            kept.append(Row(f"written_{language}", text, question, answers))
    return found


def written_examples(
    found: Sequence[Row], pool: Pool, wordings: Wordings, chance: random.Random
) -> list[Example]:
    """What to fit on: questions with what search finds, in several wordings, put to other articles too."""
    made = []
    for row in found:
        example = searched(row, pool, DEPTH, keep_gold=True)
        if not example:
            continue
        shares = WORDINGS if row.dataset == "written_zh" else (0.0, 0.0, WORDINGS[2])
        made += [example, *(wordings.of(row, example, shares) if row.answers else ())]
        if chance.random() < CUT:
            made.append(cut_short(example, chance))
        if chance.random() < ELSEWHERE:
            made.append(pool.elsewhere(row, DEPTH))
    return made


def cut_short(example: Example, chance: random.Random) -> Example:
    """One to three sentences of each text, the answer's among them: some passages are as short."""
    texts: list[str] = []
    moved: list[list[Place]] = [[], []]
    for at, text in enumerate(example.texts):
        places = [[place for place in kind if place[0] == at] for kind in (example.gold, example.also)]
        first, last = _few(text, places[0] or places[1], chance)
        texts.append(text[first:last])
        for kind, found in zip(moved, places, strict=True):
            kind += [
                (at, start - first, end - first) for _, start, end in found if first <= start < end <= last
            ]
    return Example(example.question, tuple(texts), example.scores, tuple(moved[0]), tuple(moved[1]))


def _few(text: str, places: Sequence[Place], chance: random.Random) -> Span:
    """Where one to three sentences begin and end, around ``places`` if there are any."""
    spans = sentence_spans(text)
    if not spans:
        return 0, len(text)
    size = chance.randint(1, FEW)
    home = next(
        (i for i, (_, end) in enumerate(spans) if places and places[0][1] < end), chance.randrange(len(spans))
    )
    first = max(0, home - chance.randrange(size))
    start, end = spans[first][0], spans[min(first + size, len(spans)) - 1][1]
    return min([start, *(place[1] for place in places)]), max([end, *(place[2] for place in places)])


def searched(row: Row, pool: Pool, depth: int, *, keep_gold: bool) -> Example | None:
    """The question with what search finds; with ``keep_gold`` the right passage is read even when not found. None for an
    answer that passages cut in two.
    """
    if row.answers:
        return pool.example(row, depth, keep_gold=keep_gold)
    return pool.elsewhere(replace(row, context=""), depth)


def held_written(found: Sequence[Row], pool: Pool) -> list[tuple[str, Example]]:
    """(kind, example): held-out questions with what search finds."""
    examples = ((row, searched(row, pool, DEPTH_READ, keep_gold=False)) for row in found)
    return [("written" if row.answers else "unsaid", example) for row, example in examples if example]
