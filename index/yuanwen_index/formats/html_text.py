"""HTML to the text that a reader sees: hidden parts left out, what remains verbatim."""

from __future__ import annotations

import re
from typing import Any

from ..errors import DocumentUnreadable, MissingExtra

__all__ = ["html_text"]

_BLOCKS = frozenset(
    (
        *(
            "address",
            "article",
            "aside",
            "blockquote",
            "body",
            "br",
            "center",
            "dd",
            "details",
            "div",
            "dl",
            "dt",
        ),
        *(
            "fieldset",
            "figcaption",
            "figure",
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
            "hr",
        ),
        *(
            "html",
            "legend",
            "li",
            "main",
            "nav",
            "ol",
            "p",
            "pre",
            "section",
            "summary",
            "table",
            "tbody",
            "td",
        ),
        *("tfoot", "th", "thead", "title", "tr", "ul"),
    )
)
_UNSEEN = frozenset(
    (
        *(
            "script",
            "style",
            "template",
            "noscript",
            "head",
            "iframe",
            "object",
            "embed",
            "svg",
            "math",
            "canvas",
        ),
        *("audio", "video", "select", "textarea", "input", "button", "datalist", "dialog"),
    )
)
_AROUND = frozenset(("nav", "footer", "aside", "menu"))
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?![.\d])|opacity\s*:\s*0(?![.\d])"
)
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-]{2,20})", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\n\r\f]+")
_MAX_ELEMENTS = 3000  # of a page searched for its main part, which takes more than linear time
_MIN_MAIN = 40  # characters: a shorter "main text" is taken as a miss


def declared_charset(data: bytes) -> str | None:
    """Return the encoding that an HTML file names for itself, if it does."""
    match = _CHARSET.search(data[:4096])
    return match.group(1).decode("ascii") if match else None


def html_text(markup: str) -> str:
    """Return the visible text of ``markup``: the title, then its main part, one block a line.

    The main part is what trafilatura finds; where it finds none, or not in the page's own words, it is all
    visible text outside navigation. Raises DocumentUnreadable, or MissingExtra without the extra "documents".
    """
    try:
        import lxml.etree  # type: ignore[import-untyped]
        import lxml.html  # type: ignore[import-untyped]
        import trafilatura
    except ImportError as error:
        raise MissingExtra("reading HTML", "documents") from error
    parser = lxml.html.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        tree = lxml.html.document_fromstring(_parsable(markup), parser=parser)
    except (lxml.etree.LxmlError, ValueError):
        if not markup.strip():
            return ""
        raise DocumentUnreadable("is not HTML that can be read") from None
    named = next((_flat("".join(found.itertext())) for found in tree.iter("title")), "")
    _drop_hidden(tree)
    title = _title(tree, named)
    lines = _lines(tree)
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise DocumentUnreadable("is HTML nested too deeply to be read")
    main = ""
    try:
        if sum(1 for _ in tree.iter()) <= _MAX_ELEMENTS:
            main = (
                trafilatura.extract(tree, output_format="txt", include_comments=False, favor_recall=True)
                or ""
            )
    except (lxml.etree.LxmlError, ValueError, TypeError, AttributeError, RecursionError):
        main = ""
    chosen = _verbatim(main, lines) or lines
    if title and title not in chosen[:3]:
        chosen = [title, *chosen]
    return "\n\n".join(chosen)


def _parsable(markup: str) -> str:
    """Without what the parser refuses: NUL and an encoding declaration (the text is decoded already)."""
    markup = markup.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    return re.sub(r"^\s{0,50}<\?xml[^>]{0,200}\?>", "", markup)


def _title(tree: Any, named: str) -> str:
    """The headline of the page: its only h1, else what it is ``named`` in its head up to the site's name."""
    head = _only_head(tree)
    if head is not None:
        return _flat("".join(head.itertext()))
    return re.split(r"\s[|\-–—]\s|[_|]", named, maxsplit=1)[0].strip()


def _only_head(tree: Any) -> Any:
    """The only h1 that holds words; None where none does or several do, one inside the other too."""
    head, opened = None, []
    for event, element in _walk(tree):
        if element.tag == "h1":
            opened.append(element) if event == "start" else opened.pop()
        words = element.text if event == "start" else element.tail
        if opened and words and _flat(words):
            if len(opened) > 1 or head not in (None, opened[0]):
                return None
            head = opened[0]
    return head


def _flat(text: str) -> str:
    return _SPACE.sub(" ", text).strip(" ")


def _hidden(element: Any) -> bool:
    if element.tag in _UNSEEN or "hidden" in element.attrib or element.get("aria-hidden") == "true":
        return True
    style = element.get("style")
    return bool(style and _HIDING.search(style.lower()))


def _drop_hidden(tree: Any) -> None:
    for element in list(tree.iter()):
        if isinstance(element.tag, str) and element.getparent() is not None and _hidden(element):
            element.drop_tree() if hasattr(element, "drop_tree") else element.getparent().remove(element)


def _lines(tree: Any) -> list[str]:
    """The visible text, a line for each block; depth costs no stack."""
    parts: list[str] = []
    around = 0
    for event, element in _walk(tree):
        if not isinstance(element.tag, str):
            continue
        block = element.tag in _BLOCKS
        if event == "start":
            around += element.tag in _AROUND
            parts.append("\n" if block else "")
            if element.text and not around:
                parts.append(_SPACE.sub(" ", element.text))
        else:
            around -= element.tag in _AROUND
            parts.append("\n" if block else "")
            if element.tail and not around:
                parts.append(_SPACE.sub(" ", element.tail))
    lines = (_flat(line) for line in "".join(parts).split("\n"))
    return [line for line in lines if line.strip()]


def _walk(tree: Any) -> Any:
    from lxml.etree import iterwalk

    return iterwalk(tree, events=("start", "end"))


def _verbatim(main: str, lines: list[str]) -> list[str]:
    """The lines of ``main`` if the page says each in the same words and order, else none."""
    found = [line.strip() for line in main.split("\n") if line.strip()]
    if sum(map(len, found)) < _MIN_MAIN:
        return []
    page = "".join("".join(line.split()) for line in lines)
    at = 0
    for line in found:
        bare = "".join(line.split())
        at = page.find(bare, at)
        if at < 0:
            return []
        at += len(bare)
    return found
