"""Two writers cannot harm: twenty processes publish twenty times each; the one that comes second is told who is first."""

from __future__ import annotations

import os
import random
import re
import sys
import time
from pathlib import Path

from tests.soak.scene import ENCODER, folder, quick, tell

from yuanwen_index import IndexLocked, Retriever, build_index


def publish_often(number: int, times: int, pages: Path, index: Path, notes: Path) -> None:
    """Write a page and index, ``times`` times; note each refusal. Ends the process."""
    refused = unnamed = 0
    for time_ in range(times):
        (pages / f"{number}-{time_}.txt").write_text(f"第{number}人第{time_}次的新闻。\n", "utf-8")
        while True:
            try:
                build_index([pages], index, encoder=ENCODER)
                break
            except IndexLocked as error:
                refused += 1
                named = re.search(r"being written by process (\d+) on \S+ since \S+", str(error))
                unnamed += named is None or int(named[1]) == os.getpid()
                time.sleep(random.uniform(0.02, 0.2))
    (notes / str(number)).write_text(f"{refused} {unnamed}")
    os._exit(0)


def main() -> int:
    """All of it."""
    writers, times = (4, 3) if quick() else (20, 20)
    with folder() as home:
        pages, index, notes = (home / name for name in ("pages", "index", "notes"))
        pages.mkdir()
        notes.mkdir()
        children = []
        for number in range(writers):
            children.append(os.fork())
            if not children[-1]:
                publish_often(number, times, pages, index, notes)
        failed = sum(os.waitpid(child, 0)[1] != 0 for child in children)
        refusals = [[int(word) for word in note.read_text().split()] for note in notes.iterdir()]
        retriever = Retriever.open(index, encoder=ENCODER)
        texts = {document.source: document.text for document in retriever.documents}
        wanted = {page.name: page.read_text("utf-8") for page in pages.iterdir()}
        lost = len(wanted) - sum(texts.get(name) == text for name, text in wanted.items())
        leftovers = len(list(index.glob(".tmp-*"))) + max(0, len(list(index.glob("gen-*"))) - 2)
        unnamed = sum(unnamed for _, unnamed in refusals)
        figures = (
            f"{writers} processes x {times} publications in {retriever.generation} generations: {lost} lost, {failed} failed, "
            f"{leftovers} left behind; refused {sum(refused for refused, _ in refusals):,} times, "
            f"{unnamed} of these without the holder's name"
        )
        whole = len(texts) == writers * times and not unnamed
        return tell("two writers cannot harm", figures, kept=whole and not (lost or failed or leftovers))


if __name__ == "__main__":
    sys.exit(main())
