"""The reader's network in plain arrays: words in context, then spans.

Words of question and passage become states by gated dilated convolutions (x plus a gated convolution of its normalised
self); each passage word looks at the question's words; more convolutions follow. A span is
scored by its ends, then, if it is among the best so, also by what stands inside it and by its form. "No answer" has a
score of its own, from question words that no passage holds. ``training/reader_net.py`` is the same network for fitting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .features import Asked, Pair, Read, question_features
from .forms import framed, span_forms
from .words import TAGS, Words

__all__ = ["DILATIONS", "QUESTION_DILATIONS", "READ_DILATIONS", "Network", "Spans", "States"]

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

# the last sees next words again, at which spans begin and end
READ_DILATIONS, QUESTION_DILATIONS, DILATIONS = (1, 2), (1, 2), (1, 2, 4, 8, 16, 1)
_BLOCKS = [
    f"{name}.{i}"
    for name, all_ in (("read", READ_DILATIONS), ("ask", QUESTION_DILATIONS), ("blocks", DILATIONS))
    for i in range(len(all_))
]
_TRIED, _FAR = 40, 4.0


@dataclass(frozen=True, slots=True)
class States:
    """A question in context: ``words`` (n_words, width) and their sum ``pooled`` (width,)."""

    words: Floats
    pooled: Floats


@dataclass(frozen=True, slots=True)
class Spans:
    """The best spans of one passage: first and last word, scores, (n,) each; ``best`` (width,) is the greatest state of its
    words, channel by channel.
    """

    first: Ints
    last: Ints
    scores: Floats
    best: Floats


@dataclass(frozen=True, slots=True)
class Network:
    """``weights`` as ``training/reader.py`` writes them; ``common`` words and ``chars`` have rows of their own.

    Raises ValueError when the weights have more or fewer convolutions than this version runs.
    """

    weights: Mapping[str, Floats]
    common: Mapping[str, int]
    chars: Mapping[str, int]

    def __post_init__(self) -> None:
        stored = {name.rpartition(".conv.")[0] for name in self.weights if ".conv." in name}
        if stored != set(_BLOCKS):
            raise ValueError(f"the network has {len(stored)} convolutions, this version runs {len(_BLOCKS)}")

    def ask(self, asked: Asked, marks: Floats) -> States:
        """Read a question; ``marks`` are those of its words."""
        w = self.weights
        x = self._embed(asked.words, asked.vectors, marks)
        x += asked.places @ w["places.weight"] + question_features(asked) @ w["asked.weight"]
        for i, dilation in enumerate(QUESTION_DILATIONS):
            x = self._block(x, f"ask.{i}", dilation)
        x = _normal(x)
        weights = _softmax((x @ w["pool.weight"])[:, 0]) if len(x) else np.zeros(0, np.float32)
        return States(x, weights @ x)

    def read(self, read: Read) -> Floats:
        """Read a passage by itself, (n_words, width)."""
        x = self._embed(read.words, read.vectors, read.marks)
        for i, dilation in enumerate(READ_DILATIONS):
            x = self._block(x, f"read.{i}", dilation)
        return _normal(x)

    def spans(self, asked: Asked, question: States, read: Read, passage: Floats, pair: Pair) -> Spans:
        """Read a passage with the question in mind; ``passage`` is what :meth:`read` gave."""
        w = self.weights
        if not len(read.first) or not len(asked.words):
            none = np.zeros(0, np.int64)
            return Spans(none, none, np.zeros(0, np.float32), np.full(len(question.pooled), -1e4, np.float32))
        numbers = {key: i for i, key in enumerate(dict.fromkeys(asked.words.keys))}
        same = np.array([numbers.get(key, -1) for key in read.words.keys])[:, None] == np.array(
            [numbers[key] for key in asked.words.keys]
        )
        look = (passage @ w["look.weight"]) @ question.words.T / np.float32(passage.shape[1] ** 0.5)
        look += w["alike"][0] * same + w["alike"][1] * (read.vectors @ asked.vectors.T)
        seen = _softmax(look) @ question.words
        joined = np.concatenate([passage, seen, passage * seen, passage * question.pooled], 1)
        y = joined @ w["merge.weight"] + w["merge.bias"] + pair.words @ w["pair.weight"]
        for i, dilation in enumerate(DILATIONS):
            y = self._block(y, f"blocks.{i}", dilation)
        y = _normal(y) * (1 + question.pooled @ w["gate.weight"] + w["gate.bias"])
        return self._weigh(y, question, read, pair, asked.question.count)

    def none(self, asked: Asked, question: States, pairs: Sequence[Pair], spans: Sequence[Spans]) -> float:
        """Score of "no answer"; comparable with the scores of spans."""
        w = self.weights
        if not len(asked.words) or not spans:
            return 0.0
        held = np.max([pair.held for pair in pairs], axis=0)
        words = np.concatenate([question.words, held, asked.weights[:, None], asked.places[:, 5:]], 1)
        missing = np.maximum(words @ w["missing.weight"] + w["missing.bias"], 0)
        best = np.max([one.best for one in spans], axis=0)
        pooled = np.concatenate([missing.max(0), missing.sum(0) / 10, best])
        hidden = np.maximum(pooled @ w["nothing.weight"] + w["nothing.bias"], 0)
        return float((hidden @ w["none.weight"] + w["none.bias"])[0])

    def _embed(self, words: Words, vectors: Floats, marks: Floats) -> Floats:
        w = self.weights
        common = [self.common.get(key, len(self.common)) for key in words.keys]
        chars = [self.chars.get(key[-1], len(self.chars)) for key in words.keys]
        x = vectors @ w["vectors.weight"] + w["tags.weight"][words.tags]
        x += w["common.weight"][common] + w["chars.weight"][chars]
        x += marks @ w["marks.weight"] + w["marks.bias"]
        return np.asarray(x, np.float32)

    def _block(self, x: Floats, name: str, dilation: int) -> Floats:
        kernel, bias = self.weights[f"{name}.conv.weight"], self.weights[f"{name}.conv.bias"]
        y = _normal(x)
        out = y @ kernel[1] + bias
        if len(y) > dilation:
            out[dilation:] += y[:-dilation] @ kernel[0]
            out[:-dilation] += y[dilation:] @ kernel[2]
        half = x.shape[1]
        gated = out[:, :half] / (1 + np.exp(-np.clip(out[:, half:], -30, 30)))
        return np.asarray(x + gated, np.float32)

    def _weigh(self, y: Floats, question: States, read: Read, pair: Pair, count: int) -> Spans:
        w = self.weights
        ends = y @ w["ends.weight"] + w["ends.bias"]
        scores = ends[read.first, 0] + ends[read.last, 1]
        kept = _best(scores)
        first, last = read.first[kept], read.last[kept]
        words = read.words
        forms = span_forms(
            framed(read.marks), framed(words.tags, len(TAGS)), framed(words.starts), framed(words.ends),
            framed(pair.units), np.full(len(kept), count), first + 1, last + 1,
        )  # fmt: skip
        sums = np.concatenate([np.zeros((1, y.shape[1]), np.float32), np.cumsum(y, 0)])
        inside = (sums[last + 1] - sums[first]) / (last - first + 1)[:, None]
        hidden = (y @ w["start.weight"] + w["start.bias"])[first] + (y @ w["end.weight"])[last]
        hidden += inside @ w["inside.weight"] + forms @ w["forms.weight"] + question.pooled @ w["wish.weight"]
        second = np.maximum(np.maximum(hidden, 0) @ w["second.weight"] + w["second.bias"], 0)
        return Spans(first, last, scores[kept] + (second @ w["last.weight"])[:, 0], y.max(0))


def _best(scores: Floats) -> Ints:
    """Places of the greatest scores, none far below the best: of a text of one sentence the 40 best would be nearly all spans,
    and what fitting never weighs, far below, may be given any score.
    """
    best = np.argsort(-scores, kind="stable")[:_TRIED]
    return np.asarray(best[scores[best] >= scores[best[0]] - _FAR], np.int64)


def _normal(x: Floats) -> Floats:
    """Rows with mean 0 and variance 1."""
    centred = x - x.mean(-1, keepdims=True)
    spread = np.einsum("ij,ij->i", centred, centred)[:, None] / x.shape[-1]
    return np.asarray(centred / np.sqrt(spread + 1e-5), np.float32)


def _softmax(x: NDArray[np.floating]) -> Floats:
    weights = np.exp(x - x.max(-1, keepdims=True))
    return np.asarray(weights / weights.sum(-1, keepdims=True), np.float32)
