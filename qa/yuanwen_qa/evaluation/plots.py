"""Plots as inline SVG: no library, no network, labels in both languages of the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from .report_words import WORDS

__all__ = ["Series", "bar_plot", "line_plot"]

WIDTH, HEIGHT = 360, 250
LEFT, RIGHT, TOP, BOTTOM = 48, 12, 12, 44
MOST_POINTS = 300

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Series:
    """Points in the plot's units; ``dotted`` for a line to compare with, ``marks`` to show each point."""

    points: Sequence[Point]
    dotted: bool = False
    marks: bool = False


def line_plot(
    name: str, series: Sequence[Series], x_range: Point, y_range: Point, *, x_steps: int = 4
) -> str:
    """Lines over two axes; ``name`` finds title and axis labels among the report's words."""
    scale = _Scale(x_range, y_range, x_steps)
    return _frame(name, scale, "".join(_line(one, scale) for one in series))


def bar_plot(name: str, values: Sequence[float], bins: int = 20) -> str:
    """How many values fall into each of ``bins`` equal parts between 0 and the largest."""
    most = max(values, default=1.0) or 1.0
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, int(value / most * bins))] += 1
    scale = _Scale((0.0, most), (0.0, float(max(counts))))
    step = most / bins
    bars = [
        _rectangle(scale.x(place * step), scale.y(count), scale.x((place + 1) * step) - 1, scale.y(0.0))
        for place, count in enumerate(counts)
        if count
    ]
    return _frame(name, scale, "".join(bars))


@dataclass(frozen=True, slots=True)
class _Scale:
    x_range: Point
    y_range: Point
    x_steps: int = 4

    def x(self, value: float) -> float:
        low, high = self.x_range
        return LEFT + (value - low) / ((high - low) or 1.0) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        low, high = self.y_range
        return HEIGHT - BOTTOM - (value - low) / ((high - low) or 1.0) * (HEIGHT - TOP - BOTTOM)


def _line(series: Series, scale: _Scale) -> str:
    step = max(1, len(series.points) // MOST_POINTS)
    kept = [*series.points[::step], *series.points[-1:]]
    places = [(scale.x(x), scale.y(y)) for x, y in kept]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    kind = "dotted" if series.dotted else "line"
    marks = "".join(
        f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in places if series.marks
    )
    return f'<polyline class="{kind}" points="{path}"/>{marks}'


def _rectangle(left: float, top: float, right: float, bottom: float) -> str:
    size = f'width="{max(1.0, right - left):.1f}" height="{bottom - top:.1f}"'
    return f'<rect class="bar" x="{left:.1f}" y="{top:.1f}" {size}/>'


def _frame(name: str, scale: _Scale, inside: str) -> str:
    ticks = "".join(_ticks(scale))
    x_label = _label(f"{name}_x", f'x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle"')
    turned = f'transform="translate(12 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle"'
    chinese, english = (escape(text) for text in WORDS[name])
    return (
        f'<figure><figcaption><span class="zh">{chinese}</span><span class="en">{english}</span></figcaption>'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{english}">'
        f"{ticks}{inside}{x_label}{_label(f'{name}_y', turned)}</svg></figure>"
    )


def _ticks(scale: _Scale) -> list[str]:
    parts = []
    for y in _steps(scale.y_range, 4):
        up = f"{scale.y(y):.1f}"
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{up}" y2="{up}"/>')
        parts.append(f'<text x="{LEFT - 5}" y="{up}" dy="4" text-anchor="end">{_number(y)}</text>')
    for x in _steps(scale.x_range, scale.x_steps):
        at = f'x="{scale.x(x):.1f}" y="{HEIGHT - BOTTOM + 15}"'
        parts.append(f'<text {at} text-anchor="middle">{_number(x)}</text>')
    return parts


def _steps(ends: Point, count: int) -> list[float]:
    return [ends[0] + (ends[1] - ends[0]) * step / count for step in range(count + 1)]


def _label(name: str, place: str) -> str:
    chinese, english = WORDS[name]
    return (
        f'<text class="axis zh" {place}>{escape(chinese)}</text>'
        f'<text class="axis en" {place}>{escape(english)}</text>'
    )


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.2f}".rstrip("0").rstrip(".") or "0"
