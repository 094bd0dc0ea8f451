from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.qa.measured import NumberReader, outcome, unanswerable, wrong

from yuanwen_qa.evaluation.comparison import compare_results
from yuanwen_qa.evaluation.measurement import Setting, open_paragraphs
from yuanwen_qa.evaluation.question_sets import Context, Question, QuestionSet
from yuanwen_qa.evaluation.report import comparison_html, results_html
from yuanwen_qa.evaluation.results import Results
from yuanwen_qa.evaluation.sweep import grid_of, sweep_settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HOSTILE = (
    "<img src=http://outside.example/x onerror=\"document.title='broken'\"></script>"
    "<script>document.title='broken'</script> <!-- {{x}} ]]> \u202e\u2028 𠮷野家 & '\""
)
RESULTS = Results(
    HOSTILE,
    {"mode": "hybrid", "index": HOSTILE},
    (
        outcome(
            id="right", question="古籍展出多少册？", passage="𠮷野家共展出修复古籍126册。", marked=[10, 14]
        ),
        wrong(
            id="hostile",
            question=HOSTILE,
            prediction=HOSTILE,
            passage=HOSTILE,
            marked=[0, 4],
            title=HOSTILE,
            lang="en",
        ),
        wrong(id="lost", rank=None, question="大桥多长？", answers=[HOSTILE], type="title/name"),
        outcome(id="held", answered=False, question="几时通车？", confidence=0.2),
        unanswerable(id="toll", question="过桥要交多少钱？"),
        *(outcome(id=f"more{n}", question=f"第{n}问", confidence=n / 100) for n in range(60)),
    ),
)


def page_of(results: Results) -> str:
    return results_html(results, results.record())


class Tags(HTMLParser):
    """Collects what a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_refers_to_nothing_outside_and_holds_one_script() -> None:
    text = page_of(RESULTS)
    tags = Tags(text).tags
    assert not [tag for tag, attributes in tags if {"src", "href", "action", "srcset"} & set(attributes)]
    assert not [name for _, attributes in tags for name in attributes if name.startswith("on")]
    assert [attributes.get("type") for tag, attributes in tags if tag == "script"] == [
        "application/json",
        None,
    ]
    assert "url(" not in text
    assert "@import" not in text


def test_the_policy_allows_that_script_only() -> None:
    policy = next(
        attributes["content"] for tag, attributes in Tags(page_of(RESULTS)).tags if "http-equiv" in attributes
    )
    assert policy is not None
    assert re.fullmatch(
        r"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-[\w+/=]{44}'; base-uri 'none'",
        policy,
    )


def test_the_data_of_the_page_is_the_record_s() -> None:
    text = page_of(RESULTS)
    data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)[1])  # type: ignore[index]
    assert [one["id"] for one in data["questions"]] == [one.id for one in RESULTS.outcomes]
    assert data["questions"][1]["prediction"] == HOSTILE


def test_search_alone_has_a_report_too() -> None:
    text = page_of(Results("set", {}, (outcome(read=None, prediction=None, passage=None, latency_ms=None),)))
    shown = text.split("<script")[0]
    assert "Recall by k" in shown
    assert "Calibration" not in shown


def test_settings_tried_are_told_with_the_caution_that_they_deserve() -> None:
    contexts = tuple(Context(f"c{n}", "", f"第{n}厅展出{n * 37}册。") for n in range(1, 9))
    asked = tuple(Question(f"q{n}", f"第{n}厅几册？", (f"{n * 37}册",), context=f"c{n}") for n in range(1, 9))
    measurement = open_paragraphs(QuestionSet("halls", asked, contexts), "open", reader=NumberReader())
    grid = grid_of(["k=1,2"], Setting("lexical"))
    for tune, words in ((None, "no longer a test set"), (0.5, "the figures here come from the rest")):
        tried = sweep_settings(measurement, grid, tune=tune)
        assert words in results_html(tried.results, tried.results.record(), tried).split("<script")[0]


def opened(browser: Browser, path: Path, language: str) -> tuple[Page, list[str]]:
    """A page opened from disk, and what it asked for or complained about."""
    page = browser.new_page()
    noted: list[str] = []
    page.on("request", lambda request: noted.append(request.url))
    page.on("console", lambda message: noted.append(message.text))
    page.on("pageerror", lambda error: noted.append(str(error)))
    page.goto(f"{path.as_uri()}#{language}")
    return page, noted


@pytest.mark.browser
def test_the_report_is_searched_and_filtered_in_a_browser(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(page_of(RESULTS), "utf-8")
    page, noted = opened(browser, path, "en")
    rows = page.locator("details.question")
    assert page.locator("#count").inner_text() == "shown 50 / 65 (of 65)"
    page.click("#more")
    assert rows.count() == 65

    page.fill("#search", "大桥")
    assert [rows.nth(n).get_attribute("data-id") for n in range(rows.count())] == ["lost"]
    page.click("#reset")
    page.select_option("#filter-outcome", "withheld")
    assert [rows.nth(n).get_attribute("data-id") for n in range(rows.count())] == ["held"]
    page.click("#reset")
    page.click("[data-cause=wrong_span]")
    assert [rows.nth(n).get_attribute("data-id") for n in range(rows.count())] == ["hostile"]
    page.select_option("#filter-lang", "zh")
    assert rows.count() == 0
    assert "No question matches." in page.locator("#questions").inner_text()
    page.click("#reset")
    page.select_option("#order", "confidence")
    assert rows.nth(rows.count() - 1).get_attribute("data-id") != "held"
    assert noted == [path.as_uri()]
    page.close()


@pytest.mark.browser
def test_the_predicted_span_is_marked_beside_the_evidence(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(page_of(RESULTS), "utf-8")
    page, _ = opened(browser, path, "zh")
    first = page.locator("details.question").first
    first.click()
    assert first.locator("mark").all_inner_texts() == ["126册", "126册"]  # offsets count 𠮷 as one character
    assert "引用段落" in first.inner_text()
    assert "fair.txt" in first.inner_text()
    page.close()


@pytest.mark.browser
def test_both_languages_are_spoken_one_at_a_time(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(page_of(RESULTS), "utf-8")
    page, _ = opened(browser, path, "zh")
    assert "错误原因" in page.inner_text("body")
    assert "Causes of wrong answers" not in page.inner_text("body")
    page.click("[data-lang=en]")
    assert "错误原因" not in page.inner_text("body")
    assert "Causes of wrong answers" in page.inner_text("body")
    assert page.locator("#search").get_attribute("placeholder") == "Search questions, answers, files ..."
    page.close()


@pytest.mark.browser
def test_hostile_text_stays_text(browser: Browser, tmp_path: Path) -> None:
    changed = replace(RESULTS, outcomes=tuple(replace(one, answered=True) for one in RESULTS.outcomes[:5]))
    files = {
        "report": page_of(RESULTS),
        "comparison": comparison_html(compare_results([(HOSTILE, RESULTS), ("other", changed)])),
    }
    for name, text in files.items():
        path = tmp_path / f"{name}.html"
        path.write_text(text, "utf-8")
        page, noted = opened(browser, path, "en")
        for row in page.locator("details.question").all()[:3]:
            row.click()
        assert page.title() != "broken"
        assert page.locator("img").count() == 0
        assert "onerror=" in page.inner_text("body")
        assert "\u202e" not in page.inner_text("body")
        assert noted == [path.as_uri()]
        page.close()
