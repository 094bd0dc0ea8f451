from __future__ import annotations

import random

import ir_measures
import pytest
from ir_measures import RR, R, nDCG

from yuanwen_qa.evaluation.ranking import discounted_gain, found_within, reciprocal_rank


def test_figures_equal_those_of_a_ranking_library() -> None:
    drawing = random.Random(5)
    ranks = [drawing.choice([None, *range(1, 14)]) for _ in range(400)]
    qrels = [ir_measures.Qrel(str(i), "gold", 1) for i in range(len(ranks))]
    run = [
        ir_measures.ScoredDoc(str(i), "gold" if rank == place else f"other{place}", 20.0 - place)
        for i, rank in enumerate(ranks)
        for place in range(1, 14)
    ]
    ours = {
        R @ 1: found_within,
        R @ 5: found_within,
        R @ 10: found_within,
        RR @ 10: reciprocal_rank,
        nDCG @ 10: discounted_gain,
    }
    theirs = ir_measures.calc_aggregate(list(ours), qrels, run)
    for measure, figure in ours.items():
        k = int(str(measure).partition("@")[2])
        assert sum(figure(rank, k) for rank in ranks) / len(ranks) == pytest.approx(theirs[measure])


def test_hand_worked_ranks() -> None:
    assert found_within(3, 3) == 1.0
    assert found_within(4, 3) == 0.0
    assert found_within(None, 10) == 0.0
    assert reciprocal_rank(4, 10) == 0.25
    assert reciprocal_rank(11, 10) == 0.0
    assert discounted_gain(1, 10) == 1.0
    assert discounted_gain(3, 10) == 0.5
