"""Fit the weights that fuse word search and vector search, and write ``fusion.json``.

The encoder has seen most training questions with their passages, which makes its vectors look better than
they are on new ones. So the weight for questions whose words are known is fitted on questions it has not seen
(those kept back from its training, those without an answer in their passage, and those about reviews); only
what questions in another language add is fitted on translated sentences.

What the best passages add when they are read is taken from a few values: for words in one place the one that
finds most of those questions first, for the nearest sentence the one that finds most paragraphs of translated
news by half a sentence.

    python -m training.fusion DATA [--encoder FOLDER] [--eval EVAL]

The encoder, by default the one that ships, must have been trained with ``--hold``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from training.fusion_data import FRESH, TRANSLATED, Asked, read_evaluation, read_training

from yuanwen_index.closeness import nearest_sentences, words_together
from yuanwen_index.encoders import Encoder, load_encoder
from yuanwen_index.fusion import Weights, fuse, fuse_read, strangeness
from yuanwen_index.passages import sentence_spans
from yuanwen_index.terms import TermIndex
from yuanwen_index.vectors import VectorIndex

WEIGHTS = Path(__file__).parents[1] / "index" / "yuanwen_index" / "fusion.json"
POOL = 64
STEP, LOSS = 0.005, 0.002  # of the familiar weight; of recall@1
STEPS, RATE = 400, 0.05
READ = 24
TOGETHER = (0.0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8)
SENTENCE = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4)
NEWS = ("en about zh news", "zh about en news")

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Candidates:
    """The candidates (m,) of one question: both scores, which of them answer it, and what reading found."""

    lexical: NDArray[np.float32]
    ideal: float
    known: float
    nearness: NDArray[np.float32]
    right: NDArray[np.bool_]
    together: NDArray[np.float32]
    sentence: NDArray[np.float32]

    def scores(self, weights: Weights) -> NDArray[np.float32]:
        """Scores (m,) as search gives them."""
        fused = fuse(self.lexical, self.ideal, self.known, self.nearness, weights)
        unread = np.argsort(-fused, kind="stable")[READ:]
        together, sentence = self.together.copy(), self.sentence.copy()
        together[unread], sentence[unread] = 0, 0
        return fuse_read(fused, self.known, together, sentence, weights)

    def features(self) -> Floats:
        """(m, 3): words found, nearness, nearness where the words are strange."""
        found = self.lexical / max(self.ideal, 1e-9)
        return np.stack([found, self.nearness, strangeness(self.known) * self.nearness], axis=1).astype(float)


def candidates(asked: Asked, encoder: Encoder) -> list[Candidates]:
    """Both searches for every question over its pool of passages."""
    terms, vectors = TermIndex.of(asked.passages), VectorIndex(encoder.encode_passages(asked.passages))
    queries = encoder.encode_questions([question for question, _ in asked.questions])
    near, _ = vectors.search(queries, POOL)
    sentences = [[text[slice(*span)] for span in sentence_spans(text)] or [text] for text in asked.passages]
    found = []
    for (question, right), query, ids in zip(asked.questions, queries, near, strict=True):
        words = terms.ask(question)
        union = np.union1d(terms.best(words, POOL).passages, ids)
        nearness = vectors.standard(query, vectors.cosines(query, union))
        answers = np.isin(union, list(right))
        read = [sentences[number] for number in union.tolist()]
        together = words_together(words, [""] * len(read), read)
        sentence = vectors.standard(query, nearest_sentences(encoder, query, read))
        found.append(
            Candidates(
                terms.scores(words, union), words.ideal, words.known, nearness, answers, together, sentence
            )
        )
    return found


def fit(fresh: list[list[Candidates]], translated: list[list[Candidates]]) -> Weights:
    """Weights that make the right candidates most likely, first on known words, then on strange ones."""
    words, familiar, _ = descend(fresh, np.array([8.0, 0.4, 0.0]), np.array([1.0, 1.0, 0.0]))
    _, _, strange = descend(translated, np.array([words, familiar, 0.4]), np.array([0.0, 0.0, 1.0]))
    return Weights(round(max(familiar / words, 0.0), 4), round(max(strange / words, 0.0), 4))


def descend(groups: list[list[Candidates]], theta: Floats, free: Floats) -> list[float]:
    """Minimise the softmax loss over the ``free`` (3,) of the weights ``theta`` (3,) by Adam's rule.

    Every group counts the same, however many questions it has.
    """
    questions = [(c, 1 / len(group) / len(groups)) for group in groups for c in group if c.right.any()]
    features = np.concatenate([c.features() for c, _ in questions])
    right = np.concatenate([c.right for c, _ in questions]).astype(float)
    sizes = np.array([len(c.right) for c, _ in questions])
    starts, owner = np.cumsum(sizes) - sizes, np.repeat(np.arange(len(sizes)), sizes)
    share = np.array([weight for _, weight in questions])[owner]
    mean, square = np.zeros(3), np.zeros(3)
    for step in range(1, STEPS + 1):
        scores = features @ theta
        odds = np.exp(scores - np.maximum.reduceat(scores, starts)[owner])
        likely = odds / np.add.reduceat(odds, starts)[owner]
        wanted = odds * right / np.add.reduceat(odds * right, starts)[owner]
        slope = features.T @ ((likely - wanted) * share) * free
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope**2
        size = np.sqrt(square / (1 - 0.99**step)) + 1e-9
        theta = theta - RATE * mean / (1 - 0.9**step) / size
    return [float(weight) for weight in theta]


def recall(group: list[Candidates], weights: Weights, k: int) -> float:
    """Share of questions with a right passage among the first ``k``."""
    hits = 0
    for c in group:
        hits += bool(c.right[np.argsort(-c.scores(weights), kind="stable")[:k]].any())
    return hits / len(group)


def hold_back(weights: Weights, fresh: list[list[Candidates]]) -> Weights:
    """The familiar weight raised from 0 in steps, up to the fitted one, while no group loses over ``LOSS``.

    What words find must stay found: the likelihood alone would trade it for questions in other words.
    """
    before = [recall(group, Weights(0, weights.strange), 1) for group in fresh]
    familiar = 0.0
    while familiar + STEP <= weights.familiar:
        raised = Weights(round(familiar + STEP, 4), weights.strange)
        now = (recall(group, raised, 1) for group in fresh)
        if any(was - is_now > LOSS for was, is_now in zip(before, now, strict=True)):
            break
        familiar = raised.familiar
    return Weights(familiar, weights.strange)


def most_found(groups: Sequence[list[Candidates]], choices: Sequence[Weights]) -> Weights:
    """The weights with the highest mean recall@1 over the groups; of equal ones the first."""
    return max(choices, key=lambda weights: sum(recall(group, weights, 1) for group in groups))


def main() -> None:
    """Fit on one half of the questions, show both on the other half, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder of the training data")
    parser.add_argument("--encoder", default=None, help="folder of an encoder")
    parser.add_argument("--eval", type=Path, default=None, help="folder of evaluation sets, for figures only")
    options = parser.parse_args()
    encoder = load_encoder(options.encoder)
    found = {name: candidates(asked, encoder) for name, asked in read_training(options.data).items()}
    fresh = [found[name][::2] for name in FRESH]
    translated = [found[name][::2] for name in TRANSLATED]
    weights = hold_back(fit(fresh, translated), [found[name] for name in FRESH])
    weights = most_found(fresh, [replace(weights, together=value) for value in TOGETHER])
    news = [found[name][::2] for name in NEWS]
    weights = most_found(news, [replace(weights, sentence=value) for value in SENTENCE])
    groups = {name: group[1::2] for name, group in found.items()}
    if options.eval is not None:
        measured = read_evaluation(options.eval)
        groups.update({name: candidates(asked, encoder) for name, asked in measured.items()})
    unread = replace(weights, together=0.0, sentence=0.0)
    rows = {"words": Weights(0, 0), "meaning": Weights(1e6, 0), "fused": unread, "read": weights}
    print(f"{weights}\n{'recall@1 / @5':28}" + "".join(f"{row:>16}" for row in rows))
    for name, group in groups.items():
        figures = [f"{recall(group, row, 1):.3f} / {recall(group, row, 5):.3f}" for row in rows.values()]
        print(f"{name:28}" + "".join(f"{figure:>16}" for figure in figures))
    WEIGHTS.write_text(json.dumps(asdict(weights)) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
