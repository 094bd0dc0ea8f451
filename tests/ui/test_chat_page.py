"""The chat in a real browser: asking, and seeing where the answer stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.ui.visitor import Visitor

from yuanwen_index import build_index, without_layout_breaks

pytestmark = pytest.mark.browser
SEEDS = Path(__file__).parents[2] / "seeds"
COUNTED = "二七区纪委监委开展了多少次监督检查?"


def test_a_question_is_answered_with_its_place(visitor: Visitor) -> None:
    visitor.ask(COUNTED)
    assert "349次" in visitor.answer
    place = visitor.reply.locator(".yw-cite").first.inner_text()
    assert "000_2e0ade2b9b79057b.txt" in place
    assert "43" in place
    assert "349次" in visitor.reply.locator(".yw-sentence").inner_text()


def test_the_marked_span_is_the_answer_in_the_article_and_in_the_original_file(visitor: Visitor) -> None:
    visitor.ask(COUNTED)
    assert visitor.marked == visitor.answer
    assert "二七区纪委监委" in visitor.title
    visitor.show_original()
    assert without_layout_breaks(visitor.marked) == visitor.answer
    line = visitor.page.locator("#yw-source .yw-line:has(mark) .yw-number").inner_text()
    assert "349次" in (SEEDS / "000_2e0ade2b9b79057b.txt").read_text("utf-8").split("\n")[int(line) - 1]


def test_a_file_that_changed_since_it_was_indexed_is_said_to_have_in_reply_and_panel(
    arrive: Callable[..., Visitor], start_chat: Callable[[Path], str], tmp_path: Path
) -> None:
    page = tmp_path / "page.txt"
    page.write_text("本报讯 3月1日，县里召开防汛会议，县长张三主持会议。", "utf-8")
    build_index([page], tmp_path / "index")
    visitor = arrive(start_chat(tmp_path / "index"), locale="en-US")
    visitor.ask("谁主持会议？")
    assert "has changed" not in visitor.page.inner_text("body")
    page.write_text("本报讯 3月1日，县里召开防汛会议，县长李四主持会议。", "utf-8")
    visitor.ask("防汛会议是谁主持的？")
    assert "has changed since it was indexed" in visitor.reply.locator(".yw-cite").first.inner_text()
    visitor.page.locator("#yw-source .yw-notice", has_text="shown is its text as indexed").wait_for()
    assert "张三" in visitor.page.locator("#yw-source .yw-article").inner_text()


def test_every_mark_of_a_reply_opens_its_own_source(visitor: Visitor) -> None:
    visitor.ask(COUNTED)
    for number in range(visitor.reply.locator(".yw-mark").count()):
        mark = visitor.reply.locator(".yw-mark").nth(number)
        text = visitor.reply.locator(".yw-text").nth(number).inner_text()
        mark.click()
        visitor.page.locator("#yw-source mark", has_text=re.compile(f"^{re.escape(text)}$")).wait_for()
        assert mark.get_attribute("aria-current") == "true"


def test_a_span_across_broken_lines_is_marked_on_each_of_them(visitor: Visitor) -> None:
    page = (SEEDS / "000_2e0ade2b9b79057b.txt").read_text("utf-8")
    start, end = page.index("“四\n\n挂钩”"), page.index("挂钩”") + 3
    visitor.ask(COUNTED)
    link = f"#source?file=000_2e0ade2b9b79057b.txt&start={start}&end={end}&kind=answer"
    visitor.page.evaluate(
        "link => { const mark = document.querySelector('.yw-mark'); mark.href = link; }", link
    )
    visitor.reply.locator(".yw-mark").first.click()
    visitor.page.locator("#yw-source mark", has_text="“四挂钩”").wait_for()
    visitor.show_original()
    assert visitor.page.locator("#yw-source mark").all_text_contents() == ["“四", "挂钩”"]


def test_a_question_that_nothing_supports_is_not_answered(visitor: Visitor) -> None:
    visitor.ask("火星上的水冰储量是多少吨？")
    assert visitor.reply.locator(".yw-none").inner_text() == "在这些文章里没有找到答案。"
    assert visitor.reply.locator(".yw-best").count() == 0
    assert visitor.reply.locator(".yw-passage").count() > 0
    visitor.page.locator("#yw-source mark.yw-nearest-mark").first.wait_for()


def test_an_empty_question_is_asked_for_in_words(visitor: Visitor) -> None:
    visitor.question_box.press("Enter")
    visitor.page.locator("#yw-chat .yw-note", has_text="请先输入问题").wait_for()


def test_example_questions_come_from_the_articles_and_are_answered(visitor: Visitor) -> None:
    example = visitor.page.locator(".yw-example:visible").first
    example.wait_for()
    example.click()
    visitor.replies.first.wait_for()
    assert visitor.answer


def test_what_articles_and_questions_hold_stays_text(visitor: Visitor) -> None:
    hostile = "<img src=x onerror=document.title='owned'> **二七区** `x` <form action=//evil.example>"
    visitor.ask(hostile)
    assert visitor.page.locator("#yw-chat .yw-question").last.inner_text() == hostile
    assert visitor.page.title() != "owned"
    assert visitor.page.locator("#yw-chat form, #yw-chat img[src='x']").count() == 0


@pytest.mark.parametrize(
    ("locale", "send"), [("zh-CN", "提问"), ("zh-TW", "提問"), ("en-GB", "Ask"), ("de-DE", "Ask")]
)
def test_the_page_speaks_the_browsers_language(
    arrive: Callable[..., Visitor], address: str, locale: str, send: str
) -> None:
    assert arrive(address, locale=locale).page.locator("#yw-send").inner_text() == send


def test_switching_the_language_keeps_the_conversation(visitor: Visitor) -> None:
    visitor.ask(COUNTED)
    answer = visitor.answer
    visitor.speak("English", "Ask")
    assert visitor.answer == answer
    assert "line 43" in visitor.reply.locator(".yw-cite").first.inner_text()
    visitor.page.locator("#yw-source .yw-view", has_text="Original file").wait_for()
    visitor.speak("繁體中文", "提問")
    assert visitor.page.locator("html").get_attribute("lang") == "zh-Hant"


def test_a_follow_up_shows_how_it_was_understood_and_can_be_undone(visitor: Visitor) -> None:
    visitor.ask("“河南省双拥模范区”揭牌仪式是哪天举行的？")
    visitor.ask("那在哪里？")
    assert "“河南省双拥模范区”揭牌仪式" in visitor.reply.locator(".yw-carried").inner_text()
    visitor.page.locator("#yw-exact button, button#yw-exact").click()
    visitor.page.wait_for_function("() => document.querySelectorAll('#yw-chat .yw-carried').length === 0")
    assert visitor.page.locator("#yw-chat .yw-question").all_inner_texts()[-1] == "那在哪里？"


def test_a_filter_leaves_only_what_it_lets_through(visitor: Visitor) -> None:
    visitor.page.locator("#yw-filters button").first.click()
    visitor.page.locator("#yw-filter-source input").fill("003_84ebe029d2cf1232.txt")
    visitor.page.locator("#yw-filter-source input").press("Enter")
    visitor.ask(COUNTED)
    visitor.reply.locator(".yw-carried", has_text="只查找了筛选出的文章").wait_for()
    links = visitor.reply.locator(".yw-mark").evaluate_all("marks => marks.map(mark => mark.hash)")
    assert links
    assert all("file=003_84ebe029d2cf1232.txt&" in link for link in links)


def test_articles_are_filtered_by_day_until_the_filters_are_cleared(visitor: Visitor) -> None:
    page = visitor.page
    page.locator("#yw-filters button").first.click()
    page.locator("#yw-filter-from input").fill("2021-01-01")
    page.locator("#yw-filter-to input").fill("2020-01-01")
    page.locator("#yw-filters", has_text="筛选（已启用）").wait_for()
    visitor.question_box.fill(COUNTED)
    visitor.question_box.press("Enter")
    page.locator("#yw-chat .yw-note", has_text="起始日期在结束日期之后").wait_for()
    page.locator("#yw-filter-to input").fill("2021-12-31")
    visitor.ask("重大项目现场观摩是哪天？")
    files = visitor.reply.locator(".yw-mark").evaluate_all("marks => marks.map(mark => mark.hash)")
    assert files
    assert all("file=002_" in file for file in files)
    page.locator("#yw-filter-reset").click()
    page.locator("#yw-filters", has_text="筛选（已启用）").wait_for(state="detached")
    visitor.ask(COUNTED)
    assert "349次" in visitor.answer


def test_the_articles_are_listed_and_open_when_clicked(visitor: Visitor) -> None:
    visitor.page.get_by_role("tab", name="文章").click()
    assert "30" in visitor.page.locator("#yw-corpus .yw-small").first.inner_text()
    article = visitor.page.locator("#yw-corpus .yw-mark", has_text="五治理五护航")
    article.click()
    visitor.page.locator("#yw-source .yw-title", has_text="五治理五护航").wait_for()
    assert visitor.page.locator("#yw-source mark").count() == 0
    assert "349次" in visitor.page.locator("#yw-source .yw-article").inner_text()
    visitor.show_original()
    body, first = (
        visitor.page.locator(f"#yw-source {part}").bounding_box() for part in (".yw-panel-body", ".yw-first")
    )
    assert body is not None
    assert first is not None
    assert 0 <= first["y"] - body["y"] < body["height"] / 2
    visitor.page.locator("#yw-source .yw-step", has_text="下一处").click()
    visitor.page.locator("#yw-source .yw-title", has_text="教师节").wait_for()


def test_an_answer_is_copied_with_its_source(visitor: Visitor) -> None:
    visitor.ask(COUNTED)
    visitor.reply.locator(".yw-copy").click()
    visitor.reply.locator(".yw-copy", has_text="已复制").wait_for()
    copied = visitor.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(visitor.answer)
    assert "000_2e0ade2b9b79057b.txt" in copied


def test_a_conversation_is_exported_in_three_forms(visitor: Visitor) -> None:
    visitor.ask(COUNTED)
    for kind in ("md", "html", "json"):
        with visitor.page.expect_download() as download:
            visitor.page.locator(f"#yw-export-{kind}").click()
        text = Path(download.value.path()).read_text("utf-8")
        assert download.value.suggested_filename == f"yuanwen.{kind}"
        assert "349次" in text.replace("\\", "")
        assert "000_2e0ade2b9b79057b.txt" in text.replace("\\", "")


def test_a_verdict_becomes_an_evaluation_question(visitor: Visitor) -> None:
    visitor.ask("“五治理五护航”行动成立了多少个监督检查组？")
    answer = visitor.answer
    visitor.reply.locator(".yw-verdict").first.click()
    visitor.reply.locator(".yw-done", has_text="已记下").wait_for()
    questions = visitor.page.request.get(f"{visitor.address}/yuanwen/feedback.json").json()
    (kept,) = [question for question in questions if "监督检查组" in question["question"]]
    assert kept["answers"] == [answer]
    assert answer in kept["evidence"][0]["quote"]


def test_a_conversation_stays_in_the_browser_only_when_asked_to(visitor: Visitor) -> None:
    def wait_until_kept(kept: bool) -> None:
        """The browser's copy is encrypted; one of a conversation is long, one of none is short."""
        visitor.page.wait_for_function(
            "kept => ((localStorage.getItem('yuanwen-conversation') ?? '').length > 300) === kept", arg=kept
        )

    visitor.ask(COUNTED)
    visitor.arrive_again()
    assert visitor.replies.count() == 0
    visitor.page.locator("#yw-keep input").check()
    visitor.ask(COUNTED)
    wait_until_kept(True)
    visitor.arrive_again()
    visitor.replies.first.wait_for()
    assert "349次" in visitor.answer
    visitor.page.locator("#yw-keep input").uncheck()
    wait_until_kept(False)
    visitor.arrive_again()
    assert visitor.replies.count() == 0


