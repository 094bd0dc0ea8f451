"""Bylines: who wrote an article, alone on a line, after the last sentence or before the first."""

from __future__ import annotations

import re
from typing import NamedTuple

from .names import is_han, is_name, split_names

__all__ = ["Byline", "author_note", "byline_at_start", "byline_of_line", "byline_tail", "lead_names"]

MAX_BYLINE = 100
"""Longest byline looked for, in characters."""


class Byline(NamedTuple):
    """A byline: ``names`` of reporters and correspondents; ``open`` if it goes on in the next line.

    ``credit`` marks the credit of a picture (``张三 摄``), which ends no article by itself.
    """

    names: tuple[str, ...]
    open: bool = False
    credit: bool = False


_ROLE = re.compile(
    r"记者|通讯员|报道员|实习生|评论员|撰稿人|作者|责任编辑|责编|编辑|校对|美编|统筹|策划|审核|摄影|来源"
)
_WRITERS = frozenset(("记者", "通讯员", "报道员", "实习生", "评论员", "撰稿人", "作者"))
_CUT_ROLES = frozenset(("通讯", "通", "记", "实习", "评论"))  # a role word broken by the end of a line
_BEFORE_ROLE_END = re.compile(  # what qualifies a role: 本报, 日报全媒体, 客户端, 首席, 驻京 ...
    r"(?:[报刊台网社端媒闻视部组站本据文图摄/]|媒体|首席|见习|特约|特派|实习|高级|资深|主任|频道|中心|联合|主笔|专职|驻.)$"
)
_CLAUSE = re.compile(r"[在的了是把被将对向与和]")
_ACTION = re.compile(
    r"(?:本报|摄影|图片|综合|本报综合)?报道|摄影?|文?图|图?文|文并[图摄]|摄影并文|(?:综合)?整理|采写|[供制]图|(?:本报)?综合|供稿|"
    r"(?:新华社|中新社|资料)发|撰[文稿]|文章|写|绘|视频|见习|实习|日前|专稿|本报|新华社|发|图片"
)
_ENDING = re.compile(r"(?:摄影报道|综合报道|报道|整理|采写|摄影|供图|摄)$")
_CREDITS = frozenset(("摄", "摄影", "供图", "制图", "图片", "发"))
_OFFICE = re.compile(r"(?:[部局委办处院校所站队]|社区|街道|中心|公司|协会|联合会|总工会|政府|大学)$")
_SEPARATORS = re.compile(r"[\s、，,；;/／|｜:：&＆（）()\[\]【】]+")
_SYMBOLS = "□■◆◇●○◎△▲▽▼★☆※*＊·•—-－ \t\u3000"
_BRACKETS = {"）": "（", ")": "(", "】": "【", "]": "["}
_BY = re.compile(r"(?:(?:[Rr]eported |[Ww]ritten |[Ss]tory )?[Bb][Yy]|Author:|Reporter:)\s+(?=\S)")
_ENGLISH_WORD = re.compile(r"[A-Z][\w.'’\-]*$|(?:de|van|von|da)$")
_NO_ENGLISH_NAME = re.compile(
    r"\b(?:Staff|Writers?|Reporters?|Correspondent|Editor|Contributor|News|Special|Our|The|A|January|February|"
    r"March|April|June|July|August|September|October|November|December|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b"
)
_AGENCY = re.compile(
    r"完|据?(?:新华社|新华网|中新社|人民日报|央视新闻|中新网|人民网|[\u4e00-\u9fff]{2,6}[报社网])(?:电|讯|供本报专稿)?"
)
_AUTHOR = re.compile(r"(?:作者|记者|通讯员|撰稿|撰文|文字|[Aa]uthor)\s?[:：]\s?")
_AFTER_AUTHOR = re.compile(r"\s{2,}|[|｜]|来源|编辑|责编|时间|日期|发布")
_END_MARK = re.compile(r"[。！？!?…”’」』）)】]")


def _inside_brackets(text: str) -> tuple[str, bool]:
    opening = _BRACKETS.get(text[-1:])
    if opening and text.startswith(opening) and opening not in text[1:]:
        return text[1:-1].strip(), True
    return text, False


def _roles_qualified(text: str) -> bool:
    """Whether what touches each role word may stand before it (``本报``, ``全媒体``, a name)."""
    for match in _ROLE.finditer(text):
        word = _ROLE.split(_SEPARATORS.split(text[: match.start()])[-1])[-1]
        if len(word) > 1 and not (_ACTION.fullmatch(word) or _qualifies(word) or is_name(word)):
            return False
    return True


