"""The page's own side of Gradio."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.loops import finish

from yuanwen_index import Retriever
from yuanwen_ui.app import build_page
from yuanwen_ui.library import Library


def test_no_record_of_the_questions_is_kept_or_added_up(index_folder: Path) -> None:
    async def queue() -> Any:
        return build_page(Library(Retriever.open(index_folder)))._queue

    kept = finish(queue())
    assert kept.ANALYTICS_MAX_EVENTS == 1
    kept.events_recorded = 1_000_000
    asked = [{"function": "answer", "status": "success", "process_time": 1.0}]
    assert kept.compute_analytics_summary(asked) == {"functions": {}}
