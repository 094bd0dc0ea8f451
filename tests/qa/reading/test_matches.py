from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from yuanwen_qa.reading.matches import match_words, proximity, segment_coverage

Floats = NDArray[np.float32]


def arrays(seed: int, units: int, words: int) -> tuple[Floats, Floats]:
    random = np.random.default_rng(seed)
    weights = random.random(units).astype(np.float32)
    return random.random((units, words)).astype(np.float32), weights / weights.sum()


@given(st.integers(0, 99), st.integers(1, 4), st.integers(1, 12), st.sampled_from([1.0, 3.0, 9.0]))
def test_proximity_is_the_best_match_weakened_by_distance(
    seed: int, units: int, n: int, reach: float
) -> None:
    """Compared with the definition, place by place."""
    match, weights = arrays(seed, units, n)
    left, right = proximity(match, weights, reach)
    for place in range(n + 1):
        before = [weights @ match[:, :0].sum(1)] if not place else None
        wanted = 0.0 if before else sum(
            w * max(m[k] * np.exp(-(place - 1 - k) / reach) for k in range(place)) for w, m in zip(weights, match, strict=True)
        )  # fmt: skip
        assert left[place] == pytest.approx(wanted, abs=2e-5)
        after = range(place, n)
        wanted = sum(
            w * max((m[k] * np.exp(-(k - place) / reach) for k in after), default=0.0)
            for w, m in zip(weights, match, strict=True)
        )
        assert right[place] == pytest.approx(wanted, abs=2e-5)


@given(st.integers(0, 99), st.lists(st.integers(1, 4), min_size=1, max_size=5), st.integers(0, 2))
def test_coverage_is_the_best_match_within_the_segments_around(
    seed: int, sizes: list[int], around: int
) -> None:
    segments = np.repeat(np.arange(len(sizes)), sizes)
    match, weights = arrays(seed, 3, len(segments))
    covered = segment_coverage(match, weights, segments, around)
    for word, segment in enumerate(segments):
        near = np.abs(segments - segment) <= around
        assert covered[word] == pytest.approx(float(weights @ match[:, near].max(1)), abs=1e-5)


def test_the_same_word_matches_fully_and_shared_characters_in_part() -> None:
    zero = np.zeros((1, 2), np.float32)
    keys = ("监督", "检查", "监管", "check")
    matches = match_words(("监督",), zero, np.ones(1, np.float32), keys, np.zeros((4, 2), np.float32))
    assert matches.exact[0].tolist() == pytest.approx([1.0, 0.0, 0.3, 0.0])


def test_words_near_in_meaning_match_through_their_vectors_only() -> None:
    one = np.array([[1.0, 0.0]], np.float32)
    matches = match_words(
        ("school",), one, np.ones(1, np.float32), ("学校",), np.array([[0.8, 0.6]], np.float32)
    )
    assert matches.exact[0, 0] == 0
    assert matches.near[0, 0] == pytest.approx(0.8)
