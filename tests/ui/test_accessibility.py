"""The page as axe-core judges it (WCAG 2.1 A and AA), in each of its states."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from typing import Any

import pytest
from tests.ui.visitor import Visitor

pytestmark = pytest.mark.browser
AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
RUN = "() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})"
COUNTED = "二七区纪委监委开展了多少次监督检查?"


def violations(visitor: Visitor) -> list[str]:
    """What axe calls serious or critical, with the elements."""
    visitor.page.evaluate(AXE)
    found: dict[str, Any] = visitor.page.evaluate(RUN)
    return [
        f"{rule['id']}: {node['html'][:160]} | {node['failureSummary'][:200]}"
        for rule in found["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


def test_an_empty_page(visitor: Visitor) -> None:
    assert violations(visitor) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_an_answer_beside_its_source(visitor: Visitor, dark: bool) -> None:
    if dark:
        visitor.page.locator("#yw-theme").click()
    visitor.ask(COUNTED)
    visitor.page.locator("#yw-source mark").wait_for()
    visitor.page.wait_for_timeout(500)
    assert violations(visitor) == []
    visitor.show_original()
    assert violations(visitor) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_not_found_and_filters(visitor: Visitor, dark: bool) -> None:
    if dark:
        visitor.page.locator("#yw-theme").click()
    visitor.page.locator("#yw-filters button").first.click()
    visitor.ask("火星上的水冰储量是多少吨？")
    visitor.page.wait_for_timeout(500)
    assert violations(visitor) == []


def test_the_articles(visitor: Visitor) -> None:
    visitor.page.get_by_role("tab", name="文章").click()
    visitor.page.locator("#yw-corpus .yw-mark").nth(2).click()
    visitor.page.locator("#yw-source .yw-title").wait_for()
    assert violations(visitor) == []


def test_a_phone(arrive: Callable[..., Visitor], address: str) -> None:
    visitor = arrive(address, locale="en-GB", width=390, height=800)
    visitor.ask(COUNTED)
    visitor.reply.locator(".yw-mark").first.click()
    visitor.page.locator("#yw-source mark").wait_for()
    assert violations(visitor) == []
