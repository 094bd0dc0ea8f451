"""Questions whose accepted answers are known: what a system is measured with."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yuanwen_index import UsageError

from ..assistant import clean_question

__all__ = [
    "Context",
    "Evidence",
    "Question",
    "QuestionSet",
    "checked_question",
    "question_from",
    "question_record",
]

LONGEST_TEXT = 100_000
_YES = frozenset({"1", "true", "yes", "y", "是", "有"})
_NO = frozenset({"0", "false", "no", "n", "否", "无"})
_SURROGATE = re.compile("[\ud800-\udfff]")
_SCRIPTS = {
    "ja": re.compile("[\u3040-\u30ff]"),
    "zh": re.compile("[\u3400-\u4dbf\u4e00-\u9fff]"),
    "ko": re.compile("[\uac00-\ud7af\u1100-\u11ff]"),
    "Cyrillic": re.compile("[\u0400-\u04ff]"),
    "Arabic": re.compile("[\u0600-\u06ff]"),
    "Latin": re.compile("[A-Za-z\u00c0-\u024f]"),
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of a file that hold the answer; ``source`` is the file's name, "" where the set names none.

    ``quote`` stands in the file once all white space is removed from both; "" stands for the whole file.
    """

    source: str
    quote: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its accepted answers, none when it has no answer in the articles.

    ``language`` (or script), ``kind`` and ``difficulty`` are what results are broken down by; "" is unknown.
    ``context`` is the id of the gold paragraph in sets that bring their own paragraphs.
    """

    id: str
    text: str
    answers: tuple[str, ...]
    evidence: tuple[Evidence, ...] = ()
    language: str = ""
    kind: str = ""
    difficulty: str = ""
    draft: bool = False
    context: str | None = None

    @property
    def answerable(self) -> bool:
        """Whether the articles hold an answer."""
        return bool(self.answers)


@dataclass(frozen=True, slots=True)
class Context:
    """A paragraph that a question set brings with it."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions in order, ids unique, and the paragraphs that they bring, if any."""

    name: str
    questions: tuple[Question, ...]
    contexts: tuple[Context, ...] = ()

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for question in self.questions:
            if question.id in seen:
                raise UsageError(f'{self.name}: the id "{question.id}" stands for two questions')
            seen.add(question.id)

    @property
    def gold(self) -> QuestionSet:
        """The set without its drafts, which no person has checked."""
        checked = tuple(question for question in self.questions if not question.draft)
        return QuestionSet(self.name, checked, self.contexts)

    def with_questions(self, questions: Sequence[Question]) -> QuestionSet:
        """The same set with other questions."""
        return QuestionSet(self.name, tuple(questions), self.contexts)


def question_from(record: Mapping[str, Any], number: int, at: Callable[[str], str]) -> Question:
    """Check one record of a question set; ``at(key)`` says where in the file that key stands.

    Raises:
        UsageError: naming the place and what is wrong there.
    """
    text = checked_question(_text(record, "question", at), at("question"))
    answers = _texts(record, "answers", at)
    _check_answerable(record, answers, at)
    return Question(
        id=_text(record, "id", at) or str(number),
        text=text,
        answers=answers,
        evidence=_evidence(record, at),
        language=_text(record, "lang", at) or script_of(text),
        kind=_text(record, "type", at),
        difficulty=_text(record, "difficulty", at),
        draft=_flag(record, "draft", at) or False,
    )


def checked_question(text: str, place: str) -> str:
    """``text`` if it can be asked; UsageError, naming the place, for an empty or far too long one."""
    try:
        clean_question(text)
    except UsageError as error:
        raise UsageError(f"{place}: {error}") from error
    return text


def question_record(question: Question) -> dict[str, Any]:
    """A question as JSON and JSONL sets hold it."""
    record: dict[str, Any] = {
        "id": question.id,
        "question": question.text,
        "lang": question.language,
        "type": question.kind,
        "answers": list(question.answers),
        "evidence": [{"file": one.source, "quote": one.quote} for one in question.evidence],
        "answerable": question.answerable,
        "difficulty": question.difficulty,
    }
    return {**record, "draft": True} if question.draft else record


def script_of(text: str) -> str:
    """The language that the script of ``text`` tells, or else the script's name; "" without letters."""
    counts = {name: len(script.findall(text)) for name, script in _SCRIPTS.items()}
    if counts["ja"] and counts["ja"] * 4 >= counts["zh"]:
        return "ja"
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else ""


def _check_answerable(record: Mapping[str, Any], answers: Sequence[str], at: Callable[[str], str]) -> None:
    answerable = _flag(record, "answerable", at)
    if answerable and not answers:
        raise UsageError(f"{at('answers')}: a question marked as answerable needs an answer")
    if answerable is False and answers:
        raise UsageError(f"{at('answerable')}: a question with an answer is marked as unanswerable")
    if answerable is None and not answers:
        raise UsageError(
            f"{at('answers')}: no answer; write one, or mark the question as unanswerable (answerable: no)"
        )


def _evidence(record: Mapping[str, Any], at: Callable[[str], str]) -> tuple[Evidence, ...]:
    pieces = record.get("evidence")
    if pieces is None:
        return ()
    if not isinstance(pieces, list):
        raise UsageError(f"{at('evidence')}: expected a list of objects with file and quote")
    evidence = []
    for piece in pieces:
        if not isinstance(piece, dict):
            raise UsageError(f"{at('evidence')}: expected objects with file and quote, not {_kind(piece)}")
        source = _text(piece, "file", at) or _text(piece, "source", at)
        quote = _text(piece, "quote", at)
        if not source and not quote:
            raise UsageError(f"{at('evidence')}: it names neither a file nor a quote")
        evidence.append(Evidence(source, quote))
    return tuple(evidence)


def _text(record: Mapping[str, Any], key: str, at: Callable[[str], str]) -> str:
    value = record.get(key)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise UsageError(f"{at(key)}: expected text, not {_kind(value)}")
    return _clean(str(value), key, at)


def _texts(record: Mapping[str, Any], key: str, at: Callable[[str], str]) -> tuple[str, ...]:
    value = record.get(key)
    if value is None:
        return ()
    values = value if isinstance(value, list) else [value]
    texts = [_text({key: one}, key, at) for one in values]
    if isinstance(value, list) and not all(texts):
        raise UsageError(f"{at(key)}: an answer is empty")
    return tuple(dict.fromkeys(text for text in texts if text))


def _flag(record: Mapping[str, Any], key: str, at: Callable[[str], str]) -> bool | None:
    value = record.get(key)
    if value is None or isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    if not word:
        return None
    raise UsageError(f'{at(key)}: expected yes or no, not "{word[:40]}"')


def _clean(text: str, key: str, at: Callable[[str], str]) -> str:
    if len(text) > LONGEST_TEXT:
        raise UsageError(f"{at(key)}: {len(text):,} characters; at most {LONGEST_TEXT:,} fit")
    return _SURROGATE.sub("\ufffd", text).replace("\0", "\ufffd").strip()


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", bool: "true or false", type(None): "nothing"}
    return names.get(type(value), "a number" if isinstance(value, int | float) else "text")
