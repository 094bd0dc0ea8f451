"""The articles that are indexed and the questions that are asked, for any size."""

from __future__ import annotations

import json
import lzma
import random
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), *(str(ROOT / floor) for floor in ("index", "qa", "ui"))]

from tests.pages import write_story  # noqa: E402

from yuanwen_index import Passage, parse_articles, sentence_spans, split_passages  # noqa: E402
from yuanwen_index.documents import Document  # noqa: E402

_FOLDER_OF = 1000


def texts(news: Path | None) -> Iterator[str]:
    """Yield articles: those of a file of JSON lines with ``text`` (xz or plain), else written from templates.

    When the file is at its end, articles go on as sentences of all of them, drawn at random: as many different
    words and vectors as one likes, of which none is made up but no article makes sense.
    """
    if news is None:
        rng = random.Random(1)
        while True:
            story = write_story(rng)
            yield "\n".join(("".join(story.title), *story.paragraphs))
    opened = lzma.open if news.suffix == ".xz" else open
    with opened(news, "rt", encoding="utf-8") as rows:
        known = [json.loads(row)["text"] for row in rows]
    yield from known
    yield from _recombined(known)


def _recombined(known: list[str]) -> Iterator[str]:
    rng = random.Random(1)
    while True:
        parts = []
        for text in rng.choices(known, k=8):
            spans = sentence_spans(text)
            parts += [text[start:end] for start, end in rng.sample(spans, min(2, len(spans)))]
        yield "".join(parts)


def passages_of(text: str, name: str) -> list[Passage]:
    """The passages of one article as Yuanwen cuts it, for everyone."""
    articles = parse_articles(Document(name, text, "utf-8", ""))
    return [passage for article in articles for passage in split_passages(article)]


def lay_out(folder: Path, news: Path | None, size: int) -> list[str]:
    """Write articles with at least ``size`` passages as files into ``folder``; the search texts of their passages."""
    found: list[str] = []
    for number, text in enumerate(texts(news)):
        if len(found) >= size:
            break
        home = folder / f"{number // _FOLDER_OF:04}"
        home.mkdir(parents=True, exist_ok=True)
        path = home / f"{number:07}.txt"
        path.write_text(text, "utf-8", newline="")
        found += [passage.search_text for passage in passages_of(text, path.name)]
    return found


def questions(limit: int | None = None) -> list[str]:
    """The questions over ``seeds/``."""
    rows = json.loads((ROOT / "seeds" / "questions.json").read_text("utf-8"))
    return [row["question"] for row in islice(rows, limit)]
