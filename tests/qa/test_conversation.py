"""Follow-up questions: what is carried over, what is left alone, and how much that helps in dialogues."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.qa.dialogue_figures import DIALOGUES, hold_dialogues

from yuanwen_index import build_index
from yuanwen_qa import Assistant, Past, stand_alone
from yuanwen_qa.conversation import topic_of

SEEDS = Path(__file__).parents[2] / "seeds"
COUNTED = Past("二七区纪委监委开展了多少次监督检查?", "349次")
INSPECTED = Past("4月5日，谁到马寨镇督导国家卫生城市复审整治工作？", "张明远")


@given(st.text(max_size=60))
def test_without_an_earlier_turn_a_question_stays_as_typed(question: str) -> None:
    assert stand_alone(question, []).question == question


@settings(deadline=None)  # the first one reads the dictionary
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_texts_give_a_question_and_say_whether_it_was_rewritten(question: str, earlier: str) -> None:
    found = stand_alone(question, [Past(earlier, earlier)])
    assert found.typed == question
    assert found.rewritten or found.question == question


@pytest.mark.parametrize(
    ("question", "past", "carried"),
    [
        ("那什么时候？", COUNTED, "纪委监委开展了监督检查"),
        ("发现了多少问题？", COUNTED, "监督检查"),
        ("and where?", Past("When was the plaque unveiled?", "9月7日"), "plaque unveiled"),
        ("他还去了哪里？", INSPECTED, "张明远"),
        ("他提了什么要求？", INSPECTED, "张明远"),
        ("当天还有什么活动？", Past("生态建设工作推进会是哪天？", "11月22日"), "11月22日"),
        ("那里有什么？", Past("揭牌仪式在哪里举行？", "区委楼前"), "区委楼前"),
        ("会议由谁主持？", Past("党管武装工作会议是哪天召开的？", "4月9日"), "党管武装工作会议"),
    ],
)
def test_what_a_question_leaves_out_is_carried_over(question: str, past: Past, carried: str) -> None:
    assert carried in stand_alone(question, [past]).question


@pytest.mark.parametrize(
    ("question", "earlier", "expected"),
    [
        ("第二批呢？", "老旧小区改造第一批有多少个小区？", "老旧小区改造第二批有多少个小区？"),
        ("那2021年呢？", "2020年二七区召开了几次会议？", "2021年二七区召开了几次会议？"),
        ("中心城区组呢？", "谁带领南部城区组观摩？", "谁带领中心城区组观摩？"),
    ],
)
def test_another_day_or_batch_takes_the_place_of_the_first(
    question: str, earlier: str, expected: str
) -> None:
    assert stand_alone(question, [Past(earlier)]).question == expected


@pytest.mark.parametrize(
    "question",
    [
        "《兴衰之鉴》由哪家单位组织拍摄？",
        "各社区党群服务中心面积要达到多少？",
        "曾在二七纪念馆工作20年的老党员是谁？",
        "Which company was asked to build the new railway station?",
        "陈红民说他希望企业做什么？",
    ],
)
def test_a_question_with_words_enough_of_its_own_stays_as_typed(question: str) -> None:
    assert not stand_alone(question, [COUNTED]).rewritten


def test_a_topic_is_the_question_without_what_it_asks() -> None:
    assert topic_of("“河南省双拥模范区”揭牌仪式是哪天举行的？") == "“河南省双拥模范区”揭牌仪式举行的"
    assert topic_of("Who inspected Mazhai Town?") == "inspected Mazhai Town"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder = tmp_path_factory.mktemp("dialogues") / "index"
    build_index([SEEDS], folder)
    return Assistant.open(folder)


def test_carrying_over_finds_what_follow_ups_ask_for(assistant: Assistant) -> None:
    counts = hold_dialogues(assistant)
    assert counts.first is not None
    assert counts.five is not None
    assert len(DIALOGUES) >= 60
    assert counts.follow_ups >= 70
    assert counts.needless == 0
    assert counts.decided >= 0.85 * counts.turns
    assert counts.five["carried"] >= 0.88 * counts.follow_ups
    assert counts.five["carried"] >= counts.five["typed"] + 0.08 * counts.follow_ups
