"""Every file and question, however hostile, goes the whole way or is refused with a reason; nothing else is raised.

``make soak PROMISE=inputs`` and ``PROMISE=fuzz`` try a hundred thousand more.
"""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from tests.soak.course import Course
from tests.strategies import hostile_bytes, hostile_texts

from yuanwen_index import YuanwenError


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return Course(tmp_path_factory.mktemp("course"))


@given(hostile_bytes())
def test_a_file_is_parsed_or_refused(course: Course, data: bytes) -> None:
    with suppress(YuanwenError):
        course.parse(data)


@given(hostile_bytes())
@settings(max_examples=50)
def test_markup_is_read_or_refused(course: Course, data: bytes) -> None:
    with suppress(YuanwenError):
        course.html(data)


@given(hostile_texts())
@settings(max_examples=20)
def test_a_question_is_answered_or_refused(course: Course, text: str) -> None:
    with suppress(YuanwenError):
        course.ask(text.encode("utf-8", "surrogatepass"))


@given(hostile_bytes())
@settings(max_examples=20)
def test_a_file_is_indexed_and_read_or_reported(course: Course, data: bytes) -> None:
    course.index(data)
