"""Which questions the reader is fitted on, in which wordings, and which it is measured on."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from training.reader_data import DEPTH, Example, Pool, Row, beside, pieces_of, rows, unanswerable
from training.reader_questions import Exchange, Translations, in_english, in_other_words, near_words

from yuanwen_index import sentence_spans
from yuanwen_qa.reading.spaces import WordSpace
from yuanwen_qa.reading.words import cut_words

DEPTH_READ = 5
WORDS_REPLACED = 0.5
LONGEST_GAP = 380  # characters


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows of each kind a run takes."""

    per_dataset: int
    english: int
    held: int
    made: int
    gaps: int


class Wordings:
    """Gives a question another wording."""

    def __init__(
        self, space: WordSpace, vocabulary: Sequence[str], known: Translations, asked: Sequence[Row]
    ) -> None:
        self._swaps = near_words(
            [key for row in asked for key in cut_words(row.question).keys], space, vocabulary
        )
        self._known, self._space, self._random = known, space, random.Random(11)
        self._exchange = Exchange([row.question for row in asked], space, self._random)

    def draw_anew(self, seed: int) -> Wordings:
        """Draws from here on as ``seed`` says, whatever was drawn before; returns itself."""
        self._random.seed(seed)
        return self

    def of(self, row: Row, example: Example, shares: Sequence[float]) -> Iterator[Example]:
        """Versions of an example of ``row``: in English, in other words, about something else, each with its share."""
        english, other, exchanged = (self._random.random() < share for share in shares)
        reworded = [self.in_english(row)] if english else []
        reworded += [self.in_other_words(row)] if other else []
        for version in reworded:
            if version and version.question != row.question:
                yield replace(example, question=version.question)
        if exchanged and (about := self.about_something_else(row)):
            yield replace(example, question=about.question, gold=())

    def in_english(self, row: Row) -> Row | None:
        """Word by word."""
        return in_english(row, self._space, self._known, self._random)

    def in_other_words(self, row: Row) -> Row:
        """With near words."""
        return in_other_words(row, self._swaps, WORDS_REPLACED, self._random)

    def about_something_else(self, row: Row) -> Row | None:
        """With another name, number or rare word; a third of them in English."""
        found = self._exchange.of(row)
        return (self._random.random() < 0.3 and found and self.in_english(found)) or found

    def any(self, row: Row) -> Row:
        """As asked, or in another wording."""
        drawn = self._random.random()
        return (
            (self.in_english(row) or row)
            if drawn < 0.25
            else self.in_other_words(row)
            if drawn < 0.5
            else row
        )


def split_rows(found: Sequence[Row], held: int) -> tuple[list[Row], list[Row]]:
    """(fitted on, held out): about ``held`` rows whose contexts no fitted row shares."""
    contexts = sorted({row.context for row in found})
    random.Random(5).shuffle(contexts)
    kept = set(contexts[: max(1, round(len(contexts) * held / max(len(found), 1)))])
    return [r for r in found if r.context not in kept], [r for r in found if r.context in kept]


def fitted_examples(data: Path, counts: Counts, wordings: Wordings, pool: Pool) -> list[Example]:
    """People's questions, with passages found by search; in other wordings; with passages that do not answer."""
    source = random.Random(3)
    asked, _ = split_rows(rows(data, ("zh",), counts.per_dataset), counts.held)
    found = []
    for row in asked:
        example = pool.example(row, DEPTH, keep_gold=True)
        if example:
            found += [example, *wordings.of(row, example, (0.35, 0.35, 0.25))]
        if source.random() < 0.12:
            found.append(pool.elsewhere(wordings.any(row), DEPTH))
    english = [row for row in rows(data, ("en",), counts.english) if "amazon" not in row.dataset]
    nowhere = unanswerable(data)[: counts.per_dataset]
    for row in (*english[: counts.english], *nowhere):
        other = beside(row, pool.texts, source)
        found += [other] if other else []
    return found


