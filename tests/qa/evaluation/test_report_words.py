from __future__ import annotations

import re

from yuanwen_qa.evaluation.causes import CAUSES
from yuanwen_qa.evaluation.measures import known_measures
from yuanwen_qa.evaluation.report_words import WORDS


def test_every_measure_and_cause_has_words_in_both_languages() -> None:
    assert {f"m.{name}" for name in known_measures()} <= set(WORDS)
    assert {f"cause.{name}" for name in CAUSES} <= set(WORDS)
    for chinese, english in WORDS.values():
        assert chinese
        assert re.search("[A-Za-z]", english)


def test_no_word_is_unsaid_in_one_language() -> None:
    same = {key for key, (chinese, english) in WORDS.items() if chinese == english}
    assert same == set()
