"""The reader's network as torch sees it; ``yuanwen_qa.reading.network`` runs the same weights in NumPy."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from yuanwen_qa.reading.features import N_ASKED, N_PAIR, N_PLACES
from yuanwen_qa.reading.forms import N_FORMS, N_MARKS
from yuanwen_qa.reading.network import DILATIONS, QUESTION_DILATIONS, READ_DILATIONS
from yuanwen_qa.reading.words import TAGS

Arrays = dict[str, NDArray[np.float32]]
Batch = Mapping[str, Tensor]


def _coarse(training: bool) -> torch.autocast:
    """Sixteen-bit products while fitting, which takes half the time."""
    return torch.autocast("cpu", torch.bfloat16, enabled=training)


class Channels(nn.Module):
    """Dropout of whole channels of (n, length, width): cheaper than of single numbers."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, x: Tensor) -> Tensor:
        """The same in evaluation."""
        if not self.training:
            return x
        kept = torch.rand(x.shape[0], *[1] * (x.ndim - 2), x.shape[-1]) >= self.share
        return x * (kept.to(x.dtype) / (1 - self.share))


class Block(nn.Module):
    """x plus a gated convolution of its normalised self over three words, ``dilation`` apart."""

    def __init__(self, width: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.conv = nn.Conv1d(width, 2 * width, 3, padding=dilation, dilation=dilation)
        self.reach = dilation
        self.dropout = Channels(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(n, length, width) to the same; ``mask`` (n, length, 1) is 0 behind the end."""
        y = F.layer_norm(x, x.shape[-1:]) * mask
        with _coarse(self.training):
            near = F.pad(y, (0, 0, self.reach, self.reach))
            taps = [near[:, at : at + y.shape[1]] for at in (0, self.reach, 2 * self.reach)]
            weight = self.conv.weight.permute(0, 2, 1).flatten(1)
            y = F.glu(F.linear(torch.cat(taps, -1), weight, self.conv.bias), -1)
        return x + self.dropout(y).float()


class Net(nn.Module):
    """Words in context, question and passage laid over each other, scores of spans, and of "no answer"."""

    def __init__(
        self, dim: int, n_common: int, n_chars: int, width: int = 128, span: int = 64, dropout: float = 0.15
    ) -> None:
        super().__init__()
        self.vectors = nn.Linear(dim, width, bias=False)
        self.tags = nn.Embedding(len(TAGS) + 1, width)
        self.common = nn.Embedding(n_common + 1, width)
        self.chars = nn.Embedding(n_chars + 1, width)
        for table in (self.tags, self.common, self.chars):
            nn.init.normal_(table.weight, std=0.1)
        self.marks = nn.Linear(N_MARKS, width)
        self.places = nn.Linear(N_PLACES, width, bias=False)
        self.asked = nn.Linear(N_ASKED, width, bias=False)
        self.read = nn.ModuleList(Block(width, d, dropout) for d in READ_DILATIONS)
        self.ask = nn.ModuleList(Block(width, d, dropout) for d in QUESTION_DILATIONS)
        self.look = nn.Linear(width, width, bias=False)
        self.alike = nn.Parameter(torch.tensor([2.0, 2.0]))
        self.pool = nn.Linear(width, 1)
        self.merge = nn.Linear(4 * width, width)
        self.pair = nn.Linear(N_PAIR, width, bias=False)
        self.blocks = nn.ModuleList(Block(width, d, dropout) for d in DILATIONS)
        self.gate = nn.Linear(width, width)
        self.ends = nn.Linear(width, 2)
        self.start = nn.Linear(width, span)
        self.end = nn.Linear(width, span, bias=False)
        self.inside = nn.Linear(width, span, bias=False)
        self.forms = nn.Linear(N_FORMS, span, bias=False)
        self.wish = nn.Linear(width, span, bias=False)
        self.second = nn.Linear(span, span // 2)
        self.last = nn.Linear(span // 2, 1, bias=False)
        self.missing = nn.Linear(width + 4, span)
        self.nothing = nn.Linear(2 * span + width, span)
        self.none = nn.Linear(span, 1)
        self.dropout = Channels(dropout)
        self.width = width

    def embed(self, b: Batch, side: str) -> Tensor:
        """Words without their context, (n, length, width)."""
        with _coarse(self.training):
            x = self.vectors(b[f"{side}_vectors"]).float()
        x = x + self.tags(b[f"{side}_tags"]) + self.common(b[f"{side}_common"])
        return self.dropout(x + self.chars(b[f"{side}_chars"]) + self.marks(b[f"{side}_marks"]))

    def forward(self, b: Batch) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """(states (pairs, length, width), scores of starts and ends (pairs, length, 2), pooled questions (questions,
        width), scores of "no answer" (questions,)).
        """
        q_mask, p_mask = b["q_mask"][..., None], b["p_mask"][..., None]
        q = self.embed(b, "q") + self.places(b["q_places"]) + self.asked(b["q_asked"])[:, None]
        for block in self.ask:
            q = block(q, q_mask)
        q = F.layer_norm(q, q.shape[-1:])
        weights = self.pool(q)[..., 0].masked_fill(b["q_mask"] == 0, -1e4).softmax(-1)
        pooled = (weights[:, None] @ q)[:, 0]
        x = self.embed(b, "p")
        for block in self.read:
            x = block(x, p_mask)
        x = F.layer_norm(x, x.shape[-1:])
        owner = b["owner"]
        asked, whole = q[owner], pooled[owner][:, None]
        near = b["p_vectors"] @ b["q_vectors"][owner].transpose(1, 2)
        same = (b["p_numbers"][:, :, None] == b["q_numbers"][owner][:, None]).float()
        look = self.look(x) @ asked.transpose(1, 2) / self.width**0.5
        look = look + self.alike[0] * same + self.alike[1] * near
        look = look.masked_fill(b["q_mask"][owner][:, None] == 0, -1e4).softmax(-1)
        seen = look @ asked
        with _coarse(self.training):
            y = self.merge(torch.cat([x, seen, x * seen, x * whole], -1)) + self.pair(b["pair"])
        y = y.float()
        for block in self.blocks:
            y = block(y, p_mask)
        y = F.layer_norm(y, y.shape[-1:]) * p_mask
        gated = y * (1 + self.gate(whole))
        return gated, self.ends(gated), pooled, self._none(b, q, gated)

    def _none(self, b: Batch, q: Tensor, states: Tensor) -> Tensor:
        """How much speaks for no passage holding the answer: question words that are nowhere, passages that do not
        fit.
        """
        n = len(q)
        held = _greatest(b["held"], b["owner"], torch.zeros(n, q.shape[1], 2))
        words = torch.cat([q, held, b["q_weights"][..., None], b["q_places"][..., 5:]], -1)
        missing = torch.relu(self.missing(words)) * b["q_mask"][..., None]
        best = states.masked_fill(b["p_mask"][..., None] == 0, -1e4).amax(1)
        best = _greatest(best, b["owner"], torch.full((n, self.width), -1e4))
        pooled = torch.cat([missing.amax(1), missing.mean(1) * q.shape[1] / 10, best], -1)
        return self.none(torch.relu(self.nothing(self.dropout(pooled))))[:, 0]

    def weigh(
        self, states: Tensor, pooled: Tensor, places: Tensor, first: Tensor, last: Tensor, forms: Tensor
    ) -> Tensor:
        """What the words inside spans, their form and the question add to the scores of spans, (n,).

        ``states`` (rows, width); ``first`` and ``last`` number rows; ``places`` (n,) number rows of ``pooled``.
        """
        sums = torch.cat([torch.zeros(1, states.shape[1]), states.cumsum(0)])
        inside = (sums[last + 1] - sums[first]) / (last - first + 1)[:, None]
        with _coarse(self.training):
            starts, ends, insides = self.start(states), self.end(states), self.inside(inside)
        hidden = starts.float()[first] + ends.float()[last] + insides.float()
        hidden = hidden + self.forms(forms) + self.wish(pooled)[places]
        return self.last(torch.relu(self.second(self.dropout(torch.relu(hidden)))))[:, 0]

    def arrays(self) -> Arrays:
        """The weights, matrices with inputs in rows."""
        return {
            name: np.ascontiguousarray(
                (t.detach().permute(2, 1, 0) if t.ndim == 3 else t.detach().T if _is_matrix(name, t) else t.detach()).numpy(),
                np.float32,
            )
            for name, t in self.state_dict().items()
        }  # fmt: skip


def _greatest(rows: Tensor, owner: Tensor, least: Tensor) -> Tensor:
    """The greatest of the rows of each owner, number by number, and at least ``least`` (n_owners, ...)."""
    places = owner.view(-1, *[1] * (rows.ndim - 1)).expand_as(rows)
    return least.scatter_reduce(0, places, rows, "amax")


def _is_matrix(name: str, tensor: Tensor) -> bool:
    return tensor.ndim == 2 and not name.startswith(("tags", "common", "chars"))
