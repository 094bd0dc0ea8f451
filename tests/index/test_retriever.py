from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.index.hashing_encoder import HashingEncoder
from tests.loops import finish

from yuanwen_index.build import build_index
from yuanwen_index.errors import IndexMismatch, UsageError
from yuanwen_index.filters import Filter
from yuanwen_index.hits import Hit, Mode
from yuanwen_index.retriever import Retriever

SEEDS = Path(__file__).parents[2] / "seeds"
ENCODER = HashingEncoder()
QUESTIONS = ["揭牌仪式是哪天举行的？", "二七区纪委监委开展了多少次监督检查?", "Who unveiled the plaque?"]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("retriever") / "index"
    build_index([SEEDS], folder, encoder=ENCODER)
    return folder


@pytest.fixture(scope="module")
def retriever(index: Path) -> Retriever:
    return Retriever.open(index, encoder=ENCODER)


def keys(hits: list[Hit]) -> list[tuple[str, int, int]]:
    return [
        (hit.passage.article.document.source, hit.passage.article.file_offset(0), hit.passage.start)
        for hit in hits
    ]


def test_the_passage_that_answers_comes_first(retriever: Retriever) -> None:
    first, *_ = retriever.search(QUESTIONS[1], k=3)
    assert "349次" in first.passage.text
    assert first.ranks.lexical == 1


@pytest.mark.parametrize("mode", ["hybrid", "lexical", "dense"])
def test_hits_are_best_first_and_fewer_are_the_first_of_more(index: Path, mode: Mode) -> None:
    retriever = Retriever.open(index, encoder=ENCODER, mode=mode)
    for question in QUESTIONS[:2]:
        many = retriever.search(question, k=20)
        assert [hit.score for hit in many] == sorted((hit.score for hit in many), reverse=True)
        assert retriever.search(question, k=5) == many[:5]
        assert len(set(keys(many))) == len(many)


def test_all_passages_can_be_asked_for(retriever: Retriever) -> None:
    assert len(retriever.search(QUESTIONS[0], k=10_000)) == len(retriever.passages)


@pytest.mark.parametrize("mode", ["hybrid", "lexical", "dense"])
def test_searching_many_is_searching_each(index: Path, mode: Mode) -> None:
    retriever = Retriever.open(index, encoder=ENCODER, mode=mode)
    together = retriever.search_many(QUESTIONS, k=7)
    alone = [retriever.search(question, k=7) for question in QUESTIONS]
    assert list(map(keys, together)) == list(map(keys, alone))
    assert retriever.search_many([], k=7) == []


def test_ranks_are_the_places_in_either_search(index: Path, retriever: Retriever) -> None:
    hits = retriever.search(QUESTIONS[0], k=10)
    for mode, rank_of in (("lexical", lambda hit: hit.ranks.lexical), ("dense", lambda hit: hit.ranks.dense)):
        alone = keys(Retriever.open(index, encoder=ENCODER, mode=mode).search(QUESTIONS[0], k=64))
        assert [rank_of(hit) for hit in hits] == [
            alone.index(key) + 1 if key in alone else None for key in keys(hits)
        ]


def test_words_that_stand_nowhere_find_nothing_by_words_and_something_by_meaning(index: Path) -> None:
    question = "zzzz qqqq"
    assert Retriever.open(index, encoder=ENCODER, mode="lexical").search(question) == []
    hits = Retriever.open(index, encoder=ENCODER).search(question, k=3)
    assert [hit.ranks.lexical for hit in hits] == [None] * 3


# filters


def test_a_filter_keeps_the_hits_of_what_it_names_in_their_order(retriever: Retriever) -> None:
    everything = retriever.search(QUESTIONS[0], k=10_000)
    for article in list(retriever.articles)[::4]:
        source = article.document.source
        within = retriever.search(QUESTIONS[0], k=10_000, where=Filter(source=source))
        assert sorted(keys(within)) == sorted(
            key
            for key, hit in zip(keys(everything), everything, strict=True)
            if hit.passage.article.document.source == source
        )
        for reporter in article.reporters:
            found = retriever.search(QUESTIONS[0], k=10_000, where=Filter(reporter=reporter))
            assert found
            assert all(reporter in hit.passage.article.reporters for hit in found)


def test_dates_filter_from_the_first_to_the_last_day(retriever: Retriever) -> None:
    dates = sorted({article.date_iso for article in retriever.articles if article.date_iso})
    first, last = dates[0], dates[-1]
    for date_from, date_to in [(first, first), (last, None), (None, first), (first, last)]:
        found = retriever.search(QUESTIONS[0], k=10_000, where=Filter(date_from=date_from, date_to=date_to))
        expected = {date for date in dates if (date_from or "") <= date <= (date_to or "9")}
        assert {hit.passage.article.date_iso for hit in found} == expected


@pytest.mark.parametrize("mode", ["hybrid", "lexical", "dense"])
def test_a_filter_that_nothing_passes_finds_nothing(index: Path, mode: Mode) -> None:
    assert (
        Retriever.open(index, encoder=ENCODER, mode=mode).search(
            QUESTIONS[0], where=Filter(source="no such file")
        )
        == []
    )


# the border


@pytest.mark.parametrize("question", ["", "  \n", "\0", "\ud800", "\u3000"])
def test_an_empty_question_is_refused(retriever: Retriever, question: str) -> None:
    with pytest.raises(UsageError, match="empty"):
        retriever.search(question)


@pytest.mark.parametrize(
    "question", ["揭牌\0仪式", "揭牌\ud83d仪式", "？？？", "\u202e揭牌", "字" * 20_000, "a" * 20_000]
)
def test_odd_characters_in_a_question_are_searched_around(retriever: Retriever, question: str) -> None:
    assert len(retriever.search(question, k=3)) == 3


