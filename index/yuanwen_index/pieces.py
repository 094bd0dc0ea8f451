"""Cut texts into the pieces of a Unigram tokenizer, many texts at a time.

The cut is the one that the ``tokenizers`` library makes from the same ``tokenizer.json`` (the most probable
sequence of pieces), found with array operations over all texts together: several times as fast, and every
piece keeps its place.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .keys import fold_table

Ints = NDArray[np.int64]
Small = NDArray[np.int32]
Floats = NDArray[np.float64]

_HASH = np.uint64(0x9E3779B97F4A7C15)
_WORD = (1 << 64) - 1
_UNKNOWN_PENALTY = 10.0  # what the tokenizers library takes off the worst score for a character in no piece
_BLOCK_CHARS = 1 << 18
_FEW_CHARS = 100  # cut sooner one by one than with arrays


@dataclass(frozen=True, slots=True)
class Cut:
    """The pieces of some texts, one after the other.

    ``ids`` (n_pieces,) int64; ``starts`` and ``ends`` (n_pieces,) int64: offsets of each piece in its own
    text; ``counts`` (n_texts,) int64: how many pieces each text has. White space and characters in no piece
    are left out.
    """

    ids: Ints
    starts: Ints
    ends: Ints
    counts: Ints


class Pieces:
    """The pieces of a tokenizer with their log probabilities, as a trie in arrays."""

    def __init__(self, pieces: Sequence[tuple[str, float]]):
        """Take (piece, log probability) in the order of their ids; id 0 is the unknown piece."""
        self.texts = [piece for piece, _ in pieces]
        scores = np.array([score for _, score in pieces])
        self._scores = np.append(scores, -np.inf)  # the last one is reached by id -1: no such piece
        self._unknown_score = float(scores.min()) - _UNKNOWN_PENALTY
        codes = _codes("".join(self.texts[1:]))
        # code point -> number among the characters of pieces, 0 for none
        self._chars: Small = np.zeros(0x110000, dtype=np.int32)
        alphabet = np.unique(codes)
        self._chars[alphabet] = np.arange(1, len(alphabet) + 1)
        for code, folded in fold_table().items():
            self._chars[code] = self._chars[folded]
        self._build_trie(codes, np.array([len(text) for text in self.texts]))

    @classmethod
    def from_file(cls, path: Path) -> Pieces:
        """Read a ``tokenizer.json`` with a Unigram model."""
        model: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["model"]
        if model.get("type") != "Unigram":
            raise ValueError(f"{path}: a Unigram model is needed, not {model.get('type')}")
        return cls([(piece, score) for piece, score in model["vocab"]])

    def _build_trie(self, codes: NDArray[np.uint32], lengths: Ints) -> None:
        """Number the prefixes of all pieces; node 0 is the root, and edges go into a hash table."""
        ends = np.cumsum(lengths) - lengths[0]  # the unknown piece is never spelt
        begins = ends - lengths
        rows = np.arange(1, len(lengths))
        node = np.zeros(len(lengths), dtype=np.int64)
        count, edges = 1, []
        piece_of = [np.array([-1])]
        for depth in range(1, int(lengths[1:].max()) + 1):
            rows = rows[lengths[rows] >= depth]
            keys = (node[rows] << 20) | self._chars[codes[begins[rows] + depth - 1]]
            fresh, inverse = np.unique(keys, return_inverse=True)
            node[rows] = count + inverse
            pieces = np.full(len(fresh), -1)
            complete = lengths[rows] == depth
            pieces[inverse[complete]] = rows[complete]
            edges.append(fresh)
            piece_of.append(pieces)
            count += len(fresh)
        keys = np.concatenate(edges)
        self._piece_of = np.concatenate(piece_of).astype(np.int32)
        self._has_children = np.zeros(count, dtype=bool)
        self._has_children[keys >> 20] = True
        self._has_children[0] = False  # node 0 also stands for characters in no piece
        self._fill_table(keys, np.arange(1, count))
        self._first = np.zeros(len(np.unique(codes)) + 1, dtype=np.int32)  # character -> node of depth one
        roots = keys >> 20 == 0
        self._first[keys[roots] & 0xFFFFF] = np.arange(1, count)[roots]

    def _fill_table(self, keys: Ints, values: Ints) -> None:
        bits = len(keys).bit_length() + 2
        self._shift = np.uint64(64 - bits)
        self._keys = np.full(1 << bits, -1, dtype=np.int64)
        self._values = np.zeros(1 << bits, dtype=np.int32)
        slots = self._slots(keys)
        waiting = np.arange(len(keys))
        while len(waiting):
            free = waiting[self._keys[slots[waiting]] < 0]
            _, chosen = np.unique(slots[free], return_index=True)
            placed = free[chosen]
            self._keys[slots[placed]] = keys[placed]
            self._values[slots[placed]] = values[placed]
            waiting = np.setdiff1d(waiting, placed, assume_unique=True)
            slots[waiting] = (slots[waiting] + 1) & (len(self._keys) - 1)

    def _slots(self, keys: Ints) -> Ints:
        return ((keys.astype(np.uint64) * _HASH) >> self._shift).astype(np.int64)

    def _children(self, nodes: Small, chars: Small) -> Small:
        """Return the node reached from each node by each character, 0 where there is none."""
        keys = (nodes.astype(np.int64) << 20) | chars
        slots = self._slots(keys)
        found = self._keys[slots]
        result = np.where(found == keys, self._values[slots], 0)
        waiting = np.flatnonzero((found != keys) & (found >= 0))
        while len(waiting):
            slots[waiting] = (slots[waiting] + 1) & (len(self._keys) - 1)
            found = self._keys[slots[waiting]]
            hit = found == keys[waiting]
            result[waiting[hit]] = self._values[slots[waiting[hit]]]
            waiting = waiting[~hit & (found >= 0)]
        return result

    def cut(self, texts: Sequence[str]) -> Cut:
        """Return the most probable pieces of every text."""
        if sum(map(len, texts)) <= _FEW_CHARS:
            return self._cut_few(texts)
        blocks = [self._cut_block(block) for block in _blocks(texts)]
        if not blocks:
            empty = np.zeros(0, dtype=np.int64)
            return Cut(empty, empty, empty, empty)
        return Cut(*(np.concatenate([getattr(b, name) for b in blocks]) for name in Cut.__slots__))

    def _cut_few(self, texts: Sequence[str]) -> Cut:
        """``cut`` for few characters, one after another: the same sums in the same order, so the same pieces."""
        found = [self._cut_text(text) for text in texts]
        rows = np.array([piece for pieces in found for piece in pieces], np.int64).reshape(-1, 3)
        counts = np.array([len(pieces) for pieces in found], np.int64)
        return Cut(rows[:, 0], rows[:, 1], rows[:, 2], counts)

    def _cut_text(self, text: str) -> list[tuple[int, int, int]]:
        """Id, start and end of the pieces of one text."""
        chars = [self._chars.item(ord(char)) for char in text]
        ending: list[list[tuple[int, int]]] = [[] for _ in range(len(chars) + 1)]  # start and id, by end
        best, last = [0.0] * (len(chars) + 1), [(0, -1)] * (len(chars) + 1)
        reach = 0  # how far longer pieces hold together
        for start, char in enumerate(chars):
            if start >= reach:
                best[start] = 0.0  # each stretch is solved on its own
            node = self._first.item(char)
            single = self._piece_of.item(node)
            ending[start + 1].append((start, single))
            end = start + 1
            while self._has_children.item(node) and end < len(chars):
                node, end = self._child(node, chars[end]), end + 1
                piece = self._piece_of.item(node)
                if piece >= 0:
                    ending[end].append((start, piece))
                    reach = max(reach, end)
            end = start + 1
            score = -np.inf
            for begin, piece in reversed(ending[end]):  # of equal cuts the one whose last piece starts first
                other = best[begin] + (self._scores.item(piece) if piece >= 0 else self._unknown_score)
                if other >= score:
                    score, last[end] = other, (begin, piece)
            best[end] = score
        found = []
        end = len(chars)
        while end:
            begin, piece = last[end]
            if piece > 0:
                found.append((piece, begin, end))
            end = begin
        return found[::-1]

    def _child(self, node: int, char: int) -> int:
        """``_children`` of one."""
        key = (node << 20) | char
        slot = (key * int(_HASH) & _WORD) >> int(self._shift)
        while (found := self._keys.item(slot)) >= 0:
            if found == key:
                return self._values.item(slot)
            slot = (slot + 1) & (len(self._keys) - 1)
        return 0

    def _cut_block(self, texts: Sequence[str]) -> Cut:
        lengths = np.array([len(text) + 1 for text in texts])
        chars: Small = self._chars[_codes(" ".join(texts) + " ")]
        matches = self._matches(chars)
        starts, sizes, ids = self._best(matches, chars > 0)
        text_ends = np.cumsum(lengths)
        text_of = np.searchsorted(text_ends, starts, side="right")
        starts = starts - (text_ends - lengths)[text_of]
        return Cut(ids, starts, starts + sizes, np.bincount(text_of, minlength=len(texts)))

    def _matches(self, chars: Small) -> dict[int, Small]:
        """Return length -> (n_chars,) the piece of that length starting at each character, -1 for none."""
        nodes = self._first[chars]
        found = {1: self._piece_of[nodes]}
        starts = np.flatnonzero(self._has_children[nodes])
        nodes, depth = nodes[starts], 1
        while len(starts):
            if starts[-1] + depth >= len(chars):
                inside = starts + depth < len(chars)
                starts, nodes = starts[inside], nodes[inside]
            nodes = self._children(nodes, chars[starts + depth])
            known = np.flatnonzero(nodes)
            starts, nodes, depth = starts[known], nodes[known], depth + 1
            pieces = self._piece_of[nodes]
            if (pieces >= 0).any():
                found[depth] = np.full(len(chars), -1, dtype=np.int32)
                found[depth][starts] = pieces
            more = np.flatnonzero(self._has_children[nodes])
            starts, nodes = starts[more], nodes[more]
        return found

    def _best(self, matches: dict[int, Small], known: NDArray[np.bool_]) -> tuple[Ints, Ints, Ints]:
        """Return starts, lengths and ids of the pieces of the best cut.

        Characters that no longer piece holds together are cut apart first, so each stretch is solved on its
        own, all stretches side by side.
        """
        held = np.zeros(len(known) + 1, dtype=np.int32)
        for depth, pieces in matches.items():
            if depth > 1:
                places = np.flatnonzero(pieces >= 0)
                held[places + 1] += 1
                held[places + depth] -= 1
        cuts = np.flatnonzero(np.cumsum(held[:-1]) == 0)
        sizes = np.diff(np.append(cuts, len(known)))
        length_at = np.zeros(len(known), dtype=np.int64)
        length_at[cuts[sizes == 1]] = 1
        joint = np.flatnonzero(sizes > 1)
        if len(joint):
            order = joint[longest_first(sizes[joint])]
            starts, lengths = _solve(cuts[order], sizes[order], matches, self._scores, self._unknown_score)
            length_at[starts] = lengths
        ids = np.zeros(len(known), dtype=np.int64)
        for depth, pieces in matches.items():
            starts = np.flatnonzero((length_at == depth) & (pieces >= 0))
            ids[starts] = pieces[starts]
        starts = np.flatnonzero(ids)
        return starts, length_at[starts], ids[starts]


def longest_first(sizes: Ints) -> Ints:
    """Return the order of falling size; numbers of sixteen bits sort ten times as fast."""
    if sizes.max() <= np.iinfo(np.int16).max:
        return np.argsort(-sizes.astype(np.int16), kind="stable")
    return np.argsort(-sizes, kind="stable")


def _solve(
    begins: Ints, sizes: Ints, matches: dict[int, Small], scores: Floats, unknown_score: float
) -> tuple[Ints, Ints]:
    """Return starts and lengths of the best pieces of all stretches; the longest stretch comes first."""
    best: list[Floats] = [np.zeros(len(begins))]
    last: list[Ints] = [np.zeros(len(begins), dtype=np.int64)]
    for end in range(1, int(sizes[0]) + 1):
        count = int(np.searchsorted(-sizes, -end, side="right"))
        places = begins[:count] + end
        single = scores[matches[1][places - 1]]
        score = best[end - 1][:count] + np.where(single > -np.inf, single, unknown_score)
        choice = np.ones(count, dtype=np.int64)
        for depth, pieces in matches.items():
            if 1 < depth <= end:
                other = best[end - depth][:count] + scores[pieces[places - depth]]
                better = other >= score  # of equal cuts the one whose last piece starts first
                score = np.where(better, other, score)
                choice[better] = depth
        best.append(score)
        last.append(choice)
    return _walk_back(begins, sizes, last)


def _walk_back(begins: Ints, sizes: Ints, last: list[Ints]) -> tuple[Ints, Ints]:
    """Follow the last pieces of the best cuts from the ends of the stretches to their beginnings."""
    offsets = np.cumsum([0] + [len(choice) for choice in last])
    choices = np.concatenate(last)
    left: Ints = sizes.copy()
    rows: Ints = np.arange(len(begins))
    starts, lengths = [], []
    while len(rows):
        taken = choices[offsets[left[rows]] + rows]
        left[rows] -= taken
        starts.append(begins[rows] + left[rows])
        lengths.append(taken)
        rows = rows[left[rows] > 0]
    return np.concatenate(starts), np.concatenate(lengths)


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _blocks(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield runs of texts of about a block's size, so that arrays stay in the processor's cache."""
    start, size = 0, 0
    for i, text in enumerate(texts):
        size += len(text) + 1
        if size >= _BLOCK_CHARS:
            yield texts[start : i + 1]
            start, size = i + 1, 0
    if start < len(texts):
        yield texts[start:]
