"""A system opened for measuring: which passages, which reader, which settings; run once or over a grid."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, cast

from yuanwen_index import Document, Encoder, Hit, Place, Retriever, UsageError, load_encoder, place_of

from ..assistant import Assistant, Searcher
from ..readers import Reader
from .corpora import (
    ParagraphRetriever,
    evidence_passages,
    gold_paragraph,
    paragraph_passages,
    reading_gold,
    with_context_evidence,
)
from .evaluation import Ask, Progress, ask_all
from .evidence import Sources
from .journal import Journal
from .question_sets import Question, QuestionSet
from .results import Results
from .systems import AssistantSystem, DocumentTexts, SearchSystem

__all__ = ["MODES", "Contexts", "Measurement", "Setting", "open_index", "open_paragraphs"]

Contexts = Literal["gold", "open"]
MODES = ("hybrid", "lexical", "dense")


@dataclass(frozen=True, slots=True)
class Setting:
    """What a sweep may change: the search mode, how many passages are read, and from which confidence on
    (0 to 1) an answer is given; None is the reader's own threshold.
    """

    mode: str = "hybrid"
    depth: int = 5
    threshold: float | None = None

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise UsageError(f'there is no search mode "{self.mode}": choose {", ".join(MODES)}')
        if not 1 <= self.depth <= 200:
            raise UsageError(f"between 1 and 200 passages can be read, not {self.depth}")
        if self.threshold is not None and not 0.0 <= self.threshold <= 1.0:
            raise UsageError(f"the threshold must be between 0 and 1, not {self.threshold}")


@dataclass(frozen=True, slots=True)
class Measurement:
    """A question set and what it is put to.

    ``searcher`` opens search in a mode; ``reader`` None measures search alone; ``gold_ask`` answers from the
    gold paragraphs instead of searching. ``facts`` are the settings that do not change, ``content`` a digest
    (hex) of the texts that are searched.
    """

    questions: QuestionSet
    sources: Sources
    facts: Mapping[str, Any]
    content: str
    reader: Reader | None
    searcher: Callable[[str], Searcher]
    gold_ask: Callable[[float], Ask] | None = None

    def run(
        self,
        setting: Setting,
        *,
        jobs: int | None = None,
        progress: Progress | None = None,
        journal_folder: Path | None = None,
    ) -> Results:
        """Ask every question that is not a draft; an interrupted run goes on where the journal stopped."""
        setting = replace(setting, threshold=self._threshold(setting))
        facts = {**self.facts, **self._setting_facts(setting)}
        questions, ask = self.questions.gold.questions, self._ask(setting)
        if journal_folder is None:
            outcomes = ask_all(questions, ask, self.sources, jobs=jobs, progress=progress)
        else:
            asked = hashlib.sha256(repr(questions).encode("utf-8", "replace")).hexdigest()
            with Journal(journal_folder, {**facts, "content": self.content, "asked": asked}) as journal:
                outcomes = ask_all(
                    questions, ask, self.sources, jobs=jobs, progress=progress, journal=journal
                )
                journal.discard()
        return Results(self.questions.name, facts, tuple(outcomes))

    def _threshold(self, setting: Setting) -> float | None:
        if setting.threshold is not None or self.reader is None:
            return setting.threshold
        answerable = all(question.answerable for question in self.questions.gold.questions)
        # published figures on paragraphs of the set come from systems that always answer
        return 0.0 if self.facts["contexts"] != "index" and answerable else self.reader.threshold

    def _setting_facts(self, setting: Setting) -> dict[str, Any]:
        if self.reader is None:
            return {"mode": setting.mode}
        threshold = {"reader": self.reader.name, "threshold": setting.threshold}
        if self.gold_ask is not None:
            return threshold
        return {"mode": setting.mode, "depth": setting.depth, **threshold}

    def _ask(self, setting: Setting) -> Ask:
        if self.gold_ask is not None:
            return self.gold_ask(setting.threshold or 0.0)
        searcher = self.searcher(setting.mode)
        if self.reader is None:
            return _asking(SearchSystem(searcher))
        assistant = Assistant(searcher, self.reader, threshold=setting.threshold, depth=setting.depth)
        return _asking(AssistantSystem(assistant))


def open_index(
    questions: QuestionSet,
    folder: str | Place,
    *,
    encoder: Encoder | None = None,
    reader: Reader | None = None,
    gold: bool = False,
) -> Measurement:
    """Measure with the articles of an index; ``gold``: with the passages that hold a question's evidence, not searched.

    Raises:
        IndexUnusable: no index there, damaged, or made by another encoder.
        UsageError: gold passages are to be read without a reader, or no quote of the set stands in the articles.
    """
    first = Retriever.open(folder, encoder=encoder)
    opened: dict[str, Searcher] = {"hybrid": first}

    def searcher(mode: str) -> Searcher:
        if mode not in opened:
            opened[mode] = Retriever.open(folder, encoder=first.encoder, mode=cast(Any, mode))
        return opened[mode]

    facts = {
        "contexts": "index",
        "index": str(place_of(folder)),
        "generation": first.generation,
        "passages": len(first.passages),
        "encoder": first.encoder.name,
        "fingerprint": first.encoder.fingerprint,
    }
    content = _digest(file.sha256 for file in first.manifest.files.values())
    documents: Sequence[Document] = first.documents
    sources = Sources(DocumentTexts(documents))
    if not gold:
        return Measurement(questions, sources, facts, content, reader, searcher)
    given = evidence_passages(list(first.passages), sources)
    measurement = _reading(questions, given, sources, facts | {"contexts": "gold"}, content, reader, searcher)
    if not measurement.questions.questions:
        raise UsageError(
            f"no passage of {folder} holds a quote of {questions.name}; leave out --contexts gold"
        )
    return measurement


def open_paragraphs(
    questions: QuestionSet,
    contexts: Contexts,
    *,
    encoder: Encoder | None = None,
    reader: Reader | None = None,
) -> Measurement:
    """Measure with the paragraphs that the set brings: all of them searched, or each question's own read.

    Raises:
        UsageError: the set brings none, or gold paragraphs are to be read without a reader.
    """
    questions = with_context_evidence(questions)
    passages = paragraph_passages(questions.contexts)
    sources = Sources(DocumentTexts([passage.article.document for passage in passages]))
    facts: dict[str, Any] = {"contexts": contexts, "passages": len(passages)}
    content = _digest(passage.article.document.sha256 for passage in passages)
    opened: dict[str, Searcher] = {}

    def searcher(mode: str) -> Searcher:
        if mode not in opened:
            opened[mode] = ParagraphRetriever(passages, encoder, mode)
        return opened[mode]

    if contexts == "open":
        encoder = encoder or load_encoder(None)
        facts |= {"encoder": encoder.name, "fingerprint": encoder.fingerprint}
        return Measurement(questions, sources, facts, content, reader, searcher)
    return _reading(questions, gold_paragraph(passages), sources, facts, content, reader, searcher)


def _reading(
    questions: QuestionSet, gold: Callable[[Question], list[Hit]], sources: Sources, facts: Mapping[str, Any], content: str,
    reader: Reader | None, searcher: Callable[[str], Searcher],
) -> Measurement:  # fmt: skip
    """Measure reading alone, on the questions that have ``gold`` passages."""
    if reader is None:
        raise UsageError("the gold paragraphs are for reading; without a reader choose --contexts open")
    kept = questions.with_questions([one for one in questions.questions if gold(one)])

    def gold_ask(threshold: float) -> Ask:
        return reading_gold(gold, reader, threshold)

    return Measurement(kept, sources, facts, content, reader, searcher, gold_ask)


def _digest(digests: Iterable[str]) -> str:
    return hashlib.sha256("".join(digests).encode("ascii")).hexdigest()


def _asking(system: AssistantSystem | SearchSystem) -> Ask:
    def ask(question: Question) -> Any:
        return system.answer(question.text)

    return ask
