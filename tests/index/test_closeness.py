"""What reading the best passages adds, by plain definitions and in searches that need it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanwen_index import Article, Document, Passage, TermIndex, load_encoder
from yuanwen_index.closeness import nearest_sentences, sentences_of, words_together

WORD = st.sampled_from(["alpha", "beta", "gamma", "delta", "omega"])
WORDS = st.lists(WORD, min_size=1, max_size=4)


def passage(text: str) -> Passage:
    document = Document("a.txt", text, "utf-8", "0" * 64)
    article = Article(document, "", (), None, None, False, (), (((0, len(text)),),))
    return Passage(article, 0, len(text))


def test_the_sentences_of_a_passage_are_its_text_without_the_white_space_between() -> None:
    assert sentences_of(passage("一件事。 两件事！第三件")) == ["一件事。", "两件事！", "第三件"]


@given(WORDS, st.lists(WORDS, min_size=1, max_size=4), st.lists(WORD, max_size=2))
def test_words_together_is_the_best_share_of_two_neighbouring_sentences_and_the_title(
    asked: list[str], sentences: list[list[str]], title: list[str]
) -> None:
    terms = TermIndex.of(["alpha beta", "beta gamma", "delta", "omega gamma beta"])
    question = terms.ask(" ".join(asked))
    share = {word: terms.ask(word).ideal for word in set(asked)}
    pairs = [set(a) | set(b) for a, b in zip(sentences, [*sentences[1:], []], strict=True)]
    counts = {word: asked.count(word) for word in share}
    whole = sum(share[word] * counts[word] for word in share)
    best = max(
        sum(share[w] * counts[w] for w in share if w in pair | set(title)) / whole for pair in [set(), *pairs]
    )
    found = words_together(question, [" ".join(title)], [[" ".join(s) for s in sentences]])
    assert found.tolist() == pytest.approx([best], abs=1e-5)


def test_each_passage_is_read_by_itself() -> None:
    asked = TermIndex.of(["red kite", "blue boat", "green tree"]).ask("red boat")
    apart = [["a red kite", "a green tree"], ["a blue boat", "the end"]]
    one_by_one = [words_together(asked, [""], [sentences])[0] for sentences in apart]
    assert words_together(asked, ["", ""], apart).tolist() == one_by_one


def test_no_passages_are_read_without_complaint() -> None:
    assert words_together(TermIndex.of(["a"]).ask("a"), [], []).tolist() == []


def test_the_nearest_sentence_is_the_one_with_the_highest_cosine() -> None:
    encoder = load_encoder(None)
    query = encoder.encode_questions(["Which school reopened?"])[0]
    texts = [["学校复学了。", "天气很好。"], ["粮食丰收。"]]
    expected = [max(float(encoder.encode_passages([t])[0] @ query) for t in parts) for parts in texts]
    np.testing.assert_allclose(nearest_sentences(encoder, query, texts), expected, atol=1e-6)
