"""What a visitor of the chat does and sees, and what the browser noticed meanwhile."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Locator, Page, Request, Response


AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
RUN_AXE = "() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})"
SETTLED = "() => document.getAnimations().every(one => one.playState !== 'running' || one.effect.getTiming().iterations > 9)"
LONGEST_WAIT_MS = (
    90_000  # for a machine that is busy with other things; on a quiet one all is there in a second
)


class Visitor:
    """One browser page on the chat.

    ``outside`` collects requests to any other place, ``complaints`` errors of scripts, policy and server.
    """

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.outside: list[str] = []
        self.complaints: list[str] = []
        page.set_default_timeout(LONGEST_WAIT_MS)
        page.on("request", self._note_request)
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("response", self._note_response)
        page.goto(address)
        self._wait_until_ready()

    def arrive_again(self) -> None:
        """Load the page anew."""
        self.page.reload()
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        self.question_box.wait_for()
        self.page.locator("#yw-send:not(:text-is('-'))").wait_for()
        self.page.locator("#yw-source > *").first.wait_for(state="attached")

    @property
    def question_box(self) -> Locator:
        return self.page.locator("#yw-question textarea")

    @property
    def replies(self) -> Locator:
        return self.page.locator("#yw-chat .yw-reply")

    @property
    def reply(self) -> Locator:
        return self.replies.last

    @property
    def answer(self) -> str:
        """The best answer of the latest reply."""
        return self.reply.locator(".yw-best .yw-text").inner_text()

    @property
    def marked(self) -> str:
        """What is marked in the source panel, its pieces joined."""
        self.page.locator("#yw-source mark").first.wait_for()
        return "".join(self.page.locator("#yw-source mark").all_text_contents())

    @property
    def title(self) -> str:
        return self.page.locator("#yw-source .yw-title").inner_text()

    def ask(self, question: str) -> None:
        """Ask and wait for the reply."""
        before = self.replies.count()
        self.question_box.fill(question)
        self.question_box.press("Enter")
        self.replies.nth(before).wait_for()

    def show_original(self) -> None:
        self.page.locator("#yw-source .yw-view").last.click()
        self.page.locator("#yw-source .yw-original").wait_for()

    def speak(self, name: str, send: str) -> None:
        """Choose an interface language and wait until the send button reads ``send``."""
        self.page.locator("#yw-language").get_by_text(name).click()
        self.page.locator(f"#yw-send:text-is('{send}')").wait_for()

    def violations(self) -> list[str]:
        """What axe-core calls a serious or critical violation of WCAG 2.1 A and AA, with the elements."""
        self.page.wait_for_function(SETTLED)
        self.page.evaluate(AXE)
        found: dict[str, Any] = self.page.evaluate(RUN_AXE)
        return [
            f"{rule['id']}: {node['html'][:160]} | {node['failureSummary'][:200]}"
            for rule in found["violations"]
            if rule["impact"] in ("serious", "critical")
            for node in rule["nodes"]
        ]

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.outside.append(request.url)

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _note_response(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status} {response.url}")
