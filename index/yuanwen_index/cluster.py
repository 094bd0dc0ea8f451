"""Passages encoded on all nodes of a Ray cluster, each exactly once, whatever becomes of a node meanwhile."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .encoders import Encoder
from .errors import EncoderUnavailable, MissingExtra, UsageError, YuanwenError
from .manifest import EncoderRecord
from .recipe import check_encoder, encoder_record, load_recorded

__all__ = ["ClusterEncoder"]

_TOGETHER = 512  # passages in one task
_QUIET = ("ray", "ray.data", "ray.train")


class ClusterEncoder:
    """An encoder whose passages are encoded with Ray Data on the cluster at ``address`` (``HOST:PORT`` or ``auto``).

    Every node must have this package, and the model under the same name; a node where it is another model refuses.
    What a node that fails was doing is done again by another. Raises MissingExtra (Ray is not installed) or
    UsageError (no cluster there). Ray runs whatever those who reach it send: it belongs into a network of its own.
    """

    batch = 50_000
    """How many passages it is best given at once."""

    def __init__(self, encoder: Encoder, address: str) -> None:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        try:
            import ray
            import ray.data
        except ImportError as error:
            raise MissingExtra("encoding on a cluster", "ray") from error
        self._encoder = encoder
        self.name, self.dim, self.fingerprint = encoder.name, encoder.dim, encoder.fingerprint
        for name in _QUIET:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            ray.init(address, log_to_driver=False, logging_level="CRITICAL", ignore_reinit_error=True)
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise UsageError(
                f"there is no Ray cluster at {address:.100} that this machine belongs to. Start one: ray start --head"
            ) from error
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (n_texts, dim) float32, unit rows; EncoderUnavailable when the cluster cannot."""
        import ray.data

        record = encoder_record(self)
        vectors = np.zeros((len(texts), self.dim), np.float32)
        times = np.zeros(len(texts), np.int64)
        # As bytes: not every text is one that Arrow can hold.
        rows = [{"id": i, "text": text.encode("utf-8", "surrogatepass")} for i, text in enumerate(texts)]
        blocks = max(1, -(-len(rows) // _TOGETHER))
        try:
            encoded = ray.data.from_items(rows, override_num_blocks=blocks).map_batches(
                _encode,
                batch_size=_TOGETHER,
                fn_args=(record.name, record.dim, record.fingerprint),
            )
            for batch in encoded.iter_batches(batch_size=None, batch_format="numpy"):
                vectors[batch["id"]] = batch["vector"]
                np.add.at(times, batch["id"], 1)
        except YuanwenError:
            raise
        except Exception as error:  # whatever the cluster says, in one sentence
            reason = str(getattr(error, "cause", None) or error).strip().split("\n")[-1]
            raise EncoderUnavailable(f"the Ray cluster could not encode: {reason:.300}") from error
        if len(texts) and not (times == 1).all():
            raise EncoderUnavailable("the Ray cluster lost passages or gave some twice. Try again.")
        return vectors

    def encode_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (n_texts, dim) float32, unit rows; on this machine."""
        return self._encoder.encode_questions(texts)


def _encode(batch: dict[str, Any], name: str, dim: int, fingerprint: str) -> dict[str, Any]:
    """The vectors of a batch, on a node of the cluster."""
    encoder = _loaded(name, dim, fingerprint)
    texts = [bytes(text).decode("utf-8", "surrogatepass") for text in batch["text"]]
    return {"id": batch["id"], "vector": encoder.encode_passages(texts)}


@lru_cache(maxsize=2)
def _loaded(name: str, dim: int, fingerprint: str) -> Encoder:
    record = EncoderRecord(name, dim, fingerprint)
    encoder = load_recorded(record)
    check_encoder(encoder_record(encoder), record)
    return encoder
