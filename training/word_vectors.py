"""Word vectors of Chinese and English in one space, and the word translations that tie the two together.

    python -m training.word_vectors DATA OUT [--vectors FOLDER] [--quick]

Two steps. IBM model 1 on the sentence pairs gives each word its likely translations. Then word2vec reads
the news, the
questions and the English text, each sentence also in a version where some words stand in the other
language, so that a
word and its translation keep the same company and land in the same place.
Writes OUT/words.txt and OUT/words.safetensors as they ship (``WordSpace.load``) and OUT/translations.json ({word:
[[word, weight]]}). word2vec learns in two threads and never the same twice: ``--vectors`` takes the words and vectors of
a folder instead, such as the reader that ships.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import re
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

SENTENCE_END = re.compile(r"[。！？!?\n]|\. ")
WORD = re.compile(r"\w")
# the words of local news, which documentation and proverbs, most of the pairs, do not teach
ADMINISTRATION = """district 区,county 县,town 镇,township 乡,village 村,province 省,provincial 省
city 市 城市,municipal 市,street 街道,subdistrict 街道,secretary 书记 秘书,governor 省长 区长 县长
director 主任 局长,deputy 副,chief 局长 主任,vice 副,committee 委员会 委,party 党
congress 代表大会,bureau 局,office 办公室 办,epidemic 疫情,pandemic 疫情,covid 新冠 疫情
inspect 检查 视察 督导,inspected 检查 视察 督导,inspection 检查 督导,visit 走访 看望
visited 走访 看望 调研,meeting 会议 会,held 召开 举行,hold 召开 举行,convened 召开
opened 开幕 开业 打开,launched 启动 推出,renovation 改造,renovated 改造 翻新,neighborhood 小区
residential 小区 住宅,attended 出席 参加,project 项目 工程,campaign 行动 活动"""
DIM = 100
KEPT = 50_000  # words that ship, of those learned
FILES = "words.txt", "words.safetensors"
Dictionary = dict[str, list[tuple[str, float]]]


def words_of(text: str) -> list[str]:
    """The words of a text on folded characters; digits read as 0, so that numbers of one length are one
    word.
    """
    import rjieba

    from yuanwen_index import fold

    return [re.sub(r"\d", "0", w) for w in rjieba.cut(fold(text)) if WORD.match(w)]


def _lines(path: Path) -> Iterator[str]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        yield from file


def _sentences(text: str) -> Iterator[str]:
    return (s for s in SENTENCE_END.split(text) if len(s) > 3)


def parallel_pairs(data: Path, limit: int) -> list[tuple[list[str], list[str]]]:
    """(Chinese words, English words) of the sentence pairs with at most 50 words a side."""
    pairs = []
    for line in _lines(data / "parallel_zh_en.tsv.xz"):
        english, chinese, *_ = line.split("\t")
        pair = words_of(chinese), words_of(english)
        if all(0 < len(side) <= 50 for side in pair):
            pairs.append(pair)
        if len(pairs) >= limit:
            break
    return pairs


def plain_texts(data: Path, limit: int) -> Iterator[str]:
    """Text of one language at a time, Chinese or English, sentence by sentence; `limit` rows of each file."""
    for name in ("news_docs.jsonl.xz", "news_titled.jsonl.xz"):
        for _, line in zip(range(limit), _lines(data / name), strict=False):
            row = json.loads(line)
            yield from _sentences(row.get("title", "") + "\n" + row["text"])
    seen: set[str] = set()
    for _, line in zip(range(limit), _lines(data / "qa_train.jsonl.xz"), strict=False):
        row = json.loads(line)
        if row["lang"] not in ("zh", "en"):
            continue
        yield row["question"]
        if row["context"] not in seen:
            seen.add(row["context"])
            yield from _sentences(row["context"])
    for _, line in zip(range(limit), _lines(data / "parallel_en_xx.tsv.xz"), strict=False):
        yield line.split("\t", 1)[0]


def _vocabulary(sides: list[list[str]], least: int) -> dict[str, int]:
    counts = Counter(w for side in sides for w in side)
    return {w: i for i, (w, n) in enumerate(counts.most_common()) if n >= least}


def _cooccurrences(
    pairs: list[tuple[list[str], list[str]]], chinese: dict[str, int], english: dict[str, int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every (Chinese word, English word) of every pair: pair codes zh * len(english) + en, and English
    position ids.
    """
    codes, positions, at = [], [], 0
    for zh, en in pairs:
        z = np.array([chinese[w] for w in zh if w in chinese], np.int64)
        e = np.array([english[w] for w in en if w in english], np.int64)
        codes.append((z[:, None] * len(english) + e[None, :]).ravel())
        positions.append(np.broadcast_to(at + np.arange(len(e)), (len(z), len(e))).ravel())
        at += len(e)
    return np.concatenate(codes), np.concatenate(positions)


def translation_table(
    pairs: list[tuple[list[str], list[str]]], rounds: int = 6
) -> list[tuple[str, str, float]]:
    """(Chinese, English, p(en|zh)) by IBM model 1 fitted with `rounds` of expectation maximisation."""
    chinese, english = _vocabulary([p[0] for p in pairs], 2), _vocabulary([p[1] for p in pairs], 2)
    codes, positions = _cooccurrences(pairs, chinese, english)
    unique, inverse = np.unique(codes, return_inverse=True)
    zh = unique // len(english)
    weight = np.ones(len(unique), np.float32)
    for _ in range(rounds):
        total = np.bincount(positions, weight[inverse])
        count = np.bincount(inverse, weight[inverse] / np.maximum(total[positions], 1e-12))
        weight = (count / np.maximum(np.bincount(zh, count), 1e-12)[zh]).astype(np.float32)
    names_zh, names_en = list(chinese), list(english)
    keep = np.flatnonzero((weight > 0.01) & (count > 0.9))
    return [(names_zh[zh[i]], names_en[unique[i] % len(english)], float(weight[i])) for i in keep]


