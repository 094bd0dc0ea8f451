"""Strategies for what people who mean harm might write, from whole pages down to single odd characters."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st
from tests.soak.inputs import ODD

__all__ = ["hostile_bytes", "hostile_texts"]

SEEDS = Path(__file__).parents[1] / "seeds"
PIECES = tuple(
    text[start : start + 400]
    for text in (page.read_text("utf-8") for page in sorted(SEEDS.glob("*.txt")))
    for start in range(0, 4000, 400)
)
CHARSETS = ("utf-8", "gb18030", "utf-16", "utf-32", "big5", "shift_jis", "euc_kr")


def hostile_texts() -> st.SearchStrategy[str]:
    """Pieces of print, odd pieces, and any characters (lone surrogates too), one after another."""
    any_characters = st.text(st.characters(codec=None, exclude_categories=()), max_size=30)
    pieces = st.one_of(st.sampled_from(PIECES), st.sampled_from(ODD), any_characters)
    return st.lists(pieces, max_size=8).map("".join)


def hostile_bytes() -> st.SearchStrategy[bytes]:
    """Such texts in some charset, cut anywhere, or any bytes."""

    def written(text: str, charset: str, lost: int) -> bytes:
        data = text.encode(charset, "surrogatepass" if charset.startswith("utf") else "ignore")
        return data[: len(data) - lost]

    texts = st.builds(written, hostile_texts(), st.sampled_from(CHARSETS), st.integers(0, 3))
    return st.one_of(texts, st.binary(max_size=500))
