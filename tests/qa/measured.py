"""What the tests of evaluation share: a small corpus, questions, and a reader that can be foreseen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from yuanwen_index import Hit
from yuanwen_qa.evaluation.outcomes import Outcome
from yuanwen_qa.readers import Candidate

FAIR = """市图书馆举办古籍展

　　本报讯 5月18日，古籍修复展在市图书
馆开幕，共展出修复古籍126册。展览由馆长周
文涛主持，持续到6月30日。
　　（记者 林小满）
"""
BRIDGE = """滨江大桥提前通车

　　本报讯 9月2日，滨江大桥正式通车，全长3200米，比计划提前40天。
　　市民可以步行通过大桥两侧的观景道。
　　（记者 何川）
"""
QUESTIONS: list[dict[str, Any]] = [
    {
        "id": "books",
        "question": "古籍展共展出多少册修复古籍？",
        "answers": ["126册", "126"],
        "evidence": [{"file": "fair.txt", "quote": "共展出修复古籍126册"}],
        "lang": "zh",
        "type": "number",
        "difficulty": "lexical",
    },
    {
        "id": "chair",
        "question": "古籍修复展由谁主持？",
        "answers": ["周文涛", "馆长周文涛"],
        "evidence": [{"file": "fair.txt", "quote": "展览由馆长周文涛主持"}],
        "lang": "zh",
        "type": "who",
        "difficulty": "paraphrase",
    },
    {
        "id": "bridge",
        "question": "滨江大桥全长多少米？",
        "answers": ["3200米"],
        "evidence": [{"file": "bridge.txt", "quote": "滨江大桥正式通车，全长3200米"}],
        "lang": "zh",
        "type": "number",
        "difficulty": "lexical",
    },
    {
        "id": "toll",
        "question": "通过滨江大桥要交多少钱？",
        "answers": [],
        "answerable": False,
        "lang": "zh",
        "type": "number",
        "difficulty": "hard",
    },
]


def write_corpus(folder: Path) -> Path:
    """The two articles as files."""
    folder.mkdir()
    (folder / "fair.txt").write_text(FAIR, "utf-8")
    (folder / "bridge.txt").write_text(BRIDGE, "utf-8")
    return folder


class NumberReader:
    """Reads the last number with its measure word in the best passage, with confidence by its length."""

    name = "last number"
    threshold = 0.5

    def read(self, question: str, hits: Sequence[Hit], n: int = 3) -> list[Candidate]:
        candidates = []
        for index, hit in enumerate(hits[:1]):
            for match in re.finditer(r"\d+[册米天]", hit.passage.text):
                start, end = hit.passage.start + match.start(), hit.passage.start + match.end()
                candidates.append(Candidate(index, start, end, float(start), min(1.0, len(match[0]) / 5)))
        return candidates[::-1][:n]


def outcome(**changes: Any) -> Outcome:
    """A right outcome, changed."""
    right = Outcome(
        id="q1",
        question="几册？",
        lang="zh",
        type="number",
        difficulty="lexical",
        answerable=True,
        answers=["126册"],
        evidence=[{"source": "fair.txt", "quote": "共展出修复古籍126册"}],
        rules="cmrc",
        prediction="126册",
        confidence=0.9,
        answered=True,
        source="fair.txt",
        title="市图书馆举办古籍展",
        start=30,
        end=34,
        passage="共展出修复古籍126册。",
        marked=[7, 11],
        candidate_exact_match=1.0,
        candidate_f1=1.0,
        sentence_holds=True,
        cites_article=True,
        cites_evidence=True,
        read_evidence=True,
        evidence_indexed=True,
        answer_indexed=True,
        rank=1,
        searched=True,
        read=5,
        latency_ms=12.0,
    )
    return replace(right, **changes)


def wrong(**changes: Any) -> Outcome:
    """An outcome with other words from the right passage, changed."""
    return outcome(
        **{
            "prediction": "5月18日",
            "candidate_exact_match": 0.0,
            "candidate_f1": 0.0,
            "sentence_holds": False,
            "cites_evidence": False,
            **changes,
        }
    )


def unanswerable(**changes: Any) -> Outcome:
    """An unanswerable question that was left unanswered, changed."""
    return outcome(
        **{
            "answerable": False,
            "answers": [],
            "evidence": [],
            "answered": False,
            "confidence": 0.1,
            "candidate_exact_match": None,
            "candidate_f1": None,
            "sentence_holds": False,
            "cites_article": None,
            "cites_evidence": None,
            "read_evidence": None,
            "evidence_indexed": None,
            "answer_indexed": None,
            "rank": None,
            **changes,
        }
    )
