"""Other wordings of questions for fitting the reader: in other words, in English, and about something else.

People's questions on encyclopaedia paragraphs repeat the text's words. Real ones do not, and some are English: so
words are replaced by near ones or by their translations. And some ask for what the text does not say: so a name, a
number or a rare word is exchanged for one of another question.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from training.reader_data import Row

from yuanwen_qa.reading.features import take_apart
from yuanwen_qa.reading.pinyin import syllable_of
from yuanwen_qa.reading.questions import KINDS
from yuanwen_qa.reading.spaces import WordSpace
from yuanwen_qa.reading.words import TAGS, cut_words

Swaps = Mapping[str, Sequence[str]]
Translations = Mapping[str, Sequence[tuple[str, float]]]
REPLACED = {TAGS.index(tag) for tag in ("n", "v", "vn", "a", "b", "d", "j", "i", "l", "z")}
NAMES = ("nr", "ns", "nt", "nz")
RARE = 0.75  # weight from which a word is rare enough to be what a question is about
ASKING = re.compile("[谁何哪几啥么吗多]|怎|多少")
ENGLISH = {
    "who": ("who",),
    "when": ("when", "on what date"),
    "where": ("where", "in which place"),
    "number": ("how many",),
    "why": ("why",),
    "how": ("how",),
    "list": ("which", "what are the"),
    "definition": ("what does it mean",),
    "yes-no": ("did", "is"),
    "which": ("which",),
}


def in_other_words(row: Row, swaps: Swaps, share: float, source: random.Random) -> Row:
    """The question with about ``share`` of the words that have near ones replaced by one of them."""
    question = row.question
    for unit in cut_words(question).keys:
        if unit in swaps and source.random() < share:
            question = question.replace(unit, source.choice(swaps[unit]), 1)
    return replace(row, question=question)


def near_words(words: Sequence[str], space: WordSpace, vocabulary: Sequence[str]) -> dict[str, list[str]]:
    """For each of ``words`` its up to four nearest of ``vocabulary``; names, numbers and question words have none."""
    rows, _ = space.look_up(list(vocabulary))
    latin = np.array([word.isascii() for word in vocabulary])
    fit = [word for word in dict.fromkeys(words) if _replaceable(word)]
    found: dict[str, list[str]] = {}
    for start in range(0, len(fit), 512):
        block = fit[start : start + 512]
        likeness = space.look_up(block)[0] @ rows.T
        for word, row in zip(block, likeness, strict=True):
            row[latin != word.isascii()] = 0
            best = np.argpartition(-row, min(6, len(row) - 1))[:6]
            near = [
                vocabulary[i] for i in best[np.argsort(-row[best])] if row[i] > 0.65 and vocabulary[i] != word
            ]
            if near:
                found[word] = near[:4]
    return found


def _replaceable(word: str) -> bool:
    return len(word) > 1 and not ASKING.search(word) and set(cut_words(word).tags.tolist()) <= REPLACED


def in_english(row: Row, space: WordSpace, known: Translations, source: random.Random) -> Row | None:
    """The question in broken English, word for word; None when too little of it can be translated."""
    asked = take_apart(row.question, space)
    kinds = [kind for kind, on in zip(KINDS, asked.question.kinds, strict=True) if on and kind in ENGLISH]
    opening = source.choice(ENGLISH[kinds[0]]) if kinds else "what"
    after = [key for key in cut_words(asked.question.after).keys if key in asked.units]
    rest = [unit for unit in asked.units if unit not in after]
    kind = dict(zip(asked.words.keys, asked.words.tags.tolist(), strict=True))
    words = [_translate(unit, TAGS[kind[unit]], known, source) for unit in (*after, *rest)]
    told = [word for word in words if word]
    if len(told) < 2 or len(told) < 0.6 * len(words):
        return None
    return replace(row, question=f"{opening} {' '.join(told)}?")


def _translate(word: str, tag: str, known: Translations, source: random.Random) -> str:
    if word.isascii():
        return word
    choices = known.get(word, ())
    if tag == "nr" or not choices:
        return spelled(word, tag) if tag in NAMES else ""
    return source.choices([text for text, _ in choices], [weight for _, weight in choices])[0]


def spelled(word: str, tag: str) -> str:
    """A name in Latin letters: a person's in two words, a place's in one without its last character's kind."""
    syllables = [syllable_of().get(char, "") for char in word]
    if not all(syllables) or not 2 <= len(word) <= 4:
        return ""
    if tag == "nr":
        return f"{syllables[0].capitalize()} {''.join(syllables[1:]).capitalize()}"
    bare = syllables[:-1] if len(word) > 2 and word[-1] in "省市县区镇乡村州" else syllables
    return "".join(bare).capitalize()


class Exchange:
    """Makes questions that their text does not answer, by putting something else in place of what they are about."""

    def __init__(self, questions: Sequence[str], space: WordSpace, source: random.Random) -> None:
        self._space = space
        self._source = source
        self._by_tag: dict[str, list[str]] = {}
        for question in questions:
            for word, tag in self._telling(question):
                self._by_tag.setdefault(tag, []).append(word)

    def of(self, row: Row) -> Row | None:
        """The question about another thing; None when it names nothing that its text does."""
        found = [(word, tag) for word, tag in self._telling(row.question) if word in row.context]
        self._source.shuffle(found)
        for word, tag in found[:1]:
            for _ in range(20):
                other = self._source.choice(self._by_tag.get(tag, [word]))
                if other not in row.context and other != word:
                    return replace(
                        row, dataset="exchanged", question=row.question.replace(word, other), answers=()
                    )
        return None

    def _telling(self, question: str) -> list[tuple[str, str]]:
        words = cut_words(question)
        _, weights = self._space.look_up(words.keys)
        told = zip(words.keys, words.tags.tolist(), weights.tolist(), words.starts.tolist(), strict=True)
        return [
            (question[at : at + len(key)], TAGS[tag])
            for key, tag, weight, at in told
            if not ASKING.search(key)
            and (
                TAGS[tag] in NAMES
                or (TAGS[tag] in ("t", "eng") and len(key) > 1)
                or (TAGS[tag] == "m" and any(char.isdigit() for char in key))
                or (TAGS[tag] in ("n", "vn", "v", "j", "i", "l") and len(key) > 1 and weight > RARE)
            )
        ]
