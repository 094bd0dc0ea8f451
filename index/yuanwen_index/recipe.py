"""The rules an index was made by: an index made by other rules is refused, never half understood."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .encoders import Encoder, load_encoder
from .errors import IndexMismatch
from .keys import fold_table
from .manifest import REMEDY, EncoderRecord, Manifest
from .passages import SPLITTER
from .terms import K1, B
from .tokens import TOKENS


@lru_cache(maxsize=1)
def recipe() -> dict[str, Any]:
    """What cuts and keys texts in this version, as JSON values."""
    table = json.dumps(sorted(fold_table().items())).encode("ascii")
    return {
        "splitter": dict(SPLITTER),
        "tokens": {**TOKENS, "k1": K1, "b": B},
        "keys": hashlib.sha256(table).hexdigest()[:16],
    }


def encoder_record(encoder: Encoder) -> EncoderRecord:
    """What a manifest says about an encoder."""
    return EncoderRecord(encoder.name, encoder.dim, encoder.fingerprint)


def check_recipe(manifest: Manifest) -> None:
    """Raise IndexMismatch, naming both sides, unless the index was made by the rules of this version."""
    for rule, ours in recipe().items():
        theirs = manifest.recipe.get(rule)
        if json.dumps(theirs, sort_keys=True) != json.dumps(ours, sort_keys=True):
            raise IndexMismatch(f"the index was made with {rule} {theirs}, here it is {ours}. {REMEDY}")


def check_encoder(encoder: EncoderRecord, recorded: EncoderRecord) -> None:
    """Raise IndexMismatch, naming both, unless ``encoder`` is the one that made the index."""
    if (encoder.dim, encoder.fingerprint) != (recorded.dim, recorded.fingerprint):
        raise IndexMismatch(
            f"the index was made by the encoder {recorded}, not by {encoder}. Open it with that encoder, "
            "make it again with this one (yuanwen rebuild), or index the files again."
        )


class RecordedEncoder:
    """An encoder of which only the record is known, where vectors are there already and none is made."""

    def __init__(self, record: EncoderRecord) -> None:
        self.name, self.dim, self.fingerprint = record.name, record.dim, record.fingerprint

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Raise IndexMismatch: it cannot."""
        raise IndexMismatch(
            f"{len(texts)} texts would have to be encoded with {self.name}, which was not loaded"
        )

    encode_questions = encode_passages


def load_recorded(record: EncoderRecord) -> Encoder:
    """The encoder that an index names; it is looked for on this machine only, whatever the index says."""
    if record.name.startswith("hub:"):
        raise IndexMismatch(
            f"the index asks for a download ({record.name:.60}), which no index may do. {REMEDY}"
        )
    return load_encoder(record.name)
