from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from yuanwen_index.fusion import Weights, fitted_weights, fuse, fuse_read, strangeness

SCORES = st.lists(st.tuples(st.floats(0, 30, width=32), st.floats(-4, 8, width=32)), min_size=2, max_size=8)
SHARE = st.floats(0, 1)


def columns(pairs: list[tuple[float, float]]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    lexical, nearness = np.array(pairs, np.float32).T
    return lexical, nearness


@settings(deadline=None)
@given(SCORES, st.floats(0.5, 30), SHARE)
def test_a_passage_better_on_both_sides_is_never_ranked_lower(
    pairs: list[tuple[float, float]], ideal: float, known: float
) -> None:
    fused = fuse(*columns(pairs)[:1], ideal, known, columns(pairs)[1])
    for i, (words, meaning) in enumerate(pairs):
        for j, (fewer, farther) in enumerate(pairs):
            if words >= fewer and meaning >= farther:
                assert fused[i] >= fused[j] - 1e-6


@settings(deadline=None)
@given(SCORES, st.floats(0.5, 30), SHARE)
def test_without_weight_for_meaning_the_order_is_that_of_the_words(
    pairs: list[tuple[float, float]], ideal: float, known: float
) -> None:
    lexical, nearness = columns(pairs)
    fused = fuse(lexical, ideal, known, nearness, Weights(0, 0))
    np.testing.assert_allclose(fused, lexical / np.float32(ideal), rtol=1e-5)


@settings(deadline=None)
@given(SHARE, SHARE)
def test_meaning_counts_more_the_fewer_words_are_known(some: float, more: float) -> None:
    few, many = sorted([some, more])
    assert 1 >= strangeness(few) >= strangeness(many) >= 0


def test_a_passage_with_all_the_words_beats_the_nearest_one_without_them() -> None:
    fused = fuse(np.array([9, 0], np.float32), 10, 1.0, np.array([0, 6], np.float32))
    assert fused[0] > fused[1]


def test_a_question_in_a_strange_language_follows_meaning_past_a_chance_word() -> None:
    fused = fuse(np.array([1, 0], np.float32), 20, 0.05, np.array([0, 3], np.float32))
    assert fused[1] > fused[0]


def test_a_question_without_words_is_ranked_by_meaning_alone() -> None:
    fused = fuse(np.zeros(3, np.float32), 0.0, 0.0, np.array([1, 3, 2], np.float32))
    assert np.argsort(-fused).tolist() == [1, 2, 0]


def test_the_fitted_weights_let_both_sides_count() -> None:
    weights = fitted_weights()
    assert 0 < weights.familiar < weights.strange < 1


def test_passages_that_were_not_read_keep_their_order() -> None:
    fused, nothing = np.array([0.5, 0.1, 0.3], np.float32), np.zeros(3, np.float32)
    for known in (0.0, 0.5, 1.0):
        assert np.argsort(-fuse_read(fused, known, nothing, nothing)).tolist() == [0, 2, 1]


def test_words_in_one_place_decide_between_passages_that_hold_the_same_words() -> None:
    fused, nothing = np.full(2, 0.5, np.float32), np.zeros(2, np.float32)
    scores = fuse_read(fused, 1.0, np.array([0.4, 0.9], np.float32), nothing)
    assert scores[1] > scores[0]


def test_a_near_sentence_counts_only_where_the_words_are_strange() -> None:
    fused, nothing = np.full(2, 0.5, np.float32), np.zeros(2, np.float32)
    near = np.array([0.0, 4.0], np.float32)
    assert np.diff(fuse_read(fused, 0.0, nothing, near))[0] > 0.1
    assert abs(np.diff(fuse_read(fused, 1.0, nothing, near))[0]) < 1e-6
