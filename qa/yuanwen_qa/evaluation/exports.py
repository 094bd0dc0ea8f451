"""Results and comparisons as Markdown and CSV, for issues, chats and spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from .comparison import Comparison, Pair, differing_settings, statement
from .question_tables import safe_cell
from .report_words import WORDS

__all__ = [
    "cause_text",
    "comparison_markdown",
    "figure_names",
    "figure_text",
    "interval_text",
    "number_text",
    "results_csv",
    "results_markdown",
]

_TABLE = (
    "id",
    "question",
    "lang",
    "type",
    "difficulty",
    "answerable",
    "answers",
    "prediction",
    "confidence",
    "answered",
    "exact_match",
    "f1",
    "rank",
    "cause",
    "source",
    "start",
    "end",
    "latency_ms",
)
_BY = ("n", "exact_match", "char_f1", "recall@1", "recall@5", "answer_sentence", "citation_accuracy")
_NOT_FIGURES = {"format", "n", "answerable"}


def results_csv(record: Mapping[str, Any]) -> str:
    """One row a question; text that a spreadsheet would run as a formula is preceded by an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_TABLE)
    for question in record["questions"]:
        writer.writerow([_cell(question[name]) for name in _TABLE])
    return out.getvalue()


def results_markdown(record: Mapping[str, Any]) -> str:
    """The figures with their intervals, the causes and the breakdowns as tables."""
    lines = [
        f"# {_inert(record['set'])}",
        "",
        f"{record['n']} questions, {record['answerable']} answerable.",
        "",
    ]
    lines += [f"- {_inert(name)}: {_inert(str(value))}" for name, value in record["settings"].items()]
    lines += ["", *_rows(("measure", "value", "95 %"), _figure_rows(record))]
    if record["causes"]:
        lines += ["", "## Causes", "", *_rows(("cause", "questions"), record["causes"].items())]
    for name, groups in record["by"].items():
        rows = [(key, *(figure_text(one, figure) for figure in _BY)) for key, one in groups.items()]
        lines += ["", f"## By {name}", "", *_rows((name, *_BY), rows)]
    return "\n".join(lines) + "\n"


def comparison_markdown(comparison: Comparison) -> str:
    """The changes of every measure and the questions won and lost."""
    first = comparison.names[0]
    lines = [f"# {_inert(first)} and {', '.join(_inert(pair.name) for pair in comparison.pairs)}", ""]
    lines += [f"{comparison.questions} questions in common, {comparison.left_out} left out.", ""]
    settings = differing_settings(comparison)
    if settings:
        rows = [(name, *(str(one.get(name, "")) for one in comparison.settings)) for name in settings]
        lines += [*_rows(("setting", *comparison.names), rows), ""]
    for pair in comparison.pairs:
        lines += _pair_lines(first, pair)
    return "\n".join(lines) + "\n"


def figure_names(record: Mapping[str, Any]) -> list[str]:
    """The names of the figures of a record that have a value: ``recall@5``, ``citation.recall``."""
    names = []
    for name, value in record.items():
        if name in _NOT_FIGURES or isinstance(value, bool):
            continue
        if isinstance(value, int | float):
            names.append(name)
        elif name in {"citation", "abstention", "latency_ms"}:
            names += [f"{name}.{inner}" for inner, one in value.items() if one is not None]
    return names


def figure_text(record: Mapping[str, Any], name: str) -> str:
    """A figure as people read it: fractions as percent, times in milliseconds, nothing as a dash."""
    outer, _, inner = name.partition(".")
    value = record.get(outer)
    if inner and isinstance(value, Mapping):
        value = value.get(inner)
    return number_text(name, value)


def cause_text(cause: str) -> str:
    """A cause in words."""
    return WORDS[f"cause.{cause}"][1]


def number_text(name: str, value: float | None) -> str:
    """A value of the figure ``name`` as text."""
    if value is None:
        return "–"
    if name in {"n", "answerable"}:
        return str(value)
    if name.startswith("latency_ms"):
        return f"{value:.1f} ms"
    return f"{value:.3f}" if name in {"auroc", "aurc", "ece"} else f"{100 * value:.1f} %"


def interval_text(record: Mapping[str, Any], name: str) -> str:
    """The interval of a figure as text, "" where it has none."""
    interval = record["intervals"].get(name)
    if interval is None:
        return ""
    low, high = (number_text(name, bound) for bound in interval)
    return f"{low.removesuffix(' %').removesuffix(' ms')} – {high}"


def _figure_rows(record: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    return [(name, figure_text(record, name), interval_text(record, name)) for name in figure_names(record)]


def _pair_lines(first: str, pair: Pair) -> list[str]:
    lines = [f"## {_inert(pair.name)} against {_inert(first)}", ""]
    for word, changes in (("better", pair.better), ("worse", pair.worse)):
        listed = ", ".join(f"{one.measure} {one.difference.mean:+.3f}" for one in changes)
        lines += [f"Significantly {word}: {_inert(listed or 'nothing')}.", ""]
    lines += [f"- {_inert(statement(change))}" for change in pair.changes]
    for word, turns in (("Won", pair.won), ("Lost", pair.lost)):
        rows = [
            (one.id, one.question, " / ".join(one.answers), one.prediction or "", other.prediction or "")
            for one, other in turns
        ]
        lines += ["", f"### {word}: {len(turns)}", ""]
        if rows:
            lines += _rows(("id", "question", "accepted", first, pair.name), rows)
    return [*lines, ""]


def _rows(header: Sequence[str], rows: Any) -> list[str]:
    lines = ["| " + " | ".join(map(_inert, header)) + " |", "|" + "---|" * len(header)]
    return lines + ["| " + " | ".join(_inert(str(cell)) for cell in row) + " |" for row in rows]


def _inert(text: str) -> str:
    """Text in which Markdown finds nothing to render, on one line."""
    plain = " ".join(text.split())
    return "".join(f"\\{character}" if character in "\\`*_{}[]<>#|!~&" else character for character in plain)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return safe_cell(" | ".join(map(str, value)))
    return safe_cell(value) if isinstance(value, str) else str(value)
