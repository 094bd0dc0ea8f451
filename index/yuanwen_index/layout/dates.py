"""Dates: the one an article prints, and the year where the page gives it away."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

__all__ = ["PrintedDate", "date_of_line", "festival", "first_date", "infer_year", "iso_date", "weak_date"]


class PrintedDate(NamedTuple):
    """A date as printed; ``start`` is its offset; year, month, day are ``None`` where the print is silent."""

    text: str
    start: int
    year: int | None = None
    month: int | None = None
    day: int | None = None


_HAN_DIGITS = {
    char: value
    for value, chars in enumerate(("〇○零", "一", "二", "三", "四", "五", "六", "七", "八", "九"))
    for char in chars
}
_HAN_NUMBER = "〇○零一二三四五六七八九十百"
_PART_OF_DAY = r"(?:凌晨|清晨|早晨|早上|上午|中午|午间|下午|傍晚|晚上|晚间|夜间|夜里|晚|当天|当日|当晚)?"
_FULL = (
    r"(?P<y>(?<!\d)\d{4}|[〇○零一二三四五六七八九]{4})\s?年\s?(?P<m>\d{1,2}|[一二三四五六七八九十]{1,3})\s?月\s?"
    r"(?P<d>\d{1,2}|[一二三四五六七八九十]{1,3})\s?[日号]" + _PART_OF_DAY
)
_MONTH_DAY = r"(?P<m2>(?<!\d)\d{1,2})\s?月\s?(?P<d2>\d{1,2})\s?[日号]" + _PART_OF_DAY
_VAGUE = (
    r"近日来|近日|日前|连日来|连日|日来|近期|近来|最近|前不久|不久前|昨日|昨天|昨晚|今日|今天|今晨|今早|前天|前日|"
    r"(?:上|本)周[一二三四五六日末]?|(?:上|本)月[初中底末]?|上半年|元旦|春节|国庆|中秋|端午|清明"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|"
    r"Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_ENGLISH = (
    rf"(?P<em>\b{_MONTH})\s(?P<ed>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<ey>\d{{4}})\b"
    rf"|\b(?P<ed2>\d{{1,2}})(?:st|nd|rd|th)?\s(?P<em2>{_MONTH}),?\s(?P<ey2>\d{{4}})\b"
)
_ISO = r"(?P<iy>(?<!\d)(?:19|20)\d\d)[-/.](?P<im>\d{1,2})[-/.](?P<id>\d{1,2})(?!\d)"
_ANY = re.compile("|".join((_FULL, _MONTH_DAY, _ISO, _ENGLISH)))
_ANY_OR_VAGUE = re.compile("|".join((_FULL, _MONTH_DAY, _ISO, _ENGLISH, _VAGUE)))
_FESTIVAL = re.compile(
    r"(?:第[\d〇零一二三四五六七八九十百]{1,5}个)?[\u4e00-\u9fff]{2,8}?(?:节|日|周年)(?:前夕|前后|当天|期间|来临之际|到来之际|之际)"
)
_WEAK = re.compile(r"截至目前|截至发稿|今年以来")


def _number(text: str) -> int:
    """Return the value of Arabic digits of either width, of Han digits, or of a Han number up to 999."""
    if text.isdecimal():
        return int(text)
    if not any(char in "十百" for char in text):
        return int("".join(str(_HAN_DIGITS[char]) for char in text))
    value = digit = 0
    for char in text:
        if char in "十百":
            value += max(digit, 1) * (10 if char == "十" else 100)
            digit = 0
        else:
            digit = _HAN_DIGITS[char]
    return value + digit


def _printed(match: re.Match[str]) -> PrintedDate:
    found = {name: value for name, value in match.groupdict().items() if value}
    year = found.get("y") or found.get("iy") or found.get("ey") or found.get("ey2")
    month = found.get("m") or found.get("m2") or found.get("im")
    day = found.get("d") or found.get("d2") or found.get("id") or found.get("ed") or found.get("ed2")
    english = found.get("em") or found.get("em2")
    numbers = [_number(part) if part else None for part in (year, month, day)]
    if english:
        numbers[1] = next(at for at, name in enumerate(_MONTHS, 1) if name == english[:3])
    return PrintedDate(match.group(), match.start(), *numbers)


def first_date(text: str, *, vague: bool = True) -> PrintedDate | None:
    """Return the first date printed in ``text``; with ``vague`` also words such as 近日."""
    match = (_ANY_OR_VAGUE if vague else _ANY).search(text)
    return _printed(match) if match else None


def festival(text: str) -> PrintedDate | None:
    """Return the first phrase in ``text`` that dates by a feast (``第38个教师节前夕``)."""
    match = _FESTIVAL.search(text)
    return PrintedDate(match.group(), match.start()) if match else None


def weak_date(text: str) -> PrintedDate | None:
    """Return the first phrase in ``text`` that only says "so far"."""
    match = _WEAK.search(text)
    return PrintedDate(match.group(), match.start()) if match else None


_DATE_LINE = re.compile(
    r"(?:(?:发布|发表|更新|发稿|成文)?(?:时间|日期)[:：]\s?|(?:Published|Updated|Posted|[Dd]ate)(?: on)?:?\s|"
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,?\s))?",
)
_AFTER_DATE = re.compile(
    r"[\s,，|｜·]*(?:\d{1,2}[:：]\d\d(?:[:：]\d\d)?\s?(?:[AP]M|[ap]\.m\.)?)?[^。！？；]{0,60}$"
)


def date_of_line(text: str) -> PrintedDate | None:
    """Return the date of a line that holds a full date and little else (``2023-09-07 10:23 来源：…``)."""
    if len(text) > 100:
        return None
    prefix = _DATE_LINE.match(text)
    at = prefix.end() if prefix else 0
    match = _ANY.match(text, at)
    if not match:
        return None
    printed = _printed(match)
    rest = text[match.end() :].strip()
    if printed.year is None or "，" in rest or "," in rest or not _AFTER_DATE.match(rest):
        return None
    return (
        printed
        if len(rest) <= 8 or re.match(r"[\d|｜(（]|来源|作者|星期|记者|浏览|第|编辑|字号|农历", rest)
        else None
    )


def iso_date(printed: PrintedDate, year: int | None = None) -> str | None:
    """Return ``printed`` as ``YYYY-MM-DD``, with ``year`` if it prints none; ``None`` if that is no day."""
    year = printed.year or year
    if year is None or printed.month is None or printed.day is None:
        return None
    try:
        return date(year, printed.month, printed.day).isoformat()
    except ValueError:
        return None


# The year before the first of each, so that the n-th falls in that year + n.
_FIRST = {
    "教师节": 1984,
    "记者节": 1999,
    "护士节": 1911,
    "医师节": 2017,
    "植树节": 1978,
    "农民丰收节": 2017,
    "世界读书日": 1995,
    "全国助残日": 1990,
    "世界环境日": 1971,
    "世界无烟日": 1987,
    "安全生产月": 2001,
    "全国消防日": 1991,
    "消防宣传日": 1991,
    "国家宪法日": 2013,
    "烈士纪念日": 2013,
    "国家公祭日": 2013,
    "全民国家安全教育日": 2015,
    "国家扶贫日": 2013,
    "全国交通安全日": 2011,
    "人民警察节": 2020,
}
_NTH = re.compile(
    r"第\s?([\d〇零一二三四五六七八九十百]{1,5})\s?个\s?[“《]?(?:中国|全国|国际)?(" + "|".join(_FIRST) + ")"
)
_FOUNDED = {
    "中国共产党成立": 1921,
    "党成立": 1921,
    "建党": 1921,
    "新中国成立": 1949,
    "中华人民共和国成立": 1949,
    "建国": 1949,
    "建军": 1927,
    "中国人民解放军建军": 1927,
    "共青团成立": 1922,
    "中国共青团成立": 1922,
    "中国共产主义青年团成立": 1922,
    "五四运动": 1919,
    "长征胜利": 1936,
    "抗战胜利": 1945,
    "抗日战争胜利": 1945,
    "改革开放": 1978,
    "香港回归": 1997,
    "香港回归祖国": 1997,
    "澳门回归": 1999,
    "澳门回归祖国": 1999,
}
_ANNIVERSARY = re.compile(
    "("
    + "|".join(sorted(_FOUNDED, key=len, reverse=True))
    + r")\s?(\d{2,3}|[一二三四五六七八九十百]{1,5})\s?周年(?:之际|纪念日|前夕|到来|来临|当天|的日子)"
)
_QUARTER = re.compile(r"(20\d\d)\s?年第?([一二三四1-4])季度")
_MEETING = re.compile(r"(?:召开|举行|举办)(?:全[市区县省镇])?(20\d\d)\s?年(?!度)[^，。、；\n]{0,24}会")
_WORK = re.compile(r"(?:安排|部署|谋划|对)[^。；，\n]{0,12}(20\d\d)\s?年[^。；，\n]{0,12}工作")
_YEAR_OF = re.compile(r"(20\d\d)\s?年[,，]?\s?是[^。\n]{0,60}之年")


def _years_said(text: str, month: int | None) -> Iterable[int]:
    for match in _NTH.finditer(text):
        yield _FIRST[match.group(2)] + _number(match.group(1))
    for match in _ANNIVERSARY.finditer(text):
        yield _FOUNDED[match.group(1)] + _number(match.group(2))
    if month is None:
        return
    for match in _QUARTER.finditer(text):
        quarter = "一二三四".find(match.group(2)) + 1 or int(match.group(2))
        if 3 * quarter - 2 <= month <= 3 * quarter + 1:
            yield int(match.group(1))
        elif quarter == 4 and month == 1:
            yield int(match.group(1)) + 1
    if month <= 10:  # later, next year's meetings and plans are spoken of too
        for pattern in (_MEETING, _WORK, _YEAR_OF):
            for match in pattern.finditer(text):
                yield int(match.group(1))


def infer_year(texts: Iterable[tuple[str, PrintedDate | None]]) -> int | None:
    """Return the one year that the articles of a page give away, ``None`` where they give none or disagree.

    ``texts`` holds the text of each article with the date it prints.  A printed year counts; so does the n-th
    of a yearly feast, an anniversary on its day, and a quarter or a plan of a year that the month confirms.
    """
    years: set[int] = set()
    for text, printed in texts:
        if printed and printed.year:
            years.add(printed.year)
        years.update(_years_said(text, printed.month if printed else None))
    return years.pop() if len(years) == 1 else None
