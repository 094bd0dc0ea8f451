"""What of a question stands together in one place of a passage.

Word search and vector search see a passage as a whole. A passage that holds the words of a question in one place
answers it more often than one that holds them scattered, and a sentence is compared with a question in another
language more surely than a passage, whose vector blurs all its sentences. Reading for this costs time, so only
the best passages of the first search are read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from .encoders import Encoder, StaticEncoder
from .fusion import fuse_read, strangeness
from .passages import Passage, sentence_spans
from .terms import Asked
from .tokens import token_keys
from .vectors import VectorIndex

__all__ = ["nearest_sentences", "read_best", "sentences_of", "words_together"]

_READ = 24  # passages read for one question
_SIEVE = 14  # bits
_SIEVED = np.uint64((1 << _SIEVE) - 1)
_STRANGE = 0.01  # below this strangeness the nearest sentence changes nothing that can be seen


def read_best(
    candidates: NDArray[np.int64],
    fused: NDArray[np.float32],
    passage: Callable[[int], Passage],
    asked: Asked,
    query: NDArray[np.float32],
    vectors: VectorIndex,
    encoder: Encoder,
) -> NDArray[np.float32]:
    """The scores (m,) of the candidates (m,), after the best of them by their ``fused`` scores (m,) were read.

    ``passage`` gives a candidate's passage; ``query`` (dim,) is the question's vector. Sentences are encoded only by a
    static encoder: with any other, reading would take longer than searching.
    """
    best = np.argsort(-fused, kind="stable")[:_READ]
    read = [passage(number) for number in candidates[best].tolist()]
    sentences = [sentences_of(one) for one in read]
    together, near = np.zeros_like(fused), np.zeros_like(fused)
    together[best] = words_together(asked, [one.article.title for one in read], sentences)
    if isinstance(encoder, StaticEncoder) and strangeness(asked.known) > _STRANGE and read:
        near[best] = vectors.standard(query, nearest_sentences(encoder, query, sentences))
    return fuse_read(fused, asked.known, together, near)


def nearest_sentences(
    encoder: Encoder, query: NDArray[np.float32], sentences: Sequence[Sequence[str]]
) -> NDArray[np.float32]:
    """Cosine (m,) of the query (dim,) with the nearest sentence of each of m passages, none of which is empty."""
    sizes = np.array([len(parts) for parts in sentences])
    cosines = encoder.encode_passages([text for parts in sentences for text in parts]) @ query
    return np.asarray(np.maximum.reduceat(cosines, np.cumsum(sizes) - sizes), np.float32)


def sentences_of(passage: Passage) -> list[str]:
    """The sentences of a passage, in order."""
    text = passage.text
    return [text[start:end] for start, end in sentence_spans(text)] or [text]


def words_together(
    asked: Asked, titles: Sequence[str], sentences: Sequence[Sequence[str]]
) -> NDArray[np.float32]:
    """How much of the question (0..1, rare words counting more) stands in two neighbouring sentences or the title.

    ``titles`` and ``sentences`` are those of the m passages; the result (m,) is that of each passage's best place.
    """
    if not sentences or asked.ideal <= 0:
        return np.zeros(len(sentences), np.float32)
    texts = [text for title, parts in zip(titles, sentences, strict=True) for text in (title, *parts)]
    keys, owners = token_keys(texts)
    likely = np.zeros(1 << _SIEVE, np.bool_)  # most tokens are not asked for: that is seen at once
    likely[asked.keys & _SIEVED] = True
    stays = likely[keys & _SIEVED]
    keys, owners = keys[stays], owners[stays]
    places = np.minimum(np.searchsorted(asked.keys, keys), len(asked.keys) - 1)
    held = asked.keys[places] == keys
    holds = np.zeros((len(texts), len(asked.keys)), np.bool_)
    holds[owners[held], places[held]] = True
    sizes = np.array([1 + len(parts) for parts in sentences])
    opens = np.cumsum(sizes) - sizes  # rows of the titles
    pairs = holds.copy()
    pairs[:-1] |= holds[1:]
    ends = opens + sizes - 1
    pairs[ends] = holds[ends]  # the next row is another passage's
    pairs |= np.repeat(holds[opens], sizes, axis=0)
    return np.asarray(np.maximum.reduceat(np.dot(pairs, asked.shares), opens) / asked.ideal, np.float32)
