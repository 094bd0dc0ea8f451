"""Conversations as files."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ui.test_replies import Read, answer, turn

from yuanwen_ui.exports import CONVERSATIONS_KEPT, Exports, to_html, to_json, to_markdown
from yuanwen_ui.messages import LANGUAGES
from yuanwen_ui.turns import Turn

UNFINISHED = Turn("没有答完的问题", "没有答完的问题", "stopped")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("write", [to_markdown, to_html], ids=["markdown", "html"])
def test_questions_quotations_and_places_are_written(write: object, language: str) -> None:
    text = write([turn(answer()), UNFINISHED], language).replace("\\", "")  # type: ignore[operator]
    for part in ("多少次？", "349次", "已开展监督检查", "a.txt", "题目", "9月7日"):
        assert part in text
    assert "没有答完的问题" not in text


def test_an_unanswered_question_is_written_as_such() -> None:
    unanswered = [turn(answer(), answered=False)]
    assert "在这些文章里没有找到答案。" in to_markdown(unanswered, "zh-Hans")
    assert "Not found in these articles." in to_html(unanswered, "en")
    assert "349次" not in to_markdown(unanswered, "zh-Hans") + to_html(unanswered, "en")


def test_json_holds_the_records() -> None:
    shown = turn(answer())
    read = json.loads(to_json([shown, UNFINISHED], "en"))
    assert read["turns"] == [{"typed": shown.typed, **(shown.reply or {})}]


@given(st.text(max_size=60))
def test_what_articles_hold_is_text_in_the_answer_sheet(text: str) -> None:
    sheet = to_html([turn(answer(text, title=text, source=text), question=text or "?")], "en")
    assert Read(sheet).tags <= {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "h1",
        "h2",
        "article",
        "p",
        "ol",
        "li",
        "strong",
        "blockquote",
        "mark",
        "hr",
    }


@given(st.text(alphabet="`*_[]()<>#+-!|~\\&.x1 \n", min_size=1, max_size=40))
def test_what_articles_hold_is_not_markdown(text: str) -> None:
    written = to_markdown([turn(answer(text, sentence={"before": "", "text": text, "after": ""}))], "en")
    (line,) = [line for line in written.splitlines() if line.startswith("   > ")] or ["   > "]
    quoted, plain = line.removeprefix("   > "), ""
    at = 0
    while at < len(quoted):
        if quoted[at] == "\\":
            at += 1
        else:
            assert quoted[at] not in "`*_[]()<>#+-!|~&"
        plain += quoted[at]
        at += 1
    assert plain == " ".join(text.split())


def test_a_conversation_is_found_by_its_own_token_only() -> None:
    exports = Exports()
    mine, yours = exports.token(), exports.token()
    assert mine != yours
    exports.put(mine, [turn(answer())], "en")
    assert exports.get(yours) is None
    assert exports.get(mine) == ((turn(answer()),), "en")
    exports.put("", [turn(answer())], "en")
    assert exports.get("") is None


def test_the_longest_unused_conversation_makes_room() -> None:
    exports = Exports()
    for number in range(CONVERSATIONS_KEPT + 1):
        exports.put(f"t{number}", [], "en")
        exports.put("t0", [], "en")
    assert exports.get("t0") is not None
    assert exports.get("t1") is None
