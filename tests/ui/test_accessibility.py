"""The page as axe-core judges it (WCAG 2.1 A and AA), in each of its states."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.ui.visitor import Visitor

pytestmark = pytest.mark.browser
COUNTED = "二七区纪委监委开展了多少次监督检查?"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_state_of_the_page_has_a_serious_violation(visitor: Visitor, dark: bool) -> None:
    page = visitor.page
    if dark:
        page.locator("#yw-theme").click()
    page.locator(".yw-example:visible").first.wait_for()
    assert visitor.violations() == []
    visitor.ask(COUNTED)
    page.locator("#yw-source mark").wait_for()
    visitor.reply.locator(".yw-verdict").last.click()
    visitor.reply.locator(".yw-done").wait_for()
    assert visitor.violations() == []
    visitor.show_original()
    assert visitor.violations() == []
    page.locator("#yw-filters button").first.click()
    page.locator("#yw-filter-from input").fill("2020-01-01")
    visitor.ask("火星上的水冰储量是多少吨？")
    visitor.ask("那什么时候？")
    assert visitor.violations() == []
    visitor.question_box.press("Enter")
    page.locator("#yw-chat .yw-note").wait_for()
    assert visitor.violations() == []
    page.get_by_role("tab", name="文章").click()
    page.locator("#yw-corpus .yw-mark").nth(2).click()
    page.locator("#yw-source .yw-first").wait_for()
    assert visitor.violations() == []


def test_a_phone_has_none_either(arrive: Callable[..., Visitor], address: str) -> None:
    visitor = arrive(address, locale="en-GB", width=390, height=800)
    visitor.ask(COUNTED)
    assert visitor.violations() == []
    visitor.reply.locator(".yw-mark").first.click()
    visitor.page.locator("#yw-source mark").wait_for()
    assert visitor.violations() == []