def test_a_new_conversation_forgets_the_old_one(visitor: Visitor) -> None:
    visitor.ask(COUNTED)
    visitor.page.locator("#yw-clear").click()
    visitor.page.wait_for_function("() => document.querySelectorAll('#yw-chat .yw-reply').length === 0")
    visitor.ask("那什么时候？")
    assert visitor.reply.locator(".yw-carried").count() == 0


def test_the_keyboard_is_enough(visitor: Visitor) -> None:
    page = visitor.page
    visitor.question_box.focus()
    page.keyboard.type(COUNTED)
    page.keyboard.press("Enter")
    visitor.replies.first.wait_for()
    first = visitor.marked
    page.keyboard.press("Alt+ArrowDown")
    second = visitor.reply.locator(".yw-text").nth(1).inner_text()
    page.wait_for_function(
        "text => document.querySelector('#yw-source mark')?.textContent === text", arg=second
    )
    page.keyboard.press("Alt+ArrowUp")
    page.wait_for_function(
        "text => document.querySelector('#yw-source mark')?.textContent === text", arg=first
    )
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('#yw-source .yw-view:last-child')"):
            break
    page.keyboard.press("Enter")
    page.locator("#yw-source .yw-original").wait_for()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_on_a_phone_the_source_is_a_sheet(arrive: Callable[..., Visitor], address: str) -> None:
    visitor = arrive(address, width=390, height=800)
    visitor.ask(COUNTED)
    sheet = visitor.page.locator("#yw-source")
    assert not sheet.is_visible()
    visitor.reply.locator(".yw-mark").first.click()
    sheet.wait_for()
    assert visitor.marked == visitor.answer
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    visitor.page.locator("#yw-source .yw-close").click()
    sheet.wait_for(state="hidden")


def test_sessions_are_separate(arrive: Callable[..., Visitor], address: str) -> None:
    one, other = arrive(address), arrive(address, locale="en-GB")
    one.ask(COUNTED)
    other.ask("When was the plaque unveiled?")
    assert one.replies.count() == other.replies.count() == 1
    assert "纪委" not in other.page.locator("#yw-chat .yw-question").inner_text()


def test_dark_and_light_can_be_chosen_and_are_remembered(visitor: Visitor) -> None:
    def paper() -> str:
        colour = visitor.page.evaluate(
            "getComputedStyle(document.querySelector('#yw-source')).backgroundColor"
        )
        return re.sub(r"\D+", " ", str(colour)).strip()

    assert paper() == "255 255 255"
    visitor.page.locator("#yw-theme").click()
    assert paper() == "22 27 34"
    visitor.arrive_again()
    assert paper() == "22 27 34"
    assert visitor.page.evaluate("document.body.classList.contains('dark')")
