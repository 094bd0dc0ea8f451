"""Texts -> unit vectors: the encoder that ships with the package, and any sentence-transformers model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from .errors import EncoderUnavailable, MissingExtra
from .pieces import Pieces

__all__ = ["Encoder", "SentenceEncoder", "StaticEncoder", "load_encoder"]

SHIPPED = "yuanwen"
SHIPPED_FOLDER = Path(__file__).parent / "models" / "encoder"
CARD = "yuanwen_encoder.json"  # marks a folder that the light path can read

_BLOCK = 512
_QUESTION, _PASSAGE = "query", "document"
# Families that were trained with prompts but do not carry them in their configuration.
_PROMPTS = {
    "e5": {_QUESTION: "query: ", _PASSAGE: "passage: "},
    "bge-small-zh": {_QUESTION: "为这个句子生成表示以用于检索相关文章：", _PASSAGE: ""},
    "bge-base-zh": {_QUESTION: "为这个句子生成表示以用于检索相关文章：", _PASSAGE: ""},
    "bge-large-zh": {_QUESTION: "为这个句子生成表示以用于检索相关文章：", _PASSAGE: ""},
    "bge-small-en": {_QUESTION: "Represent this sentence for searching relevant passages: ", _PASSAGE: ""},
    "bge-base-en": {_QUESTION: "Represent this sentence for searching relevant passages: ", _PASSAGE: ""},
    "bge-large-en": {_QUESTION: "Represent this sentence for searching relevant passages: ", _PASSAGE: ""},
}
_FILES = ("*.json", "*.txt", "*.model", "*.safetensors")
_PICKLES = ("*.bin", "*.pt", "*.pth", "*.pkl", "*.pickle", "*.ckpt")


class Encoder(Protocol):
    """What turns texts into vectors whose inner product says how near they are."""

    @property
    def name(self) -> str:
        """What ``load_encoder`` takes to load it again."""
        ...

    @property
    def dim(self) -> int:
        """Numbers per vector."""
        ...

    @property
    def fingerprint(self) -> str:
        """sha256 in hexadecimal of weights, tokenizer and prompts: equal fingerprints give equal vectors."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (n_texts, dim) float32, unit rows."""
        ...

    def encode_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (n_texts, dim) float32, unit rows."""
        ...


class StaticEncoder:
    """A text is the sum of the vectors of its pieces, scaled to length one. NumPy is all it needs.

    The same folder loads as ``SentenceTransformer(folder)`` with equal vectors. A text with no known piece
    is all zeros: as near to everything as to nothing.
    """

    def __init__(self, folder: Path, dim: int | None = None, name: str | None = None) -> None:
        """Read a folder; ``dim`` keeps the first numbers of each vector, which count most."""
        try:
            card = json.loads((folder / CARD).read_text(encoding="utf-8"))
            self._pieces = Pieces.from_file(folder / "tokenizer.json")
            numbers, scales = _read_table(folder / "model.safetensors")
        except (OSError, ValueError, KeyError) as error:
            raise EncoderUnavailable(f"{folder}: not an encoder that can be read ({error}).") from error
        if not len(numbers) == len(scales) == len(self._pieces.texts):
            raise EncoderUnavailable(
                f"{folder}: {len(numbers)} vectors for {len(self._pieces.texts)} pieces."
            )
        self.dim = int(numbers.shape[1]) if dim is None else dim
        if not 1 <= self.dim <= numbers.shape[1]:
            raise EncoderUnavailable(f"{folder}: {dim} dimensions asked for, it has {numbers.shape[1]}.")
        self._numbers, self._scales = numbers[:, : self.dim], scales
        self._heard: NDArray[np.bool_] = np.any(self._numbers, axis=1)  # signs have no vector
        self.name = name or str(folder.resolve())
        self.languages: tuple[str, ...] = tuple(card.get("languages", ()))
        self._folder = folder

    @property
    def fingerprint(self) -> str:
        """sha256 in hexadecimal of weights, tokenizer and the number of dimensions."""
        return _fingerprint(self._folder, ("model.safetensors", "tokenizer.json"), {"dim": self.dim})

    def tokens(self, text: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the pieces' ids (n,) and their places in the text (n, 2), half-open.

        White space and characters in no piece are left out.
        """
        cut = self._pieces.cut([text])
        return cut.ids, np.stack([cut.starts, cut.ends], axis=1)

    def vectors(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return (n_ids, dim) float32: the vectors of pieces."""
        return np.asarray(self._numbers[ids] * self._scales[ids, np.newaxis], np.float32)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (n_texts, dim) float32, unit rows (zeros for a text with no known piece)."""
        cut = self._pieces.cut(texts)
        heard = self._heard[cut.ids]
        counts = np.bincount(np.repeat(np.arange(len(texts)), cut.counts)[heard], minlength=len(texts))
        used, places = distinct(cut.ids[heard], len(self._heard))
        return unit_rows(sums(self.vectors(used), places, counts))  # a question needs a few of 56,000 vectors

    def encode_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (n_texts, dim) float32, unit rows; questions and passages share one space."""
        return self.encode_passages(texts)


def distinct(ids: NDArray[np.int64], n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The different ``ids`` (below ``n``), ascending, and the place of each of ``ids`` among them."""
    if len(ids) * 8 < n:
        return np.unique(ids, return_inverse=True)
    used = np.zeros(n, np.bool_)
    used[ids] = True
    return np.flatnonzero(used), (np.cumsum(used) - 1)[ids]


def sums(
    table: NDArray[np.float32], ids: NDArray[np.int64], counts: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return (n_texts, dim): for each text the sum of the rows of its ids, ``counts`` ids to a text."""
    total = np.zeros((len(counts), table.shape[1]), dtype=np.float32)
    starts = np.cumsum(counts) - counts
    order = np.argsort(-counts)
    gathered = np.empty((min(_BLOCK, len(counts)), table.shape[1]), dtype=np.float32)
    block = np.empty_like(gathered)
    for texts in np.split(order, range(_BLOCK, len(order), _BLOCK)):  # a block stays in the processor's cache
        first = starts[texts]
        longest = int(counts[texts].max(initial=0))
        longer = np.searchsorted(-counts[texts], -np.arange(longest), side="left")
        block[:] = 0
        for place, n in enumerate(longer.tolist()):  # the first n texts have a piece at this place
            np.take(table, ids[first[:n] + place], axis=0, out=gathered[:n], mode="clip")
            block[:n] += gathered[:n]
        total[texts] = block[: len(texts)]
    return total


def unit_rows(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the rows scaled to length one; rows of zeros stay."""
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: NDArray[np.float32] = np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0)
    return scaled


def _read_table(path: Path) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return whole numbers (n_pieces, dim) and the scale of each row (n_pieces,)."""
    from safetensors.numpy import load_file

    try:
        tensors = load_file(path)
    except Exception as error:  # safetensors raises its own type, which says nothing of the file
        raise ValueError(f"{path.name}: {error}") from error
    return tensors["embeddings"], tensors["weights"]


def _fingerprint(folder: Path, files: Sequence[str], settings: dict[str, Any]) -> str:
    total = hashlib.sha256(json.dumps(settings, sort_keys=True).encode("utf-8"))
    for name in files:
        total.update(f"\n{name}\n{_sha256(folder / name)}".encode())
    return total.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class SentenceEncoder:
    """Any sentence-transformers model in a folder, on the CPU, with the prompts it was trained with."""

    def __init__(self, folder: Path, name: str) -> None:
        """Load the model; nothing is fetched, no code of the folder is run, and no pickle is read."""
        SentenceTransformer = _sentence_transformer()  # noqa: N806
        if pickled := _only_pickled(folder):
            raise EncoderUnavailable(
                f"{name}: {pickled} is a pickle, which may run code and is never read; save its weights as safetensors."
            )
        try:
            self._model = SentenceTransformer(
                str(folder),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
        except Exception as error:  # the library raises many types for a folder that is no model
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise EncoderUnavailable(
                f"{name}: not a sentence-transformers model that can be loaded ({reason})."
            ) from error
        self.name = name
        self.dim = int(self._model.get_embedding_dimension())
        self._prompts = prompts_for(name, self._model.prompts)
        files = sorted({str(path.relative_to(folder)) for kind in _FILES for path in folder.rglob(kind)})
        self.fingerprint = _fingerprint(folder, files, self._prompts)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (n_texts, dim) float32, unit rows."""
        return self._encode(texts, _PASSAGE)

    def encode_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (n_texts, dim) float32, unit rows."""
        return self._encode(texts, _QUESTION)

    def _encode(self, texts: Sequence[str], kind: str) -> NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        encode = self._model.encode_query if kind == _QUESTION else self._model.encode_document
        clean = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        rows = encode(clean, prompt=self._prompts[kind], show_progress_bar=False, convert_to_numpy=True)
        return unit_rows(np.nan_to_num(np.asarray(rows, dtype=np.float32)))


def _only_pickled(folder: Path) -> str | None:
    """Weights in the folder that no safetensors stand beside, so that the library would unpickle them."""
    found = (path for kind in _PICKLES for path in folder.rglob(kind))
    alone = (path for path in found if not any(path.parent.glob("*.safetensors")))
    return next((path.relative_to(folder).as_posix() for path in alone), None)


def prompts_for(name: str, own: dict[str, str]) -> dict[str, str]:
    """Return the prompts of questions and passages: the model's own, else those of its family."""
    chosen = {kind: own.get(kind) or "" for kind in (_QUESTION, _PASSAGE)}
    chosen[_PASSAGE] = chosen[_PASSAGE] or own.get("passage") or ""
    if any(chosen.values()):
        return chosen
    parts = Path(name).name.lower()
    for family, prompts in _PROMPTS.items():
        if parts.startswith(family) or f"-{family}-" in parts:
            return dict(prompts)
    return chosen


def _sentence_transformer() -> Any:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise MissingExtra("this encoder", "models") from error
    return SentenceTransformer


def load_encoder(name: str | None = None) -> Encoder:
    """Load an encoder by name.

    None or ``"yuanwen"``: the one that ships with the package; ``"yuanwen@64"`` keeps 64 dimensions of it.
    A folder: the sentence-transformers model in it. Another name: a model of the Hugging Face hub that is
    already on this machine; ``"hub:NAME"`` fetches it first. Raises EncoderUnavailable, or MissingExtra
    without the extra ``models``.
    """
    if name is None or name == SHIPPED or name.startswith(f"{SHIPPED}@"):
        return _load_shipped(name or SHIPPED)
    folder = Path(name).expanduser()
    if folder.is_dir():
        if (folder / CARD).is_file():
            return StaticEncoder(folder)
        return SentenceEncoder(folder, str(folder.resolve()))
    wanted = name.removeprefix("hub:")
    return SentenceEncoder(_hub_folder(wanted, fetch=name != wanted), wanted)


@lru_cache(maxsize=2)
def _load_shipped(name: str) -> StaticEncoder:
    _, _, dim = name.partition("@")
    if dim and not dim.isdecimal():
        raise EncoderUnavailable(f"{name}: after @ a number of dimensions is needed, as in {SHIPPED}@64.")
    return StaticEncoder(SHIPPED_FOLDER, int(dim) if dim else None, name)


def _hub_folder(name: str, *, fetch: bool) -> Path:
    """Return the folder of a hub model on this machine; the network is used only to ``fetch``."""
    if not _is_hub_name(name):
        raise EncoderUnavailable(
            f'no encoder "{name}": there is no such folder. '
            "Give a folder, or hub:OWNER/NAME to fetch a model."
        )
    _sentence_transformer()
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, local_files_only=not fetch, allow_patterns=list(_FILES)))
    except (
        Exception
    ) as error:  # no network, no such model, no right to it: the person needs the name and the way on
        if fetch:
            raise EncoderUnavailable(f"{name} could not be fetched from the hub: {error}") from error
        raise EncoderUnavailable(
            f'no encoder "{name}": there is no such folder, and the model is not on this machine. '
            f"To fetch it, name it hub:{name}."
        ) from error


def _is_hub_name(name: str) -> bool:
    owner, slash, model = name.partition("/")
    allowed: Iterator[bool] = (c.isalnum() or c in "-_." for c in owner + model)
    return bool(slash and owner and model) and all(allowed) and not name.startswith(".")
