"""What the chat's words for confidence are worth: how often answers so called are right.

    python bench/chat_words.py [QUESTIONS.json] [--articles FOLDER]

For every word: answers given, their mean confidence, how often the sentence shown holds an accepted answer, and
the mean char-F1 of the span. Answers to questions that have none count as wrong.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / floor) for floor in ("index", "qa", "ui")]

from yuanwen_index import build_index  # noqa: E402
from yuanwen_qa import Setting, load_reader, open_index, read_question_set  # noqa: E402
from yuanwen_ui.messages import confidence_word  # noqa: E402


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("questions", nargs="?", type=Path, default=ROOT / "seeds" / "questions.json")
    parser.add_argument("--articles", type=Path, default=ROOT / "seeds")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        build_index([asked.articles], Path(folder) / "index")
        questions = read_question_set(asked.questions)
        measurement = open_index(questions, Path(folder) / "index", reader=load_reader(None))
        outcomes = measurement.run(Setting()).outcomes
    by_word: dict[str, list[tuple[float, bool, float]]] = {}
    for one in outcomes:
        if one.answered:
            right = (one.confidence, one.answerable and one.sentence_holds, one.candidate_f1 or 0.0)
            by_word.setdefault(confidence_word(one.confidence, "en"), []).append(right)
    print(f"{len(outcomes)} questions, {sum(map(len, by_word.values()))} answered")
    for word, found in sorted(by_word.items(), key=lambda item: -max(one[0] for one in item[1])):
        confidence, holds, f1 = (sum(column) / len(found) for column in zip(*found, strict=True))
        print(
            f"{word:18} {len(found):4} answers  confidence {confidence:.2f}  sentence {holds:4.0%}  F1 {f1:.2f}"
        )


if __name__ == "__main__":
    main()
