"""What the server answers from: the index in use with its assistant, and what visitors leave behind."""

from __future__ import annotations

import logging
import threading
from itertools import islice
from pathlib import Path

from yuanwen_index import IndexUnreachable, IndexUnusable, Retriever
from yuanwen_qa import Assistant, Reader

from .examples import example_questions
from .exports import Exports
from .feedback import Feedback
from .serving.vitals import Vitals
from .uploads import Uploads

__all__ = ["Library"]

NAMES_READ = 5_000


class Library:
    """One open index, shared by all visitors.

    ``feedback`` is where visitors' verdicts are kept, ``uploads`` the documents they add; None keeps none.
    """

    def __init__(
        self,
        retriever: Retriever,
        reader: Reader | None = None,
        *,
        feedback: Path | None = None,
        uploads: Uploads | None = None,
    ) -> None:
        self.retriever = retriever
        self.assistant = Assistant(retriever, reader)
        self.exports = Exports()
        self.vitals = Vitals()
        self.feedback = None if feedback is None else Feedback(feedback)
        self.uploads = uploads
        self._lock = threading.Lock()
        self._following = threading.Lock()
        self._unusable = b""
        self._examples: tuple[int, list[str]] | None = None

    def follow(self) -> None:
        """Take up what another process has indexed meanwhile; to be called before each question.

        Whoever asks while the new generation is being opened is answered from the one before. A generation that
        cannot be used changes nothing, and is not tried again.
        """
        if not self._following.acquire(blocking=False):
            return
        published = b""
        try:
            published = self.retriever.published
            if published not in (self._unusable, self.retriever.current):
                self.retriever.reload()
        except IndexUnreachable as error:
            logging.getLogger(__name__).warning("%s", error)  # whoever asks is told the same
        except IndexUnusable:
            self._unusable = published
            logging.getLogger(__name__).exception("the index in use is kept, the new one cannot be used")
        finally:
            self._following.release()

    def examples(self, n: int) -> list[str]:
        """At most ``n`` questions that the assistant answers, made anew for each generation of the index."""
        with self._lock:
            generation = self.retriever.generation
            if self._examples is None or self._examples[0] != generation:
                self._examples = generation, self._tried(n)
            return self._examples[1]

    def _tried(self, n: int) -> list[str]:
        try:
            return example_questions(self.assistant, self.retriever.articles, n)
        except Exception:  # a page without examples is better than none
            logging.getLogger(__name__).exception("the example questions could not be tried")
            return []

    def sources_and_reporters(self) -> tuple[list[str], list[str]]:
        """The names that the filters offer, from the first articles of the index."""
        articles = list(islice(self.retriever.articles, NAMES_READ))
        sources = dict.fromkeys(article.document.source for article in articles)
        reporters = {name for article in articles for name in article.reporters}
        return list(sources), sorted(reporters)
