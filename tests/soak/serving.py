"""An update while serving is invisible: twenty publications under fifty clients, each answer checked against the
generation that gave it.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

from tests.soak.scene import ENCODER, folder, quick, tell

from yuanwen_index import Hit, Retriever, build_index
from yuanwen_qa import Assistant, Reply

PAGES = 6


def publish(version: int, pages: Path, index: Path) -> None:
    """Make every page say which version it is of."""
    pages.mkdir(exist_ok=True)
    for page in range(PAGES):
        text = f"本报讯 3月1日，第{page}区召开防汛会议，版本{version}的负责人主持会议。\n" * (1 + version % 3)
        (pages / f"{page}.txt").write_text(text, "utf-8")
    build_index([pages], index, encoder=ENCODER)


def versions_of(hits: tuple[Hit, ...]) -> set[str]:
    """The versions that the passages, their documents and their neighbours speak of."""
    texts = [hit.passage.text for hit in hits] + [hit.passage.article.document.text for hit in hits]
    return {text.split("版本")[1].split("的")[0] for text in texts}


def right(reply: Reply, shown: range) -> str | None:
    """What is wrong with a reply given while these versions were being served."""
    versions = versions_of(reply.hits)
    if len(versions) != 1:
        return f"mixed: {sorted(versions)}"
    if int(versions.copy().pop()) not in shown:
        return f"version {versions} while {shown} was served"
    for answer in reply.answers:
        cited = answer.citation
        document = answer.passage.article.document
        if document.text[cited.start : cited.end] != answer.text:
            return "a quotation that its file does not hold"
    return None


def main() -> int:
    """All of it."""
    clients, publications = (4, 2) if quick() else (50, 20)
    with folder() as home:
        pages, index = home / "pages", home / "index"
        publish(0, pages, index)
        retriever = Retriever.open(index, encoder=ENCODER)
        assistant = Assistant(retriever)
        served = [0]  # the version that was taken up last
        stop = threading.Event()
        wrong: list[str] = []
        counts = [0] * clients

        def ask(client: int) -> None:
            while not stop.is_set():
                before = served[0]
                try:
                    reply = assistant.answer(f"第{client % PAGES}区的会议由谁主持？")
                    found = right(reply, range(before, served[0] + 2))
                except Exception as error:
                    found = f"{type(error).__name__}: {error}"
                if found:
                    wrong.append(found)
                counts[client] += 1

        threads = [threading.Thread(target=ask, args=(client,)) for client in range(clients)]
        for thread in threads:
            thread.start()
        for version in range(1, publications + 1):
            publish(version, pages, index)
            retriever.reload()
            served[0] = version
            asked = sum(counts)
            while sum(counts) < asked + clients and not wrong:
                time.sleep(0.01)  # every version is asked about
        stop.set()
        for thread in threads:
            thread.join()
        figures = f"{publications} publications under {clients} clients: {sum(counts):,} answers, {len(wrong)} wrong {wrong[:3] or ''}"
        return tell("an update while serving is invisible", figures, kept=not wrong and min(counts) > 0)


if __name__ == "__main__":
    sys.exit(main())