class _Names:
    """Collects the names of a byline word by word."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.half = ""  # a single character: half of a name set with a space in it
        self.sure = False

    def add(self, word: str, *, after_role: bool) -> bool:
        """Take ``word`` as a name; return whether it can be one (any short word can after a role)."""
        if not is_han(word) or word[-1] in "讯电":
            return False
        if self.half and len(word) <= 2:
            word, self.half = self.half + word, ""
        elif self.half:
            return False
        elif len(word) == 1:
            self.half = word
            return True
        bare = _ENDING.sub("", word)
        return self._take(bare if is_name(bare) else word, after_role)

    def _take(self, word: str, after_role: bool) -> bool:
        if len(word) <= 4 and not is_name(word) and (not after_role or word[0] in "从在了的"):
            return False
        found = split_names(word)
        if found == [word] and len(word) > 4 and "·" not in word and "•" not in word:
            return False
        self.sure = self.sure or all(map(is_name, found))
        self.names += found
        return True


def _parse_chinese(text: str, bracketed: bool) -> Byline | None:
    """Return the byline ``text``, every word of which is a role, a name or an action; else ``None``."""
    words = [word for word in _SEPARATORS.split(_ROLE.sub(r" \g<0> ", text)) if word]
    if not words or len(words) > 40 or not _roles_qualified(text):
        return None
    has_role = any(map(_ROLE.fullmatch, words))
    if has_role and not (_WRITERS.intersection(words) or _ROLE.fullmatch(words[0])):
        return None  # 强化统筹 推进审核: words that are roles elsewhere
    cut = len(words) > 1 and words[-1] in _CUT_ROLES
    if cut:
        words.pop()
    writers, others = _Names(), _Names()
    if not _collected(words, writers, others):
        return None
    if not has_role and not (
        bracketed and writers.names and all(map(is_name, writers.names)) and not writers.half
    ):
        return None
    is_open = cut or words[-1] in _WRITERS or bool(writers.half)
    if has_role and not (bracketed or writers.sure or others.sure or is_open):
        return None
    credit = (
        words[-1] in _CREDITS or (words[-1] == "图" and "文" not in words) or words[0] in ("图片", "摄影")
    )
    return Byline(tuple(dict.fromkeys(writers.names)), is_open, credit)


def _collected(words: list[str], writers: _Names, others: _Names) -> bool:
    """Give the names among ``words`` to ``writers`` or ``others``; return whether all words have a place."""
    into, role = writers, ""
    for at, word in enumerate(words):
        following = words[at + 1] if at + 1 < len(words) else ""
        if at and words[at - 1].endswith("报道"):
            return False  # nothing of a byline follows this word
        if _ROLE.fullmatch(word):
            into.half = ""
            role, into = word, writers if word in _WRITERS else others
        elif _ACTION.fullmatch(word) or (_ROLE.fullmatch(following) and _qualifies(word)):
            continue
        elif role == "通讯员" and 4 < len(word) <= 14 and is_han(word) and _OFFICE.search(word):
            writers.names.append(word)
        elif role != "来源" and not into.add(word, after_role=bool(role)):
            return False
    return True


def _qualifies(word: str) -> bool:
    """Whether ``word`` may stand before a role: the name of a paper, a rank."""
    if len(word) > 12 or is_name(word) or _CLAUSE.search(word):
        return False
    return len(word) > 1 and bool(_BEFORE_ROLE_END.search(word))


def _parse_english(text: str) -> Byline | None:
    match = _BY.match(text)
    if not match or text[-1] in ".:;?!":
        return None
    names: list[str] = []
    for part in re.split(r",|&| and |;|\|", text[match.end() :]):
        words = part.split()
        if words and len(words) <= 5 and all(map(_ENGLISH_WORD.match, words)):
            if not _NO_ENGLISH_NAME.search(part):
                names.append(" ".join(words))
        elif not names:
            return None
    return Byline(tuple(names)) if names else None


def byline_of_line(text: str) -> Byline | None:
    """Return the byline that the whole line ``text`` is, or ``None``."""
    text = text.strip(_SYMBOLS) if len(text) <= MAX_BYLINE else ""
    inner, bracketed = _inside_brackets(text)
    if not inner or (not bracketed and inner[0] in _BRACKETS.values()):
        return None  # also a bracket that opens a sentence
    if bracketed and _AGENCY.fullmatch(inner):
        return Byline(())
    if inner[0].isascii() and inner[0].isalpha() and (english := _parse_english(inner)):
        return english
    credited = inner.rstrip("）)").endswith((" 摄", "\u3000摄"))
    if bracketed or credited or _ROLE.search(inner):
        return _parse_chinese(inner, bracketed or credited)
    return None


def byline_tail(text: str) -> tuple[int, Byline] | None:
    """Return the offset and the byline that stands after the last sentence of ``text``, or ``None``."""
    base = max(0, len(text) - MAX_BYLINE)
    window = text[base:]
    closed = window[-1:] in _BRACKETS
    for start in _tail_starts(window, closed):
        tail, before = window[start:], window[:start].rstrip()
        if not before or ("）" in tail and "（" not in tail):
            continue  # the end of a bracket, not of a sentence
        byline = byline_of_line(tail.strip())
        if not byline or not (byline.names or byline.credit or "社" in tail):
            continue
        if closed and before[-1] not in "。！？!?…”’」』" and not _ROLE.search(tail):
            continue
        return base + start + len(tail) - len(tail.lstrip()), byline
    return None


def _tail_starts(window: str, closed: bool) -> list[int]:
    """Where a byline at the end of ``window`` may start."""
    if closed:
        starts = [window.rfind(_BRACKETS[window[-1]])]
    elif _ROLE.search(window):
        starts = [match.end() for match in _END_MARK.finditer(window)][-1:]
        starts += [match.start() for match in re.finditer(r"(?<=\s)\S{0,12}记者", window)][-2:]
    else:
        starts = []
    return [start for start in starts if start > 0]


def byline_at_start(text: str) -> tuple[int, Byline] | None:
    """Return the end and the byline that opens ``text`` before its first words, or ``None``.

    It stands in brackets (``（记者 张三）9月7日，…``), begins with ``本报`` or ends with ``报道``.
    """
    window = text[:MAX_BYLINE]
    body = window.lstrip(_SYMBOLS)
    skipped = len(window) - len(body)
    if body[:1] not in ("（", "(", "【"):
        return _open_byline(body, skipped)
    closing = min((at for at in (body.find("）"), body.find(")"), body.find("】")) if at > 0), default=-1)
    if closing < 0 or len(text) <= skipped + closing + 1 or not _ROLE.search(body[:closing]):
        return None
    byline = byline_of_line(body[: closing + 1])
    return (skipped + closing + 1, byline) if byline else None


def _open_byline(body: str, skipped: int) -> tuple[int, Byline] | None:
    match = re.match(r"[^\s讯电（(]{0,12}记者", body)
    if not match:
        return None
    marked = body.startswith("本")
    ends = [found.start() for found in re.finditer(r"\s", body) if found.start() > match.end()]
    best: tuple[int, Byline] | None = None
    for end in ends[:12]:
        byline = byline_of_line(body[:end])
        if byline and byline.names and not byline.open and body[end:].strip():
            if marked or body[:end].endswith("报道"):
                best = (skipped + end, byline)
        elif not byline and best:
            break
    return best


def lead_names(text: str) -> tuple[str, ...]:
    """Return the names in the byline that opens the lead ``text`` or follows its first words in brackets."""
    found = byline_at_start(text)
    window = text[:MAX_BYLINE]
    at = min((at for at in (window.find("（"), window.find("(")) if at >= 0), default=-1)
    if not found and at >= 0:
        found = byline_at_start(text[at:])
    if not found and (match := re.match(r"\S{0,30}[讯电]\s+(?=\S{0,12}记者)", window)):
        found = byline_at_start("本报" + text[match.end() :])  # 本报讯 记者 张三 …
    return found[1].names if found else ()


def author_note(text: str) -> tuple[str, ...]:
    """Return the names in a note such as ``作者：张三`` or ``来源：… 记者：李四``."""
    names: list[str] = []
    for match in _AUTHOR.finditer(text[:MAX_BYLINE]):
        rest = _AFTER_AUTHOR.split(text[match.end() :], maxsplit=1)[0].strip()
        if rest[:1].isascii():
            names += [rest] if rest else []
            continue
        for word in _SEPARATORS.split(rest):
            if not is_name(word):
                break
            names.append(word)
    return tuple(names)
