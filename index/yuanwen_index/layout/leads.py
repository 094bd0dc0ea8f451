"""Leads: the words with which a newspaper article opens (本报讯, 新华社北京9月7日电, 本报记者 … 报道)."""

from __future__ import annotations

import re

from .bylines import byline_at_start

__all__ = ["agency_lead", "lead_offset", "starts_with_byline"]

_REACH = 72  # characters of a line that are looked at: the rest of a long line costs nothing

_OPENER = r"[■□●◆▲★◇○◎*\s]{0,3}[【（(\[]?"
_ORGAN = (
    r"(?:本[报刊台网社]|[\u4e00-\u9fffA-Za-z·\-]{1,16}?(?:报|社|网|台|刊|端|闻|媒|经|频道|中心|公众号))"
    r"(?:[（(][^（）()]{2,12}[）)])?"
)
_DATELINE = (
    r"[^，。！？；：“”《》【】、]{0,16}?\d{1,2}\s?日\s?(?:(?:[\u4e00-\u9fff]{2})?专电|电|讯|消息|综合消息)"
)
_AFTER = r"(?=[】\])）*]{0,3}[\s（(：:“\"【]|[】\])）*]{0,3}\d{1,2}月|[】\])）])"
_OUR_REPORT = re.compile(
    _OPENER + r"(?:(?:本[报刊台网社]|全媒体)讯(?!息)|本[报刊台网社][\u4e00-\u9fff]{2,6}[电讯](?=[\s（(]))"
)
_AGENCY = re.compile(
    _OPENER
    + r"据?"
    + _ORGAN
    + r"(?:"
    + _DATELINE
    + r"|[\u4e00-\u9fff]{0,4}讯|(?<=社)电|消息(?=[：:（(]))"
    + _AFTER
)
_INNER = re.compile(r"(?<=[\s\u3000])本[报刊台网]讯(?=[\s（(：:“\"\d])")
_SENTENCE_MARKS = re.compile(r"[。！？；，,;]")


def agency_lead(text: str) -> bool:
    """Tell whether the line ``text`` opens with the lead of a paper or an agency."""
    head = text[:_REACH]
    if "讯" not in head and "电" not in head and "消息" not in head:
        return False
    return bool(_OUR_REPORT.match(head) or _AGENCY.match(head))


def starts_with_byline(text: str) -> bool:
    """Tell whether ``text`` opens with a byline and goes on with the article (``本报记者 张三 报道 …``)."""
    return "记者" in text[:24] and byline_at_start(text) is not None


def lead_offset(text: str) -> int | None:
    """Return where in the line ``text`` a lead begins: at 0 or after a headline; else ``None``."""
    if agency_lead(text):
        return 0
    if "本" not in text[:_REACH]:
        return None
    match = _INNER.search(text[:_REACH])
    if match and not _SENTENCE_MARKS.search(text[: match.start()]):
        return match.start()
    return None
