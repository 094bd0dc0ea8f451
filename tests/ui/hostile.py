"""Documents and questions that want to be more than text, a trap that they would call, and a look at what became of them."""

from __future__ import annotations

import contextlib
import socket
import tempfile
import threading
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

from tests.ui.visitor import Visitor

__all__ = [
    "Trap",
    "active_elements",
    "look_at_articles",
    "look_at_questions",
    "payloads",
    "trap",
    "write_documents",
]

RUN = "window.owned=1"
ATTACKS = (
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    "<iframe srcdoc='<script>top.owned=1</script>'></iframe>",
    "<iframe src={out}></iframe>",
    f"<details open ontoggle={RUN}>",
    f"<input autofocus onfocus={RUN}>",
    f"<video><source onerror={RUN}></video>",
    f"<a href='javascript:{RUN}'>x</a>",
    "<form action={out}><button>x</button></form>",
    "<link rel=stylesheet href={out}>",
    "<style>@import '{out}';</style>",
    "<meta http-equiv=refresh content='0;url={out}'>",
    "<base href={out}>",
    "<object data={out}></object>",
    f"<math><mtext></p><img src=x onerror={RUN}>",
    "<img src={out}>",
    "![x]({out})",
    f"[x](javascript:{RUN})",
    f"{{{{constructor.constructor('{RUN}')()}}}}",
    f"${{{RUN}}}",
    f"`{RUN}` ~~x~~ **x** # x",
    f"$\\href{{javascript:{RUN}}}{{x}}$",
    "&lt;b&gt; &amp; &#60;i&#62;",
    "\u202egnp.exe\u202c \u2066x\u2069",
)
WRAPPINGS = ("{}", '"{}"', "'>{}", "</p></div>{}", "<!--{}-->", "]]>{}")
ACTIVE = """() => [...document.querySelectorAll('gradio-app *')].filter((one) =>
  ['SCRIPT', 'IFRAME', 'OBJECT', 'EMBED', 'FORM', 'BASE', 'META', 'VIDEO', 'DETAILS', 'MATH'].includes(one.tagName.toUpperCase())
  || one.matches("img[src='x'], img[src*='/trap'], link[href*='/trap'], a[href^='javascript:' i]")
  || [...one.attributes].some((attribute) => /^on/i.test(attribute.name))
).map((one) => one.outerHTML.slice(0, 200))"""
OPEN = """async ([number, file]) => {
  document.querySelectorAll('#yw-corpus .yw-mark')[number].click();
  const texts = (what) => [...document.querySelectorAll('#yw-source ' + what)].map((one) => one.textContent);
  const deadline = performance.now() + 20000;
  while (performance.now() < deadline) {
    const facts = texts('.yw-facts dd');
    if (facts[0] === file && document.querySelector('#yw-source :is(.yw-article, .yw-original)'))
      return { facts, title: texts('.yw-title')[0], paragraphs: texts('.yw-article p'), lines: texts('.yw-line-text') };
    await new Promise((done) => setTimeout(done, 10));
  }
  return null;
}"""


class Trap:
    """Counts who connects to it."""

    def __init__(self, listening: socket.socket) -> None:
        self.caught: list[bytes] = []
        self.address = f"//127.0.0.1:{listening.getsockname()[1]}/trap"
        self._listening = listening
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
                with connection:
                    connection.settimeout(2)
                    self.caught.append(connection.recv(200))
            except OSError:
                return


