"""Evaluations on a terminal: figures, causes, breakdowns, settings tried, comparisons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from yuanwen_qa import (
    Comparison,
    Sweep,
    cause_text,
    differing_settings,
    figure_names,
    figure_text,
    interval_text,
    statement,
)

from .terminal import inert

__all__ = ["print_comparison", "print_results", "print_sweep"]

_GROUP_FIGURES = ("n", "exact_match", "char_f1", "recall@1", "recall@5", "answer_sentence")
_MOST_TURNS = 10


def print_results(console: Console, record: Mapping[str, Any]) -> None:
    """The causes first, for they tell what to mend; then figures with intervals, then breakdowns."""
    settings = ", ".join(
        f"{name} {value}" for name, value in record["settings"].items() if name != "fingerprint"
    )
    console.print(
        Text(inert(f"{record['set']}: {record['n']} questions, {record['answerable']} answerable"), "bold")
    )
    console.print(Text(inert(settings), "dim"))
    if record["causes"]:
        _print_table(
            console,
            ("cause of a wrong answer", "questions"),
            [(cause_text(name), str(count)) for name, count in record["causes"].items()],
        )
    rows = [(name, figure_text(record, name), interval_text(record, name)) for name in figure_names(record)]
    _print_table(console, ("measure", "value", "95 % interval"), rows)
    for name, groups in record["by"].items():
        known = [figure for figure in _GROUP_FIGURES if figure == "n" or record.get(figure) is not None]
        grouped = [
            (key or "-", *(figure_text(one, figure) for figure in known)) for key, one in groups.items()
        ]
        _print_table(console, (name, *known), grouped)


def print_sweep(console: Console, sweep: Sweep) -> None:
    """Every setting with its figure, and what choosing one means for the figures."""
    rows = [
        (
            trial.setting.mode,
            str(trial.setting.depth),
            "-" if trial.setting.threshold is None else f"{trial.setting.threshold:g}",
            "-" if trial.figure is None else f"{trial.figure:.4f}",
            "best" if trial is sweep.best else "",
        )
        for trial in sweep.trials
    ]
    _print_table(console, ("mode", "k", "threshold", sweep.measure, ""), rows)
    if sweep.held_out:
        console.print("The setting was chosen on one part of the questions; what follows is about the rest.")
    else:
        console.print(
            Text(
                "The setting was chosen on these very questions: they are no longer a test set, and its "
                "figures are too good. Keep a part aside with --tune, or use another set.",
                "yellow",
            )
        )


def print_comparison(console: Console, comparison: Comparison) -> None:
    """What was compared, what is better and by how much, and some of the questions won and lost."""
    console.print(f"{comparison.questions} questions in common, {comparison.left_out} left out")
    rows = [
        (name, *(str(one.get(name, "-")) for one in comparison.settings))
        for name in differing_settings(comparison)
    ]
    if rows:
        _print_table(console, ("setting", *comparison.names), rows)
    for pair in comparison.pairs:
        console.print(Text(inert(f"{pair.name} against {comparison.names[0]}"), "bold"))
        for word, style, changes in (("better", "green", pair.better), ("worse", "red", pair.worse)):
            listed = ", ".join(f"{one.measure} {one.difference.mean:+.3f}" for one in changes)
            console.print(Text(f"  significantly {word}: {listed or 'nothing'}", style), soft_wrap=True)
        for change in pair.changes:
            style = (
                "" if not change.difference.significant else "green" if change.difference.mean > 0 else "red"
            )
            console.print(Text(f"  {statement(change)}", style), soft_wrap=True)
        for word, turns in (("won", pair.won), ("lost", pair.lost)):
            console.print(Text(f"  {len(turns)} questions {word}" + (":" if turns else "")))
            for one, other in turns[:_MOST_TURNS]:
                said = f"{_said(one.prediction, one.rank)} -> {_said(other.prediction, other.rank)}"
                console.print(Text(inert(f"    {one.id}  {one.question}  {said}")), soft_wrap=True)
            if len(turns) > _MOST_TURNS:
                console.print(f"    and {len(turns) - _MOST_TURNS} more; write them all with --out FILE.html")


def _said(prediction: str | None, rank: int | None) -> str:
    return prediction if prediction is not None else f"rank {rank}" if rank else "nothing"


def _print_table(console: Console, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for number, name in enumerate(header):
        table.add_column(Text(inert(name)), justify="left" if number == 0 else "right", overflow="fold")
    for row in rows:
        table.add_row(*(Text(inert(cell)) for cell in row))
    console.print(table)
    console.print()
