from __future__ import annotations

from training.common_words import FEWEST, LEAST, shares


def passages(language: str, *texts: str) -> dict[str, list[str]]:
    return {language: [text for text in texts for _ in range(FEWEST)]}


def test_the_share_of_a_word_is_that_of_the_passages_that_hold_it() -> None:
    found = shares(passages("en", "the boat the boat", "the oar"))
    assert found["the"] == 1
    assert found["boat"] == found["oar"] == 0.5


def test_a_word_of_two_languages_counts_as_in_english_unless_it_is_only_quoted_there() -> None:
    english = {"en": ["war is over"] * FEWEST + ["peace"] * (9 * FEWEST)}
    german = {"de": ["es war nicht", "er war da"] * FEWEST}
    found = shares({**english, **german})
    assert found["war"] == 0.1
    assert found["nicht"] == 0.5


def test_characters_are_counted_where_words_are_not_spaced_and_pairs_are_not() -> None:
    found = shares(passages("zh", "雪天", "雨天"))
    assert found == {"天": 1, "雪": 0.5, "雨": 0.5}


def test_what_few_passages_hold_is_left_out() -> None:
    few, many = ["rare"] * (FEWEST - 1), ["usual"] * 3000
    assert "rare" not in shares({"en": few + many})
    assert "rare" not in shares({"en": few + ["rare"] + many * round(1 + 1 / LEAST / 500)})
    assert "rare" in shares({"en": [*few, "rare"]})
