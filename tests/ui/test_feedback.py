"""Feedback: kept at once, and turned into a question set."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from yuanwen_ui.feedback import Feedback, Verdict, question_set


def test_verdicts_are_kept_in_order_and_survive_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "feedback.jsonl"
    for question in ("一？", "二？\n", "三？\u2028\ud800"):
        Feedback(file).add(Verdict("right", question))
    assert [record["question"] for record in Feedback(file).records()] == [
        "一？",
        "二？\n",
        "三？\u2028\ud800",
    ]


def test_before_the_first_verdict_there_are_none(tmp_path: Path) -> None:
    assert Feedback(tmp_path / "feedback.jsonl").records() == []


def test_many_at_once_are_all_kept(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path / "feedback.jsonl")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: feedback.add(Verdict("wrong", f"问题 {number}")), range(40)))
    assert len({record["question"] for record in feedback.records()}) == 40


def test_a_line_that_a_crash_cut_short_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "feedback.jsonl"
    feedback = Feedback(file)
    feedback.add(Verdict("right", "一？"))
    with file.open("a") as broken:
        broken.write('{"verdict": "ri')
    assert [record["question"] for record in feedback.records()] == ["一？"]


def test_right_answers_and_rightly_withheld_ones_become_questions() -> None:
    right = {
        "verdict": "right",
        "question": "多少次？",
        "source": "a.txt",
        "answer": "349次",
        "sentence": "检查349次。",
    }
    withheld = {"verdict": "rightly-none", "question": "Who paid?"}
    overdone = {"verdict": "unanswerable", "question": "谁付的钱？", "answer": "某人", "source": "a.txt"}
    wrong = {"verdict": "wrong", "question": "在哪里？", "answer": "这里", "source": "a.txt"}
    gold, unanswerable, also = question_set([right, withheld, overdone, wrong])
    assert gold["answers"] == ["349次"]
    assert gold["evidence"] == [{"file": "a.txt", "quote": "检查349次。"}]
    assert gold["answerable"]
    assert (gold["lang"], unanswerable["lang"]) == ("zh", "en")
    assert not unanswerable["answerable"]
    assert also["answers"] == []


def test_the_latest_word_on_a_question_counts() -> None:
    right = {
        "verdict": "right",
        "question": "多少次？",
        "source": "a.txt",
        "answer": "349次",
        "sentence": "x",
    }
    assert question_set([right, {"verdict": "wrong", "question": "多少次？"}]) == []
