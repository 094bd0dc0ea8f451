"""Training the encoder: its parts against plain versions of themselves, and a run from files to a folder."""

from __future__ import annotations

import itertools
import json
import lzma
import random
import zlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from training import encoder
from training.bags import Bags
from training.encoder_batches import Batches, Dictionary, Draw, Pairs
from training.encoder_data import held_out, read_sources
from training.encoder_dictionary import align, join, links_of
from training.encoder_folder import quantise
from training.encoder_measure import ranks, tasks
from training.encoder_start import company, principal, start_table, strongest
from training.encoder_steps import Schedule, Table, contrast
from training.folding import fold_table as fresh_fold_table

from yuanwen_index.encoders import StaticEncoder
from yuanwen_index.keys import fold_table


def pairs_of(words: str) -> dict[str, str]:
    """English and Chinese words in turn."""
    listed = words.split()
    return dict(zip(listed[::2], listed[1::2], strict=True))


WHO = pairs_of(
    "mayor 市长 teacher 老师 doctor 医生 farmer 农民 judge 法官 student 学生 "
    "nurse 护士 writer 作家 singer 歌手 driver 司机 lawyer 律师 painter 画家"
)
DID = pairs_of(
    "visited 访问 praised 表扬 rebuilt 重建 opened 启用 closed 关闭 cleaned 打扫 "
    "bought 购买 sold 出售 moved 搬迁 designed 设计 guarded 守卫 rented 租用"
)
WHAT = pairs_of(
    "school 学校 bridge 大桥 library 图书馆 factory 工厂 museum 博物馆 park 公园 "
    "hospital 医院 hotel 酒店 station 车站 market 市场 theatre 剧院 airport 机场"
)
WHERE = pairs_of(
    "beijing 北京 shanghai 上海 chengdu 成都 wuhan 武汉 nanjing 南京 shenzhen 深圳 "
    "hangzhou 杭州 tianjin 天津 suzhou 苏州 dalian 大连 xiamen 厦门 lhasa 拉萨"
)
WORDS = (WHO, DID, WHAT, WHERE)
FACTS = list(itertools.product(*(words.items() for words in WORDS)))
SEEN = random.Random(0).sample(FACTS, 900)


def english(fact: tuple[tuple[str, str], ...]) -> str:
    who, did, what, where = (word for word, _ in fact)
    return f"The {who} {did} the {what} in {where}."


def chinese(fact: tuple[tuple[str, str], ...]) -> str:
    who, did, what, where = (word for _, word in fact)
    return f"{where}的{who}{did}了{what}。"


def story(at: int) -> str:
    """Four facts from the ``at``-th on."""
    return "".join(chinese(fact) for fact in SEEN[at : at + 4])


def written() -> Iterable[dict[str, object]]:
    """An English and a Chinese question about every second story."""
    for at in range(0, 400, 8):
        asked = [("en", f"Who was in {SEEN[at][3][0]}?"), ("zh", f"谁在{SEEN[at][3][1]}？")]
        check = zlib.crc32(story(at).encode())
        questions = [[language, "who", "p", question, [[0, 3]]] for language, question in asked]
        yield {"row": f"row{at}", "crc32": check, "held": at < 40, "questions": questions}


def bags(texts: Iterable[Iterable[int]]) -> Bags:
    lists = [list(text) for text in texts]
    ids = np.array([i for text in lists for i in text], dtype=np.int32)
    return Bags(ids, np.cumsum([0, *map(len, lists)]))


