from __future__ import annotations

import re
from xml.etree import ElementTree

from yuanwen_qa.evaluation.plots import HEIGHT, WIDTH, Series, bar_plot, line_plot


def numbers(svg: str, name: str) -> list[float]:
    return [float(value) for value in re.findall(rf' {name}="(-?[\d.]+)"', svg)]


def test_a_plot_is_well_formed_and_stays_in_its_frame() -> None:
    plot = line_plot("plot_risk", [Series([(0, 0), (0.5, 1), (1, 0.5)], marks=True)], (0, 1), (0, 1))
    ElementTree.fromstring(plot)
    assert all(0 <= x <= WIDTH for x in numbers(plot, "cx"))
    assert all(0 <= y <= HEIGHT for y in numbers(plot, "cy"))


def test_higher_values_stand_higher() -> None:
    plot = line_plot("plot_risk", [Series([(0, 0), (1, 1)], marks=True)], (0, 1), (0, 1))
    first, *_, last = numbers(plot, "cy")
    assert last < first


def test_both_languages_are_in_the_plot() -> None:
    plot = line_plot("plot_recall", [Series([(1, 0.5), (10, 1)])], (1, 10), (0, 1), x_steps=9)
    assert "前 k 段召回率" in plot
    assert "Recall by k" in plot


def test_bars_count_every_value() -> None:
    plot = bar_plot("plot_latency", [1.0, 1.1, 9.9, 10.0])
    ElementTree.fromstring(plot)
    assert len(re.findall('class="bar"', plot)) == 2
    ElementTree.fromstring(bar_plot("plot_latency", [0.0]))


def test_a_long_line_is_thinned_and_keeps_its_ends() -> None:
    plot = line_plot("plot_risk", [Series([(n / 5000, 0.5) for n in range(5001)])], (0, 1), (0, 1))
    points = re.findall(r'points="([^"]+)"', plot)[0].split()
    assert len(points) < 700
    assert points[-1].startswith(f"{WIDTH - 12}.0,")
