from __future__ import annotations

import pytest

from yuanwen_qa.reading.pinyin import spelled_words, syllable_of

KEYS = ("湖头镇", "的", "张", "某", "旺", "向", "八里庄", "街道", "2", "号")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("hutou", [0]),
        ("hutouzhen", [0]),
        ("zhang", [2]),
        ("zhangmouwang", [2, 3, 4]),
        ("balizhuangjiedao", [6, 7]),
    ],
)
def test_a_spelled_name_finds_its_characters(name: str, words: list[int]) -> None:
    assert spelled_words(name, KEYS) == words


@pytest.mark.parametrize("name", ["hut", "outou", "wangx", "daohao", "london"])
def test_half_syllables_and_runs_over_other_characters_are_not_names(name: str) -> None:
    assert spelled_words(name, KEYS) == []


def test_every_syllable_is_small_latin_letters_and_every_entry_one_character() -> None:
    table = syllable_of()
    assert len(table) > 5_000
    assert all(
        len(char) == 1 and syllable.isascii() and syllable.islower() for char, syllable in table.items()
    )
