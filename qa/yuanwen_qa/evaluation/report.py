"""Results and comparisons as one HTML file: opened from disk, no network, Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

from ..reading.calibration import calibration_bins, risk_coverage
from .comparison import Change, Comparison, Pair, differing_settings
from .exports import figure_names, figure_text, interval_text, number_text
from .html_pages import header, number, page, table, two, visible
from .measures import judged
from .outcomes import Outcome
from .plots import Series, bar_plot, line_plot
from .results import Results
from .sweep import Sweep

__all__ = ["comparison_html", "results_html"]

CARDS = ("exact_match", "char_f1", "recall@5", "answer_sentence", "citation_accuracy", "abstention.recall")
GROUP_FIGURES = (
    "n",
    "exact_match",
    "char_f1",
    "recall@1",
    "recall@5",
    "answer_sentence",
    "citation_accuracy",
)
FILTERS = ("outcome", "cause", "lang", "type", "difficulty")
_FILTER_WORD = {"lang": "language"}
_SHOWN = (
    "id",
    "question",
    "lang",
    "type",
    "difficulty",
    "answerable",
    "answers",
    "evidence",
    "prediction",
    "confidence",
    "answered",
    "source",
    "title",
    "start",
    "end",
    "passage",
    "marked",
    "exact_match",
    "f1",
    "rank",
    "cause",
)


def results_html(results: Results, record: Mapping[str, Any], sweep: Sweep | None = None) -> str:
    """The report of one evaluation; ``record`` is that of ``results``."""
    counts = f"{record['n']} {two('questions')}, {record['answerable']} {two('answerable')}"
    body = [
        header("report", results.name),
        f"<p>{counts}</p>{_settings(record['settings'])}",
        _sweep(sweep) if sweep else "",
        _cards(record),
        _causes(record["causes"]),
        f"<h2>{two('summary')}</h2><p class=note>{two('summary_note')}</p>",
        _figures(record),
        f"<h2>{two('plots')}</h2><div class=plots>{''.join(_plots(results.outcomes))}</div>",
        _breakdowns(record["by"]),
        _question_list(),
    ]
    questions = [{name: one[name] for name in _SHOWN} for one in record["questions"]]
    return page(results.name, "".join(body), {"questions": questions})


def comparison_html(comparison: Comparison) -> str:
    """The report of a comparison: changes, and the questions won and lost."""
    first = comparison.names[0]
    names = (first, *(pair.name for pair in comparison.pairs))
    title = " / ".join(names)
    rows = [
        [escape(name), *(escape(str(one.get(name, ""))) for one in comparison.settings)]
        for name in differing_settings(comparison)
    ]
    left_out = f", {comparison.left_out} {two('left_out')}" if comparison.left_out else ""
    body = [
        header("comparison", title),
        f"<p>{comparison.questions} {two('in_common')}{left_out}</p><h2>{two('compared')}</h2>",
        table([two("settings"), *(escape(name) for name in names)], rows),
        *(_pair(first, pair) for pair in comparison.pairs),
    ]
    return page(title, "".join(body), {})


def _settings(settings: Mapping[str, Any]) -> str:
    shown = {name: value for name, value in settings.items() if name != "fingerprint"}
    pairs = " · ".join(f"{visible(name)}: {visible(str(value))}" for name, value in shown.items())
    return f'<p class="dim">{two("settings")}: {pairs}</p>' if pairs else ""


def _cards(record: Mapping[str, Any]) -> str:
    known = [name for name in CARDS if name in figure_names(record)]
    cards = "".join(
        f'<div class="card"><small>{escape(name)}</small><b>{figure_text(record, name)}</b>'
        f"<small>{escape(interval_text(record, name))}</small><small>{two(f'm.{name}')}</small></div>"
        for name in known
    )
    return f'<div class="cards">{cards}</div>'


def _figures(record: Mapping[str, Any]) -> str:
    rows = [
        [
            escape(name),
            number(figure_text(record, name)),
            number(interval_text(record, name)),
            two(f"m.{name}"),
        ]
        for name in figure_names(record)
    ]
    return table([two("measure"), two("value"), two("interval"), two("meaning")], rows)


def _causes(causes: Mapping[str, int]) -> str:
    if not causes:
        return f"<h2>{two('causes')}</h2><p>{two('no_causes')}</p>"
    most = max(causes.values())
    rows = "".join(
        f'<button type="button" class="cause" data-cause="{cause}"><span>{two(f"cause.{cause}")}</span>'
        f'<span><i style="width:{100 * count / most:.1f}%"></i></span><span>{count}</span></button>'
        for cause, count in causes.items()
    )
    return f"<h2>{two('causes')}</h2><p class=note>{two('causes_note')}</p>{rows}"


def _plots(outcomes: Sequence[Outcome]) -> list[str]:
    plots = []
    confidence, right = judged(outcomes)
    if len(confidence):
        risk = risk_coverage(confidence, right)
        curve = [((at + 1) / len(risk), float(value)) for at, value in enumerate(risk)]
        plots.append(line_plot("plot_risk", [Series(curve)], (0.0, 1.0), (0.0, 1.0)))
        bins = [(one.confidence, one.accuracy) for one in calibration_bins(confidence, right)]
        diagonal = Series([(0.0, 0.0), (1.0, 1.0)], dotted=True)
        plots.append(
            line_plot("plot_calibration", [diagonal, Series(bins, marks=True)], (0.0, 1.0), (0.0, 1.0))
        )
    ranks = [one.rank for one in outcomes if one.answerable and one.searched]
    if ranks:
        recall = [
            (float(k), float(np.mean([rank is not None and rank <= k for rank in ranks])))
            for k in range(1, 11)
        ]
        plots.append(
            line_plot("plot_recall", [Series(recall, marks=True)], (1.0, 10.0), (0.0, 1.0), x_steps=9)
        )
    times = [one.latency_ms for one in outcomes if one.latency_ms is not None]
    return [*plots, bar_plot("plot_latency", times)] if times else plots


def _breakdowns(by: Mapping[str, Mapping[str, Any]]) -> str:
    if not by:
        return ""
    parts = [f"<h2>{two('breakdowns')}</h2>"]
    for name, groups in by.items():
        rows = [
            [visible(key) or "–", *(number(figure_text(one, figure)) for figure in GROUP_FIGURES)]
            for key, one in groups.items()
        ]
        parts.append(f"<h3>{two(f'by_{name}')}</h3>{table(['', *GROUP_FIGURES], rows)}")
    return "".join(parts)


def _sweep(sweep: Sweep) -> str:
    rows = []
    for trial in sweep.trials:
        one = trial.setting
        figure = number_text(sweep.measure, trial.figure)
        chosen = two("sweep_best") if trial is sweep.best else ""
        threshold = "" if one.threshold is None else f"{one.threshold:g}"
        rows.append([escape(one.mode), number(str(one.depth)), number(threshold), number(figure), chosen])
    note = "sweep_held_out" if sweep.held_out else "sweep_warning"
    tried = table(["mode", "k", "threshold", escape(sweep.measure), ""], rows)
    return f'<h2>{two("sweep")}</h2><p class="caution">{two(note)}</p>{tried}'


def _question_list() -> str:
    selects = "".join(
        f'<label>{two(_FILTER_WORD.get(name, name))}<select id="filter-{name}"></select></label>'
        for name in FILTERS
    )
    orders = "".join(f'<option value="{name}"></option>' for name in ("set", "confidence", "f1"))
    return (
        f"<h2>{two('questions')}</h2><noscript><p>{two('noscript')}</p></noscript>"
        f'<div class="filters"><input id="search" type="search" aria-label="search">{selects}'
        f'<label>{two("order")}<select id="order">{orders}</select></label>'
        f'<button type="button" id="reset">{two("reset")}</button><span class="dim" id="count"></span></div>'
        f'<div id="questions"></div><p><button type="button" id="more">{two("more")}</button></p>'
    )


def _pair(first: str, pair: Pair) -> str:
    rows = [_change_row(change) for change in pair.changes]
    columns = [
        two("measure"),
        two("first"),
        two("second"),
        two("difference"),
        two("interval"),
        "p",
        "",
        "n",
    ]
    parts = [
        f"<h2>{visible(pair.name)} {two('against')} {visible(first)}</h2>",
        f"<p>{_verdict('better', pair.better)} {_verdict('worse', pair.worse)}</p>",
        table(columns, rows),
    ]
    for key, turns in (("won", pair.won), ("lost", pair.lost)):
        listed = [
            [
                visible(one.question),
                visible(" / ".join(one.answers)) or "–",
                _said(one),
                _said(other),
            ]
            for one, other in turns
        ]
        parts.append(f"<h3>{two(key)}: {len(turns)}</h3>")
        if listed:
            parts.append(
                table([two("questions"), two("accepted"), visible(first), visible(pair.name)], listed)
            )
    return "".join(parts)


def _verdict(word: str, changes: Sequence[Change]) -> str:
    """The measures that are significantly better, or worse, and by how much."""
    listed = ", ".join(f"{change.measure} {100 * change.difference.mean:+.1f}" for change in changes)
    kind = "right" if word == "better" else "wrong"
    return f'<span class="{kind}">{two(word)}: {escape(listed) or two("none")}.</span>'


def _change_row(change: Change) -> list[str]:
    difference, interval = change.difference, change.difference.interval
    verdict = "no_difference"
    if difference.significant:
        verdict = "better" if difference.mean > 0 else "worse"
    kind = {"better": "right", "worse": "wrong"}.get(verdict, "dim")
    return [
        f"{escape(change.measure)}<br><small class=dim>{two(f'm.{change.measure}')}</small>",
        number(number_text(change.measure, change.first)),
        number(number_text(change.measure, change.second)),
        number(f"{100 * difference.mean:+.1f}"),
        number(f"{100 * interval.low:+.1f} – {100 * interval.high:+.1f}"),
        number("≤ 0.001" if difference.p <= 0.001 else f"{difference.p:.3f}"),
        f'<span class="{kind}">{two(verdict)}</span>',
        number(str(change.n)),
    ]


def _said(outcome: Outcome) -> str:
    if outcome.read is None:
        return f"{two('rank')}: {outcome.rank if outcome.rank else two('not_found')}"
    said = visible(outcome.prediction) if outcome.prediction else two("no_prediction")
    withheld = "" if outcome.answered else f" ({two('withheld')})"
    score = "" if outcome.f1 is None else f" <small class=dim>F1 {100 * outcome.f1:.0f}</small>"
    return f"{said}{withheld}{score}"
