from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanwen_qa.reading.calibration import (
    area_under_roc,
    calibration_bins,
    calibration_error,
    risk_area,
    risk_coverage,
)


def test_calibration_error_by_hand() -> None:
    # .9 bin: confidence .95, accuracy .5, two questions; .2 bin: confidence .25, accuracy 0, two questions
    confidence = np.array([0.94, 0.96, 0.24, 0.26])
    right = np.array([1.0, 0.0, 0.0, 0.0])
    assert calibration_error(confidence, right) == pytest.approx((2 * 0.45 + 2 * 0.25) / 4)
    assert [one.count for one in calibration_bins(confidence, right)] == [2, 2]


def test_a_confidence_of_one_falls_into_the_last_bin() -> None:
    (only,) = calibration_bins(np.array([1.0, 0.95]), np.array([1.0, 1.0]))
    assert only.count == 2


def test_area_under_roc_by_hand() -> None:
    # pairs (positive over negative): .9>.5, .9>.4, .5=.5 counts half, .5>.4: 3.5 of 4
    confidence = np.array([0.9, 0.5, 0.5, 0.4])
    assert area_under_roc(confidence, np.array([1.0, 1.0, 0.0, 0.0])) == pytest.approx(3.5 / 4)
    assert area_under_roc(confidence, np.ones(4)) is None


def test_risk_coverage_by_hand() -> None:
    confidence = np.array([0.2, 0.9, 0.7])
    right = np.array([1.0, 1.0, 0.0])
    assert risk_coverage(confidence, right).tolist() == pytest.approx([0.0, 1 / 2, 1 / 3])
    assert risk_area(confidence, right) == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)


def test_without_questions_there_is_no_figure() -> None:
    empty = np.array([])
    assert calibration_error(empty, empty) is None
    assert risk_area(empty, empty) is None


judged = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]), st.sampled_from([0.0, 1.0])), min_size=1
)


@given(judged, st.randoms(use_true_random=False))
def test_no_figure_depends_on_the_order_of_questions(
    rows: list[tuple[float, float]], drawing: object
) -> None:
    shuffled = list(rows)
    drawing.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = np.array(rows), np.array(shuffled)
    for figure in (calibration_error, area_under_roc, risk_area):
        one, other = figure(first[:, 0], first[:, 1]), figure(second[:, 0], second[:, 1])
        assert one == (other if other is None else pytest.approx(other))


@given(judged)
def test_area_under_roc_counts_pairs(rows: list[tuple[float, float]]) -> None:
    confidence, right = np.array(rows).T
    pairs = [
        1.0 if one > other else 0.5 if one == other else 0.0
        for one, wanted in rows
        if wanted
        for other, unwanted in rows
        if not unwanted
    ]
    expected = sum(pairs) / len(pairs) if pairs else None
    area = area_under_roc(confidence, right)
    assert area == (expected if expected is None else pytest.approx(expected))
