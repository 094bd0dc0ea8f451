"""The network that is fitted and the one that ships give the same scores."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from tests.qa.passages import space_of
from training.reader import most_common, tables_of
from training.reader_batches import make_batch
from training.reader_data import Example
from training.reader_fit import loss_of
from training.reader_net import Net
from training.reader_rows import Corpus, CorpusMaker

from yuanwen_qa.reading.features import compare, read_passage, take_apart
from yuanwen_qa.reading.forms import word_marks
from yuanwen_qa.reading.network import Network

TEXTS = (
    "古籍修复展在“市图书馆”开幕，共展出修复古籍126册。展览由馆长周文涛主持。",
    "滨江大桥9月2日正式通车，全长3200米，比计划提前40天。市民可以步行通过。",
)
QUESTION = "展出了多少册修复的古籍？"
SPACE = space_of(["古籍", "展出", "大桥", "通车", "000"])
GOLD = (0, TEXTS[0].index("126"), TEXTS[0].index("126") + 4)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    maker = CorpusMaker(SPACE)
    maker.add(Example(QUESTION, TEXTS, (1.0, 0.5), (GOLD,)))
    maker.add(Example("桥有多长？", TEXTS, (1.0, 0.5), ()))
    return maker.corpus()


def test_numpy_reads_as_torch_does(corpus: Corpus) -> None:
    torch.manual_seed(0)
    common, chars = most_common(corpus, 20, 20)
    net = Net(SPACE.dim, len(common), len(chars), 16).eval()
    batch = make_batch(corpus, tables_of(corpus, SPACE, common, chars), [0], 3, np.random.default_rng(0))
    with torch.no_grad():
        states, ends, pooled, none = net(batch.tensors)
        c = batch.candidates
        first, last, owner = (torch.from_numpy(x) for x in (c.first, c.last, c.question))
        forms = torch.from_numpy(batch.forms(np.arange(len(c.first))))
        scores = ends.flatten(0, 1)[first, 0] + ends.flatten(0, 1)[last, 1]
        scores = scores + net.weigh(states.flatten(0, 1), pooled, owner, first, last, forms)
    network = Network(net.arrays(), common, chars)
    asked = take_apart(QUESTION, SPACE)
    question = network.ask(asked, word_marks(asked.words))
    reads = [read_passage(text, SPACE) for text in TEXTS]
    pairs = [compare(asked, read) for read in reads]
    found = [
        network.spans(asked, question, read, network.read(read), pair)
        for read, pair in zip(reads, pairs, strict=True)
    ]
    assert network.none(asked, question, pairs, found) == pytest.approx(float(none[0]), abs=2e-3)
    owners = zip(c.pair.tolist(), c.first.tolist(), c.last.tolist(), strict=True)
    wanted = dict(zip(owners, scores.tolist(), strict=True))
    for place, one in enumerate(found):
        shift = place * batch.length
        for i, j, score in zip(one.first.tolist(), one.last.tolist(), one.scores.tolist(), strict=True):
            assert score == pytest.approx(wanted[place, i + shift, j + shift], abs=2e-3)


def test_a_corpus_is_read_as_it_was_written(corpus: Corpus, tmp_path: object) -> None:
    path = f"{tmp_path}/corpus.npz"
    corpus.save(path)  # type: ignore[arg-type]
    again = Corpus.load(path)  # type: ignore[arg-type]
    assert again.words == corpus.words
    assert all((again[name].values == corpus[name].values).all() for name in corpus.rows)
    assert corpus.answerable().tolist() == [True, False]


def test_fitting_lowers_the_loss_of_questions_with_and_without_an_answer(corpus: Corpus) -> None:
    torch.manual_seed(0)
    common, chars = most_common(corpus, 20, 20)
    net = Net(SPACE.dim, len(common), len(chars), 16, dropout=0.0)
    batch = make_batch(corpus, tables_of(corpus, SPACE, common, chars), [0, 1], 3, np.random.default_rng(0))
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-2)
    losses = []
    for _ in range(30):
        loss = sum(loss_of(net, batch))
        assert isinstance(loss, torch.Tensor)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 3


def test_weights_of_another_depth_are_refused() -> None:
    arrays = Net(8, 3, 3, 16).arrays()
    last = max(name for name in arrays if name.startswith("blocks.")).rpartition(".conv.")[0]
    for name in [name for name in arrays if name.startswith(f"{last}.")]:
        del arrays[name]
    with pytest.raises(ValueError, match="this version runs"):
        Network(arrays, {}, {})
