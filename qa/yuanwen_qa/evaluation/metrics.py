"""How right an answer's words are, compared with accepted answers.

Two sets of published rules: those of CMRC 2018 for Chinese (and Japanese) and those of SQuAD for text written
with spaces. Every score is a fraction of 1; with several accepted answers the best match counts.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from .segmentation import mixed_segments, without_ignored

__all__ = ["Rules", "TextScore", "holds_answer", "longest_common_run", "rules_for", "score_text"]

Rules = Literal["cmrc", "squad"]

_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_ARTICLES = re.compile(r"\b(a|an|the)\b")
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


@dataclass(frozen=True, slots=True)
class TextScore:
    """Exact match (0 or 1) and F1 (0 to 1) of one prediction against its accepted answers."""

    exact_match: float
    f1: float


def rules_for(texts: Iterable[str]) -> Rules:
    """``"cmrc"`` if a Chinese character or kana stands in any of ``texts``, else ``"squad"``.

    Give it the question, the accepted answers and the evidence: a number alone tells nothing of the text that
    it stands in.
    """
    return "cmrc" if any(_CJK.search(text) for text in texts) else "squad"


def score_text(prediction: str, accepted: Sequence[str], rules: Rules) -> TextScore:
    """Compare ``prediction`` with each accepted answer and keep the best exact match and the best F1.

    Raises:
        ValueError: there is no accepted answer.

    """
    if not accepted:
        raise ValueError("an exact match needs at least one accepted answer")
    normal = without_ignored if rules == "cmrc" else squad_normal
    f1 = _cmrc_f1 if rules == "cmrc" else _squad_f1
    predicted = normal(prediction)
    return TextScore(
        max(float(normal(answer) == predicted) for answer in accepted),
        max(f1(prediction, answer) for answer in accepted),
    )


def longest_common_run(first: Sequence[str], second: Sequence[str]) -> int:
    """Length of the longest run of segments that stands in both, unbroken."""
    longest = 0
    above = [0] * (len(second) + 1)
    for segment in first:
        row = [0] * (len(second) + 1)
        for column, other in enumerate(second, 1):
            if segment == other:
                row[column] = above[column - 1] + 1
        longest = max(longest, *row)
        above = row
    return longest


def squad_normal(text: str) -> str:
    """``text`` lower-cased, without ASCII punctuation and the articles a, an, the; blanks made single."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_NO_PUNCTUATION)).split())


def holds_answer(text: str, accepted: Sequence[str]) -> bool:
    """Whether ``text`` holds an accepted answer, blanks and ignored punctuation aside."""
    bare = _bare(text)
    return any(wanted in bare for answer in accepted if (wanted := _bare(answer)))


def _bare(text: str) -> str:
    return "".join(without_ignored(text).split())


def _cmrc_f1(prediction: str, gold: str) -> float:
    predicted, wanted = mixed_segments(prediction), mixed_segments(gold)
    return _harmonic(longest_common_run(predicted, wanted), len(predicted), len(wanted))


def _squad_f1(prediction: str, gold: str) -> float:
    predicted, wanted = squad_normal(prediction).split(), squad_normal(gold).split()
    if not predicted or not wanted:  # SQuAD 2.0: nothing against nothing is right
        return float(predicted == wanted)
    return _harmonic(sum((Counter(predicted) & Counter(wanted)).values()), len(predicted), len(wanted))


def _harmonic(shared: int, predicted: int, wanted: int) -> float:
    if shared == 0:
        return 0.0
    precision, recall = shared / predicted, shared / wanted
    return 2 * precision * recall / (precision + recall)
