"""Any transformers question-answering model as a reader."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from yuanwen_index import EncoderUnavailable, Hit, MissingExtra

from ..readers import Candidate

__all__ = ["TransformerReader"]

_LONGEST_QUESTION = 96
_LONGEST_WINDOW = 384
_STRIDE = 128
_LONGEST_ANSWER = 60
_TRIED = 12


@dataclass(frozen=True, slots=True)
class _Window:
    """Part of a passage as the model reads it: token logits and, per token, characters of the passage or (-1, -1)."""

    hit: int
    start: NDArray[np.float64]
    end: NDArray[np.float64]
    offsets: list[tuple[int, int]]


class TransformerReader:
    """Reads with a question-answering model; long passages in windows that overlap by 128 tokens.

    A span's score is the sum of its start and end logits, less that of the "no answer" place in its window.
    ``confidence`` is the logistic function of it: the model's own belief, not fitted to any questions.
    """

    threshold = 0.5

    def __init__(self, model: Any, tokenizer: Any, name: str) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self.name = name

    @classmethod
    def load(cls, name: str) -> Self:
        """Load a folder, or a hub model: ``NAME`` when it is on this machine, ``hub:NAME`` to fetch it first.

        No code of the model's own is run and no pickle is read. Raises EncoderUnavailable when it cannot be loaded, MissingExtra
        without the extra "models".
        """
        try:
            from transformers import AutoModelForQuestionAnswering, AutoTokenizer
        except ImportError as error:
            raise MissingExtra("a transformers reader", "models") from error
        place = name.removeprefix("hub:")
        fetch = place != name
        if not fetch and not Path(place).is_dir() and not _is_hub_name(place):
            raise EncoderUnavailable(
                f'no reader "{name}": there is no such folder. Give a folder, or hub:OWNER/NAME to fetch a model.'
            )
        try:
            # Said outright: asked nothing, the library would ask whoever sits at the terminal, or read pickles.
            trust = {"local_files_only": not fetch, "trust_remote_code": False}
            tokenizer = AutoTokenizer.from_pretrained(place, use_fast=True, **trust)
            model = AutoModelForQuestionAnswering.from_pretrained(place, use_safetensors=True, **trust).eval()
        except Exception as error:  # the library raises many types
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise EncoderUnavailable(
                f"{name}: not a question-answering model that can be loaded ({reason}). A hub model that is not on "
                f"this machine yet is named hub:OWNER/NAME."
            ) from error
        if not tokenizer.is_fast:
            raise EncoderUnavailable(f"{name}: its tokenizer does not tell where its tokens stand")
        return cls(model, tokenizer, name)

    def read(self, question: str, hits: Sequence[Hit], n: int = 3) -> list[Candidate]:
        """At most ``n`` spans that do not overlap, best first, none crossing a paragraph end."""
        found: list[Candidate] = []
        spans = [span for window in self._windows(question, hits) for span in _spans(window)]
        for score, place, start, end in sorted(spans, key=lambda span: -span[0]):
            text, offset = hits[place].passage.text, hits[place].passage.start
            apart = all(
                c.hit_index != place or c.end <= offset + start or offset + end <= c.start for c in found
            )
            if apart and "\n" not in text[start:end] and text[start:end].strip():
                confidence = 1 / (1 + float(np.exp(-np.clip(score, -30, 30))))
                found.append(Candidate(place, offset + start, offset + end, score, confidence))
            if len(found) == n:
                break
        return found

    def _windows(self, question: str, hits: Sequence[Hit]) -> Iterator[_Window]:
        import torch

        longest = min(_LONGEST_WINDOW, self._model.config.max_position_embeddings)
        room = min(_LONGEST_QUESTION, longest // 3)
        asked = self._tokenizer(question, add_special_tokens=False, truncation=True, max_length=room)[
            "input_ids"
        ]
        question = self._tokenizer.decode(asked) if len(asked) == room else question
        for place, hit in enumerate(hits):
            encoded = self._tokenizer(
                question, hit.passage.text, truncation="only_second", max_length=longest, stride=min(_STRIDE, longest // 4),
                return_overflowing_tokens=True, return_offsets_mapping=True, padding=True, return_tensors="pt",
            )  # fmt: skip
            offsets = encoded.pop("offset_mapping").tolist()
            encoded.pop("overflow_to_sample_mapping")
            with torch.inference_mode():
                logits = self._model(**encoded)
            for row, places in enumerate(offsets):
                second = [owner == 1 for owner in encoded.sequence_ids(row)]
                spans = [(a, b) if keep else (-1, -1) for (a, b), keep in zip(places, second, strict=True)]
                start, end = (x[row].double().numpy() for x in (logits.start_logits, logits.end_logits))
                yield _Window(place, start, end, spans)


def _is_hub_name(name: str) -> bool:
    owner, slash, model = name.partition("/")
    return bool(owner and slash and model) and all(c.isalnum() or c in "-_." for c in owner + model)


def _spans(window: _Window) -> Iterator[tuple[float, int, int, int]]:
    """(score, hit, start, end) of the likeliest spans of one window."""
    inside = np.array([start >= 0 for start, _ in window.offsets])
    none = window.start[0] + window.end[0]
    starts = [i for i in np.argsort(-np.where(inside, window.start, -np.inf))[:_TRIED] if inside[i]]
    ends = [j for j in np.argsort(-np.where(inside, window.end, -np.inf))[:_TRIED] if inside[j]]
    for i in starts:
        for j in ends:
            if i <= j < i + _LONGEST_ANSWER and window.offsets[i][0] < window.offsets[j][1]:
                score = float(window.start[i] + window.end[j] - none)
                yield score, window.hit, window.offsets[i][0], window.offsets[j][1]