def write(path: Path, lines: Iterable[str]) -> None:
    with lzma.open(path, "wt", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Files in the form of the training data, about facts of four words."""
    facts = SEEN
    folder = tmp_path / "data"
    folder.mkdir()
    qa = [
        {
            "lang": "zh",
            "dataset": "made",
            "question": f"谁{f[1][1]}了{f[3][1]}的{f[2][1]}？",
            "context": chinese(f),
        }
        for f in facts[:200]
    ]
    write(folder / "qa_train.jsonl.xz", map(json.dumps, qa))
    pairs = [{"lang": "zh", "query": f"{f[2][1]}怎么了", "pos": chinese(f)} for f in facts[:100]]
    write(folder / "pairs.jsonl.xz", map(json.dumps, pairs))
    write(
        folder / "parallel_zh_en.tsv.xz",
        (f"{english(f)}\t{chinese(f)}\t{'tatoeba' if i % 2 else 'wmt1'}\t1" for i, f in enumerate(facts)),
    )
    write(folder / "parallel_en_xx.tsv.xz", (f"{english(f)}\t{english(f)}\ten\tdocs\t1" for f in facts[:50]))
    titled = [{"title": f[2][1] + f[1][1], "text": chinese(f)} for f in facts[:100]]
    write(folder / "news_titled.jsonl.xz", map(json.dumps, titled))
    write(
        folder / "news_docs.jsonl.xz",
        (json.dumps({"id": f"row{i}", "text": story(i)}) for i in range(0, 400, 4)),
    )
    (folder / "questions.jsonl").write_text("\n".join(map(json.dumps, written())), encoding="utf-8")
    write(
        folder / "sts_nli.tsv.xz",
        (f"made\ttrain\tpara\t{chinese(f)}\t{chinese(f)[:-1]}\t1" for f in facts[:50]),
    )
    return folder


@pytest.mark.filterwarnings("ignore:builtin type .* has no __module__ attribute:DeprecationWarning")
def test_a_quick_run_ends_in_an_encoder_that_finds_translations_it_never_saw(
    data: Path, tmp_path: Path
) -> None:
    questions = data / "questions.jsonl"
    encoder.run(data, tmp_path / "out", encoder.QUICK, hold=False, evaluate=None, written=questions)
    trained = StaticEncoder(tmp_path / "out")
    fresh = random.Random(1).sample(sorted(set(FACTS) - set(SEEN)), 100)
    task = [english(f) for f in fresh], [chinese(f) for f in fresh], np.arange(len(fresh))
    assert (ranks(trained, task) == 0).mean() > 0.9
    onward = tmp_path / "onward"
    encoder.run(
        data, onward, encoder.QUICK, hold=False, evaluate=None, onward=tmp_path / "out", written=questions
    )
    assert (onward / "tokenizer.json").read_bytes() == (tmp_path / "out" / "tokenizer.json").read_bytes()
    assert StaticEncoder(onward).fingerprint != trained.fingerprint
    assert (ranks(StaticEncoder(onward), task) == 0).mean() > 0.8


def test_held_out_texts_are_in_no_training_pair(data: Path) -> None:
    held, kept = held_out(read_sources(data), share=0.2)
    held_texts = {text for pairs in held.values() for pair in pairs for text in pair}
    assert held_texts
    assert not held_texts & {text for pairs in kept.values() for pair in pairs for text in pair}


def test_the_shipped_fold_table_is_the_one_that_is_made_afresh() -> None:
    shipped = {chr(code): chr(folded) for code, folded in fold_table().items() if not 0xD800 <= code < 0xE000}
    fresh = fresh_fold_table()
    known = {char: folded for char, folded in fresh.items() if char in shipped}
    assert known == shipped


def test_a_dictionary_is_found_in_sentence_pairs() -> None:
    chance = random.Random(1)
    sentences = [chance.sample(range(1, 20), 5) for _ in range(400)]
    shuffled = [chance.sample([word + 20 for word in sentence], 5) for sentence in sentences]
    links = links_of(bags(sentences), bags(shuffled), np.zeros(40, dtype=bool))
    weights = align(links, 40)
    assert [int(weights[word].argmax()) for word in range(21, 40)] == list(range(1, 20))
    assert weights[21:].max(axis=1).toarray().min() > 0.9


def test_links_join_every_word_with_every_word_of_its_translation() -> None:
    left, right = bags([[1, 2], [3]]), bags([[4], [5, 6]])
    links = join([links_of(left, right, np.zeros(9, dtype=bool)), links_of(left, right, np.arange(9) == 1)])
    assert list(zip(links.left, links.right, strict=True)) == [
        (1, 4),
        (2, 4),
        (3, 5),
        (3, 6),
        (2, 4),
        (3, 5),
        (3, 6),
    ]
    assert links.left_word.tolist() == [0, 1, 2, 2, 3, 4, 4]
    assert links.right_word.tolist() == [0, 0, 1, 2, 3, 4, 5]


@given(st.lists(st.lists(st.integers(0, 9), max_size=4), min_size=1, max_size=6), st.data())
def test_bags_give_back_the_texts_that_are_taken(texts: list[list[int]], drawn: st.DataObject) -> None:
    chosen = drawn.draw(st.lists(st.integers(0, len(texts) - 1), min_size=1))
    ids, text = bags(texts).take(np.array(chosen))
    assert [ids[text == i].tolist() for i in range(len(chosen))] == [texts[i] for i in chosen]
    assert bags(texts).of(np.array(chosen)).sizes.tolist() == [len(texts[i]) for i in chosen]


def test_a_dictionary_draws_translations_by_their_weights_and_leaves_other_pieces() -> None:
    weights = sparse.csr_matrix(([0.9, 0.1], ([0, 0], [3, 4])), shape=(5, 5))
    ids, known = Dictionary(weights).draw(np.array([0] * 2000 + [1]), np.random.default_rng(0))
    assert set(ids[:-1]) == {3, 4}
    assert 0.85 < (ids[:-1] == 3).mean() < 0.95
    assert (ids[-1], known[-1], known[:-1].all()) == (1, False, True)


def test_a_window_is_made_of_words_of_the_passage() -> None:
    passages = [[10 * i + k for k in range(8)] for i in range(1, 9)]
    pairs = {"made": Pairs(bags([[0]] * 8), bags(passages), np.arange(8))}
    batches = Batches(pairs, [Draw("made", 1, window=True)], {}, 8, 99, 0)
    for batch in (batches.draw() for _ in range(20)):
        counts = batch.counts.toarray() > 0
        left, right = counts[:8], counts[8:]
        assert left.any(axis=1).all()
        assert not (left & ~right).any()


def test_a_batch_holds_no_more_of_a_text_than_it_may_on_average() -> None:
    pairs = {"made": Pairs(bags([[1]] * 50), bags([list(range(2, 402))] * 50), np.zeros(50, dtype=np.int64))}
    batch = Batches(pairs, [Draw("made", 1)], {}, 50, 100, 0).draw()
    assert 90 < batch.counts[50:].sum() / 50 < 110


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), min_size=2, max_size=6), st.lists(st.integers(0, 3), max_size=3))
def test_the_loss_is_the_cross_entropy_over_texts_that_differ(groups: list[int], rivals: list[int]) -> None:
    torch.manual_seed(len(groups))
    every = groups + rivals
    left, right = torch.randn(len(groups), 5), torch.randn(len(every), 5)
    scores = 3 * torch.nn.functional.cosine_similarity(left[:, None], right[None], dim=2)
    losses = []
    for i, group in enumerate(groups):
        others = [j for j in range(len(every)) if j == i or every[j] != group]
        asking = [j for j in others if j < len(groups)]
        losses += [torch.logsumexp(scores[i, others], 0), torch.logsumexp(scores[asking, i], 0)]
    expected = torch.stack(losses).mean() - scores.diagonal().mean()
    found = contrast(left, right, torch.tensor(every), 3.0)
    assert abs(float(found - expected)) < 1e-4


def test_a_table_moves_as_adam_moves_it_when_every_row_is_touched() -> None:
    values = np.random.default_rng(0).standard_normal((4, 3)).astype(np.float32)
    parameter = torch.nn.Parameter(torch.from_numpy(values.copy()))
    adam = torch.optim.Adam([parameter], lr=0.1, betas=(0.9, 0.99))
    table = Table(values)
    for slope in torch.randn(5, 4, 3):
        parameter.grad = slope
        adam.step()
        table.step(np.arange(4), slope.numpy(), 0.1)
    torch.testing.assert_close(table.values, parameter.detach())


def test_rows_that_no_batch_holds_stay() -> None:
    values = np.ones((3, 2), dtype=np.float32)
    table = Table(values)
    table.step(np.array([1]), np.ones((1, 2), dtype=np.float32), 0.1)
    assert (table.values.numpy() == values).all(axis=1).tolist() == [True, False, True]


def test_the_rate_rises_then_falls() -> None:
    schedule = Schedule(1000, rate=1.0, warm_up=50)
    rates = [schedule.rate_at(step) for step in range(1000)]
    assert int(np.argmax(rates)) == 49
    assert rates[0] < 0.05
    assert rates[-1] == pytest.approx(0.02)


def test_a_translation_starts_where_its_english_word_starts() -> None:
    vectors = np.eye(4, dtype=np.float32)
    translations = sparse.csr_matrix(([1.0, 0.5, 0.5], ([4, 5, 5], [0, 1, 2])), shape=(7, 7))
    neighbours = sparse.csr_matrix(([1.0], ([6], [4])), shape=(7, 7))
    counts = np.full(7, 10)
    table = start_table((np.arange(4), vectors), translations, neighbours, counts, 64)
    unit = table / np.linalg.norm(table, axis=1, keepdims=True)
    near = unit @ unit.T
    assert near[4, 0] > 0.85
    assert min(near[5, 1], near[5, 2]) > 0.3
    assert near[6, 0] > 0.3


def test_main_directions_keep_the_angles_of_vectors_that_lie_in_few() -> None:
    plane = np.random.default_rng(0).standard_normal((50, 2)) @ np.random.default_rng(1).standard_normal(
        (2, 9)
    )
    plane = (plane - plane.mean(axis=0)).astype(np.float32)
    unit = plane / np.linalg.norm(plane, axis=1, keepdims=True)
    turned = principal(plane, np.ones(50), 2)
    np.testing.assert_allclose(turned @ turned.T, unit @ unit.T, atol=1e-4)


def test_pieces_that_stand_together_more_often_than_by_chance_keep_company() -> None:
    left, right = bags([[1, 1], [2], [3]] * 5), bags([[6, 5, 5], [7], [8]] * 5)
    weights = company([(left, right)], 9).toarray()
    assert sorted(zip(*np.nonzero(weights > 0), strict=True)) == [
        (1, 5), (1, 6), (2, 7), (3, 8), (5, 1), (6, 1), (7, 2), (8, 3)
    ]  # fmt: skip
    assert (left.ids.tolist(), right.ids.tolist()) == ([1, 1, 2, 3] * 5, [6, 5, 5, 7, 8] * 5)


def test_the_strongest_links_of_each_row_sum_to_one() -> None:
    weights = sparse.csr_matrix(np.array([[5.0, 3.0, 1.0], [0.0, 0.0, 0.0], [0.0, 2.0, 0.0]]))
    kept = strongest(weights, 2).toarray()
    np.testing.assert_allclose(kept, [[0.625, 0.375, 0], [0, 0, 0], [0, 1, 0]])


def test_quantised_rows_point_where_the_rows_pointed() -> None:
    table = np.random.default_rng(0).standard_normal((50, 512)).astype(np.float32)
    table[7] = 0
    whole, scales = quantise(table)
    rows = whole.astype(np.float32) * scales[:, None]
    cosines = (
        (rows * table).sum(axis=1)
        / np.linalg.norm(rows, axis=1).clip(1e-9)
        / np.linalg.norm(table, axis=1).clip(1e-9)
    )
    assert np.delete(cosines, 7).min() > 0.99
    assert not rows[7].any()


def test_questions_in_one_language_are_measured_on_the_same_paragraphs_of_another(tmp_path: Path) -> None:
    def squad(name: str, paragraphs: list[tuple[str, list[str]]]) -> None:
        content = {
            "data": [
                {"paragraphs": [{"context": c, "qas": [{"question": q} for q in qs]} for c, qs in paragraphs]}
            ]
        }
        write(tmp_path / f"{name}.json.xz", [json.dumps(content)])

    squad("xquad_en", [("A school.", ["Which school?"]), ("A bridge.", ["Which bridge?", "What?"])])
    squad("xquad_zh", [("学校。", ["哪所学校?"]), ("大桥。", ["哪座桥?", "什么?"])])
    questions, passages, right = tasks(tmp_path)["XQuAD en to zh"]
    assert (questions, passages) == (["Which school?", "Which bridge?", "What?"], ["学校。", "大桥。"])
    assert right.tolist() == [0, 1, 1]
