"""How many articles come back from generated pages: F1 of titles, bodies, bylines and paragraphs, per style.

    python bench/articles.py [NEWS.jsonl.xz] --pages 200 [--seed 1]

Without a news file the stories are written from templates; with one (rows with ``title`` and ``text``) its
texts are laid out instead.  A title, body or byline counts where it is equal to what was laid out, white
space aside.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "index")]

from tests.pages import STYLES, Page, Story, english_page, lay_out, markdown_page, write_stories, write_story  # noqa: E402

from yuanwen_index.articles import Article, parse_articles  # noqa: E402
from yuanwen_index.documents import Document  # noqa: E402

PARTS = ("titles", "bodies", "bylines", "paragraphs", "all")
Told = dict[str, object]


def bare(text: str) -> str:
    """Return ``text`` without white space."""
    return "".join(text.split())


def told_by_story(story: Story) -> Told:
    """Return what must come back of ``story``."""
    paragraphs = tuple(bare(text) for text in story.paragraphs)
    names = tuple(sorted(story.reporters + story.correspondents))
    return {
        "titles": bare("".join(story.title)),
        "bodies": "".join(paragraphs),
        "bylines": names,
        "paragraphs": paragraphs,
    }


def told_by_article(article: Article) -> Told:
    """Return what came back in ``article``."""
    paragraphs = tuple(bare(text) for text in article.paragraph_texts)
    return {
        "titles": bare(article.title),
        "bodies": "".join(paragraphs),
        "bylines": tuple(sorted(article.reporters)),
        "paragraphs": paragraphs,
    }


def score(page: Page) -> Counter[str]:
    """Return, for one page, how many articles were laid out and found and how many parts are equal.

    A found article is compared with the laid-out one whose body it shares the opening of.
    """
    found = [told_by_article(article) for article in parse_articles(Document("page", page.text, "utf-8", ""))]
    wanted = [told_by_story(story) for story in page.stories]
    counts = Counter({"wanted": len(wanted), "found": len(found)})
    by_opening = {str(told["bodies"])[:40]: told for told in found}
    for told in wanted:
        match = by_opening.get(str(told["bodies"])[:40], {})
        equal = [part for part in PARTS[:-1] if match.get(part) == told[part]]
        counts.update(equal)
        counts["all"] += {"titles", "bodies", "bylines"} <= set(equal)
    return counts


def f1(counts: Counter[str], part: str) -> float:
    """Return the harmonic mean of precision and recall of one part."""
    return 2 * counts[part] / (counts["wanted"] + counts["found"])


def stories_of(path: Path, rng: random.Random) -> Iterator[Story]:
    """Yield stories with the titles and texts of a news file, in random order, for ever."""
    with lzma.open(path, "rt", encoding="utf-8") as rows:
        news = [json.loads(row) for row in rows]
    news = [row for row in news if 6 <= len(row["title"]) <= 60 and usable(row["text"])]
    while True:
        row = rng.choice(news)
        signed = write_story(rng)
        paragraphs = [text.strip() for text in row["text"].split("\n") if text.strip()]
        yield Story((row["title"].strip(),), tuple(paragraphs), signed.reporters, signed.correspondents)


def usable(text: str) -> bool:
    """Tell whether ``text`` is a plain body: no lead or byline of its own, every paragraph a sentence."""
    paragraphs = [part.strip() for part in text.split("\n") if part.strip()]
    marked = ("记者", "讯", "电（", "电(", "编辑", "通讯员", "来源", "原标题")
    return (
        80 <= len(text) <= 3000
        and not any(mark in text[:60] or mark in text[-60:] for mark in marked)
        and all(part[-1] in "。！？”" and "。" in part for part in paragraphs)
    )


def pages(style_at: int, count: int, seed: int, news: Path | None) -> Iterator[Page]:
    """Yield ``count`` pages of one style."""
    rng = random.Random(f"{seed}/{style_at}")
    source = stories_of(news, rng) if news else None
    style = STYLES[style_at]
    for _ in range(count):
        number = rng.randint(*style.stories)
        yield lay_out(list(islice(source, number)) if source else write_stories(rng, number), style, rng)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("news", nargs="?", type=Path)
    parser.add_argument("--pages", type=int, default=200, help="pages of each style")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(f"{'style':36}" + "".join(f"{part:>12}" for part in PARTS))
    total: Counter[str] = Counter()
    size, seconds = 0, 0.0
    runs = [
        (style.name, pages(at, options.pages, options.seed, options.news)) for at, style in enumerate(STYLES)
    ]
    rng = random.Random(options.seed)
    runs.append(("English", (english_page(rng) for _ in range(options.pages))))
    runs.append(("Markdown", (markdown_page(rng) for _ in range(options.pages))))
    for name, made in runs:
        counts: Counter[str] = Counter()
        for page in list(made):
            started = time.perf_counter()
            counts += score(page)
            seconds += time.perf_counter() - started
            size += len(page.text.encode())
        total += counts
        print(f"{name:36}" + "".join(f"{f1(counts, part):12.4f}" for part in PARTS))
    print(f"{'together':36}" + "".join(f"{f1(total, part):12.4f}" for part in PARTS))
    print(f"{total['wanted']} articles, {size / 1e6:.1f} MB, {size / 1e6 / seconds:.1f} MB/s with scoring")


if __name__ == "__main__":
    main()
