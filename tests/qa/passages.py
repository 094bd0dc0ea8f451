"""What the tests of reading share: articles made of text, hits on them, and a small space of words."""

from __future__ import annotations

import numpy as np

from yuanwen_index import Article, Document, Hit, Passage, Ranks, parse_articles
from yuanwen_qa.reading.spaces import WordSpace

FAIR = """市图书馆举办古籍展

　　本报讯 5月18日，古籍修复展在市图书
馆开幕，共展出修复古籍126册。展览由馆长周
文涛主持，持续到6月30日。
　　（记者 林小满）
"""


def article(text: str = FAIR, source: str = "fair.txt") -> Article:
    return parse_articles(Document(source, text, "utf-8", "0" * 64))[0]


def plain_article(text: str) -> Article:
    """An article whose text is `text`, one paragraph a line."""
    ends = [i for i, char in enumerate(text) if char == "\n"]
    lines = zip([0, *(end + 1 for end in ends)], [*ends, len(text)], strict=True)
    document = Document("plain.txt", text, "utf-8", "0" * 64)
    return Article(document, "", (), None, None, False, (), tuple(((s, e),) for s, e in lines if e > s))


def hit(text: str, score: float = 1.0) -> Hit:
    whole = plain_article(text)
    return Hit(Passage(whole, 0, len(whole.text)), score, Ranks(1, None))


def space_of(words: list[str], dim: int = 8) -> WordSpace:
    vectors = np.random.default_rng(0).normal(size=(len(words), dim)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return WordSpace(words, vectors, np.linspace(0.2, 1.0, len(words), dtype=np.float32))
