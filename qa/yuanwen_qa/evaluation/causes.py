"""Why an answer is wrong: the first step at which the right one was lost.

A question that counts as right has no cause. The words are those of ``CAUSES``, in the order in which the
steps follow each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from .outcomes import Outcome

__all__ = ["CAUSES", "cause_of", "count_causes"]

CAUSES = (
    "answer_not_in_files",  # no accepted answer stands in any indexed file
    "evidence_not_indexed",  # the file or the quote of the evidence is not in the index
    "not_retrieved",  # no passage found holds the evidence
    "not_read",  # found, but ranked behind the passages that are read
    "wrong_passage",  # the evidence was read, the answer taken from another passage
    "wrong_span",  # right passage, other words
    "below_threshold",  # the right answer, withheld
    "answered_unanswerable",  # an answer where there is none
)


def cause_of(outcome: Outcome) -> str | None:
    """The cause of a wrong outcome, None for a right one."""
    if not outcome.answerable:
        return "answered_unanswerable" if outcome.answered else None
    if outcome.read is None:
        return None if outcome.rank is not None else _lost_in_search(outcome)
    if outcome.exact_match == 1.0:
        return None
    if outcome.candidate_exact_match == 1.0:
        return "below_threshold"
    return _lost_in_search(outcome) or _lost_in_reading(outcome)


def count_causes(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """How many questions have each cause, most frequent first; causes that do not occur are left out."""
    counts = Counter(cause for outcome in outcomes if (cause := cause_of(outcome)))
    return dict(sorted(counts.items(), key=lambda item: (-item[1], CAUSES.index(item[0]))))


def _lost_in_search(outcome: Outcome) -> str | None:
    if outcome.rank is None:
        if outcome.answer_indexed is False:
            return "answer_not_in_files"
        return "evidence_not_indexed" if outcome.evidence_indexed is False else "not_retrieved"
    if outcome.answer_indexed is False:
        return "answer_not_in_files"
    return "not_read" if outcome.read is not None and outcome.rank > outcome.read else None


def _lost_in_reading(outcome: Outcome) -> str:
    return "wrong_passage" if outcome.read_evidence is False else "wrong_span"