@contextlib.contextmanager
def trap() -> Iterator[Trap]:
    """A server on loopback that nobody is to call."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield Trap(listening)
        listening.shutdown(socket.SHUT_RDWR)


def payloads(out: str) -> list[str]:
    """156 of them, each attack by itself first; those that call somebody call ``out``."""
    return [wrapping.format(attack.replace("{out}", out)) for wrapping, attack in product(WRAPPINGS, ATTACKS)]


def write_documents(folder: Path, texts: list[str]) -> None:
    """A document a payload, which is its name, its headline, in its text and its reporter; some cannot be read."""
    for number, payload in enumerate(texts):
        name = f"{number} {payload}".replace("/", "\u2215")[:80]
        body = f"# {payload}\n\n本报讯 5月1日，第{number}号楼的住户{payload}共有{number + 1000}户。\n\n记者 {payload}\n"
        (folder / f"{name}.md").write_text(body, "utf-8")
        if number % 10 == 0:
            (folder / f"{name}.pdf").write_bytes(b"no pdf")


def active_elements(visitor: Visitor) -> list[str]:
    """The elements of the page that could do something, and what was done already."""
    found: list[str] = visitor.page.evaluate(ACTIVE)
    if not visitor.page.evaluate("window.owned === undefined"):
        found.append("a payload ran")
    if not visitor.page.url.startswith(visitor.address):
        found.append(f"the page went to {visitor.page.url}")
    return found


def look_at_articles(visitor: Visitor, folder: Path, texts: list[str]) -> tuple[int, list[str]]:
    """Open every article as it reads and as its file; how many texts were compared, and what was wrong.

    The list of articles, and of each its file name, headline, reporters and text, must stand on the page as the
    server gave them, and the lines of the original as they are in the file.
    """
    page = visitor.page
    page.get_by_role("tab", name="文章").click()
    page.locator("#yw-corpus h2").nth(len(texts) - 1).wait_for()
    listed: list[dict[str, Any]] = page.evaluate("fetch('./yuanwen/corpus').then((reply) => reply.json())")[
        "listed"
    ]
    wrong = active_elements(visitor)
    titles = page.locator("#yw-corpus .yw-mark").all_text_contents()
    wrong += [
        f"listed {title!r}" for title, one in zip(titles, listed, strict=True) if one["title"] not in title
    ]
    compared = len(titles)
    bodies = {file.name.split(" ")[0]: file.read_text("utf-8") for file in folder.glob("*.md")}
    for original in (False, True):
        if original:
            visitor.show_original()
        for number, one in enumerate(listed):
            shown = page.evaluate(OPEN, [number, one["file"]])
            body = bodies[one["file"].split(" ")[0]]
            if shown is None:
                wrong.append(f"{one['file']!r} did not open")
                continue
            held = (
                "\n".join(shown["lines"]) in body.rstrip("\n")
                if original
                else all(p in body for p in shown["paragraphs"])
            )
            facts = " ".join(one["reporters"]) in (*shown["facts"], "")
            if not (held and facts and (shown["title"] == one["title"] or not one["title"])):
                wrong.append(f"{one['file']!r} shown as {shown}")
            compared += 4
        wrong += active_elements(visitor)
    names = "".join(page.locator("#yw-corpus h2").all_text_contents())
    # A name is the index's: what changes the direction of writing is spelt out in it.
    wrong += [f"{one['file']!r} is not on the page" for one in listed if one["file"] not in names]
    spelt = [payload.replace("/", "\u2215")[:60] for payload in texts if payload.isprintable()]
    wrong += [f"{payload!r} is no file name" for payload in spelt if payload not in names]
    return compared + len(texts), wrong


def look_at_questions(visitor: Visitor, asked: list[tuple[int, str]]) -> tuple[int, list[str]]:
    """Ask with the payloads in the question, open what answers, export the conversation; as ``look_at_articles``."""
    wrong = []
    visitor.page.get_by_role("tab", name="对话").click()
    questions = [f"第{number}号楼的住户{payload}有多少户？" for number, payload in asked]
    for question in questions:
        visitor.ask(question)
        if visitor.page.locator("#yw-chat .yw-question").last.text_content() != question:
            wrong.append(f"asked {question!r}")
        visitor.page.locator("#yw-source .yw-title").wait_for()
        wrong += active_elements(visitor)
    with visitor.page.expect_download() as download:
        visitor.page.locator("#yw-export-html").click()
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "conversation.html"  # by another name a browser would show its source
        download.value.save_as(kept)
        sheet = visitor.page.context.new_page()
        sheet.goto(kept.as_uri())
    exported = sheet.locator("h2").all_text_contents()
    wrong += [
        f"exported {title!r}"
        for title, sent in zip(exported, questions[-len(exported) :], strict=True)
        if title != sent
    ]
    wrong += [] if exported else ["exported nothing"]
    if (
        not sheet.evaluate("window.owned === undefined")
        or sheet.locator("script, iframe, img, form, [onload]").count()
    ):
        wrong.append("the exported sheet is alive")
    sheet.close()
    return 2 * len(asked), wrong
