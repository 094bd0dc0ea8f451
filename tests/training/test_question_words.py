from __future__ import annotations

from training.question_words import FEWEST, fit, spelled

from yuanwen_index.tokens import keys_of_tokens


def weights_of(rows: list[tuple[str, str, str]]) -> dict[str, float]:
    names = spelled(question for _, question, _ in rows)
    return {names[key]: weight for key, weight in fit(rows).items()}


def test_a_word_that_no_passage_holds_weighs_little_and_one_that_its_passage_holds_weighs_all() -> None:
    rows = [
        ("en", f"where grows plant{number % 7}", f"plant{number % 7} text") for number in range(10 * FEWEST)
    ]
    weights = weights_of(rows)
    assert weights["where"] < 0.1
    assert weights["grows"] < 0.1
    assert all(weights[f"plant{number}"] == 1 for number in range(7))


def test_a_word_that_every_passage_holds_tells_nothing() -> None:
    rows = [("en", f"the name{number % 7}", f"the name{number % 7}") for number in range(10 * FEWEST)]
    assert weights_of(rows)["the"] < 0.1


def test_rare_words_are_left_out() -> None:
    rows = [("en", "where once", "text")] * (FEWEST - 1)
    assert fit(rows) == {}


def test_every_token_of_a_question_is_spelled_under_its_key() -> None:
    names = spelled(["哪年 planting 9月"])
    tokens = ["哪", "年", "哪年", "planting", "plan", "9", "月"]
    assert [names[key] for key in keys_of_tokens(tokens).tolist()] == tokens
