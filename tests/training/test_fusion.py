from __future__ import annotations

from dataclasses import replace

import numpy as np
from training.fusion import Candidates, fit, most_found, recall

from yuanwen_index.fusion import Weights


def questions(n: int, words: float, meaning: float, known: float, seed: int) -> list[Candidates]:
    """Questions of 20 candidates whose right one stands out by so much in either search."""
    chance = np.random.default_rng(seed)
    right = np.arange(20) == 7
    found = []
    for _ in range(n):
        lexical = np.abs(chance.standard_normal(20) * 3 + right * words).astype(np.float32)
        nearness = (chance.standard_normal(20) + right * meaning).astype(np.float32)
        unread = np.zeros(20, np.float32)
        found.append(Candidates(lexical, 30.0, known, nearness, right, unread, unread))
    return found


def test_the_better_search_gets_the_more_weight() -> None:
    fresh, translated = questions(80, 12, 1, 1.0, 1), questions(80, 0, 4, 0.0, 2)
    weights = fit([fresh], [translated])
    assert 0 < weights.familiar < weights.strange
    for group in (fresh, translated):
        alone = max(recall(group, Weights(0, 0), 1), recall(group, Weights(1e6, 0), 1))
        assert recall(group, weights, 1) >= alone


def test_a_search_that_knows_nothing_gets_next_to_no_weight() -> None:
    fresh = questions(200, 12, 0, 1.0, 3)
    nothing, something = fit([fresh], [fresh]), fit([questions(200, 12, 3, 1.0, 3)], [fresh])
    assert nothing.familiar < 0.1 * something.familiar


def test_reading_counts_as_far_as_it_finds_more() -> None:
    chance, group = np.random.default_rng(5), questions(80, 2, 0, 1.0, 5)
    telling = [replace(c, together=(c.right + 0.2 * chance.random(20)).astype(np.float32)) for c in group]
    blind = [replace(c, together=chance.random(20).astype(np.float32)) for c in group]
    choices = [Weights(0, 0, together) for together in (0.0, 0.3, 5.0)]
    assert most_found([telling], choices) == choices[-1]
    assert most_found([blind], choices) != choices[-1]
