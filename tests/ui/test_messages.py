"""The interface's words."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from yuanwen_ui.messages import LANGUAGES, confidence_word, pick_language, script_words, word

SOURCES = Path(__file__).parents[2] / "ui" / "yuanwen_ui"
PYTHON = "\n".join(path.read_text("utf-8") for path in SOURCES.glob("*.py") if path.name != "messages.py")
TABLE = (SOURCES / "messages.py").read_text("utf-8")
KEYS = re.findall(r'^    "([a-z_.-]+)": \(', TABLE, flags=re.MULTILINE)


def places(phrase: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", phrase))


@pytest.mark.parametrize("key", KEYS)
def test_a_phrase_has_the_same_places_in_every_language(key: str) -> None:
    phrases = [word(key, language) for language in LANGUAGES]
    assert all(phrases)
    assert len({frozenset(places(phrase)) for phrase in phrases}) == 1


def test_simplified_phrases_are_not_traditional_and_the_other_way_round() -> None:
    for key in KEYS:
        assert not set(word(key, "zh-Hans")) & set("們這裡檔對話說臺點擊關閉標題輸請問題處來顯")
        assert not set(word(key, "zh-Hant")) & set("们这里档对话说点击关闭标题输请问题处来显") - {"里"}


def test_no_phrase_holds_an_emoji() -> None:
    for key in KEYS:
        for language in LANGUAGES:
            assert all(ord(char) < 0x1F000 for char in word(key, language))


def test_the_script_gets_its_phrases_without_their_prefix() -> None:
    phrases = script_words("en")
    assert phrases["close"] == word("script.close", "en")
    used = set()
    for script in ("panel.js", "corpus.js", "documents.js", "page.js"):
        text = (SOURCES / "static" / script).read_text("utf-8")
        used |= set(re.findall(r"phrase\.(\w+)", text)) | set(re.findall(r'phrase\["([\w.]+)"\]', text))
    assert used <= set(phrases)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-HK;q=0.9", "zh-Hant"),
        ("zh-Hant-SG", "zh-Hant"),
        ("en-GB,zh;q=0.5", "en"),
        ("de-DE,de;q=0.9,zh-CN;q=0.5", "zh-Hans"),
        ("", "en"),
        ("\x00;;,,q=", "en"),
    ],
)
def test_a_browser_is_answered_in_its_language(header: str, language: str) -> None:
    assert pick_language(header) == language


def test_a_higher_confidence_never_reads_as_less_sure() -> None:
    words = [confidence_word(step / 100, "en") for step in range(101)]
    assert words[0] == "very uncertain"
    assert words[-1] == "very likely right"
    assert len(dict.fromkeys(words)) == sum(a != b for a, b in pairwise(words)) + 1
