"""Many texts as bags of piece ids in two arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yuanwen_index.pieces import Pieces

Ids = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Bags:
    """Texts as piece ids, one after the other: text i is ``ids[starts[i]:starts[i + 1]]``."""

    ids: Ids
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Pieces per text."""
        return np.diff(self.starts)

    def take(self, chosen: NDArray[np.int64]) -> tuple[Ids, NDArray[np.int64]]:
        """Return the ids of the chosen texts, and for each id the number of its text among the chosen."""
        sizes = self.starts[chosen + 1] - self.starts[chosen]
        ends = np.cumsum(sizes)
        first = np.repeat(self.starts[chosen] - ends + sizes, sizes)
        places = np.arange(len(first)) + first
        return self.ids[places], np.repeat(np.arange(len(chosen)), sizes)

    def of(self, chosen: NDArray[np.int64]) -> Bags:
        """Return the bags of some texts."""
        ids, _ = self.take(chosen)
        return Bags(ids, np.concatenate([[0], np.cumsum(self.sizes[chosen])]))


def bags_of(pieces: Pieces, texts: Sequence[str], mute: NDArray[np.bool_]) -> Bags:
    """Cut the texts into pieces and leave out those that are marked mute."""
    cut = pieces.cut(texts)
    heard = ~mute[cut.ids]
    text_of = np.repeat(np.arange(len(texts)), cut.counts)[heard]
    counts = np.bincount(text_of, minlength=len(texts))
    return Bags(cut.ids[heard].astype(np.int32), np.concatenate([[0], np.cumsum(counts)]))
