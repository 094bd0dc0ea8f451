"""Fits the scorer: for each question, the right span should outweigh every candidate of every passage read."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional as F  # noqa: N812
from training.scorer_rows import N_TAG_SLOTS, Item

from yuanwen_qa.reading.words import TAGS

N_WORD_SLOTS = 4
NARROW = 32  # numbers that a word's vector is brought down to, shared by all slots
Arrays = dict[str, NDArray[np.float32]]


class Net(nn.Module):
    """The scorer as torch sees it; ``arrays`` writes it as NumPy does."""

    def __init__(
        self, mean: torch.Tensor, std: torch.Tensor, n_question: int, dim: int, n_common: int, hidden: int
    ) -> None:
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("std", std)
        self.features = nn.Linear(len(mean), hidden)
        self.tags = nn.Parameter(torch.randn(N_TAG_SLOTS * (len(TAGS) + 1), hidden) * 0.05)
        self.words = nn.Parameter(torch.randn(N_WORD_SLOTS, n_common + 1, hidden) * 0.05)
        self.narrow = nn.Parameter(torch.randn(dim, NARROW) * dim**-0.5)
        self.vectors = nn.Parameter(torch.randn(N_WORD_SLOTS, NARROW, hidden) * NARROW**-0.5)
        self.stretch = nn.Parameter(torch.zeros(n_question, hidden))
        self.shift = nn.Parameter(torch.randn(n_question, hidden) * 0.05)
        self.second = nn.Linear(hidden, hidden // 2)
        self.out = nn.Linear(hidden // 2, 1, bias=False)
        self.dropout = nn.Dropout(0.1)

    def forward(
        self,
        x: torch.Tensor,
        slots: torch.Tensor,
        q: torch.Tensor,
        owner: torch.Tensor,
        known: tuple[torch.Tensor, torch.Tensor],
    ) -> torch.Tensor:
        """Scores (n,) of n candidates; ``known`` are the vectors of all words and their rows among the common."""
        vectors, common = known
        numbers, place = torch.unique(slots[:, N_TAG_SLOTS:], return_inverse=True)
        seen = self.dropout(vectors[numbers]) @ self.narrow
        rows = [seen @ self.vectors[k] + self.words[k][common[numbers]] for k in range(N_WORD_SLOTS)]
        table = torch.cat([self.tags, *rows])
        tag_rows = slots[:, :N_TAG_SLOTS] + torch.arange(N_TAG_SLOTS) * (len(TAGS) + 1)
        word_rows = place + len(self.tags) + torch.arange(N_WORD_SLOTS) * len(numbers)
        around = F.embedding_bag(torch.cat([tag_rows, word_rows], 1), table, mode="sum")
        hidden = self.features(((x - self.mean) / self.std).clamp(-6, 6)) + around
        q = self.dropout(q)
        hidden = torch.addcmul((q @ self.shift)[owner], hidden, (1 + q @ self.stretch)[owner])
        second = torch.relu(self.second(self.dropout(torch.relu(hidden))))
        return self.out(second)[:, 0]

    def arrays(self) -> Arrays:
        """The weights as ``Scorer`` takes them."""
        n_tags, half = len(TAGS) + 1, N_WORD_SLOTS // 2
        vectors = self.narrow @ self.vectors
        tags = self.tags.view(N_TAG_SLOTS, n_tags, -1)
        tensors = {
            "mean": self.mean, "scale": 1 / self.std, "features": self.features.weight.T, "bias": self.features.bias,
            "start_tags": tags[: N_TAG_SLOTS // 2], "end_tags": tags[N_TAG_SLOTS // 2 :],
            "start_words": self.words[:half], "end_words": self.words[half:],
            "start_vectors": vectors[:half], "end_vectors": vectors[half:],
            "stretch": self.stretch, "shift": self.shift,
            "second": self.second.weight.T, "second_bias": self.second.bias, "out": self.out.weight[0],
        }  # fmt: skip
        return {name: np.ascontiguousarray(t.detach().numpy(), np.float32) for name, t in tensors.items()}


def fit(
    items: Sequence[Item], vectors: NDArray[np.float32], common: NDArray[np.int64], *, epochs: int, rate: float = 2e-3,
    batch: int = 48, hidden: int = 64, seed: int = 0, log: Callable[[str], None] = print,
) -> Arrays:  # fmt: skip
    """Weights from ``items``. ``vectors`` (n_words, dim) and ``common`` (n_words,) belong to the words' numbers; the
    last row of each stands for "outside".
    """
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    sample = np.concatenate([item.features for item in items[:: max(1, len(items) // 800)]]).astype(
        np.float32
    )
    mean, std = torch.from_numpy(sample.mean(0)), torch.from_numpy(np.maximum(sample.std(0), 0.02))
    net = Net(mean, std, len(items[0].question), vectors.shape[1], int(common.max()), hidden)
    known = torch.from_numpy(vectors), torch.from_numpy(common)
    optimiser = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=1e-3)
    n_steps, step, start = epochs * max(1, len(items) // batch), 0, time.time()
    for epoch in range(epochs):
        losses = []
        order = random.permutation(len(items))
        for first in range(0, max(1, len(items) // batch) * batch, batch):
            for group in optimiser.param_groups:
                group["lr"] = rate * min(1, (step + 1) / 100) * max(0.02, 1 - step / n_steps)
            loss = _loss(net, [items[i] for i in order[first : first + batch]], known)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 2.0)
            optimiser.step()
            losses.append(loss.item())
            step += 1
        log(f"epoch {epoch}: loss {np.mean(losses):.3f}, {time.time() - start:.0f} s")
    net.eval()
    return net.arrays()


def _loss(net: Net, items: Sequence[Item], known: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
    """Cross entropy between the softmax over a question's candidates and what they deserve."""
    n = len(items)
    owner = torch.from_numpy(np.repeat(np.arange(n), [len(item.f1) for item in items]))
    x = torch.from_numpy(np.concatenate([item.features for item in items]).astype(np.float32))
    slots = torch.from_numpy(np.concatenate([item.slots for item in items]).astype(np.int64))
    slots = torch.where(slots < 0, len(known[1]) - 1, slots)
    q = torch.from_numpy(np.stack([item.question for item in items]).astype(np.float32))
    f1 = torch.from_numpy(np.concatenate([item.f1 for item in items]).astype(np.float32))
    scores = net(x, slots, q, owner, known)
    deserved = torch.where(f1 > 0.999, 1.0, torch.where(f1 > 0.4, 0.6 * f1**4, 0.0))
    total = torch.zeros(n).index_add(0, owner, deserved)
    best = torch.full((n,), -1e9).scatter_reduce(0, owner, scores.detach(), "amax")
    mass = torch.zeros(n).index_add(0, owner, torch.exp(scores - best[owner]))
    logs = scores - (best + torch.log(mass))[owner]
    return -(deserved / total.clamp(min=1e-9)[owner] * logs).sum() / (total > 0).sum().clamp(min=1)