def dictionary(pairs: list[tuple[list[str], list[str]]]) -> Dictionary:
    """Translations of each word in either direction that both directions agree on, weights summing to 1."""
    forward = {(z, e): p for z, e, p in translation_table(pairs)}
    backward = {(z, e): p for e, z, p in translation_table([(e, z) for z, e in pairs])}
    table: dict[str, dict[str, float]] = {}
    for key, p in forward.items():
        weight = (p * backward.get(key, 0.0)) ** 0.5
        if weight > 0.06 and key[0] != key[1]:
            table.setdefault(key[0], {})[key[1]] = weight
            table.setdefault(key[1], {})[key[0]] = weight
    return {
        word: [(t, w / sum(ts.values())) for t, w in sorted(ts.items(), key=lambda i: -i[1])[:6]]
        for word, ts in table.items()
    }


def with_administration(known: Dictionary) -> Dictionary:
    """The dictionary with the English words of ADMINISTRATION translated as there, the likeliest first."""
    fixed = (entry.split(" ") for entry in ADMINISTRATION.replace("\n", ",").split(","))
    return known | {word: [(c, 1 / len(chinese)) for c in chinese] for word, *chinese in fixed}


def switched(words: list[str], translations: Dictionary, share: float, random_: random.Random) -> list[str]:
    """The words with about `share` of those that have translations replaced by one of them."""
    out = []
    for word in words:
        choices = translations.get(word)
        if choices and random_.random() < share:
            out.append(random_.choices([c for c, _ in choices], [w for _, w in choices])[0])
        else:
            out.append(word)
    return out


def write_corpus(
    path: Path, data: Path, pairs: list[tuple[list[str], list[str]]], known: Dictionary, limit: int
) -> int:
    """One sentence a line, words apart by spaces; returns the number of lines."""
    random_, n = random.Random(0), 0
    with path.open("w", encoding="utf-8") as file:

        def put(words: list[str], copies: int) -> None:
            nonlocal n
            if len(words) > 2:
                for version in [words] + [switched(words, known, 0.4, random_) for _ in range(copies)]:
                    file.write(" ".join(version) + "\n")
                    n += 1

        for zh, en in pairs:
            put(zh, 2)
            put(en, 2)
        for text in plain_texts(data, limit):
            put(words_of(text), random_.random() < 0.4)
    return n


def main() -> None:
    """Read the arguments, write the files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--vectors", type=Path, help="take words and vectors from this folder")
    parser.add_argument(
        "--quick", action="store_true", help="a few hundred rows, to see that everything runs"
    )
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    make_vectors(asked.data, asked.out, asked.vectors, 300 if asked.quick else 10**9)


def make_vectors(data: Path, out: Path, vectors: Path | None, limit: int) -> None:
    """Fit the dictionary, and vectors unless ``vectors`` holds them, on ``limit`` rows of each file of ``data``."""
    start = time.time()
    pairs = parallel_pairs(data, limit)
    known = with_administration(dictionary(pairs))
    (out / "translations.json").write_text(json.dumps(known, ensure_ascii=False), encoding="utf-8")
    print(
        f"{len(pairs)} pairs, {len(known)} words with translations, {time.time() - start:.0f} s", flush=True
    )
    if vectors:
        for name in FILES if vectors.resolve() != out.resolve() else ():
            shutil.copyfile(vectors / name, out / name)
        return
    corpus = out / "corpus.txt"
    n = write_corpus(corpus, data, pairs, known, limit)
    print(f"{n} sentences, {time.time() - start:.0f} s", flush=True)
    words, rows = learn(corpus, 5 if limit > 10**6 else 1)
    corpus.unlink()
    write_space(out, words[:KEPT], rows[:KEPT])
    print(f"{min(len(rows), KEPT)} vectors, {time.time() - start:.0f} s", flush=True)


def learn(corpus: Path, least: int) -> tuple[list[str], NDArray[np.float32]]:
    """Words met ``least`` times or more, the commonest first, and their vectors (n, DIM)."""
    from gensim.models import Word2Vec

    model = Word2Vec(
        corpus_file=str(corpus), vector_size=DIM, window=6, min_count=least, max_final_vocab=70_000, sg=0, negative=10,
        sample=1e-4, epochs=5, workers=2, seed=1,
    )  # fmt: skip
    return list(model.wv.index_to_key), model.wv.get_normed_vectors().astype(np.float32)


def write_space(out: Path, words: Sequence[str], rows: NDArray[np.float32]) -> None:
    """Words, the commonest first, with vectors in bytes and how much each tells: the rarer the more."""
    coarse = np.round(rows / np.maximum(np.abs(rows).max(1, keepdims=True), 1e-9) * 127).astype(np.int8)
    weights = (np.log(2 + np.arange(len(words))) / np.log(2 + len(words))).astype(np.float16)
    (out / "words.txt").write_text("\n".join(words), encoding="utf-8")
    save_file({"vectors": coarse, "weights": weights}, out / "words.safetensors")


if __name__ == "__main__":
    main()
