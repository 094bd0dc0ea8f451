"""What an answer and a citation are.

An answer is a place in a file, never a text of its own: its words are read from the file. When one is made,
and again each time it is cited, it is checked that the file's characters from ``citation.start`` to
``citation.end``, layout line breaks removed, are the answer's text.
"""

from __future__ import annotations

from dataclasses import dataclass

from yuanwen_index import FileState, Hit, Passage, without_layout_breaks

__all__ = ["Answer", "Citation", "Reply"]


@dataclass(frozen=True, slots=True)
class Citation:
    """Where an answer stands in the original, decoded file.

    ``start`` and ``end`` are half-open character offsets; ``first_line`` and ``last_line`` count from 1.
    ``date`` is as printed, None where the article has none. ``file_state`` says whether the user's file is
    still the one that was indexed (same, changed, gone or unknown); the offsets are of that one.
    """

    source: str
    title: str
    date: str | None
    start: int
    end: int
    first_line: int
    last_line: int
    file_state: FileState


@dataclass(frozen=True, slots=True)
class Answer:
    """A verbatim span of a passage, with the probability (0 to 1) that it answers the question.

    ``start`` and ``end`` are half-open character offsets in ``passage.article.text``. The span is not empty, stays
    in its passage and in one paragraph, and neither begins nor ends with a blank (which may stand for a line
    break). ValueError is raised when any of this is not so, when the confidence is no probability, or when the file
    does not hold the answer's text at the cited place.
    """

    passage: Passage
    start: int
    end: int
    confidence: float

    def __post_init__(self) -> None:
        if not self.passage.start <= self.start < self.end <= self.passage.end:
            raise ValueError(
                f"an answer from {self.start} to {self.end} is not inside its passage "
                f"({self.passage.start} to {self.passage.end})"
            )
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"a confidence of {self.confidence} is not between 0 and 1")
        if "\n" in self.text or self.text != self.text.strip():
            raise ValueError(
                f"an answer crosses a paragraph end, or begins or ends with a blank: {self.text!r}"
            )
        self._check_quotation()

    @property
    def text(self) -> str:
        """The answer's words, as they stand in the article."""
        return self.passage.article.text[self.start : self.end]

    @property
    def citation(self) -> Citation:
        """Where these words stand in the original file; ValueError when it does not hold them there."""
        self._check_quotation()
        article = self.passage.article
        start, end = article.file_span(self.start, self.end)
        first_line, last_line = article.lines(self.start, self.end)
        document = article.document
        return Citation(
            source=document.source,
            title=article.title,
            date=article.date,
            start=start,
            end=end,
            first_line=first_line,
            last_line=last_line,
            file_state=document.file_state(),
        )

    def _check_quotation(self) -> None:
        article = self.passage.article
        start, end = article.file_span(self.start, self.end)
        cited = without_layout_breaks(article.document.text[start:end])
        if cited != self.text:
            raise ValueError(f"the file holds {cited!r} where the answer {self.text!r} is cited")


@dataclass(frozen=True, slots=True)
class Reply:
    """What the assistant says to one question.

    ``answers`` are best first and stay there when they are withheld (``answered`` False), so that a caller
    can still look at them. ``hits`` are the passages found, nearest first: the sources of the answers, or
    the nearest passages when nothing supports an answer.
    """

    question: str
    answers: tuple[Answer, ...]
    answered: bool
    hits: tuple[Hit, ...]

    def __post_init__(self) -> None:
        if self.answered and not self.answers:
            raise ValueError("a question without an answer cannot count as answered")
