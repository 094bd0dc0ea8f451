"""Text from documents, file names and questions is inert and verbatim: every payload as file name, headline, text,
line of the original, reporter and question, in Chromium, beside a trap that the payloads would call.
"""

from __future__ import annotations

import sys

from playwright.sync_api import sync_playwright
from tests.conftest import CHROMIUM, QUIET
from tests.soak.running import chat
from tests.soak.scene import folder, quick, tell
from tests.ui.hostile import look_at_articles, look_at_questions, payloads, trap, write_documents
from tests.ui.visitor import Visitor

from yuanwen_index import build_index

EACH = 30  # questions a page; it keeps forty


def main() -> int:
    """All of it."""
    with folder() as home, trap() as caller, sync_playwright() as driver:
        texts = payloads(caller.address)[: 10 if quick() else None]
        (home / "pages").mkdir()
        write_documents(home / "pages", texts)
        build_index([home / "pages"], home / "index")
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        with chat(home / "index") as running:
            visitor = Visitor(browser.new_context(locale="zh-CN").new_page(), running.address)
            compared, wrong = look_at_articles(visitor, home / "pages", texts)
            calls = len(visitor.outside)
            wrong += visitor.complaints
            numbered = list(enumerate(texts))
            for first in range(0, len(numbered), EACH):
                visitor = Visitor(browser.new_context(locale="zh-CN").new_page(), running.address)
                asked, wrong_too = look_at_questions(visitor, numbered[first : first + EACH])
                compared += asked
                wrong += wrong_too + visitor.complaints
                calls += len(visitor.outside)
            browser.close()
        calls += len(caller.caught)
    figures = (
        f"{len(texts)} payloads in six places: {compared:,} texts compared, {calls} requests, "
        f"{len(wrong)} executed, active or changed {wrong[:3] or ''}"
    )
    return tell("hostile text is inert and verbatim", figures, kept=not wrong and not calls)


if __name__ == "__main__":
    sys.exit(main())
