"""Writes qa/yuanwen_qa/reading/pinyin.tsv: the syllable of each common Chinese character.

    pip install pypinyin
    python -m training.pinyin DATA

Characters are those that stand at least five times in the news and the Chinese questions of DATA.
"""

from __future__ import annotations

import argparse
import json
import lzma
from collections import Counter
from pathlib import Path

from yuanwen_index import fold

TARGET = Path(__file__).parent.parent / "qa" / "yuanwen_qa" / "reading" / "pinyin.tsv"


def common_characters(data: Path) -> list[str]:
    """Folded Chinese characters of the news and questions, without the rare ones."""
    counts: Counter[str] = Counter()
    for name in ("news_docs.jsonl.xz", "qa_train.jsonl.xz"):
        with lzma.open(data / name, "rt", encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                counts.update(fold(row.get("text") or row["context"]))
    return sorted(char for char, n in counts.items() if n >= 5 and "\u4e00" <= char <= "\u9fff")


def main() -> None:
    """Read the argument, write the table."""
    from pypinyin import Style, pinyin  # type: ignore[import-not-found]

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    lines: dict[str, list[str]] = {}
    for char in common_characters(parser.parse_args().data):
        syllable = pinyin(char, style=Style.NORMAL, errors="ignore")
        if syllable:
            lines.setdefault(syllable[0][0].replace("ü", "v"), []).append(char)
    text = "".join(f"{syllable}\t{''.join(chars)}\n" for syllable, chars in sorted(lines.items()))
    TARGET.write_text(text, encoding="utf-8")
    print(f"{sum(map(len, lines.values()))} characters, {len(lines)} syllables")


if __name__ == "__main__":
    main()
