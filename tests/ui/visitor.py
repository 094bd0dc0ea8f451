"""What a visitor of the chat does and sees, and what the browser noticed meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Locator, Page, Request, Response


class Visitor:
    """One browser page on the chat.

    ``outside`` collects requests to any other place, ``complaints`` errors of scripts, policy and server.
    """

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.outside: list[str] = []
        self.complaints: list[str] = []
        page.on("request", self._note_request)
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("response", self._note_response)
        page.goto(address)
        self.question_box.wait_for()
        page.locator("#yw-send:not(:text-is('-'))").wait_for()
        page.locator("#yw-source .yw-empty").wait_for(state="attached")

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

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.outside.append(request.url)

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _note_response(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status} {response.url}")
