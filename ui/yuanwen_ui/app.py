"""The Gradio page: what happens when something on it is used.

The source panel is not Gradio's: ``static/page.js`` adds it, because ``gr.HTML`` compiles its templates with
``eval``, which the page's content policy forbids.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from yuanwen_index import Filter
from yuanwen_qa import LONGEST_QUESTION

from .layout import EXAMPLES_SHOWN, EXPORT_FORMATS, Parts, lay_out
from .library import Library
from .messages import Language, pick_language, word
from .replies import chat_messages
from .turns import Turn, answering, restored, stored

if TYPE_CHECKING:
    import gradio as gr

__all__ = ["build_page", "forget_session", "import_gradio", "page_theme"]

AT_ONCE = 16
WAITING_AT_MOST = 400
SESSIONS_KEPT = 1_000  # some 100 KB each
TURNS_KEPT = 40
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
AT_HAND: dict[str, Any] = {**QUIET, "queue": False}

Turns = tuple[Turn, ...]


def import_gradio() -> Any:
    """Gradio, told before its import to look nothing up on other hosts and to keep no record of the questions asked.

    It would keep ten thousand, with their sessions, and add all of them up anew after every question.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"
    os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(sys.maxsize)
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    import gradio

    return gradio


def page_theme() -> Any:
    """A calm theme that needs no font file: the system's own fonts, which hold Chinese."""
    fonts = ["system-ui", "sans-serif"]
    theme = import_gradio().themes.Default(
        primary_hue="blue", neutral_hue="slate", font=fonts, font_mono=["ui-monospace", "monospace"]
    )
    # Gradio's own blue is too light under white letters (WCAG AA).
    return theme.set(
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover_dark="*primary_800",
    )


def build_page(library: Library) -> gr.Blocks:
    """The page over ``library``; a visitor's conversation lives in that visitor's session only."""
    gradio = import_gradio()
    page: gr.Blocks = gradio.Blocks(title=word("app.title", "en"), fill_width=True, analytics_enabled=False)
    with page:
        parts = lay_out(gradio)
        _wire_asking(gradio, parts, library)
        _wire_filters(gradio, parts)
        _wire_keeping(parts)
        _wire_language(gradio, parts, library)
        _wire_arrival(gradio, page, parts, library)
    page.queue(max_size=WAITING_AT_MOST, api_open=False)
    page.state_session_capacity = SESSIONS_KEPT
    return page


def forget_session(page: gr.Blocks, session: str) -> None:
    """Let go of what Gradio's queue would keep of a session for ever, unless questions of it still wait."""
    queue = page._queue
    if not queue.pending_event_ids_session.get(session):
        queue.pending_event_ids_session.pop(session, None)
        queue.pending_messages_per_session.pop(session, None)


class View:
    """What the parts show of a conversation."""

    def __init__(self, gr: Any, parts: Parts, library: Library) -> None:
        self._update = gr.update
        self._library = library
        self.outputs = [
            parts.turns,
            parts.chat,
            parts.ask,
            parts.stop,
            parts.exact,
            parts.example_row,
            parts.kept,
            *parts.exports,
        ]

    def of(self, turns: Turns, token: str, tongue: Language, keep: bool) -> tuple[Any, ...]:
        """The values of ``outputs``."""
        update = self._update
        busy = bool(turns) and turns[-1].busy
        self._library.exports.put(token, turns, tongue)
        links = [
            update(
                link=f"./yuanwen/export/{token}/conversation.{kind}",
                interactive=any(turn.reply for turn in turns),
            )
            for kind in EXPORT_FORMATS
        ]
        return (
            turns,
            chat_messages(turns, tongue),
            update(visible=not busy),
            update(visible=busy),
            update(visible=bool(turns) and not busy and turns[-1].rewritten),
            update(visible=not turns),
            stored(turns) if keep else [],
            *links,
        )


def _wire_asking(gr: Any, parts: Parts, library: Library) -> None:
    view = View(gr, parts, library)
    session = [parts.turns, parts.token, parts.language, parts.keep]
    asked_with = [*session, *parts.filters.inputs]

    def answer(
        typed: str, turns: Turns, token: str, tongue: Language, keep: bool, *narrowing: str | None
    ) -> Iterator[tuple[Any, ...]]:
        if turns and turns[-1].busy:
            yield typed, *view.of(turns, token, tongue, keep)
            return
        if backwards(*narrowing):
            turn = Turn(typed[:LONGEST_QUESTION], "", "failed", failure="error.range")
            yield typed, *view.of((*turns, turn)[-TURNS_KEPT:], token, tongue, keep)
            return
        library.follow()
        stages = answering(library.assistant, typed, turns, wanted(*narrowing))
        for turn in library.vitals.observed(stages):
            yield "", *view.of((*turns, turn)[-TURNS_KEPT:], token, tongue, keep)

    def answer_exactly(
        turns: Turns, token: str, tongue: Language, keep: bool, *narrowing: str | None
    ) -> Iterator[tuple[Any, ...]]:
        library.follow()
        stages = answering(library.assistant, turns[-1].typed, (), wanted(*narrowing))
        for turn in library.vitals.observed(stages):
            yield view.of((*turns[:-1], turn), token, tongue, keep)

    def stop(turns: Turns, token: str, tongue: Language, keep: bool) -> tuple[Any, ...]:
        return view.of(tuple(turn.stopped() for turn in turns), token, tongue, keep)

    def clear(token: str, tongue: Language, keep: bool) -> tuple[Any, ...]:
        return view.of((), token, tongue, keep)

    outputs = [parts.question, *view.outputs]
    # "once" would still wait for a stopped answer's thread; a question asked meanwhile is held back above.
    queued = {**QUIET, "concurrency_limit": AT_ONCE, "concurrency_id": "ask", "trigger_mode": "multiple"}
    asking = [
        gr.on(
            [parts.question.submit, parts.ask.click], answer, [parts.question, *asked_with], outputs, **queued
        ),
        *(button.click(answer, [button, *asked_with], outputs, **queued) for button in parts.examples),
        parts.exact.click(answer_exactly, asked_with, view.outputs, **queued),
    ]
    parts.stop.click(stop, session, view.outputs, cancels=asking, **AT_HAND)
    parts.clear.click(clear, session[1:], view.outputs, cancels=asking, **AT_HAND)


