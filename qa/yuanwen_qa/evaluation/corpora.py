"""Question sets that bring their own paragraphs: those paragraphs as what is searched or read.

Each paragraph is one article and one passage, so that recall@k counts paragraphs as the published figures do.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from yuanwen_index import (
    ANYWHERE,
    Article,
    Document,
    Encoder,
    Filter,
    Hit,
    Passage,
    Ranks,
    TermIndex,
    UsageError,
    VectorIndex,
    fuse,
    read_best,
)

from ..answers import Answer
from ..readers import Reader
from .evaluation import Ask
from .evidence import Sources, locate
from .question_sets import Context, Evidence, Question, QuestionSet
from .systems import SystemReply, found, prediction

__all__ = [
    "ParagraphRetriever",
    "evidence_passages",
    "gold_paragraph",
    "paragraph_passages",
    "reading_gold",
    "with_context_evidence",
]

POOL = 64  # as in the retriever: candidates taken from each side before fusion


class ParagraphRetriever:
    """Hybrid, lexical or dense search over passages in memory, scored and fused as over an index."""

    def __init__(self, passages: Sequence[Passage], encoder: Encoder | None, mode: str = "hybrid") -> None:
        if mode != "lexical" and encoder is None:
            raise UsageError(f"{mode} search needs an encoder")
        self._passages = passages
        self._encoder = None if mode == "lexical" else encoder
        self._mode = mode
        texts = [passage.search_text for passage in passages]
        self._terms = TermIndex.of(texts)
        self._vectors = VectorIndex(self._encoder.encode_passages(texts)) if self._encoder else None

    def search(self, question: str, k: int = 10, *, where: Filter = ANYWHERE) -> list[Hit]:
        """The ``k`` nearest passages in the articles that ``where`` wants, best first."""
        allowed = None
        if where != ANYWHERE:
            allowed = np.array([_wants(where, passage.article) for passage in self._passages], np.bool_)
        asked = self._terms.ask(question)
        found = self._terms.best(asked, max(k, POOL), allowed)
        matching = found.passages.tolist()
        if self._encoder is None or self._vectors is None:
            words = enumerate(zip(matching[:k], found.scores.tolist(), strict=False), 1)
            return [self._hit(place, score, at, None) for at, (place, score) in words]
        query = self._encoder.encode_questions([question])
        ids, cosines = self._vectors.search(query, max(k, POOL), allowed)
        near = ids[0].tolist()
        if self._mode == "dense":
            return [self._hit(place, cosines[0][at], None, at + 1) for at, place in enumerate(near[:k])]
        candidates = np.array(sorted({*matching, *near}), np.int64)
        nearness = self._vectors.standard(query[0], self._vectors.cosines(query[0], candidates))
        fused = fuse(self._terms.scores(asked, candidates), asked.ideal, asked.known, nearness)
        scores = read_best(
            candidates, fused, self._passages.__getitem__, asked, query[0], self._vectors, self._encoder
        )
        best = [(int(candidates[at]), float(scores[at])) for at in _best(scores, k)]
        return [self._hit(place, score, _rank(matching, place), _rank(near, place)) for place, score in best]

    def _hit(self, place: int, score: float, lexical: int | None, dense: int | None) -> Hit:
        return Hit(self._passages[place], float(score), Ranks(lexical, dense))


def _wants(where: Filter, article: Article) -> bool:
    document = article.document
    return where.wants(document.source, article.date_iso, article.reporters, document.metadata)


def paragraph_passages(contexts: Sequence[Context]) -> list[Passage]:
    """One passage a paragraph; its lines are the article's paragraphs."""
    passages = []
    for context in contexts:
        digest = hashlib.sha256(context.text.encode("utf-8", "replace")).hexdigest()
        document = Document(context.id, context.text, "utf-8", digest)
        lines = tuple(((match.start(), match.end()),) for match in re.finditer(r"[^\r\n]+", context.text))
        article = Article(document, "", (), None, None, False, (), lines)
        if article.text.strip():
            passages.append(Passage(article, 0, len(article.text)))
    return passages


def with_context_evidence(question_set: QuestionSet) -> QuestionSet:
    """The same questions with their whole gold paragraph as evidence, as the published figures count it."""
    texts = {context.id: context.text for context in question_set.contexts}
    if not texts:
        raise UsageError(f"{question_set.name} brings no paragraphs; leave out --contexts and name an index")
    return question_set.with_questions(
        [
            Question(
                one.id,
                one.text,
                one.answers,
                (Evidence(one.context, texts[one.context]),) if one.context in texts else (),
                one.language,
                one.kind,
                one.difficulty,
                one.draft,
                one.context,
            )
            for one in question_set.questions
        ]
    )


def reading_gold(gold: Callable[[Question], Sequence[Hit]], reader: Reader, threshold: float) -> Ask:
    """Ask by letting the reader read the ``gold`` passages of each question, and nothing else."""

    def ask(question: Question) -> SystemReply:
        hits = gold(question)
        places = tuple(found(hit) for hit in hits)
        candidates = reader.read(question.text, hits, 1)
        if not candidates:
            return SystemReply(None, False, places, len(hits), searched=False)
        best = candidates[0]
        answer = Answer(hits[best.hit_index].passage, best.start, best.end, best.confidence)
        answered = best.confidence >= threshold
        return SystemReply(prediction(answer), answered, places, len(hits), searched=False)

    return ask


def gold_paragraph(passages: Sequence[Passage]) -> Callable[[Question], list[Hit]]:
    """The one paragraph of each question; none for a question whose paragraph is not there."""
    by_source = {passage.article.document.source: passage for passage in passages}

    def gold(question: Question) -> list[Hit]:
        return [_given(by_source[question.context])] if question.context in by_source else []

    return gold


def evidence_passages(passages: Sequence[Passage], sources: Sources) -> Callable[[Question], list[Hit]]:
    """The passages that hold the evidence of each question; none for one without evidence in the files."""
    by_source: dict[str, list[Hit]] = {}
    for passage in passages:
        by_source.setdefault(passage.article.document.source, []).append(_given(passage))

    def gold(question: Question) -> list[Hit]:
        known = locate(question, sources)
        homes = dict.fromkeys(place.source for place in known.places)
        return [
            hit for home in homes for hit in by_source.get(home, ()) if known.held_by(found(hit), sources)
        ]

    return gold


def _given(passage: Passage) -> Hit:
    return Hit(passage, 1.0, Ranks(1, 1))


def _best(scores: NDArray[np.float32], k: int) -> list[int]:
    """Places of the ``k`` highest scores, best first, equal ones in order."""
    return [int(place) for place in np.argsort(-scores, kind="stable")[:k]]


def _rank(places: Sequence[int], place: int) -> int | None:
    return places.index(place) + 1 if place in places else None
