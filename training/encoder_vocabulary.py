"""Make the tokenizer of the encoder: pieces that keep Chinese words, names and the common words of other
languages whole.

Texts are cut into words first (jieba's words for Chinese), counted, and a Unigram model is fitted on the
counted words, so no piece crosses a word. The fold of the search keys is written into the tokenizer as its
normaliser.
"""

from __future__ import annotations

import math
import random
import re
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from yuanwen_index.keys import fold_table

from .encoder_data import Sources

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
WORD = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+|[^\W_\u3400-\u4dbf\u4e00-\u9fff]+|[^\w\s]|_")
UNKNOWN = "[UNK]"


def cut_words(texts: Iterable[str]) -> Iterable[list[str]]:
    """Yield the words of each text: jieba's for Chinese, runs of letters and digits, single signs."""
    from rjieba import Jieba

    jieba = Jieba()
    for text in texts:
        words: list[str] = []
        for run in WORD.findall(text):
            words += jieba.cut(run) if HAN.match(run) else [run]
        yield words


def count_words(sources: Sources, per_source: int, shares: dict[str, float], seed: int = 0) -> Counter[str]:
    """Return words with their counts in a sample of every source, weighted by the source's share."""
    chance = random.Random(seed)
    counts: Counter[str] = Counter()
    for source, pairs in sources.items():
        sample = pairs if len(pairs) <= per_source else chance.sample(pairs, per_source)
        found = Counter(
            word for words in cut_words(text for pair in sample for text in pair) for word in words
        )
        weight = shares.get(source, 1.0)
        for word, count in found.items():
            counts[word] += max(1, round(count * weight))
    return counts


def fit_pieces(counts: Counter[str], size: int, coverage: float) -> list[tuple[str, float]]:
    """Fit a Unigram model on counted words; return its pieces with their log probabilities, unknown first."""
    import sentencepiece

    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "words.tsv"
        table.write_text(
            "".join(f"{word}\t{count}\n" for word, count in counts.items() if len(word) < 40),
            encoding="utf-8",
        )
        sentencepiece.SentencePieceTrainer.train(
            input=str(table), input_format="tsv", model_prefix=f"{folder}/model", model_type="unigram",
            vocab_size=size, character_coverage=coverage, normalization_rule_name="identity",
            add_dummy_prefix=False, bos_id=-1, eos_id=-1, pad_id=-1, unk_id=0, unk_piece=UNKNOWN,
            max_sentencepiece_length=16, split_by_unicode_script=False, split_by_number=False,
            num_threads=2, minloglevel=1, hard_vocab_limit=False,
        )  # fmt: skip
        model = sentencepiece.SentencePieceProcessor(model_file=f"{folder}/model.model")
        return [(model.id_to_piece(i), model.get_score(i)) for i in range(model.get_piece_size())]


def fold_charsmap() -> bytes:
    """Return the fold table compiled into the form that a tokenizer's Precompiled normaliser reads."""
    import sentencepiece
    from sentencepiece import sentencepiece_model_pb2 as protocol

    with tempfile.TemporaryDirectory() as folder:
        rules, words = Path(folder) / "fold.tsv", Path(folder) / "words.txt"
        pairs = (
            (code, folded) for code, folded in fold_table().items() if not 0xD800 <= code <= 0xDFFF and code
        )
        rules.write_text(
            "".join(f"{code:x}\t{folded:x}\n" for code, folded in sorted(pairs)), encoding="ascii"
        )
        words.write_text("a b c d e f g\n" * 9, encoding="utf-8")
        sentencepiece.SentencePieceTrainer.train(
            input=str(words), model_prefix=f"{folder}/model", vocab_size=12, hard_vocab_limit=False,
            normalization_rule_tsv=str(rules), model_type="char", minloglevel=1,
        )  # fmt: skip
        proto = protocol.ModelProto()
        proto.ParseFromString(Path(f"{folder}/model.model").read_bytes())
        return bytes(proto.normalizer_spec.precompiled_charsmap)


def build_tokenizer(pieces: list[tuple[str, float]]) -> Any:
    """Return a tokenizers.Tokenizer over the pieces, with the fold as its normaliser.

    It splits at white space only: no piece holds a sign or two scripts, so finer cuts would change nothing
    but the time.
    """
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    tokenizer = Tokenizer(models.Unigram([(piece, max(score, -30.0)) for piece, score in pieces], unk_id=0))
    tokenizer.normalizer = normalizers.Precompiled(fold_charsmap())
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return tokenizer


def entropy(counts: Counter[str]) -> float:
    """Return the entropy of the words, in bits."""
    total = sum(counts.values())
    return -sum(count / total * math.log2(count / total) for count in counts.values())
