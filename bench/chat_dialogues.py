"""What carrying over brings: the follow-ups of tests/qa/dialogues.json, asked as typed, as understood, written out.

python bench/chat_dialogues.py
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "index"), str(ROOT / "qa")]

from tests.qa.dialogue_figures import DIALOGUES, hold_dialogues  # noqa: E402

from yuanwen_index import build_index  # noqa: E402
from yuanwen_qa import Assistant  # noqa: E402

HOW = {"typed": "as typed", "carried": "with what was carried over", "written": "written out by a person"}


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        build_index([ROOT / "seeds"], Path(folder) / "index")
        counts = hold_dialogues(Assistant.open(Path(folder) / "index"))
    questions = sum(len(dialogue["turns"]) for dialogue in DIALOGUES)
    print(f"{len(DIALOGUES)} dialogues, {questions} questions, {counts.follow_ups} follow-ups")
    print(f"told rightly as follow-ups or not: {counts.decided} of {counts.turns} later questions")
    print(f"rewritten though they stand alone: {counts.needless}")
    assert counts.first
    assert counts.five
    for how, words in HOW.items():
        first, five = counts.first[how] / counts.follow_ups, counts.five[how] / counts.follow_ups
        print(f"{words:28} first passage {first:4.0%}   first five {five:4.0%}")


if __name__ == "__main__":
    main()
