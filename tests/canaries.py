"""Files that leave a mark when anything in them is run: pickles, modules, models with code of their own."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

__all__ = ["Canary", "plant_code", "plant_pickles"]

MODULES = (
    "evil",
    "numpy",
    "torch",
    "safetensors",
    "jieba",
    "sitecustomize",
    "conftest",
    "setup",
    "modeling_evil",
)
PICKLES = ("pytorch_model.bin", "model.pt", "weights.pth", "index.pkl", "training_args.bin", "jieba.cache")


class Canary:
    """Whoever unpickles this writes ``mark``."""

    def __init__(self, mark: Path) -> None:
        self._mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return exec, (f"open({str(self._mark)!r}, 'w').close()",)


def plant_pickles(folder: Path, mark: Path, names: tuple[str, ...] = PICKLES) -> None:
    """Put pickles under the names that libraries look for."""
    for name in names:
        (folder / name).write_bytes(pickle.dumps(Canary(mark)))


def plant_code(folder: Path, mark: Path) -> None:
    """Put modules there that stand in for others, and have every JSON object of a model point to them."""
    for module in MODULES:
        code = f"open({str(mark)!r}, 'w').close()\nclass Evil: pass\nEvilModel = EvilConfig = EvilTokenizer = Evil\n"
        (folder / f"{module}.py").write_text(code)
    classes = {"AutoConfig": "EvilConfig", "AutoTokenizer": ["EvilTokenizer", None]}
    classes |= {"AutoModel": "EvilModel", "AutoModelForQuestionAnswering": "EvilModel"}
    named = {
        kind: [f"modeling_evil.{one}" if one else None for one in name]
        if isinstance(name, list)
        else f"modeling_evil.{name}"
        for kind, name in classes.items()
    }
    for name in ("config.json", "tokenizer_config.json", "config_sentence_transformers.json"):
        record = json.loads((folder / name).read_text()) if (folder / name).is_file() else {}
        record |= {"auto_map": named, "trust_remote_code": True}
        (folder / name).write_text(json.dumps(record))
