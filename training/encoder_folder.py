"""Write the encoder's folder: small enough to ship, and what ``SentenceTransformer(folder)`` reads as it is.

The vectors are stored as whole numbers of eight bits and one scale per row, in the layout that
sentence-transformers (6.2 and later) takes from model2vec: ``embeddings[id] * weights[id]``. So both
readers get the same numbers.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

CARD = "yuanwen_encoder.json"
# Coarse on purpose: so few different values compress to half a byte in a wheel and cost less than 0.3 points.
STEP = 0.35
_MODULES = [
    ("", "sentence_transformers.sentence_transformer.modules.static_embedding.StaticEmbedding"),
    ("1_Normalize", "sentence_transformers.base.modules.normalize.Normalize"),
]
_NORMALIZE = {"module_input_name": "sentence_embedding", "module_output_name": "sentence_embedding"}
_CONFIG = {
    "model_type": "SentenceTransformer",
    "prompts": {"query": "", "document": ""},
    "default_prompt_name": None,
    "similarity_fn_name": "cosine",
}


def quantise(table: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return (n, dim) small whole numbers and (n,) scales: the product is near the table."""
    scales = (STEP * table.std(axis=1)).astype(np.float32)
    whole = np.rint(np.divide(table, scales[:, None], out=np.zeros_like(table), where=scales[:, None] > 0))
    return np.clip(whole, -127, 127).astype(np.int8), scales


def save_folder(folder: Path, table: NDArray[np.float32], card: dict[str, Any]) -> None:
    """Write weights and configuration beside the tokenizer; row 0, the unknown piece, is written as zeros."""
    from safetensors.numpy import save_file

    table = table.copy()
    table[0] = 0  # a piece that no training saw must not turn a text's vector
    whole, scales = quantise(table)
    (folder / "1_Normalize").mkdir(parents=True, exist_ok=True)
    save_file({"embeddings": whole, "weights": scales}, folder / "model.safetensors")
    (folder / "model.safetensors").chmod(0o644)
    modules = [
        {"idx": i, "name": str(i), "path": path, "type": kind} for i, (path, kind) in enumerate(_MODULES)
    ]
    for name, content in (
        ("modules.json", modules),
        ("config_sentence_transformers.json", _CONFIG),
        ("1_Normalize/config.json", _NORMALIZE),
        (CARD, card),
    ):
        (folder / name).write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
