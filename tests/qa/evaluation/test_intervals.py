from __future__ import annotations

import numpy as np
import pytest

from yuanwen_qa.evaluation.intervals import bootstrap, mean_interval, paired_difference


def test_the_interval_of_a_mean_is_near_the_normal_one() -> None:
    values = np.random.default_rng(1).binomial(1, 0.4, size=2_000).astype(float)
    interval = mean_interval(values)
    assert interval is not None
    half = 1.96 * values.std() / np.sqrt(len(values))
    assert interval.low == pytest.approx(values.mean() - half, abs=0.003)
    assert interval.high == pytest.approx(values.mean() + half, abs=0.003)


def test_about_19_of_20_intervals_hold_the_truth() -> None:
    drawing = np.random.default_rng(2)
    held = 0
    for _ in range(200):
        interval = mean_interval(drawing.normal(0.3, 1.0, size=80))
        assert interval is not None
        held += interval.low <= 0.3 <= interval.high
    assert 180 <= held <= 199


def test_the_same_seed_gives_the_same_interval() -> None:
    values = np.arange(20.0)
    assert mean_interval(values) == mean_interval(values)
    assert mean_interval(values) != mean_interval(values, seed=1)


def test_without_questions_there_is_no_interval() -> None:
    empty = np.array([])
    assert mean_interval(empty) is None
    assert bootstrap(0, lambda _: 1.0) is None
    assert bootstrap(5, lambda _: None) is None
    assert paired_difference(empty, empty) is None


def test_equal_values_have_an_interval_without_width() -> None:
    interval = mean_interval(np.full(30, 0.5))
    assert interval is not None
    assert (interval.low, interval.high) == (0.5, 0.5)


def test_any_figure_of_the_drawn_questions_can_be_bootstrapped() -> None:
    values = np.arange(101.0)
    interval = bootstrap(101, lambda drawn: float(np.median(values[drawn])))
    assert interval is not None
    assert interval.low < 50 < interval.high


def test_a_clear_gain_is_significant_and_noise_is_not() -> None:
    drawing = np.random.default_rng(3)
    before = drawing.binomial(1, 0.5, size=300).astype(float)
    better = np.maximum(before, drawing.binomial(1, 0.3, size=300))
    gain = paired_difference(before, better)
    assert gain is not None
    assert gain.mean == pytest.approx((better - before).mean())
    assert gain.significant
    assert gain.p < 0.01
    shuffled = paired_difference(before, drawing.permutation(before))
    assert shuffled is not None
    assert not shuffled.significant
    assert shuffled.p > 0.05


def test_no_difference_at_all_has_probability_one() -> None:
    same = np.array([0.0, 1.0, 1.0])
    difference = paired_difference(same, same)
    assert difference is not None
    assert (difference.mean, difference.p, difference.significant) == (0.0, 1.0, False)


def test_sets_of_different_length_cannot_be_paired() -> None:
    with pytest.raises(ValueError, match="2 and 3"):
        paired_difference(np.zeros(2), np.zeros(3))
