"""Train the table: the right text of each pair must lie nearer to its left text than the others of its batch.

Only the rows of a batch's pieces are touched, so a step costs what the batch holds, not what the table holds.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from .encoder_batches import Batch, Batches

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast to train; the first ``short`` dimensions also alone, by ``short_weight``."""

    steps: int
    rate: float = 0.02
    warm_up: int = 50
    scale: float = 20.0
    short: int = 128
    short_weight: float = 0.2

    def rate_at(self, step: int) -> float:
        """Rise for the warm-up, then fall in a straight line to a fiftieth."""
        return self.rate * min(1.0, (step + 1) / self.warm_up) * max(0.02, 1 - step / self.steps)


class Table:
    """The vectors of all pieces, with Adam's moments for each row; a row ages only when it is touched."""

    def __init__(self, values: Floats):
        self.values = torch.from_numpy(values.copy())
        self._first, self._second = torch.zeros_like(self.values), torch.zeros_like(self.values)
        self._age = torch.zeros(len(values), 1)

    def rows(self, ids: NDArray[np.int64]) -> Floats:
        """Return a copy of some rows."""
        return self.values[torch.from_numpy(ids)].numpy()

    def step(self, ids: NDArray[np.int64], gradient: Floats, rate: float) -> None:
        """Move some rows against their gradient."""
        rows, slope = torch.from_numpy(ids), torch.from_numpy(gradient)
        first = self._first[rows].mul_(0.9).add_(slope, alpha=0.1)
        second = self._second[rows].mul_(0.99).addcmul_(slope, slope, value=0.01)
        age = self._age[rows] + 1
        self._first[rows], self._second[rows], self._age[rows] = first, second, age
        move = (first / (1 - 0.9**age)).div_((second / (1 - 0.99**age)).sqrt_().add_(1e-8))
        self.values[rows] = self.values[rows].add_(move, alpha=-rate)


def contrast(left: torch.Tensor, right: torch.Tensor, group: torch.Tensor, scale: float) -> torch.Tensor:
    """Return the mean cross-entropy of finding the partners, both ways; equal texts do not compete.

    ``left`` (n, dim), ``right`` (n or more, dim): from the n-th on, right texts are nobody's partners.
    """
    unit = torch.nn.functional.normalize
    scores = (unit(left, dim=1, eps=1e-6) * scale) @ unit(right, dim=1, eps=1e-6).T
    twice = torch.nonzero(torch.bincount(group)[group] > 1).squeeze(1)
    rows = twice[twice < len(left)]
    if len(rows):
        equal = (group[rows, None] == group[None, twice]).float().fill_diagonal_(0)
        scores = scores.index_put((rows[:, None], twice[None]), equal * -1e4, accumulate=True)
    own, partners = scores.diagonal(), scores[:, : len(left)]
    return ((torch.logsumexp(scores, 1) - own).mean() + (torch.logsumexp(partners, 0) - own).mean()) / 2


def train_step(table: Table, batch: Batch, schedule: Schedule, rate: float) -> float:
    """Take one step; return the loss before it."""
    rows = table.rows(batch.pieces)
    texts = torch.from_numpy(batch.counts @ rows).requires_grad_(True)
    group = torch.from_numpy(batch.group)
    left, right = texts[: batch.size], texts[batch.size :]
    loss = contrast(left, right, group, schedule.scale)
    total = loss
    if schedule.short_weight:
        short = contrast(left[:, : schedule.short], right[:, : schedule.short], group, schedule.scale)
        total = loss + schedule.short_weight * short
    total.backward()  # type: ignore[no-untyped-call]
    assert texts.grad is not None
    table.step(batch.pieces, batch.counts.T.tocsr() @ texts.grad.numpy(), rate)
    return loss.item()


def train(
    table: Table, batches: Batches, schedule: Schedule, log: Callable[[str], None], every: int = 200
) -> None:
    """Take all steps, telling the smoothed loss of each source from time to time."""
    start, losses = time.monotonic(), {}
    for step in range(schedule.steps):
        batch = batches.draw()
        loss = train_step(table, batch, schedule, schedule.rate_at(step))
        losses[batch.source] = 0.9 * losses.get(batch.source, loss) + 0.1 * loss
        if (step + 1) % every == 0 or step + 1 == schedule.steps:
            told = " ".join(f"{source} {value:.2f}" for source, value in sorted(losses.items()))
            log(f"step {step + 1} of {schedule.steps}, {time.monotonic() - start:.0f} s: {told}")
