"""The way of a hostile input: decoded, cut into articles and passages, indexed, searched, read."""

from __future__ import annotations

from pathlib import Path

from tests.soak.scene import ENCODER

from yuanwen_index import Retriever, build_index, parse_articles, read_document, split_passages
from yuanwen_index.formats.decoding import decode
from yuanwen_index.formats.html_text import html_text
from yuanwen_qa import Assistant

SEEDS = Path(__file__).parents[2] / "seeds"


class Course:
    """The steps of an input; each raises a YuanwenError when it refuses the input, and nothing else."""

    def __init__(self, home: Path) -> None:
        self._home = home
        (home / "pages").mkdir()
        build_index([SEEDS], home / "seeds", encoder=ENCODER)
        self._assistant = Assistant(Retriever.open(home / "seeds", encoder=ENCODER))

    def load(self) -> None:
        """Load what is loaded once, so that no input is charged for it."""
        for step in (self.parse, self.html, self.index):
            step("<p>本报讯 3月1日，县里召开会议，张建国出席。</p>".encode())
        for question in ("会议由谁主持？", "会议何时召开？", "开展了多少次检查？", "Who said so?"):
            self.ask(question.encode())

    def parse(self, data: bytes) -> None:
        """Decode, cut, and find the way back to the file from every passage."""
        path = self._home / "input.txt"
        path.write_bytes(data)
        document = read_document(path, "input.txt")
        for article in parse_articles(document):
            for passage in split_passages(article):
                _ = passage.search_text
                article.file_span(passage.start, passage.end)
                article.lines(passage.start, passage.end)

    def html(self, data: bytes) -> None:
        """Markup to text."""
        html_text(decode(data)[0])

    def ask(self, data: bytes) -> None:
        """Search and read with the input as the question; each answer is held against its file."""
        reply = self._assistant.answer(data.decode("utf-8", "surrogateescape")[:2500])
        for answer in reply.answers:
            _ = answer.citation

    def index(self, data: bytes) -> None:
        """Index it beside a good page, search in it and read it; every file is indexed or reported."""
        pages = self._home / "pages"
        (pages / "good.txt").write_text("本报讯 3月1日，县里开会。", "utf-8")
        (pages / "input.txt").write_bytes(data)
        report = build_index([pages], self._home / "index", encoder=ENCODER)
        if report.documents + len(report.skipped) != 2:
            raise AssertionError("a file was neither indexed nor reported")
        retriever = Retriever.open(self._home / "index", encoder=ENCODER)
        for answer in Assistant(retriever, self._assistant.reader).answer("县里何时开会？").answers:
            _ = answer.citation
