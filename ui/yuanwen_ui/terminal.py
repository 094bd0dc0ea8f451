"""What the commands print for people: answers, passages and articles on a terminal.

Text from documents may hold control characters that a terminal would obey, so it is shown through
:func:`inert` only, and as ``rich.text.Text``, which takes no markup from it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from yuanwen_index import Article, BuildReport, FileState, Hit, Skipped
from yuanwen_qa import Answer, Reply

__all__ = [
    "build_progress",
    "inert",
    "print_articles",
    "print_hits",
    "print_reply",
    "print_report",
    "print_skipped",
]

_ANSWER = "bold black on yellow"
_PLACE = "cyan"
_NAMED = 5


def inert(text: str) -> str:
    """Replace control, bidirectional and other invisible format characters by U+FFFD; keep line breaks."""
    return "".join(
        "\ufffd" if c != "\n" and unicodedata.category(c) in {"Cc", "Cf", "Cs"} else c for c in text
    )


def show(console: Console, text: Text) -> None:
    """Print one text; the terminal breaks its lines, a pipe gets them whole."""
    console.print(text, soft_wrap=True)


def place(article: Article, start: int, end: int) -> str:
    """Source, lines, title and date of a span of an article, on one line."""
    first, last = article.lines(start, end)
    lines = f"{first}" if first == last else f"{first}-{last}"
    about = " ".join(part for part in (article.title, article.date) if part)
    return inert(f"{article.document.source}:{lines}" + (f"  {about}" if about else ""))


_NOTICES: dict[FileState, str] = {
    "changed": "this file has changed since it was indexed 文件在索引之后已改动",
    "gone": "this file is no longer where it was indexed 文件已不在索引时的位置",
}


def print_place(console: Console, before: str, article: Article, start: int, end: int) -> None:
    """The place of a span, and a notice when its file is no longer the one that was indexed."""
    show(console, Text(before + place(article, start, end), _PLACE))
    notice = _NOTICES.get(article.document.file_state())
    if notice:
        show(console, Text(f"    {notice}", "yellow"))


def marked(answer: Answer) -> Text:
    """The passage of an answer with the answer's span marked."""
    passage = answer.passage
    text = Text(inert(passage.text))
    text.stylize(_ANSWER, answer.start - passage.start, answer.end - passage.start)
    return text


def print_answer(console: Console, number: int, answer: Answer) -> None:
    show(
        console,
        Text(f"[{number}] ") + Text(inert(answer.text), "bold") + Text(f"  ({answer.confidence:.0%})", "dim"),
    )
    print_place(console, "    ", answer.passage.article, answer.start, answer.end)
    show(console, marked(answer))


def print_reply(console: Console, reply: Reply, n: int) -> None:
    """The answers, or that there is none, with the nearest passages named as such."""
    if reply.answered:
        for number, answer in enumerate(reply.answers[:n], 1):
            print_answer(console, number, answer)
        return
    show(console, Text("Not found in these articles. 在这些文章中没有找到答案。", "bold"))
    if reply.hits:
        show(console, Text("The nearest passages 最接近的段落:", "dim"))
        print_hits(console, reply.hits[:n])


def print_hits(console: Console, hits: Sequence[Hit]) -> None:
    """Ranked passages, best first."""
    if not hits:
        show(console, Text("No passage matches. 没有匹配的段落。"))
    for rank, hit in enumerate(hits, 1):
        passage = hit.passage
        print_place(console, f"{rank:>3}  {hit.score:.3f}  ", passage.article, passage.start, passage.end)
        show(console, Text(inert(passage.text)))


def print_articles(console: Console, articles: Sequence[Article]) -> None:
    """One headline per article with its place, date and reporters."""
    for article in articles:
        show(console, Text(inert(article.title or "(no headline)"), "bold"))
        details = [
            place(article, 0, len(article.text)).split("  ")[0],
            article.date or "no date",
            *article.reporters,
        ]
        show(console, Text("    " + inert("  ".join(details)), _PLACE))
        show(console, Text(f"    {inert(article.text[:60])}"))


def print_skipped(console: Console, skipped: Sequence[Skipped]) -> None:
    """Files that could not be read, each with its reason."""
    for file in skipped:
        show(console, Text(inert(f"skipped {file.source}: {file.reason}"), "yellow"))


def print_report(console: Console, report: BuildReport) -> None:
    """What an indexing run did."""
    print_skipped(console, report.skipped)
    if report.guessed:
        named = ", ".join(report.guessed[:_NAMED])
        more = f" and {len(report.guessed) - _NAMED} more" if len(report.guessed) > _NAMED else ""
        guess = (
            f"not UTF-8, so read as GB18030: {named}{more}. If that is wrong, name another with --encoding"
        )
        show(console, Text(inert(guess), "yellow"))
    changed = (
        f"{report.added} added, {report.updated} updated, {report.removed} removed, "
        f"{report.unchanged} unchanged; {report.encoded} passages encoded in {report.seconds:.1f} s"
    )
    show(
        console,
        Text(f"{report.documents} files, {report.articles} articles, {report.passages} passages ({changed})"),
    )


def build_progress(console: Console) -> Progress:
    """A bar with counts and time left for long work; it draws nothing when the console is no terminal."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
