"""What stands on the page. Labels are empty here: the visitor's language fills them in on arrival."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yuanwen_qa import LONGEST_QUESTION

from .messages import LANGUAGE_NAMES, LANGUAGES, word

if TYPE_CHECKING:
    import gradio as gr

__all__ = ["EXAMPLES_SHOWN", "EXPORT_FORMATS", "Parts", "lay_out"]

EXAMPLES_SHOWN = 4
EXPORT_FORMATS = ("md", "html", "json")
BROWSER_KEY = "yuanwen-conversation"  # fixed, so that a conversation outlives a restart; it hides nothing


@dataclass(frozen=True, slots=True)
class Filters:
    """The components that narrow the search."""

    frame: gr.Accordion
    source: gr.Dropdown
    reporter: gr.Dropdown
    date_from: gr.Textbox
    date_to: gr.Textbox
    reset: gr.Button

    @property
    def inputs(self) -> list[Any]:
        """In the order of the first of ``Filter``'s fields."""
        return [self.source, self.reporter, self.date_from, self.date_to]


@dataclass(frozen=True, slots=True)
class Parts:
    """The components that events read and change.

    ``turns`` holds the conversation, ``token`` names its export; ``kept`` is the browser's own copy of the
    conversation, which exists only while ``keep`` is ticked.
    """

    turns: gr.State
    token: gr.State
    kept: gr.BrowserState
    about: gr.Markdown
    language: gr.Radio
    talk_tab: gr.Tab
    articles_tab: gr.Tab
    chat: gr.Chatbot
    example_row: gr.Row
    example_label: gr.Markdown
    examples: tuple[gr.Button, ...]
    exact: gr.Button
    question: gr.Textbox
    ask: gr.Button
    stop: gr.Button
    filters: Filters
    clear: gr.Button
    export_label: gr.Markdown
    exports: tuple[gr.Button, ...]
    keep: gr.Checkbox


def lay_out(gr: Any) -> Parts:
    """Put everything on the page that Gradio draws; ``static/page.js`` adds the sources and the articles."""
    turns, token = gr.State(()), gr.State("")
    kept = gr.BrowserState([], storage_key="yuanwen-conversation", secret=BROWSER_KEY)
    with gr.Row(elem_id="yw-header"):
        gr.Markdown(f"# {word('app.title', 'zh-Hans')}", elem_id="yw-name")
        about = gr.Markdown(elem_id="yw-about")
        names = [(LANGUAGE_NAMES[tag], tag) for tag in LANGUAGES]
        language = gr.Radio(names, value=None, elem_id="yw-language", container=False, scale=0)
    with gr.Row(elem_id="yw-desk"):
        with gr.Column(elem_id="yw-talk"), gr.Tabs(elem_id="yw-tabs"):
            with gr.Tab("-", id="talk", elem_id="yw-talk-tab") as talk_tab:
                chat = _chat(gr)
                with gr.Row(elem_id="yw-examples") as example_row:
                    example_label = gr.Markdown(elem_id="yw-examples-label")
                    examples = tuple(
                        _small(gr, elem_classes="yw-example", visible=False) for _ in range(EXAMPLES_SHOWN)
                    )
                exact = _small(gr, elem_id="yw-exact", visible=False)
                question, ask, stop = _question_row(gr)
                filters = _filters(gr)
                with gr.Row(elem_id="yw-tools"):
                    clear = _small(gr, elem_id="yw-clear")
                    export_label = gr.Markdown(elem_id="yw-export-label")
                    exports = tuple(
                        _small(gr, label, elem_id=f"yw-export-{kind}", interactive=False)
                        for kind, label in zip(EXPORT_FORMATS, ("Markdown", "HTML", "JSON"), strict=True)
                    )
                    keep = gr.Checkbox(label="-", elem_id="yw-keep", container=False, scale=0)
            with gr.Tab("-", id="articles", elem_id="yw-articles-tab", render_children=True) as articles_tab:
                gr.Column(elem_id="yw-articles")
        gr.Column(elem_id="yw-side")
    return Parts(
        turns=turns,
        token=token,
        kept=kept,
        about=about,
        language=language,
        talk_tab=talk_tab,
        articles_tab=articles_tab,
        chat=chat,
        example_row=example_row,
        example_label=example_label,
        examples=examples,
        exact=exact,
        question=question,
        ask=ask,
        stop=stop,
        filters=filters,
        clear=clear,
        export_label=export_label,
        exports=exports,
        keep=keep,
    )


def _chat(gr: Any) -> Any:
    return gr.Chatbot(
        elem_id="yw-chat",
        show_label=False,
        render_markdown=False,
        sanitize_html=True,
        buttons=[],
        feedback_options=None,
        height=None,
        autoscroll=False,
    )


def _small(gr: Any, label: str = "-", **options: Any) -> Any:
    return gr.Button(label, size="sm", scale=0, min_width=0, **options)


def _question_row(gr: Any) -> tuple[Any, Any, Any]:
    with gr.Row(elem_id="yw-ask"):
        question = gr.Textbox(
            elem_id="yw-question",
            max_lines=4,
            max_length=LONGEST_QUESTION,
            autofocus=True,
            show_label=False,
            container=False,
            scale=8,
        )
        ask = gr.Button("-", variant="primary", elem_id="yw-send", scale=0, min_width=88)
        stop = gr.Button("-", visible=False, elem_id="yw-stop", scale=0, min_width=88)
    return question, ask, stop


def _filters(gr: Any) -> Filters:
    with gr.Accordion("-", open=False, elem_id="yw-filters") as frame, gr.Row(elem_id="yw-filter-row"):
        source = gr.Dropdown(
            [], value=None, elem_id="yw-filter-source", allow_custom_value=True, min_width=140
        )
        reporter = gr.Dropdown(
            [], value=None, elem_id="yw-filter-reporter", allow_custom_value=True, min_width=110
        )
        date_from = gr.Textbox(elem_id="yw-filter-from", max_lines=1, max_length=10, min_width=110)
        date_to = gr.Textbox(elem_id="yw-filter-to", max_lines=1, max_length=10, min_width=110)
        reset = _small(gr, elem_id="yw-filter-reset", interactive=False)
    return Filters(frame, source, reporter, date_from, date_to, reset)
