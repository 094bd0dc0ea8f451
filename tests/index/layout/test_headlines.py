"""Which headline belongs to which body."""

from __future__ import annotations

from itertools import permutations

import pytest

from yuanwen_index.layout.bodies import find_bodies
from yuanwen_index.layout.headlines import match_headlines
from yuanwen_index.layout.items import items_of
from yuanwen_index.layout.lines import split_lines

BODIES = {
    "老旧小区改造见成效": "本报讯 9月7日，甲区老旧小区改造完成验收，居民住得满意。\n记者 张三",
    "防汛队伍昼夜巡堤": "本报讯 9月8日，防汛抗旱指挥部组织队伍昼夜巡查堤坝和水库。\n记者 李四",
    "图书漂流进校园": "本报讯 近日，图书漂流活动走进校园，学生交换绘本阅读。\n记者 王五",
}
TITLES = list(BODIES)


def titles(text: str) -> list[str]:
    items = items_of(split_lines(text))
    found = match_headlines(items, find_bodies(items))
    return [" ".join(items[at].text for at in title) for title in found]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_headlines_collected_below_their_bodies_find_them(order: tuple[int, ...]) -> None:
    page = "\n\n".join([*BODIES.values(), *(TITLES[at] for at in order)])
    assert titles(page) == TITLES


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_headlines_in_another_order_than_the_bodies_find_them(order: tuple[int, ...]) -> None:
    page = "\n\n".join(f"{TITLES[at]}\n\n{body}" for at, body in zip(order, BODIES.values(), strict=True))
    assert titles(page) == TITLES


def test_headlines_after_their_bodies_find_them() -> None:
    assert titles("\n\n".join(f"{body}\n\n{title}" for title, body in BODIES.items())) == TITLES


def test_a_kicker_that_shares_no_word_goes_with_its_headline() -> None:
    page = "\n\n".join(f"# 同心同德 共谋发展\n\n## {title}\n\n{body}" for title, body in BODIES.items())
    assert titles(page) == [f"同心同德 共谋发展 {title}" for title in TITLES]


def test_a_label_is_no_headline() -> None:
    page = "\n\n".join(f"■ 短讯\n\n{title}\n\n{body}" for title, body in BODIES.items())
    assert titles(page) == TITLES


def test_a_body_without_headline_takes_none_from_another() -> None:
    first, second, third = BODIES.values()
    page = f"{first}\n\n引题一行\n\n{TITLES[1]}\n\n{second}\n\n{TITLES[2]}\n\n{third}"
    assert titles(page) == ["", f"引题一行 {TITLES[1]}", TITLES[2]]


def test_one_body_takes_all_headlines_above_it() -> None:
    assert titles(f"引题\n\n主题\n\n{BODIES[TITLES[0]]}") == ["引题 主题"]