def wanted(source: str | None, reporter: str | None, date_from: str | None, date_to: str | None) -> Filter:
    """What the filters ask for; a day that is none is left out."""
    return Filter(source or None, reporter or None, _day(date_from), _day(date_to))


def backwards(_source: str | None, _reporter: str | None, date_from: str | None, date_to: str | None) -> bool:
    """Whether the range of days ends before it begins."""
    first, last = _day(date_from), _day(date_to)
    return first is not None and last is not None and first > last


def _day(text: str | None) -> str | None:
    try:
        return date.fromisoformat((text or "").strip()).isoformat()
    except ValueError:
        return None


def _wire_filters(gr: Any, parts: Parts) -> None:
    filters = parts.filters

    def tell(tongue: Language, *narrowing: str | None) -> tuple[Any, Any]:
        return gr.update(label=filters_label(tongue, *narrowing)), gr.update(interactive=any(narrowing))

    def reset() -> tuple[Any, ...]:
        return None, None, "", ""

    for narrowing in filters.inputs:
        outputs = [filters.frame, filters.reset]
        narrowing.change(tell, [parts.language, *filters.inputs], outputs, **AT_HAND)
    filters.reset.click(reset, None, filters.inputs, **AT_HAND)


def filters_label(tongue: Language, *narrowing: str | None) -> str:
    """What the filters are called: whether they are on can be seen while they are folded."""
    return word("filters.on" if any(narrowing) else "filters", tongue)


def _wire_keeping(parts: Parts) -> None:
    def keep(ticked: bool, turns: Turns) -> list[dict[str, Any]]:
        return stored(turns) if ticked else []

    parts.keep.input(keep, [parts.keep, parts.turns], parts.kept, **AT_HAND)


def _wire_language(gr: Any, parts: Parts, library: Library) -> None:
    labels = {
        parts.about: ("value", "app.about"),
        parts.talk_tab: ("label", "tab.talk"),
        parts.articles_tab: ("label", "tab.articles"),
        parts.exact: ("value", "exact"),
        parts.ask: ("value", "ask"),
        parts.stop: ("value", "stop"),
        parts.clear: ("value", "clear"),
        parts.filters.source: ("label", "filters.source"),
        parts.filters.reporter: ("label", "filters.reporter"),
        parts.filters.date_from: ("label", "filters.from"),
        parts.filters.date_to: ("label", "filters.to"),
        parts.filters.reset: ("value", "filters.reset"),
        parts.example_label: ("value", "examples.label"),
        parts.export_label: ("value", "export"),
        parts.keep: ("label", "keep"),
        parts.language: ("label", "language.label"),
    }

    def relabel(tongue: Language, turns: Turns, token: str, *narrowing: str | None) -> tuple[Any, ...]:
        library.exports.put(token, turns, tongue)
        placeholder = word("question.placeholder", tongue)
        return (
            gr.update(label=word("chat.label", tongue), placeholder=word(_invitation(library), tongue))
            | {"value": chat_messages(turns, tongue)},
            gr.update(label=word("question.label", tongue), placeholder=placeholder),
            gr.update(label=filters_label(tongue, *narrowing)),
            *(gr.update(**{option: word(key, tongue)}) for option, key in labels.values()),
        )

    inputs = [parts.language, parts.turns, parts.token, *parts.filters.inputs]
    outputs = [parts.chat, parts.question, parts.filters.frame, *labels]
    parts.language.change(relabel, inputs, outputs, **AT_HAND)


def _invitation(library: Library) -> str:
    """What an empty conversation says."""
    if library.retriever.manifest.counts.articles:
        return "chat.empty"
    return "chat.none" if library.uploads is None else "chat.none.add"


def _wire_arrival(gr: Any, page: Any, parts: Parts, library: Library) -> None:
    view = View(gr, parts, library)

    def greet(kept: Any, request: Any) -> tuple[Any, ...]:
        tongue = pick_language(request.headers.get("accept-language", ""))
        library.follow()
        turns = restored(kept, library.retriever.article_at)[-TURNS_KEPT:]
        token = library.exports.token()
        keep = bool(kept)
        sources, reporters = library.sources_and_reporters()
        return (
            tongue,
            token,
            keep,
            gr.update(choices=sources),
            gr.update(choices=reporters),
            *view.of(turns, token, tongue, keep),
        )

    def offer() -> list[Any]:
        questions = library.examples(EXAMPLES_SHOWN)
        hidden = [gr.update(visible=False)] * (EXAMPLES_SHOWN - len(questions))
        return [gr.update(value=question, visible=True) for question in questions] + hidden

    greet.__annotations__["request"] = gr.Request  # Gradio looks for the class itself
    arrival = [parts.language, parts.token, parts.keep, parts.filters.source, parts.filters.reporter]
    page.load(greet, parts.kept, [*arrival, *view.outputs], **AT_HAND)
    page.load(offer, None, list(parts.examples), **QUIET)
