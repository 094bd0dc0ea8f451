"""Rebuild the development questions: pages of news articles, and a question set over them for ``yuanwen eval``.

``reader_questions_dev.json`` holds questions written one by one, to choose settings of the reader by. It names the
articles, and the places of answers and evidence, by row and character offset of ``news_docs.jsonl.xz``, so that it holds
no text of theirs. What is measured on these questions must not be fitted on the rows of its pages, nor on its
``reprints``: rows that share passages with them.

    python -m training.dev_questions DATA OUT
    yuanwen index OUT/pages --index OUT/index
    yuanwen eval OUT/questions.json --index OUT/index
"""

from __future__ import annotations

import json
import lzma
import random
import re
import sys
import zlib
from collections.abc import Iterator, Mapping
from enum import Enum
from itertools import pairwise
from pathlib import Path
from typing import Any

QUESTIONS = Path(__file__).with_name("reader_questions_dev.json")
SENTENCE_END = re.compile(r"(?<=[。！？])(?!”)|(?<=[。！？]”)")
HEADINGS = ("# ", "## ")
DISPATCH = "本报讯 "  # what tells an article's start where headings are not marked
LONGEST_PARAGRAPH = 4  # sentences
BROKEN = 0.25  # share of paragraphs that a blank line cuts in two, as at the foot of a column
SHARED = 24  # characters that a text must have in common with another to be a reprint of it
WIDTH = 20  # characters of a line, on pages that are set in lines


class Look(Enum):
    """How a page's text layer came out: headings marked, or not, or set in narrow lines as well."""

    MARKED = 0
    PLAIN = 1
    LINES = 2


class Withheld:
    """The texts that the questions are asked about, and their reprints: none may be fitted on."""

    def __init__(self, data: Path, source: Path = QUESTIONS) -> None:
        record = json.loads(source.read_text("utf-8"))
        rows = {article["row"] for page in record["pages"] for article in page} | set(record["reprints"])
        self._runs: set[str] = set()
        with lzma.open(data / "news_docs.jsonl.xz", "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                if row["id"] in rows:
                    self._runs |= _runs(row["text"])

    def holds(self, text: str) -> bool:
        """Whether ``text`` shares a run of 24 characters, blanks aside, with one of them."""
        return bool(self._runs) and not self._runs.isdisjoint(_runs(text))


def _runs(text: str) -> set[str]:
    bare = "".join(text.split())
    return {bare[at : at + SHARED] for at in range(len(bare) - SHARED + 1)}


def build(data: Path, out: Path, source: Path = QUESTIONS) -> None:
    """Write ``out/pages/*.txt`` and ``out/questions.json``; the same from the same rows, byte for byte.

    Raises:
        ValueError: ``data/news_docs.jsonl.xz`` lacks an article that ``source`` names, or holds another text of it.
    """
    record = json.loads(source.read_text("utf-8"))
    articles = [article for page in record["pages"] for article in page]
    texts = texts_of(data / "news_docs.jsonl.xz", {article["row"]: article["crc32"] for article in articles})
    (out / "pages").mkdir(parents=True, exist_ok=True)
    files: dict[str, str] = {}
    for number, page in enumerate(record["pages"]):
        name = f"page_{number}.txt"
        files |= {article["row"]: name for article in page}
        look = Look(number % len(Look))
        blocks = lay_out([_article(article, texts) for article in page], random.Random(number), look)
        (out / "pages" / name).write_text("\n\n".join(blocks) + "\n", encoding="utf-8")
    questions = [_question(question, texts, files) for question in record["questions"]]
    lines = json.dumps(questions, ensure_ascii=False, indent=1)
    (out / "questions.json").write_text(lines + "\n", encoding="utf-8")


def lay_out(articles: list[tuple[str, str]], chance: random.Random, look: Look) -> list[str]:
    """Blocks of a page from titles and bodies, broken where a newspaper's text layer is: mid-sentence too.

    Within a title or body only white space is added or taken away.
    """
    blocks = []
    for title, body in articles:
        marked = look is Look.MARKED
        blocks.append((chance.choice(HEADINGS) if marked else "") + title)
        for paragraph in _paragraphs(body if marked else DISPATCH + body, chance):
            broken = chance.random() < BROKEN
            parts = _cut(paragraph, [chance.randrange(1, len(paragraph))] if broken else [])
            blocks += [_lines(part, WIDTH) if look is Look.LINES else part for part in parts]
    return blocks


def _paragraphs(body: str, chance: random.Random) -> Iterator[str]:
    sentences = [sentence for sentence in SENTENCE_END.split(body) if sentence.strip()]
    while sentences:
        n = chance.randint(1, LONGEST_PARAGRAPH)
        yield "".join(sentences[:n]).strip()
        del sentences[:n]


def _lines(text: str, width: int) -> str:
    return "\n".join(_cut(text, list(range(width, len(text), width))))


def _cut(text: str, places: list[int]) -> list[str]:
    """Parts of ``text``, cut at ``places`` moved on to where no number or Latin word is cut."""
    ends = [0, *(_outside_a_word(text, place) for place in places), len(text)]
    parts = (text[start:end].strip() for start, end in pairwise(ends))
    return [part for part in parts if part]


def _outside_a_word(text: str, place: int) -> int:
    while place < len(text) and re.match(r"[\w.]{2}", text[place - 1 : place + 1], re.ASCII):
        place += 1
    return place


def texts_of(file: Path, checks: Mapping[str, int], field: str = "text") -> dict[str, str]:
    """Text of each row asked for, which must have the CRC-32 given."""
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        rows = (json.loads(line) for line in lines)
        texts = {row["id"]: row[field] for row in rows if row["id"] in checks}
    for row, check in checks.items():
        if row not in texts:
            raise ValueError(f"{file}: there is no row {row}")
        if zlib.crc32(texts[row].encode()) != check:
            raise ValueError(f"{file}: row {row} holds another text than the questions were written for")
    return texts


def _article(article: Mapping[str, Any], texts: Mapping[str, str]) -> tuple[str, str]:
    """Title, our own words or a span, and body, whose parts leave out advertisements and imprints."""
    text, title = texts[article["row"]], article["title"]
    body = "".join(text[start:end] for start, end in article["parts"])
    return title if isinstance(title, str) else text[slice(*title)], body


def _question(
    question: Mapping[str, Any], texts: Mapping[str, str], files: Mapping[str, str]
) -> dict[str, Any]:
    return {
        **question,
        "answers": [texts[row][start:end] for row, start, end in question["answers"]],
        "evidence": [
            {"file": files[row], "quote": texts[row][start:end]} for row, start, end in question["evidence"]
        ],
    }


def main(data: Path, out: Path) -> None:
    """Build, or say in one line why not."""
    try:
        build(data, out)
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    print(f"{out / 'questions.json'} and {out / 'pages'} written")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python -m training.dev_questions DATA OUT")
    main(Path(sys.argv[1]), Path(sys.argv[2]))
