"""SQuAD-like question sets (SQuAD, CMRC 2018, DRCD, XQuAD): paragraphs with questions about them."""

from __future__ import annotations

from typing import Any

from yuanwen_index import UsageError, sentence_spans

from .question_sets import Context, Evidence, Question, QuestionSet, checked_question, script_of

__all__ = ["is_squad", "on_contexts_of", "read_squad"]


def is_squad(value: Any) -> bool:
    """Whether parsed JSON is SQuAD's ``{"data": [...]}`` or the first layout of CMRC 2018."""
    if isinstance(value, dict):
        return "data" in value
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict) and "qas" in value[0]


def read_squad(name: str, value: Any) -> QuestionSet:
    """The questions of a SQuAD-like set, their paragraphs as contexts; paragraph ids are made unique.

    Raises:
        UsageError: naming article, paragraph and question where something is missing.
    """
    articles = value["data"] if isinstance(value, dict) else value
    contexts: list[Context] = []
    questions: list[Question] = []
    for number, article in enumerate(_list(articles, f"{name}: data"), 1):
        at = f"{name}: article {number}"
        title = str(_object(article, at).get("title") or article.get("id") or number)
        paragraphs = article.get("paragraphs", [article])
        for place, paragraph in enumerate(_list(paragraphs, f'{at}, key "paragraphs"'), 1):
            where = f"{at}, paragraph {place}"
            text = _first_text(_object(paragraph, where), ("context", "context_text"), where)
            context = Context(f"{title} #{len(contexts) + 1}", title, text)
            contexts.append(context)
            for row, qa in enumerate(_list(paragraph.get("qas"), f'{where}, key "qas"'), 1):
                spot = f"{where}, question {row}"
                questions.append(_question(_object(qa, spot), context, f"{number}-{place}-{row}", spot))
    return QuestionSet(name, tuple(questions), tuple(contexts))


def on_contexts_of(asked: QuestionSet, paragraphs: QuestionSet) -> QuestionSet:
    """The questions of one set over the paragraphs and accepted answers of a parallel one, matched by id.

    This measures search across languages: English questions over Chinese paragraphs.

    Raises:
        UsageError: no question id stands in both.
    """
    there = {question.id: question for question in paragraphs.questions}
    moved = tuple(
        Question(
            one.id,
            one.text,
            there[one.id].answers,
            there[one.id].evidence,
            one.language,
            one.kind,
            one.difficulty,
            one.draft,
            there[one.id].context,
        )
        for one in asked.questions
        if one.id in there
    )
    if not moved:
        raise UsageError(f"{asked.name} and {paragraphs.name} have no question id in common")
    return QuestionSet(f"{asked.name} over {paragraphs.name}", moved, paragraphs.contexts)


def _question(qa: dict[str, Any], context: Context, number: str, at: str) -> Question:
    text = checked_question(_first_text(qa, ("question", "query_text"), at), f'{at}, key "question"')
    answers: dict[str, Evidence] = {}
    for answer in [] if qa.get("is_impossible") else _list(qa.get("answers"), f'{at}, key "answers"'):
        said = answer if isinstance(answer, str) else _object(answer, at).get("text")
        if not isinstance(said, str) or not said:
            raise UsageError(f'{at}, key "answers": an answer without text')
        start = answer.get("answer_start") if isinstance(answer, dict) else None
        answers.setdefault(said, Evidence("", _sentence(context.text, said, start)))
    return Question(
        id=str(qa.get("id") or qa.get("query_id") or number),
        text=text,
        answers=tuple(answers),
        evidence=tuple(dict.fromkeys(answers.values())),
        language=script_of(text),
        context=context.id,
    )


def _sentence(text: str, answer: str, start: object) -> str:
    """The sentences of ``text`` that the answer touches; the answer alone where it does not stand there."""
    if not isinstance(start, int) or text[start : start + len(answer)] != answer:
        start = text.find(answer)
        if start < 0:
            return answer
    touched = [span for span in sentence_spans(text) if span[0] < start + len(answer) and start < span[1]]
    return text[touched[0][0] : touched[-1][1]] if touched else answer


def _first_text(record: dict[str, Any], keys: tuple[str, ...], at: str) -> str:
    for key in keys:
        value = record.get(key)
        if isinstance(value, str) and value.strip():
            return value.encode("utf-8", "replace").decode("utf-8")
    raise UsageError(f'{at}, key "{keys[0]}": text is missing')


def _object(value: Any, at: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UsageError(f"{at}: expected an object")
    return value


def _list(value: Any, at: str) -> list[Any]:
    if not isinstance(value, list):
        raise UsageError(f"{at}: expected a list")
    return value
