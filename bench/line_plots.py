"""Lines over two logarithmic axes as SVG."""

from __future__ import annotations

import math
from html import escape

WIDTH, HEIGHT = 560, 340
LEFT, RIGHT, TOP, BOTTOM = 60, 130, 36, 40
COLOURS = ("#b3261e", "#444444", "#1f6f8b", "#7a5195", "#3f7d20", "#c77700")

Line = list[tuple[float, float]]


def line_plot(title: str, lines: dict[str, Line]) -> str:
    """One line a name; x is passages."""
    xs = [x for line in lines.values() for x, _ in line]
    ys = [y for line in lines.values() for _, y in line]
    x_ends, y_ends = _decades(xs), _decades(ys)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="20" font-size="14">{escape(title)}</text>',
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 6}" text-anchor="end">passages</text>',
    ]
    for power in range(x_ends[0], x_ends[1] + 1):
        at = _place(10.0**power, x_ends, LEFT, WIDTH - RIGHT)
        parts.append(f'<path d="M{at:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#dddddd"/>')
        parts.append(
            f'<text x="{at:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{10**power:,}</text>'
        )
    for power in range(y_ends[0], y_ends[1] + 1):
        at = _place(10.0**power, y_ends, HEIGHT - BOTTOM, TOP)
        parts.append(f'<path d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}" stroke="#dddddd"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{10.0**power:,g}</text>')
    for number, (name, line) in enumerate(lines.items()):
        colour = COLOURS[number % len(COLOURS)]
        points = [
            (_place(x, x_ends, LEFT, WIDTH - RIGHT), _place(y, y_ends, HEIGHT - BOTTOM, TOP)) for x, y in line
        ]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
        parts.append(
            f'<text x="{WIDTH - RIGHT + 8}" y="{TOP + 14 + 18 * number}" fill="{colour}">{escape(name)}</text>'
        )
    return "\n".join([*parts, "</svg>\n"])


def _decades(values: list[float]) -> tuple[int, int]:
    """Powers of ten around positive values."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def _place(value: float, ends: tuple[int, int], first: float, last: float) -> float:
    return first + (math.log10(value) - ends[0]) / (ends[1] - ends[0]) * (last - first)
