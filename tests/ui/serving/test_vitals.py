from __future__ import annotations

from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from yuanwen_ui.serving.vitals import Vitals, area_of, shown_path
from yuanwen_ui.turns import Turn


def values(vitals: Vitals) -> dict[str, float]:
    """Every sample that the server's text gives, by its name and labels."""
    text = vitals.text()[0].decode()
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def turns(*stages: Turn) -> Iterator[Turn]:
    yield from stages


SEARCHING = Turn("谁？", "谁？", "searching")
ANSWERED = Turn("谁？", "谁？", "answered", reply={"answered": True})
NONE = Turn("谁？", "谁？", "answered", reply={"answered": False})
FAILED = Turn("谁？", "谁？", "failed", failure="error.other")


@pytest.mark.parametrize(
    ("stages", "outcome"),
    [
        ((SEARCHING, ANSWERED), "answered"),
        ((SEARCHING, NONE), "none"),
        ((FAILED,), "failed"),
        ((), "stopped"),
    ],
)
def test_a_question_is_counted_by_what_became_of_it(stages: tuple[Turn, ...], outcome: str) -> None:
    vitals = Vitals()
    assert list(vitals.observed(turns(*stages))) == list(stages)
    counted = values(vitals)
    assert counted[f"yuanwen_questions_total {outcome}"] == 1
    assert counted["yuanwen_question_seconds_count"] == 1
    assert counted["yuanwen_questions_running"] == 0


def test_a_question_that_its_visitor_stopped_is_counted_as_that() -> None:
    vitals = Vitals()
    observed = vitals.observed(turns(SEARCHING, ANSWERED))
    next(observed)
    assert values(vitals)["yuanwen_questions_running"] == 1
    observed.close()  # type: ignore[attr-defined]
    counted = values(vitals)
    assert counted["yuanwen_questions_total stopped"] == 1
    assert counted["yuanwen_questions_running"] == 0


def test_two_servers_count_apart() -> None:
    first, second = Vitals(), Vitals()
    first.note("x", "none", 0.1)
    assert "yuanwen_questions_total none" not in values(second)


def test_a_gauge_is_read_when_it_is_asked_for() -> None:
    vitals = Vitals()
    held = [1]
    vitals.watch("yuanwen_held", "What is held.", lambda: len(held))
    held.append(2)
    assert values(vitals)["yuanwen_held"] == 2


@pytest.mark.parametrize(
    ("path", "area"),
    [
        ("/", "page"),
        ("/health", "health"),
        ("/gradio_api/queue/join", "gradio_api"),
        ("", "other"),
        ("/x/y", "other"),
    ],
)
def test_paths_are_counted_in_a_few_areas(path: str, area: str) -> None:
    assert area_of(path) == area


def test_neither_tokens_nor_file_names_are_written_down() -> None:
    assert shown_path("/yuanwen/export/token/conversation.md") == "/yuanwen/export"
    assert shown_path("/yuanwen/documents/name.txt") == "/yuanwen/documents"
    assert shown_path("/") == "/"
    assert len(shown_path("/" + "x" * 1000)) == 100
