"""Hostile documents, file names and questions: shown as the text they are, and nothing of them runs or calls out.

All payloads are tried by ``python -m tests.soak.server_inert``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.ui.hostile import (
    ATTACKS,
    Trap,
    active_elements,
    look_at_articles,
    look_at_questions,
    payloads,
    trap,
    write_documents,
)
from tests.ui.visitor import Visitor

from yuanwen_index import build_index

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def caller() -> Iterator[Trap]:
    with trap() as caller:
        yield caller
        assert caller.caught == []


@pytest.fixture(scope="module")
def folder(caller: Trap, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    write_documents(folder, payloads(caller.address)[: len(ATTACKS)])
    return folder


@pytest.fixture(scope="module")
def hostile_address(
    start_chat: Callable[[Path], str], folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> str:
    index = tmp_path_factory.mktemp("hostile-index") / "index"
    build_index([folder], index)
    return start_chat(index)


def test_there_are_enough_payloads() -> None:
    assert len(set(payloads("//127.0.0.1/x"))) >= 150


def test_titles_bylines_bodies_and_file_names_are_text(
    arrive: Callable[..., Visitor], hostile_address: str, folder: Path, caller: Trap
) -> None:
    compared, wrong = look_at_articles(
        arrive(hostile_address), folder, payloads(caller.address)[: len(ATTACKS)]
    )
    assert wrong == []
    assert compared > 9 * len(ATTACKS)


def test_questions_answers_and_passages_are_text(
    arrive: Callable[..., Visitor], hostile_address: str, caller: Trap
) -> None:
    asked = list(enumerate(payloads(caller.address)))[: len(ATTACKS) : 2]
    assert look_at_questions(arrive(hostile_address), asked)[1] == []


def test_what_is_looked_for_would_be_found(visitor: Visitor) -> None:
    visitor.page.evaluate(
        "document.querySelector('gradio-app').append(document.createElement('form')); window.owned = 1"
    )
    assert len(active_elements(visitor)) == 2
