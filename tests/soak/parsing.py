"""Parsing takes linear time: the exponent of each parser's time over the length of what it is given, fitted over
64 KB to 1 MB of each hostile piece repeated, and the slowest megabyte on one line of text, which takes at most a second.
``--up-to BYTES`` ends at another length; the figures say so.

The exponent is the slope of the least squares line through logarithm of seconds over logarithm of length, each length
taken at its fastest of three. Parsers named on the command line are tried alone. With ``--quick`` nothing is timed: all
must come to an end.
"""

from __future__ import annotations

import contextlib
import io
import math
import sys
import time
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.index.formats.test_pdf_text import pdf_of
from tests.index.hostile_pieces import PIECES
from tests.soak.scene import folder, quick, tell

from yuanwen_index import Document, DocumentUnreadable, UsageError, parse_articles, split_passages
from yuanwen_index.formats.decoding import decode
from yuanwen_index.formats.html_text import html_text
from yuanwen_index.formats.pdf_text import pdf_text
from yuanwen_index.formats.word_text import word_text
from yuanwen_qa import Past, read_question_set, stand_alone
from yuanwen_qa.evaluation.segmentation import mixed_segments

LONGEST = int(sys.argv[sys.argv.index("--up-to") + 1]) if "--up-to" in sys.argv else 1_000_000
LENGTHS = (16_000,) if quick() else tuple(LONGEST // 2**halved for halved in (4, 3, 2, 1, 0))
STEEPEST = 1.2
WITHIN_A_SECOND = ("text", "text after a lead", "Markdown", "charsets")
CLEAR = 0.004  # seconds below which the clock tells nothing

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)

Case = tuple[str, Callable[[int], object]]
"""What is parsed, and the parsing of about so many bytes of it."""