def made_examples(
    found: Sequence[Row], asked: Sequence[Row], counts: Counts, wordings: Wordings
) -> list[Example]:
    """Questions made from the news, ``found``, with what search finds among their passages, half of them in other words;
    and questions of both, made and ``asked`` by people, whose answer was taken out of the text.
    """
    source = random.Random(9)
    pieces = [piece for row in found if (piece := _own_piece(row))]
    pool = Pool([row.context for row in pieces])
    made = []
    for row in pieces:
        example = pool.example(row, 3 if source.random() < 0.35 else 2, keep_gold=True)
        if not example:
            continue
        if row.dataset in ("office", "translated"):
            made.append(example)
            made += wordings.of(row, example, (0.2, 0.1, 0.2)) if row.dataset == "office" else []
        else:
            plain = source.random() < 0.45
            made += [example] if plain else []
            made += wordings.of(row, example, (0.28, 0.2 if plain else 0.6, 0.15))
    made += gap_examples(asked, counts.gaps // 2, source)
    made += gap_examples([row for row in found if row.dataset != "translated"], counts.gaps // 2, source)
    source.shuffle(made)
    return made


def _own_piece(row: Row) -> Row | None:
    """The row with the one passage that holds its answer as its context."""
    first, last = row.answers[0]
    for _, start, end in pieces_of(row.context):
        if start <= first and last <= end:
            return replace(row, context=row.context[start:end], answers=((first - start, last - start),))
    return None


def gap_examples(found: Sequence[Row], n: int, source: random.Random) -> list[Example]:
    """``n`` questions with the text around their answer, but without its sentence, and with a text of another."""
    drawn = source.sample(list(found), len(found))
    gaps = [(row.question, text) for row in drawn[: 3 * n] if (text := without_answer(row))][:n]
    made = []
    for question, text in gaps:
        texts = list(dict.fromkeys((text, source.choice(gaps)[1])))
        source.shuffle(texts)
        made.append(Example(question, tuple(texts), (0.5,) * len(texts), ()))
    return made


def without_answer(row: Row) -> str | None:
    """Up to 380 characters around the answer without any sentence that holds it; None when fewer than 50 are left."""
    first, last = row.answers[0]
    answer, spans = row.context[first:last], sentence_spans(row.context)
    home = next((i for i, (start, end) in enumerate(spans) if start <= first and last <= end), None)
    if home is None:
        return None
    kept, size = [], 0
    for i in sorted(range(len(spans)), key=lambda i: abs(i - home)):
        text = row.context[slice(*spans[i])]
        if size + len(text) > LONGEST_GAP:
            break
        if answer not in text:
            kept.append(i)
            size += len(text)
    return "".join(row.context[slice(*spans[i])] for i in sorted(kept)).strip() if size >= 50 else None


def held_examples(
    data: Path, counts: Counts, wordings: Wordings, pool: Pool, news: Pool
) -> list[tuple[str, Example]]:
    """(kind, example): held-out questions in all wordings, and three kinds that nothing answers: asked where their own text
    is left out, about something else, and of ``news`` on other subjects.
    """
    _, held = split_rows(rows(data, ("zh",), counts.per_dataset), counts.held)
    n = len(held)
    found = [
        ("answerable", pool.example(row, DEPTH_READ, keep_gold=False)) for row in map(wordings.any, held)
    ]
    found += [("elsewhere", pool.elsewhere(row, DEPTH_READ)) for row in map(wordings.any, held[: n // 6])]
    exchanged = (wordings.about_something_else(row) for row in held[n // 6 : n // 2])
    found += [("exchanged", pool.elsewhere(replace(row, context=""), DEPTH_READ)) for row in exchanged if row]
    found += [
        ("other subject", news.elsewhere(row, DEPTH_READ)) for row in map(wordings.any, held[n // 2 :: 4])
    ]
    return [(kind, example) for kind, example in found if example and example.texts]
