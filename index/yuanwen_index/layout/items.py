"""What each line of a file is: a heading, a lead, a byline, a label, a note about the article, or text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Literal, NamedTuple

from ..documents import Span
from .bylines import Byline, byline_of_line, byline_tail
from .dates import date_of_line
from .leads import agency_lead, lead_offset, starts_with_byline
from .lines import Line, columns
from .names import is_han, is_name

__all__ = ["Item", "Kind", "items_of", "sentence_ended", "title_like"]

Kind = Literal["heading", "lead", "byline", "label", "note", "editor", "rule", "text", "stand"]
"""heading: marked so; lead: opens an article; byline; label: of a section, no headline; note: source, time or
page; editor: closes an article; rule: a line of dashes; stand: a line of a list, table, quotation or code."""


class Item(NamedTuple):
    """A line, or the part of one before or after a lead or a byline.

    ``start`` and ``end`` are offsets in the file; ``text`` lies between.  ``columns`` counts a Han character
    as two; ``ended`` tells that a sentence ends with it; ``blank_before`` and ``indent`` are the line's, and
    ``same_line`` tells that the item before is on the same line.  ``level`` is that of a heading, and
    ``marked`` its span with the marks.
    """

    kind: Kind
    start: int
    end: int
    text: str
    columns: int
    ended: bool
    blank_before: bool
    indent: int
    same_line: bool = False
    level: int = 0
    marked: Span = (0, 0)
    byline: Byline | None = None


_CLOSERS = "”’」』）)】》〉〕\"'*_ 　"
_ENDERS = frozenset("。！？!?…｡")
_SOFT = frozenset("：:；;")


def sentence_ended(text: str, *, soft: bool = False) -> bool:
    """Tell whether ``text`` ends with a sentence; with ``soft``, also with a colon or a semicolon."""
    last = text[-1:]
    if last in _ENDERS:
        return True
    if last == ".":
        return True
    if last in _CLOSERS:
        inner = text[-8:].rstrip(_CLOSERS)[-1:]
        return inner in _ENDERS or inner == "." or (soft and inner in _SOFT)
    return soft and last in _SOFT


_OPEN_ENDS = frozenset("，,、；;—-（(“‘《「")
TITLE_COLUMNS = 160
_SHORT_COLUMNS = 44


def title_like(text: str, width: int) -> bool:
    """Tell whether a line could be a headline: not long, no full sentence, not broken off at a comma."""
    if width > TITLE_COLUMNS or text[-1] in _OPEN_ENDS or (text[-1] in "：:" and width > _SHORT_COLUMNS):
        return False
    if "。" in text or "；" in text or (sentence_ended(text) and (width > 56 or text[-1] == ".")):
        return False
    return not text.endswith("..")


_HEADING = re.compile(r"(#{1,6})(?:[ \t\u3000]+(?=\S)|(?=[\u3400-\u9fff“《]))")
_FENCE = re.compile(r"`{3,}|~{3,}")
_STANDS = re.compile(r"[-*+•]\s+\S|\d{1,3}[.)]\s+\S|\||>|<!--|!\[")
_RULE = re.compile(r"[-=_*~—＝－＿·.•\s]{3,}$")
_LABEL_SYMBOLS = "■□●◆◇▲△★☆○◎▼※·•|｜【】[]〔〕—-　 "
_LABELS = re.compile(
    r"(?:图片|本地|区域|国内|国际|综合|简明|微)?新闻|(?:新闻)?速递|(?:一周)?要闻(?:速览)?|(?:工作|基层)?动态|[短简快时]讯|"
    r"综合|速览|资讯|关注|聚焦|专题|导读|民生|社会|时政|经济|教育|文化|法治|广告|公告|专版"
)
_NOTE = re.compile(
    r"(?:来源|稿源|稿件来源|文章来源|信息来源|新闻来源|发布机构|发布单位|浏览次数|阅读次数|浏览量|点击数|字号|字体|索引号|"
    r"关键词|标签|作者|撰稿|撰文|供稿|文字|摄影|原标题|发布时间|发布日期|发表时间|更新时间|发稿时间|"
    r"Source|Author|Tags|Keywords|Category)\s?[:：]"
)
_EDITOR = re.compile(
    r"[（(【\[]?(?:责任编辑|责编|本版编辑|值班编辑|版式编辑|编辑|校对|审核|初审|终审|监制|编审|编校|审校|Editor)[\s:：]"
)
_PAGE = re.compile(r"第?\s?[A-Z]?\d{1,3}\s?版|第[一二三四五六七八九十]{1,3}版")
_REPRINT = re.compile(r"《[^》]{2,20}》\s?[（(][^）)]{4,40}版\s?[）)]$")
_SPACED_DATE = re.compile(r"\d{4}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日.{0,12}星期[一二三四五六日天]")


_CAPTION = re.compile(
    r"图为|图[一二三四①②③④]|[上下左右]图|资料图|[▲▼]|[（(](?:下转|上接|紧接)|"
    r"[（(][^（()）。]{0,30}(?:摄|[供制]图|图片|资料图)[^（()）。]{0,8}[)）]$|[^。，]{2,24}(?<!拍)摄$"
)


def _is_label(text: str) -> bool:
    bare = text.strip(_LABEL_SYMBOLS)
    if _LABELS.fullmatch(bare):
        return True
    return len(bare) <= 5 and len(bare) < len(text) and text[0] in "■□●◆◇▲△★☆○◎▼※" and not bare.isascii()


def _is_note(text: str) -> bool:
    if len(text) > 100 or "。" in text:
        return False
    if _NOTE.match(text) or _REPRINT.match(text) or date_of_line(text):
        return True
    return len(text) <= 60 and bool((_PAGE.match(text) and len(text) <= 30) or _SPACED_DATE.search(text))


def _is_caption(text: str) -> bool:
    return len(text) <= 60 and bool(_CAPTION.match(text)) and not sentence_ended(text)


# Every line of such a kind holds one of these; a set tells that faster than a pattern.
_LABEL_SIGNS = frozenset("■□●◆◇▲△★☆○◎▼※闻递态讯综览注焦题读民社政济育化法告版")
_EDITOR_SIGNS = frozenset("编校审监E")
_NOTE_SIGNS = frozenset("0123456789年版JFMASOND:：《")
_BYLINE_SIGNS = frozenset("）)】]yY:：讯者员习稿筹策源摄编校审")
_CAPTION_SIGNS = frozenset("图▲▼（(）)摄")
_SIGNS = _LABEL_SIGNS | _EDITOR_SIGNS | _NOTE_SIGNS | _BYLINE_SIGNS | _CAPTION_SIGNS | frozenset("电息")
_OPENING = frozenset("#-=_*~—＝－＿·.•+|>!<（(【[《")
"""With what every other line begins that is no text by its characters alone, unless it is a digit."""


def _short_kind(text: str) -> Kind | None:
    """Return the kind of a line that is no text, by its words alone."""
    if _RULE.match(text):
        return "rule"
    if not _LABEL_SIGNS.isdisjoint(text) and _is_label(text):
        return "label"
    if len(text) <= 80 and not _EDITOR_SIGNS.isdisjoint(text) and _EDITOR.match(text):
        return "editor"
    return "note" if not _NOTE_SIGNS.isdisjoint(text) and _is_note(text) else None


def _item(
    kind: Kind,
    line: Line,
    start: int,
    text: str,
    same_line: bool = False,
    level: int = 0,
    marked: Span = (0, 0),
    byline: Byline | None = None,
) -> Item:
    wide, ended = columns(text), sentence_ended(text)
    end, blank, indent = start + len(text), line.blank_before, line.indent
    return Item(kind, start, end, text, wide, ended, blank, indent, same_line, level, marked, byline)


def _heading(line: Line) -> Item | None:
    match = _HEADING.match(line.text)
    if not match:
        return None
    text = line.text[match.end() :]
    closed = text.rstrip("#")
    if closed != text and closed[-1:].isspace():
        text = closed.rstrip()
    elif closed != text and text.count("#") == 1 and len(match.group(1)) == 1:
        return None  # a hashtag: #话题#
    if not text.strip("#"):
        return None
    level, marked = len(match.group(1)), (line.start, line.end)
    return _item("heading", line, line.start + match.end(), text, level=level, marked=marked)


def _text_items(line: Line, following: Line | None, before: Item | None) -> list[Item]:
    """Return the items of a line of running text: a headline, a lead or a body, and the byline at its end."""
    text = line.text
    lead = lead_offset(text)
    opening = text + following.text[:80] if following and text[0] in "（(" else text
    is_lead = lead is not None or (_fresh(line, before) and starts_with_byline(opening))
    start = lead or 0
    tail = byline_tail(text) if len(text) - start > 4 else None
    end = tail[0] if tail and tail[0] > start else len(text)
    items = [_item("text", line, line.start, text[:start].rstrip())] if start else []
    kind: Kind = "lead" if is_lead else "text"
    items.append(_item(kind, line, line.start + start, text[start:end].rstrip(), bool(start)))
    if tail and end < len(text):
        items.append(_item("byline", line, line.start + end, text[end:], True, byline=tail[1]))
    return items


def _fresh(line: Line, before: Item | None) -> bool:
    """Whether a new paragraph can begin with ``line``."""
    return before is None or line.blank_before or before.ended or before.kind != "text"


def _plain(text: str) -> bool:
    """Whether ``text`` is text by its characters alone."""
    first = text[0]
    return len(text) <= 100 and first not in _OPENING and not first.isdecimal() and _SIGNS.isdisjoint(text)


def _line_items(line: Line, following: Line | None, before: Item | None) -> list[Item]:
    text = line.text
    if text[0] == "#" and (heading := _heading(line)):
        return [heading]
    if len(text) <= 100:
        if kind := _short_kind(text):
            return [_item(kind, line, line.start, text)]
        if not _BYLINE_SIGNS.isdisjoint(text) and (byline := byline_of_line(text)):
            return [_item("byline", line, line.start, text, byline=byline)]
        if not _CAPTION_SIGNS.isdisjoint(text) and _is_caption(text):
            return [_item("label", line, line.start, text)]
    if _STANDS.match(text) and not agency_lead(text):
        return [_item("stand", line, line.start, text)]
    return _text_items(line, following, before)


def _code_item(line: Line) -> Item:
    start = line.start - line.indent
    text = " " * line.indent + line.text
    return Item("stand", start, line.end, text, columns(text), True, line.blank_before, line.indent)


_KEY = re.compile(r"([A-Za-z_][\w\-]{0,30}):(?:\s+|$)")
_MAX_FRONT = 30


def _front_items(lines: Sequence[Line]) -> list[Item]:
    """Return the items of the block of keys and values, between two lines of dashes, that opens a file."""
    if not lines or lines[0].text != "---":
        return []
    end = next((at for at, line in enumerate(lines[1:_MAX_FRONT], 1) if line.text == "---"), 0)
    keys = [_KEY.match(line.text) for line in lines[1:end]]
    if not keys or not any(keys):
        return []
    items = [_item("rule", lines[0], lines[0].start, "---")]
    for line, key in zip(lines[1:end], keys, strict=True):
        value = line.text[key.end() :].strip("\"' ") if key else ""
        if key and value and key.group(1).lower() == "title":
            start = line.start + line.text.index(value, key.end())
            items.append(_item("heading", line, start, value, level=1, marked=(line.start, line.end)))
        else:
            items.append(_item("note", line, line.start, line.text))
    return [*items, _item("rule", lines[end], lines[end].start, "---")]


def items_of(lines: Iterable[Line]) -> list[Item]:
    """Return what the lines of a file are, in order."""
    lines = iter(lines)
    opening = list(islice(lines, _MAX_FRONT))
    items = _front_items(opening)
    fence = ""
    for line, following in _with_next(chain(opening[len(items) :], lines)):
        mark = _FENCE.match(line.text) if line.text[0] in "`~" else None
        if fence or mark:
            items.append(_code_item(line))
            if mark and not fence:
                fence = mark.group()[:3]
            elif line.text.startswith(fence) and not line.text.strip("`~"):
                fence = ""
            continue
        if _plain(line.text):
            found = [_item("text", line, line.start, line.text)]
        else:
            found = _line_items(line, following, items[-1] if items else None)
        if items and (found[0].kind == "rule" or items[-1].byline):
            items[-1], found[0] = _together(items[-1], found[0])
        items += found
    return items


def _with_next(lines: Iterable[Line]) -> Iterator[tuple[Line, Line | None]]:
    """Yield each line with the one after it, without holding all lines at a time."""
    line: Line | None = None
    for following in lines:
        if line:
            yield line, following
        line = following
    if line:
        yield line, None


def _together(before: Item, item: Item) -> tuple[Item, Item]:
    """Return two neighbours as they are read together: a title underlined, a byline that goes on."""
    if item.kind == "rule" and not item.blank_before and len(item.text) >= 3 and not item.text.strip("=-"):
        if before.kind == "text" and title_like(before.text, before.columns):
            level = 1 if item.text[0] == "=" else 2
            before = before._replace(kind="heading", level=level, marked=(before.start, before.end))
        return before, item
    if not before.byline or item.kind not in ("text", "byline") or item.columns > 60:
        return before, item
    words = item.text.split()
    if before.byline.open or (len(words[0]) == 1 and is_han(words[0])):
        for space in ("", " "):  # a name or a role is broken, or the names follow their role
            whole = byline_of_line(before.text + space + item.text)
            if whole and len("".join(whole.names)) > len("".join(before.byline.names)):
                first = before._replace(byline=before.byline._replace(names=()))
                return first, item._replace(kind="byline", byline=whole)
    named = (
        item.kind == "text" and len(words) <= 4 and all(len(word) <= 3 and is_name(word) for word in words)
    )
    if named and (not item.blank_before or len(words) > 1):
        item = item._replace(kind="byline", byline=Byline(tuple(words)))
    return before, item
