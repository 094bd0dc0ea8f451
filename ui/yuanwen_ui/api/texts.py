"""Articles as JSON values: one by one, a stretch of text at a time, and listed."""

from __future__ import annotations

from bisect import bisect_left
from typing import Any

from yuanwen_index import Article, Retriever, UsageError

__all__ = ["article_listing", "article_text"]

MOST_LISTED = 200
LONGEST_STRETCH = 100_000
USUAL_STRETCH = 20_000


def article_listing(
    retriever: Retriever, source: str | None = None, first: int = 0, limit: int = 50
) -> dict[str, Any]:
    """At most ``limit`` articles from the one numbered ``first`` on, of one file or of all, without their texts."""
    articles = retriever.articles
    if source is None:
        start, end = 0, len(articles)
    else:
        start = bisect_left(articles, source, key=_source)
        end = bisect_left(articles, source + "\0", key=_source)
    chosen = articles[start + first : min(start + first + limit, end)]
    return {
        "articles": [about_article(article) for article in chosen],
        "count": end - start,
        "next": first + limit if start + first + limit < end else None,
        "generation": retriever.generation,
    }


def article_text(
    retriever: Retriever, source: str, at: int, offset: int = 0, limit: int = USUAL_STRETCH
) -> dict[str, Any]:
    """The article that character ``at`` of a file stands in, and ``limit`` characters of its text from ``offset`` on.

    Raises UsageError when there is none.
    """
    article = retriever.article_at(source, at)
    if article is None or not at < max(len(article.document.text), 1) or not offset < len(article.text):
        raise UsageError("the index holds no article there")
    end = min(offset + limit, len(article.text))
    start_in_file, end_in_file = article.file_span(offset, end)
    return {
        "article": about_article(article),
        "text": article.text[offset:end],
        "start": start_in_file,
        "end": end_in_file,
        "next": end if end < len(article.text) else None,
        "generation": retriever.generation,
    }


def about_article(article: Article) -> dict[str, Any]:
    """Where an article stands and what is known of it."""
    start, end = article.file_span(0, len(article.text)) if article.text else (0, 0)
    first_line, last_line = article.lines(0, len(article.text)) if article.text else (1, 1)
    return {
        "source": article.document.source,
        "title": article.title,
        "date": article.date,
        "date_iso": article.date_iso,
        "reporters": list(article.reporters),
        "metadata": dict(article.document.metadata),
        "characters": len(article.text),
        "start": start,
        "end": end,
        "first_line": first_line,
        "last_line": last_line,
        "file_state": article.document.file_state(),
    }


def _source(article: Article) -> str:
    return article.document.source
