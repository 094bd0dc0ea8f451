"""Yuanwen's answers: question + passages -> verbatim spans with citations.

from yuanwen_qa import Assistant

reply = Assistant.open(".yuanwen").answer("...")
for answer in reply.answers:
    print(answer.text, answer.citation)
"""

from __future__ import annotations

from .answers import (
    Answer,
    Citation,
    Reply,
)
from .assistant import (
    LONGEST_QUESTION,
    Assistant,
    clean_question,
)
from .conversation import (
    Past,
    StandAlone,
    stand_alone,
)
from .evaluation.comparison import (
    Comparison,
    compare_results,
    differing_settings,
    statement,
)
from .evaluation.demands import (
    falls_short,
    parse_demands,
)
from .evaluation.drafts import (
    draft_questions,
)
from .evaluation.evaluation import (
    Progress,
    evaluate,
)
from .evaluation.exports import (
    cause_text,
    comparison_markdown,
    figure_names,
    figure_text,
    interval_text,
    results_csv,
    results_markdown,
)
from .evaluation.journal import (
    journal_folder,
)
from .evaluation.measurement import (
    Measurement,
    Setting,
    open_index,
    open_paragraphs,
)
from .evaluation.question_files import (
    example_questions,
    read_question_set,
    write_question_set,
)
from .evaluation.question_sets import (
    Evidence,
    Question,
    QuestionSet,
)
from .evaluation.report import (
    comparison_html,
    results_html,
)
from .evaluation.results import (
    Results,
    read_results,
)
from .evaluation.squad_sets import (
    on_contexts_of,
)
from .evaluation.sweep import (
    Sweep,
    grid_of,
    sweep_settings,
)
from .evaluation.systems import (
    AssistantSystem,
    DocumentTexts,
    Found,
    Prediction,
    SearchSystem,
    System,
    SystemReply,
)
from .readers import (
    Candidate,
    Reader,
    load_reader,
)
from .records import (
    answer_record,
    hit_record,
    passage_record,
    reply_record,
)

__all__ = [
    "LONGEST_QUESTION",
    "Answer",
    "Assistant",
    "AssistantSystem",
    "Candidate",
    "Citation",
    "Comparison",
    "DocumentTexts",
    "Evidence",
    "Found",
    "Measurement",
    "Past",
    "Prediction",
    "Progress",
    "Question",
    "QuestionSet",
    "Reader",
    "Reply",
    "Results",
    "SearchSystem",
    "Setting",
    "StandAlone",
    "Sweep",
    "System",
    "SystemReply",
    "answer_record",
    "cause_text",
    "clean_question",
    "compare_results",
    "comparison_html",
    "comparison_markdown",
    "differing_settings",
    "draft_questions",
    "evaluate",
    "example_questions",
    "falls_short",
    "figure_names",
    "figure_text",
    "grid_of",
    "hit_record",
    "interval_text",
    "journal_folder",
    "load_reader",
    "on_contexts_of",
    "open_index",
    "open_paragraphs",
    "parse_demands",
    "passage_record",
    "read_question_set",
    "read_results",
    "reply_record",
    "results_csv",
    "results_html",
    "results_markdown",
    "stand_alone",
    "statement",
    "sweep_settings",
    "write_question_set",
]