@pytest.mark.parametrize("k", [0, -1])
def test_asking_for_no_passages_is_refused(retriever: Retriever, k: int) -> None:
    with pytest.raises(UsageError, match="at least 1"):
        retriever.search(QUESTIONS[0], k=k)


def test_an_unknown_mode_is_refused(index: Path) -> None:
    with pytest.raises(UsageError, match="hybrid, lexical or dense"):
        Retriever.open(index, encoder=ENCODER, mode="fuzzy")  # type: ignore[arg-type]


@pytest.mark.parametrize("other", [HashingEncoder(dim=8), HashingEncoder(seed=2)])
def test_another_encoder_is_refused_naming_both(index: Path, other: HashingEncoder) -> None:
    with pytest.raises(IndexMismatch) as caught:
        Retriever.open(index, encoder=other)
    assert ENCODER.fingerprint[:12] in str(caught.value)
    assert other.fingerprint[:12] in str(caught.value)


# places


def test_every_character_of_an_article_leads_back_to_it(retriever: Retriever) -> None:
    for article in retriever.articles:
        for at in (0, len(article.text) // 2, len(article.text) - 1):
            assert retriever.article_at(article.document.source, article.file_offset(at)) == article


def test_every_character_of_a_passage_leads_back_to_it(retriever: Retriever) -> None:
    for passage in retriever.passages[::3]:
        start, end = passage.article.file_span(passage.start, passage.end)
        for at in (start, (start + end) // 2, end - 1):
            assert retriever.passage_at(passage.article.document.source, at) == passage


def test_places_outside_the_index_lead_nowhere(retriever: Retriever) -> None:
    for source in ("no such file.txt", "zzz", ""):
        assert retriever.article_at(source, 0) is None
        assert retriever.passage_at(source, 0) is None
    assert retriever.passage_at(retriever.documents[0].source, 10**9) is None
    assert retriever.passage_at(retriever.documents[0].source, -1) is None


# threads and loops


def test_searches_in_many_threads_find_what_one_after_another_finds(index: Path) -> None:
    filters = [Filter(), Filter(source="003_84ebe029d2cf1232.txt"), Filter(date_from="2000-01-01")]
    asked = [(question, where) for question in QUESTIONS for where in filters] * 4

    def found(retriever: Retriever, question: str, where: Filter) -> list[tuple[object, ...]]:
        hits = retriever.search(question, k=20, where=where)
        return [
            (hit, hit.passage.text, hit.passage.article.lines(hit.passage.start, hit.passage.end))
            for hit in hits
        ]

    fresh = Retriever.open(index, encoder=ENCODER)  # nothing of it is in any cache yet
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda ask: found(fresh, *ask), asked))
    alone = Retriever.open(index, encoder=ENCODER)
    assert together == [found(alone, *ask) for ask in asked]


def test_a_loop_goes_on_while_a_search_runs(retriever: Retriever) -> None:
    async def ask() -> list[list[Hit]]:
        where = Filter(source="000_2e0ade2b9b79057b.txt")
        return await asyncio.gather(*(retriever.asearch(question, 5, where=where) for question in QUESTIONS))

    where = Filter(source="000_2e0ade2b9b79057b.txt")
    assert finish(ask()) == [retriever.search(question, 5, where=where) for question in QUESTIONS]


# generations


def test_reload_takes_up_the_new_generation_and_tells(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("一月下雪。", "utf-8")
    build_index([tmp_path / "a.txt"], tmp_path / "index", encoder=ENCODER)
    retriever = Retriever.open(tmp_path / "index", encoder=ENCODER)
    assert not retriever.reload()
    (tmp_path / "a.txt").write_text("二月考试。", "utf-8")
    build_index([tmp_path / "a.txt"], tmp_path / "index", encoder=ENCODER)
    assert retriever.search("考试")[0].passage.text == "一月下雪。"
    assert retriever.reload()
    assert (retriever.generation, retriever.search("考试")[0].passage.text) == (2, "二月考试。")


def test_searches_while_the_index_is_reloaded_each_see_one_generation(tmp_path: Path) -> None:
    def publish(number: int) -> None:
        for name in ("a", "b", "c"):
            (tmp_path / f"{name}.txt").write_text(f"第{number}版的新闻{name}。", "utf-8")
        paths = [tmp_path / f"{name}.txt" for name in ("a", "b", "c")]
        build_index(paths, tmp_path / "index", encoder=HashingEncoder())

    publish(0)
    retriever = Retriever.open(tmp_path / "index", encoder=ENCODER)
    stop, mixed = threading.Event(), []

    def ask() -> None:
        while not stop.is_set():
            texts = [hit.passage.text for hit in retriever.search("新闻", k=3)]
            if len(texts) != 3 or len({text[:3] for text in texts}) != 1:
                mixed.append(texts)
            time.sleep(0.001)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(1, 8):
        publish(number)
        retriever.reload()
    stop.set()
    for thread in threads:
        thread.join()
    assert mixed == []
    assert retriever.generation == 8


def test_an_open_retriever_goes_on_when_its_generation_is_gone(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("一月下雪。", "utf-8")
    build_index([tmp_path / "a.txt"], tmp_path / "index", encoder=ENCODER)
    retriever = Retriever.open(tmp_path / "index", encoder=ENCODER)
    for number in range(3):
        (tmp_path / "a.txt").write_text(f"第{number}版。", "utf-8")
        build_index([tmp_path / "a.txt"], tmp_path / "index", encoder=ENCODER)
    assert not (tmp_path / "index" / "gen-000001").exists()
    assert retriever.search("下雪")[0].passage.article.document.text == "一月下雪。"
