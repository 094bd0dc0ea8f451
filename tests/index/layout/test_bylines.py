"""Bylines in the forms that papers print them."""

from __future__ import annotations

import pytest

from yuanwen_index.layout.bylines import author_note, byline_at_start, byline_of_line, byline_tail, lead_names


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("记者 景静", ("景静",)),
        ("记者 景静 通讯员 李娅芳 李玉红", ("景静", "李娅芳", "李玉红")),
        ("记者张改华通讯员郭佳星", ("张改华", "郭佳星")),
        ("（记者 张三 通讯员李四）", ("张三", "李四")),
        ("(记者张三、李四)", ("张三", "李四")),
        ("（张三 李四）", ("张三", "李四")),
        ("本报记者 张三 文/图", ("张三",)),
        ("郑报全媒体记者 张三", ("张三",)),
        ("河南日报客户端记者 张三", ("张三",)),
        ("本报首席记者 张三 见习记者 李四", ("张三", "李四")),
        ("□本报记者 王艳", ("王艳",)),
        ("■本报通讯员 张三", ("张三",)),
        ("记者 王 艳 通讯员 李 明", ("王艳", "李明")),
        ("记者：张三", ("张三",)),
        ("作者：王琳", ("王琳",)),
        ("记者 杨云 摄影报道", ("杨云",)),
        ("（记者 张三整理）", ("张三",)),
        ("文/记者 张三 图/李四", ("张三", "李四")),
        ("本报记者 阿依古丽·买买提", ("阿依古丽·买买提",)),
        ("记者 张三 通讯员 二七区委宣传部", ("张三", "二七区委宣传部")),
        ("记者 张三 责任编辑 李四", ("张三",)),
        ("（据新华社）", ()),
        ("By Jane Doe", ("Jane Doe",)),
        ("By Jane Doe and John van Roe, Staff Writers", ("Jane Doe", "John van Roe")),
    ],
)
def test_a_line_of_roles_and_names_is_a_byline(line: str, names: tuple[str, ...]) -> None:
    byline = byline_of_line(line)
    assert byline is not None
    assert byline.names == names


@pytest.mark.parametrize(
    "line",
    [
        "",
        "李娅芳 李玉红",
        "记者调查",
        "记者 观察",
        "记者从二七区获悉",
        "二七区举行记者节座谈会",
        "俄指责以军在黎巴嫩蓄意袭击俄媒记者",
        "国务院新闻办举行“最美铁路人”代表中外记者见面会",
        "返回搜狐，查看更多责任编辑：",
        "（扩大）会议",
        "（记者 张三）9月7日，会议召开",
        "本报记者 张三 报道 会议召开",
        "By 2021",
        "By the sea we waited.",
        "记者 " + "张" * 200,
    ],
)
def test_other_lines_are_none(line: str) -> None:
    assert byline_of_line(line) is None


@pytest.mark.parametrize("line", ["记者 张三 摄", "（本报记者 张三 摄）", "张三 摄", "新华社记者 张三 摄"])
def test_the_credit_of_a_picture_is_told_from_a_byline(line: str) -> None:
    byline = byline_of_line(line)
    assert byline is not None
    assert byline.credit


@pytest.mark.parametrize("line", ["记者 景静 通讯员", "记者 景静 通讯", "记者 景静 通讯员 李"])
def test_a_byline_that_stops_short_is_open(line: str) -> None:
    byline = byline_of_line(line)
    assert byline is not None
    assert byline.open


@pytest.mark.parametrize(
    ("text", "tail", "names"),
    [
        ("作出新的贡献。 记者 景静", "记者 景静", ("景静",)),
        ("防止反弹。记者 张改华 通讯员 郭佳星", "记者 张改华 通讯员 郭佳星", ("张改华", "郭佳星")),
        ("“抓好落实。”（记者 张三）", "（记者 张三）", ("张三",)),
        ("抓好落实。(张三 李四)", "(张三 李四)", ("张三", "李四")),
        ("抓好落实 记者 景静", "记者 景静", ("景静",)),
        ("抓好落实。本报记者 景静", "本报记者 景静", ("景静",)),
    ],
)
def test_a_byline_glued_to_the_last_sentence_is_found(text: str, tail: str, names: tuple[str, ...]) -> None:
    found = byline_tail(text)
    assert found is not None
    assert (text[found[0] :], found[1].names) == (tail, names)


@pytest.mark.parametrize(
    "text",
    [
        "他对记者说，好。",
        "抓好落实。记者",
        "新华社北京6月6日电（记者 袁梅）记者",
        "会议通过了方案（草案）",
        "二七区委副书记（主持工作）",
    ],
)
def test_a_sentence_that_ends_otherwise_has_no_byline(text: str) -> None:
    assert byline_tail(text) is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("（记者 张三）9月7日，会议召开。", ("张三",)),
        ("本报记者 张三 李四 报道 9月7日，会议召开。", ("张三", "李四")),
        ("记者 张三 报道 9月7日，会议召开。", ("张三",)),
        ("本报记者 张三 9月7日，会议召开。", ("张三",)),
    ],
)
def test_a_byline_that_opens_a_body_is_found(text: str, names: tuple[str, ...]) -> None:
    found = byline_at_start(text)
    assert found is not None
    assert found[1].names == names


@pytest.mark.parametrize(
    "text",
    ["记者 张三 从会议获悉，", "记者从会议获悉", "本报讯 9月7日", "（扩大）会议召开。", "（记者 张三）"],
)
def test_other_openings_have_none(text: str) -> None:
    assert byline_at_start(text) is None


@pytest.mark.parametrize(
    ("lead", "names"),
    [
        ("本报讯（记者 张三 通讯员 李四）9月7日，", ("张三", "李四")),
        ("本报讯 （记者 张三） 9月7日，", ("张三",)),
        ("本报讯 记者 张三 报道 9月7日，", ("张三",)),
        ("新华社北京9月7日电（记者杨云燕明大军）新年临近", ("杨云燕", "明大军")),
        ("本报讯 二七区（扩大）会议", ()),
        ("本报讯 9月7日，", ()),
    ],
)
def test_the_names_in_a_lead_are_read(lead: str, names: tuple[str, ...]) -> None:
    assert lead_names(lead) == names


@pytest.mark.parametrize(
    ("note", "names"),
    [
        ("来源：大河网 作者：李明 编辑：王芳", ("李明",)),
        ("作者：李明、王芳", ("李明", "王芳")),
        ("Author: Jane Doe", ("Jane Doe",)),
        ("来源：大河网", ()),
        ("作者：", ()),
    ],
)
def test_the_author_in_a_note_is_read(note: str, names: tuple[str, ...]) -> None:
    assert author_note(note) == names
