"""What may be asked over HTTP and what is answered, as the OpenAPI document describes it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from yuanwen_qa import LONGEST_QUESTION

# Not only of what is left out of a question: see ``clean_question``.
_SEEN = (
    "[^\\x00-\\x20\\x7f-\\xa0\\u1680\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u2064\\u2066-\\u2069"
    "\\u3000\\ufeff\\ufffd]"
)
_DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"

QuestionText = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_QUESTION, pattern=_SEEN)]
Source = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]
Day = Annotated[str, StringConstraints(pattern=_DAY, max_length=10)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
Value = (
    Annotated[str, StringConstraints(max_length=2_000)]
    | bool
    | int
    | Annotated[float, Field(allow_inf_nan=False)]
    | None
)
Offset = Annotated[int, Field(ge=0, le=2**53)]
State = Literal["same", "changed", "gone", "unknown"]


def _is_whole(value: object) -> bool:
    return isinstance(value, float) and value.is_integer()


AS_JSON_COUNTS = BeforeValidator(lambda value: int(value) if _is_whole(value) else value)
"""In JSON 7.0 is an integer."""


class Asked(BaseModel):
    """What every request has in common: nothing beside the fields, every value of its kind."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Where(Asked):
    """In which articles to look; what is left out filters nothing. Days are inclusive."""

    source: Source | None = None
    reporter: Source | None = None
    date_from: Day | None = None
    date_to: Day | None = None
    metadata: Annotated[dict[Name, Value], Field(max_length=100)] = {}


class SearchRequest(Asked):
    """A question, and how many passages are wanted."""

    question: QuestionText
    k: Annotated[int, Field(ge=1, le=100), AS_JSON_COUNTS] = 10
    where: Where = Where()


class AnswerRequest(Asked):
    """A question, and how many answers are wanted."""

    question: QuestionText
    n: Annotated[int, Field(ge=1, le=20), AS_JSON_COUNTS] = 3
    where: Where = Where()


class Given(BaseModel):
    """What every reply has in common."""

    model_config = ConfigDict(extra="forbid")


class Stretch(Given):
    """Characters ``start`` to ``end`` (half-open, code points) of the decoded file; line breaks of its layout
    are left out of ``text``.
    """

    start: int
    end: int
    text: str


class Place(Given):
    """Where something stands; lines count from 1. ``date`` is as printed, ``file_state`` whether the file is still
    what was indexed.
    """

    source: str
    title: str
    date: str | None
    date_iso: str | None
    metadata: dict[str, Value]
    start: int
    end: int
    first_line: int
    last_line: int
    file_state: State


class Passage(Place):
    """A passage that was found; scores compare within one reply, higher is better."""

    score: float
    text: str


class Answer(Place):
    """A verbatim span of a file, with the probability (0 to 1) that it answers the question."""

    text: str
    confidence: float
    passage: Stretch


class SearchReply(Given):
    """Passages, best first, and the generation of the index that they were found in."""

    question: str
    passages: list[Passage]
    generation: int


class AnswerReply(Given):
    """Answers, best first; ``answered`` is false when none is sure enough to be given."""

    question: str
    answered: bool
    answers: list[Answer]
    passages: list[Passage]
    generation: int


class ArticlePlace(Place):
    """An article without its text of ``characters`` characters."""

    reporters: list[str]
    characters: int


class ArticleList(Given):
    """Articles in the order of their files; ``next`` is the number to go on with."""

    articles: list[ArticlePlace]
    count: int
    next: int | None
    generation: int


class ArticleText(Stretch):
    """A stretch of the text of an article; ``next`` is the offset to go on with."""

    article: ArticlePlace
    next: int | None
    generation: int
