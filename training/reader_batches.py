"""Batches of questions as tensors, with what each candidate span deserves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from training.reader_rows import Corpus

from yuanwen_qa.reading.forms import N_MARKS, span_forms
from yuanwen_qa.reading.words import TAGS

FEW, SHARE_FEW = (
    2,
    0.7,
)  # most batches hold two passages of a question: more questions are met in the same time
NEAR = 0.6  # F1 that a candidate needs to stand for a right span that is no candidate itself
Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Tables:
    """Of each word of a corpus, and last of padding: ``vectors`` (n + 1, dim), ``weights``, rows ``common`` and
    ``chars`` (n + 1,).
    """

    vectors: Floats
    weights: Floats
    common: Ints
    chars: Ints


@dataclass(frozen=True, slots=True)
class Candidates:
    """All candidates of a batch: ``first`` and ``last`` number words of (pairs, length) end to end, ``pair`` and
    ``question`` their owners; ``deserved`` in 0..1; ``counted`` is False for spans that read as the answer does.
    """

    first: Ints
    last: Ints
    pair: Ints
    question: Ints
    deserved: Floats
    counted: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Batch:
    """Tensors for the network, candidates, and what the forms of spans need, framed as ``span_forms`` wants."""

    tensors: dict[str, torch.Tensor]
    candidates: Candidates
    framed: tuple[Floats, Ints, Ints, Ints, Floats]
    counts: Ints
    length: int
    answerable: NDArray[np.bool_]

    def forms(self, chosen: Ints) -> Floats:
        """Forms of the chosen candidates."""
        c = self.candidates
        shift = 2 * c.pair[chosen] + 1
        counts = self.counts[c.question[chosen]]
        return span_forms(*self.framed, counts, c.first[chosen] + shift, c.last[chosen] + shift)


def deserved_of(f1: Floats) -> Floats:
    """1 for the candidates nearest to a right span, 0 for all others."""
    best = f1.max(initial=0.0)
    return ((f1 > NEAR) & (f1 > best - 1e-4)).astype(np.float32)


def overlap_f1(starts: Ints, ends: Ints, spans: Ints) -> Floats:
    """Greatest F1 of characters of each candidate with one of ``spans`` (n, 2), (n_candidates,)."""
    f1 = np.zeros(len(starts), np.float32)
    for start, end in spans:
        together = np.clip(np.minimum(ends, end) - np.maximum(starts, start), 0, None)
        f1 = np.maximum(f1, 2 * together / (ends - starts + end - start))
    return f1.astype(np.float32)


def orders(corpus: Corpus, size: int, source: np.random.Generator) -> list[Ints]:
    """Questions of a corpus in batches of about equal length, in random order."""
    lengths = np.diff(corpus["p_numbers"].starts)
    longest = np.array([lengths[_passages(corpus, corpus["pairs"][i])].max() for i in range(len(corpus))])
    order = np.argsort(longest + source.random(len(corpus)) * 60)
    batches = [order[i : i + size] for i in range(0, len(order), size)]
    source.shuffle(batches)  # type: ignore[arg-type]
    return batches


def _passages(corpus: Corpus, pairs: Ints) -> Ints:
    return corpus["passages"].values[pairs].astype(np.int64)


def make_batch(
    corpus: Corpus, tables: Tables, questions: Sequence[int], depth: int, source: np.random.Generator
) -> Batch:
    """``depth`` passages of each question at most, the right ones first, the others drawn."""
    pairs, owner = [], []
    for at, question in enumerate(questions):
        found = corpus["pairs"][question]
        right = [p for p in found if len(corpus["gold"][p])]
        rest = [p for p in found if not len(corpus["gold"][p])]
        chosen = [*right[:1], *source.permutation([*right[1:], *rest]).astype(int)][:depth]
        pairs += chosen
        owner += [at] * len(chosen)
    passages = _passages(corpus, np.array(pairs))
    length = corpus["p_numbers"].longest(passages)
    n_words = len(tables.vectors) - 1
    numbers = _padded(corpus, "p_numbers", passages, length, n_words)
    q_length = corpus["q_numbers"].longest(questions)
    q_numbers = _padded(corpus, "q_numbers", questions, q_length, n_words)
    tags = _padded(corpus, "p_tags", passages, length, len(TAGS))
    marks = _padded(corpus, "p_marks", passages, length, 0.0)
    pair = _padded(corpus, "pair", pairs, length, 0.0)
    owners = np.array(owner)
    held = np.zeros((len(pairs), q_length, 2), np.float32)
    for row, p in enumerate(pairs):
        held[row, : len(corpus["held"][p])] = corpus["held"][p]
    arrays: dict[str, NDArray[np.generic]] = {
        "p_numbers": numbers, "q_numbers": np.where(q_numbers == n_words, -1, q_numbers), "p_tags": tags, "p_marks": marks,
        "pair": pair, "held": held, "owner": owners, "p_mask": (numbers < n_words).astype(np.float32),
        "q_mask": (q_numbers < n_words).astype(np.float32),
        "p_vectors": tables.vectors[numbers], "q_vectors": tables.vectors[q_numbers],
        "p_common": tables.common[numbers], "q_common": tables.common[q_numbers],
        "p_chars": tables.chars[numbers], "q_chars": tables.chars[q_numbers],
        "q_weights": tables.weights[q_numbers], "q_tags": _padded(corpus, "q_tags", questions, q_length, len(TAGS)),
        "q_marks": _padded(corpus, "q_marks", questions, q_length, 0.0),
        "q_places": _padded(corpus, "q_places", questions, q_length, 0.0),
        "q_asked": np.concatenate([corpus["q_asked"][q] for q in questions]).astype(np.float32),
    }  # fmt: skip
    starts = _padded(corpus, "p_starts", passages, length, 0)
    ends = _padded(corpus, "p_ends", passages, length, 0)
    candidates = _candidates(corpus, pairs, passages, owners, length)
    framed = (
        _framed(marks, 0.0).reshape(-1, N_MARKS), _framed(tags, len(TAGS)).reshape(-1), _framed(starts, 0).reshape(-1),
        _framed(ends, 0).reshape(-1), _framed(pair[..., -2:], 0.0).reshape(-1, 2),
    )  # fmt: skip
    right_ = np.zeros(len(questions), np.float32)
    np.maximum.at(right_, candidates.question, candidates.deserved)
    tensors = {name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in arrays.items()}
    return Batch(tensors, candidates, framed, corpus.counts[questions], length, right_ > 0)


def _candidates(
    corpus: Corpus, pairs: Sequence[int], passages: Ints, owners: Ints, length: int
) -> Candidates:
    first, last, pair, deserved, counted = [], [], [], [], []
    for row, (p, passage) in enumerate(zip(pairs, passages.tolist(), strict=True)):
        i, j = (corpus[name][passage].astype(np.int64) for name in ("p_first", "p_last"))
        starts = corpus["p_starts"][passage].astype(np.int64)[i]
        ends = corpus["p_ends"][passage].astype(np.int64)[j]
        worth = deserved_of(overlap_f1(starts, ends, corpus["gold"][p].astype(np.int64)))
        again = overlap_f1(starts, ends, corpus["ignored"][p].astype(np.int64)) > 0.7
        first.append(i + row * length)
        last.append(j + row * length)
        pair.append(np.full(len(i), row))
        deserved.append(worth)
        counted.append(~again | (worth > 0))
    joined = np.concatenate(pair)
    return Candidates(
        np.concatenate(first), np.concatenate(last), joined, owners[joined], np.concatenate(deserved),
        np.concatenate(counted),
    )  # fmt: skip


def _padded(
    corpus: Corpus, name: str, rows: Sequence[int] | Ints, length: int, value: float
) -> NDArray[np.generic]:
    ragged = corpus[name]
    kind = np.float32 if ragged.values.dtype == np.float16 else np.int64
    out = np.full((len(rows), length, *ragged.values.shape[1:]), value, kind)
    for at, row in enumerate(rows):
        part = ragged[row]
        out[at, : len(part)] = part
    return out


def _framed(rows: NDArray[np.generic], value: float) -> NDArray[np.generic]:
    width = [(0, 0), (1, 1), *[(0, 0)] * (rows.ndim - 2)]
    return np.pad(rows, width, constant_values=value)


def batches(
    corpus: Corpus, tables: Tables, size: int, depth: int, source: np.random.Generator
) -> Iterator[Batch]:
    """One pass over a corpus."""
    for questions in orders(corpus, size, source):
        few = source.random() < SHARE_FEW
        yield make_batch(corpus, tables, questions.tolist(), min(depth, FEW) if few else depth, source)
