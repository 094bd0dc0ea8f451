"""Hostile documents, file names and questions: shown as the text they are, and nothing of them runs or calls out."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from tests.ui.visitor import Visitor

from yuanwen_index import build_index

pytestmark = pytest.mark.browser
RUN = "window.owned=1"
OUT = "//127.0.0.1:9/x"
ATTACKS = (
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    "<iframe srcdoc='<script>top.owned=1</script>'></iframe>",
    f"<iframe src={OUT}></iframe>",
    f"<details open ontoggle={RUN}>",
    f"<input autofocus onfocus={RUN}>",
    f"<video><source onerror={RUN}></video>",
    f"<a href='javascript:{RUN}'>x</a>",
    f"<form action={OUT}><button>x</button></form>",
    f"<link rel=stylesheet href={OUT}>",
    f"<style>@import '{OUT}';</style>",
    f"<meta http-equiv=refresh content='0;url={OUT}'>",
    f"<base href={OUT}>",
    f"<object data={OUT}></object>",
    f"<math><mtext></p><img src=x onerror={RUN}>",
    f"![x]({OUT})",
    f"[x](javascript:{RUN})",
    f"{{{{constructor.constructor('{RUN}')()}}}}",
    f"${{{RUN}}}",
    f"`{RUN}` ~~x~~ **x** # x",
    f"$\\href{{javascript:{RUN}}}{{x}}$",
    "&lt;b&gt; &amp; &#60;i&#62;",
    "\u202egnp.exe\u202c \u2066x\u2069",
)
WRAPPINGS = ("{}", '"{}"', "'>{}", "</p></div>{}", "<!--{}-->", "]]>{}")
PAYLOADS = [wrapping.format(attack) for wrapping, attack in product(WRAPPINGS, ATTACKS)]
ACTIVE = (
    "script:not([src]), iframe, object, embed, form, base, video, svg[onload], img[src='x'], link[href*=':9']"
)


@pytest.fixture(scope="module")
def hostile_address(start_chat: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """A chat over one hostile document a payload, each also named by its payload where a file can be."""
    folder = tmp_path_factory.mktemp("hostile")
    for number, payload in enumerate(PAYLOADS):
        name = f"{number} {payload}".replace("/", "\u2215")[:80]
        body = f"# {payload}\n\n本报讯 5月1日，第{number}号楼的住户{payload}共有{number + 1000}户。\n\n记者 {payload}\n"
        (folder / f"{name}.md").write_text(body, "utf-8")
        if number % 10 == 0:
            (folder / f"{name}.pdf").write_bytes(b"no pdf")
    index = tmp_path_factory.mktemp("hostile-index") / "index"
    build_index([folder], index)
    return start_chat(index)


def assert_inert(visitor: Visitor) -> None:
    assert visitor.page.evaluate("window.owned === undefined")
    assert visitor.page.locator("gradio-app").locator(ACTIVE).count() == 0
    assert visitor.page.url.startswith(visitor.address)


def test_there_are_enough_payloads() -> None:
    assert len(set(PAYLOADS)) >= 150


def test_titles_bylines_bodies_and_file_names_are_text(
    arrive: Callable[..., Visitor], hostile_address: str
) -> None:
    visitor = arrive(hostile_address)
    visitor.page.get_by_role("tab", name="文章").click()
    visitor.page.locator("#yw-corpus h2").nth(len(PAYLOADS) - 1).wait_for()
    shown = visitor.page.locator("#yw-corpus").text_content() or ""
    titles = visitor.page.locator("#yw-corpus .yw-mark").all_text_contents()
    assert sum(any(payload in text for text in [*titles, shown]) for payload in PAYLOADS) > 0.9 * len(
        PAYLOADS
    )
    assert_inert(visitor)
    articles = visitor.page.locator("#yw-corpus .yw-mark")
    for number in range(articles.count()):
        articles.nth(number).click()
        visitor.page.locator("#yw-source :is(.yw-article, .yw-original)").wait_for()
        if number == articles.count() // 2:
            visitor.show_original()
    assert_inert(visitor)


def test_questions_answers_and_passages_are_text(
    arrive: Callable[..., Visitor], hostile_address: str
) -> None:
    visitor = arrive(hostile_address)
    for number in range(0, len(ATTACKS), 2):
        question = f"第{number}号楼的住户{PAYLOADS[number]}有多少户？"
        visitor.ask(question)
        assert visitor.page.locator("#yw-chat .yw-question").last.text_content() == question
        visitor.page.locator("#yw-source .yw-title").wait_for()
        assert_inert(visitor)
    with visitor.page.expect_download() as download:
        visitor.page.locator("#yw-export-html").click()
    sheet = visitor.page.context.new_page()
    sheet.goto(f"file://{download.value.path()}")
    assert sheet.evaluate("window.owned === undefined")
    assert sheet.locator(ACTIVE).count() == 0
    sheet.close()