def repeated(piece: str, length: int) -> str:
    """So many bytes of ``piece`` after ``piece``."""
    return piece * (length // len(piece.encode()))


def texts(lead: str, markdown: bool) -> Iterable[Case]:
    """Text to articles to passages."""
    name = "a.md" if markdown else "a.txt"

    def parse(text: str) -> None:
        for article in parse_articles(Document(name, text, "utf-8", "")):
            split_passages(article)

    for piece in PIECES:
        yield f"{lead}{piece}", lambda length, piece=piece: parse(lead + repeated(piece, length))


def pages() -> Iterable[Case]:
    """Markup to text."""
    pieces = (
        "<ul><li>x</ul>",
        "<p>段落文字。</p>",
        "<a href=x>y</a>",
        "<td>",
        "&amp;",
        "<!--",
        "<p hidden>",
        "x<br>",
        "<h1>",
    )
    for piece in pieces:
        yield piece, lambda length, piece=piece: html_text(repeated(piece, length))


def charsets() -> Iterable[Case]:
    """Bytes to text."""
    for piece in ("字", "é", "a", "\x1b", "。"):
        data = piece.encode("gb18030")
        yield piece, lambda length, data=data: decode(data * (length // len(data)))


def word_file(body: str) -> bytes:
    """A Word file around the XML of its body."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", CONTENT_TYPES)
        parts.writestr("_rels/.rels", RELATIONS)
        parts.writestr(
            "word/document.xml", f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
        )
    return file.getvalue()


def word_files() -> Iterable[Case]:
    """The XML of Word files to text."""
    cell = "<w:tc><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc>"
    merged = "<w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc>"
    around = {
        "paragraphs": ("<w:p><w:r><w:t>x</w:t></w:r></w:p>", "", ""),
        "runs": ("<w:r><w:t>x</w:t></w:r>", "<w:p>", "</w:p>"),
        "rows": (f"<w:tr>{cell}</w:tr>", "<w:tbl>", "</w:tbl>"),
        "cells": (cell, "<w:tbl><w:tr>", "</w:tr></w:tbl>"),
        "merged rows": (f"<w:tr>{merged}</w:tr>", "<w:tbl>", "</w:tbl>"),
        "characters": ("字", "<w:p><w:r><w:t>", "</w:t></w:r></w:p>"),
    }
    for name, (piece, before, after) in around.items():
        yield (
            name,
            lambda length, piece=piece, before=before, after=after: word_text(
                word_file(before + piece * (length // len(piece.encode())) + after)
            ),
        )


def pdf_files() -> Iterable[Case]:
    """PDF files to text; MAX_PAGES ends the growth of the pages."""
    yield "a long page", lambda length: pdf_text(pdf_of("x" * length))
    yield "pages", lambda length: pdf_text(pdf_of(*["A page of some length."] * (length // 250)))
    yield "words", lambda length: pdf_text(pdf_of(") Tj (x".join(["x"] * (length // 8))))


def question_files(home: Path) -> Iterable[Case]:
    """Question sets."""

    def read(name: str, text: str) -> None:
        (home / name).write_text(text, "utf-8")
        read_question_set(home / name)

    row = "何时开会？,九月"
    yield "csv rows", lambda length: read("a.csv", "question,answers\n" + f"{row}\n" * (length // 10))
    yield "csv quotes", lambda length: read("a.csv", 'question,answers\n"' + '""' * (length // 2))
    yield "csv answers", lambda length: read("a.csv", "question,answers\n谁？," + "a|" * (length // 2))
    line = '{"question": "谁？", "answers": ["甲"]}'
    yield "json lines", lambda length: read("a.jsonl", f"{line}\n" * (length // len(line)))
    yield "json", lambda length: read("a.json", "[" + ",".join([line] * (length // len(line))) + "]")
    yield "json brackets", lambda length: read("a.json", "[" * length)


def answers() -> Iterable[Case]:
    """Answers cut as CMRC 2018 compares them."""
    for piece in ("'", ".", '"', ". a", "(", "x", "...", "' ", '."', "n't ", "a,"):
        yield piece, lambda length, piece=piece: mixed_segments("x" + repeated(piece, length))


def follow_ups() -> Iterable[Case]:
    """Questions that lean on earlier ones; the server takes 2,000 characters."""
    for piece in ("他们这", "谁", "the ", "？", "它"):
        yield (
            piece,
            lambda length, piece=piece: stand_alone(
                "那" + repeated(piece, length), [Past(repeated("谁", length), repeated("张", length))]
            ),
        )


def seconds(parse: Callable[[int], object], length: int) -> float:
    """The fastest of three; a refusal with a reason counts as parsing."""
    times = []
    for _ in range(1 if quick() else 3):
        started = time.process_time()
        with contextlib.suppress(DocumentUnreadable, UsageError):
            parse(length)
        times.append(time.process_time() - started)
    return min(times)


def slope(lengths: list[int], times: list[float]) -> float:
    """Of the least squares line through the logarithms; 0 where fewer than three could be told by the clock."""
    points = [
        (math.log(length), math.log(spent))
        for length, spent in zip(lengths, times, strict=True)
        if spent > CLEAR
    ]
    if len(points) < 3:
        return 0.0
    middle = [sum(axis) / len(points) for axis in zip(*points, strict=True)]
    over = sum((x - middle[0]) * (y - middle[1]) for x, y in points)
    return over / sum((x - middle[0]) ** 2 for x, _ in points)


def main() -> int:
    """All of it."""
    with folder() as home:
        parsers: dict[str, Iterable[Case]] = {
            "text": texts("", markdown=False),
            "text after a lead": texts("本报讯 3月1日，", markdown=False),
            "Markdown": texts("", markdown=True),
            "HTML": pages(),
            "charsets": charsets(),
            "Word": word_files(),
            "PDF": pdf_files(),
            "question sets": question_files(home),
            "answers": answers(),
            "follow-ups": follow_ups(),
        }
        steep, slow, said, count = [], [], [], 0
        wanted = [name for name in parsers if name in sys.argv] or list(parsers)
        for parser, cases in ((name, parsers[name]) for name in wanted):
            worst, longest, line = (0.0, ""), (0.0, ""), (0.0, "")
            for name, parse in cases:
                count += 1
                times = [seconds(parse, length) for length in LENGTHS]
                exponent = slope(list(LENGTHS), times)
                if exponent > STEEPEST:  # a busy machine can spoil one measurement, not two
                    times = [
                        min(pair)
                        for pair in zip(times, [seconds(parse, one) for one in LENGTHS], strict=True)
                    ]
                    exponent = slope(list(LENGTHS), times)
                worst, longest = max(worst, (exponent, name)), max(longest, (times[-1], name))
                line = max(line, (times[-1], name)) if "\n" not in name else line
            said.append(f"{parser} {worst[0]:.2f} ({longest[0]:.2f} s)")
            if not quick():
                said_so = f"  {parser}: steepest {worst[0]:.2f} {worst[1]!r}, slowest {longest[0]:.2f} s {longest[1]!r}"
                print(said_so, flush=True)
            steep += [parser] if worst[0] > STEEPEST else []
            slow += [f"{parser} {line}"] if line[0] > 1 and parser in WITHIN_A_SECOND and not quick() else []
    figures = f"{count} cases of up to {LENGTHS[-1]:,} bytes" + (
        "" if quick() else ", steepest exponent (slowest): " + ", ".join(said)
    )
    figures += f"; steeper than {STEEPEST}: {steep or 'none'}; lines over a second: {slow or 'none'}"
    return tell("parsing takes linear time", figures, kept=not (steep or slow))


if __name__ == "__main__":
    sys.exit(main())
