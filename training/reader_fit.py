"""Fits the network: for each question, the right span should outweigh every candidate of every passage read, and "no
answer" all of them where there is none.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from training.reader_batches import Batch, Tables, batches
from training.reader_net import Net
from training.reader_rows import Corpus

TRIED = 40  # candidates of a passage that are weighed beside the right ones
CHECK_EVERY = 600.0  # seconds between checkpoints


@dataclass(frozen=True, slots=True)
class Course:
    """How to fit: batches, of so many questions with so many passages each at most; the greatest rate, and the part of it
    that is left at the end; how often each corpus is drawn from, next to the others; the seed of drawing and
    dropping.
    """

    steps: int
    size: int
    depth: int
    rate: float
    last: float
    shares: tuple[float, ...]
    seed: int


def _log_shares(scores: Tensor, owner: Tensor, none: Tensor, counted: Tensor) -> tuple[Tensor, Tensor]:
    """Logarithms of the shares of candidates and of "no answer" within each question."""
    scores = scores.masked_fill(~counted, -1e9)
    best = none.detach().scatter_reduce(0, owner, scores.detach(), "amax", include_self=True)
    mass = torch.exp(none - best).index_add(0, owner, torch.exp(scores - best[owner]))
    total = best + torch.log(mass)
    return scores - total[owner], none - total


def _cross_entropy(scores: Tensor, owner: Tensor, none: Tensor, counted: Tensor, deserved: Tensor) -> Tensor:
    logs, nothing = _log_shares(scores, owner, none, counted)
    total = torch.zeros(len(none)).index_add(0, owner, deserved)
    spans = -(deserved / total.clamp(min=1e-9)[owner] * logs).sum()
    return (spans - nothing[total == 0].sum()) / len(none)


def loss_of(net: Net, batch: Batch) -> tuple[Tensor, Tensor]:
    """Losses of the scores by ends alone, of all candidates, and of the full scores, of the best ones."""
    states, ends, pooled, none = net(batch.tensors)
    states, ends = states.flatten(0, 1), ends.flatten(0, 1)
    c = batch.candidates
    first, last, owner = (torch.from_numpy(x) for x in (c.first, c.last, c.question))
    deserved, counted = torch.from_numpy(c.deserved), torch.from_numpy(c.counted)
    scores = ends[first, 0] + ends[last, 1]
    rough = _cross_entropy(scores, owner, none, counted, deserved)
    chosen = _best(scores.detach().numpy(), c.pair, c.deserved, c.counted)
    at = torch.from_numpy(chosen)
    forms = torch.from_numpy(batch.forms(chosen))
    more = net.weigh(states, pooled, owner[at], first[at], last[at], forms)
    fine = _cross_entropy(scores[at] + more, owner[at], none, counted[at], deserved[at])
    return rough, fine


def _best(scores: np.ndarray, pair: np.ndarray, deserved: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """The ``TRIED`` best candidates of each passage, and all that deserve something."""
    order = np.lexsort((-scores, pair))
    starts = np.searchsorted(pair[order], np.arange(pair.max() + 2))
    rank = np.arange(len(order)) - starts[pair[order]]
    chosen = np.zeros(len(order), bool)
    chosen[order[rank < TRIED]] = True
    return np.flatnonzero((chosen & counted) | (deserved > 0.1))


def fit(
    net: Net, corpora: Sequence[tuple[Corpus, Tables]], course: Course, *, log: Callable[[str], None],
    checkpoint: Path | None = None, check: Callable[[Net], float] | None = None,
) -> None:  # fmt: skip
    """Fit in place. ``checkpoint`` keeps the state of a run, which goes on from there, with other batches if it was not at
    its end; ``check`` is logged with it.
    """
    torch.manual_seed(course.seed)
    source = np.random.default_rng(course.seed)
    optimiser = torch.optim.AdamW(net.parameters(), lr=course.rate, weight_decay=0.01, betas=(0.9, 0.98))
    step = 0
    if checkpoint and checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        net.load_state_dict(state["net"])
        optimiser.load_state_dict(state["optimiser"])
        step = state["step"]
        source = np.random.default_rng((course.seed, step))
        log(f"going on from step {step}")
    saved = time.time()
    running = np.zeros(2)
    net.train()
    streams = [_endless(corpus, tables, course, source) for corpus, tables in corpora]
    shares = np.array(course.shares) / sum(course.shares)
    while step < course.steps:
        batch = next(streams[source.choice(len(shares), p=shares)])
        for group in optimiser.param_groups:
            left = 1 - (1 - course.last) * step / course.steps
            group["lr"] = course.rate * min(1, (step + 1) / 300) * left
        rough, fine = loss_of(net, batch)
        optimiser.zero_grad()
        (0.5 * rough + fine).backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        running = 0.99 * running + 0.01 * np.array([rough.item(), fine.item()])
        step += 1
        if step % 100 == 0:
            shown = running / (1 - 0.99**step)
            log(f"step {step} of {course.steps}: {shown[0]:.3f} by ends, {shown[1]:.3f} in full")
        if time.time() - saved > CHECK_EVERY:
            _keep(net, optimiser, step, checkpoint)
            if check:
                net.eval()
                log(f"held out after step {step}: {check(net):.4f}")
                net.train()
            saved = time.time()
    _keep(net, optimiser, step, checkpoint)
    net.eval()


def _endless(corpus: Corpus, tables: Tables, course: Course, source: np.random.Generator) -> Iterator[Batch]:
    """Pass after pass over a corpus."""
    while True:
        yield from batches(corpus, tables, course.size, course.depth, source)


def _keep(net: Net, optimiser: torch.optim.Optimizer, step: int, path: Path | None) -> None:
    if path:
        torch.save({"net": net.state_dict(), "optimiser": optimiser.state_dict(), "step": step}, path)
