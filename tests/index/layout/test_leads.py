"""Leads in the forms that papers and agencies print them."""

from __future__ import annotations

import pytest

from yuanwen_index.layout.leads import agency_lead, lead_offset, starts_with_byline


@pytest.mark.parametrize(
    "line",
    [
        "本报讯 9月7日上午,二七区",
        "本报讯 “能力作风建设年”活动",
        "本报讯“按照要求”",
        "本报讯(记者 张三)9月7日",
        "本报讯：9月7日",
        "【本报讯】9月7日",
        "**本报讯**（记者 张三）9月7日",
        "●本报讯 近日",
        "本刊讯 近日",
        "新华社北京9月7日电 国务院",
        "据新华社北京9月7日电（记者 张三）",
        "新华社上海7月8日专电（记者陈爱平）",
        "新华社郑州 9月7日 电（记者 张三）",
        "中新网昆明7月28日电 (记者 韩帅南)",
        "本报北京8月8日电(记者陈晨)",
        "央广网舒兰8月7日消息（记者舒震）",
        "东方网7月31日消息:第七届",
        "湖北日报讯（记者张歆）",
        "深圳新闻网2023年7月31日讯（记者 张玲）",
        "中国财经网8月1日讯(记者 郭帅)",
    ],
)
def test_a_lead_opens_its_line(line: str) -> None:
    assert agency_lead(line)
    assert lead_offset(line) == 0


@pytest.mark.parametrize(
    "line",
    [
        "",
        "二七区召开会议",
        "本报消息灵通",
        "记者从会议获悉的消息（来源不明）",
        "二七商圈电力问题和综合整治咋推进",
        "9月7日，新华社报道，会议召开",
        "电 话：67655000",
        "通讯 员李四",
        "智慧电力融入（试点）",
    ],
)
def test_other_lines_have_none(line: str) -> None:
    assert not agency_lead(line)
    assert lead_offset(line) is None


def test_a_lead_after_a_headline_on_the_same_line_is_found() -> None:
    line = "二七区召开会议 本报讯 9月7日，会议召开。"
    offset = lead_offset(line)
    assert offset is not None
    assert line[offset:].startswith("本报讯 9月7日")


def test_a_mention_in_a_sentence_is_no_lead() -> None:
    assert lead_offset("会议召开。他读了 本报讯 9月7日") is None


def test_a_body_may_open_with_its_byline() -> None:
    assert starts_with_byline("本报记者 张三 报道 9月7日，会议召开。")
    assert not starts_with_byline("记者从会议获悉，9月7日，会议召开。")
