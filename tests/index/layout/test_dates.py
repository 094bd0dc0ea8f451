"""Dates as printed, and the year that a page gives away."""

from __future__ import annotations

import pytest

from yuanwen_index.layout.dates import date_of_line, festival, first_date, infer_year, iso_date, weak_date


@pytest.mark.parametrize(
    ("text", "printed", "iso"),
    [
        ("9月7日上午,二七区", "9月7日上午", None),
        ("7月 6日，二七区", "7月 6日", None),
        ("７月６日，二七区", "７月６日", None),
        ("为深入贯彻，3月28日，二七区", "3月28日", None),
        ("2021年4月1日，二七区", "2021年4月1日", "2021-04-01"),
        ("2021 年 4 月 1 日下午", "2021 年 4 月 1 日下午", "2021-04-01"),
        ("二〇二二年九月七日", "二〇二二年九月七日", "2022-09-07"),
        ("二○二二年十二月三十一日", "二○二二年十二月三十一日", "2022-12-31"),
        ("近日,二七区组织", "近日", None),
        ("连日来，二七区持续", "连日来", None),
        ("区领导日前走访", "日前", None),
        ("on March 3, 2021, the", "March 3, 2021", "2021-03-03"),
        ("on 3 Sept. 2021 the", "3 Sept. 2021", "2021-09-03"),
        ("2023-08-07 10:23", "2023-08-07", "2023-08-07"),
        ("2023年13月45日", "2023年13月45日", None),
    ],
)
def test_the_first_date_is_read_as_printed(text: str, printed: str, iso: str | None) -> None:
    found = first_date(text)
    assert found is not None
    assert (found.text, iso_date(found)) == (printed, iso)
    assert text[found.start :].startswith(printed)


@pytest.mark.parametrize("text", ["", "二七区举行会议", "12309服务大厅", "第10个月", "1月", "the May report"])
def test_other_words_are_no_dates(text: str) -> None:
    assert first_date(text) is None


def test_a_year_is_added_only_where_none_is_printed() -> None:
    may, old = first_date("5月4日"), first_date("1919年5月4日")
    assert may is not None
    assert old is not None
    assert (iso_date(may), iso_date(may, 2022), iso_date(old, 2022)) == (None, "2022-05-04", "1919-05-04")
    leap = first_date("2月29日")
    assert leap is not None
    assert (iso_date(leap, 2023), iso_date(leap, 2024)) == (None, "2024-02-29")


@pytest.mark.parametrize(
    ("line", "iso"),
    [
        ("2023-09-07 10:23 来源：大河网", "2023-09-07"),
        ("2023年9月7日 星期四", "2023-09-07"),
        ("发布时间：2023-09-07", "2023-09-07"),
        ("March 3, 2021", "2021-03-03"),
        ("Published: March 3, 2021", "2021-03-03"),
        ("Wednesday, March 3, 2021", "2021-03-03"),
    ],
)
def test_a_line_that_is_a_date_is_known(line: str, iso: str) -> None:
    found = date_of_line(line)
    assert found is not None
    assert iso_date(found) == iso


@pytest.mark.parametrize(
    "line", ["2021年4月1日，二七区召开会议", "2021年4月1日二七区召开会议并通过方案", "9月7日", "二七区"]
)
def test_a_sentence_that_begins_with_a_date_is_no_date_line(line: str) -> None:
    assert date_of_line(line) is None


def test_feasts_and_vague_words_date_where_nothing_better_does() -> None:
    feast, weak = festival("在第38个教师节前夕，区领导"), weak_date("截至目前，已开展")
    assert feast is not None
    assert weak is not None
    assert (feast.text, weak.text) == ("第38个教师节前夕", "截至目前")


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("在第38个教师节前夕", 2022),
        ("在第三十八个教师节前夕", 2022),
        ("在中国共产党成立 99周年之际", 2020),
        ("新中国成立七十周年之际", 2019),
        ("第28个世界读书日", 2023),
        ("第33次“全国助残日”", None),
        ("以优异成绩庆祝建党100周年", None),
        ("2035年远景目标", None),
    ],
)
def test_feasts_and_anniversaries_give_the_year_away(text: str, year: int | None) -> None:
    assert infer_year([(text, None)]) == year


@pytest.mark.parametrize(
    ("day", "text", "year"),
    [
        ("4月1日", "对全区2021年第一季度重大项目现场观摩", 2021),
        ("8月1日", "对全区2021年第一季度重大项目现场观摩", None),
        ("1月5日", "通报2020年第四季度工作", 2021),
        ("4月9日", "二七区召开2020年党管武装工作会议", 2020),
        ("12月9日", "二七区召开2020年党管武装工作会议", None),
        ("2月9日", "召开2019年度总结会", None),
        ("4月8日", "总结2019年工作，安排部署2020年全区政法工作", 2020),
        ("4月9日", "2020年,是全面建成小康社会和“十三五”规划收官之年", 2020),
        ("4月9日", "将在2021年6月底前完成改造", None),
    ],
)
def test_plans_and_quarters_give_the_year_away_if_the_month_fits(
    day: str, text: str, year: int | None
) -> None:
    assert infer_year([(text, first_date(day))]) == year


def test_signs_that_disagree_give_no_year() -> None:
    assert infer_year([("第38个教师节", None), ("第39个教师节", None)]) is None
    assert infer_year([("", first_date("2021年4月1日")), ("第37个教师节", None)]) == 2021
    assert infer_year([]) is None
