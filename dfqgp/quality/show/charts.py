"""Charts of a report as SVG texts, drawn by matplotlib with the page's own fonts."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from dfqgp.quality.leaks import NOTICED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from matplotlib.axes import Axes

    from dfqgp.quality.report import Report

_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 9, "axes.spines.top": False,
    "axes.spines.right": False, "axes.titlesize": 10, "axes.titlelocation": "left", "axes.grid": True,
    "grid.alpha": 0.3, "legend.frameon": False,
}  # fmt: skip
_NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}
_WIDE, _HIGH, _BAR = 9.0, 2.2, 0.22
_BY_DAY = (
    ("Stocks a day", ("stocks trading", "members"), "stocks"),
    ("Adjusted closes that jump beyond the limits", ("unexplained jumps",), "stocks"),
    ("Stocks whose factor moves", ("factor moves",), "share of stocks"),
    ("Closes at a price limit", ("closes at the upper limit", "closes at the lower limit"), "share of stocks"),
    ("Stocks that change industry", ("industry changes",), "share of stocks"),
)


def charts_of(report: Report) -> Iterator[str]:
    """Yield the charts of a report, one SVG element each; those without data are passed over.

    Parameters
    ----------
    report : Report
        Its series are lines over the days, its shares and correlations bars by field.
    """
    with mpl.rc_context(_STYLE):
        for title, names, unit in _BY_DAY:
            lines = {name: report.series[name] for name in names if name in report.series}
            if any(np.nanmax(values, initial=0.0) > 0 for values in lines.values()):
                yield _lines(title, report.dates, lines, unit)
        for name, values in report.shares.items():
            yield _sorted(name, values)
        if report.missing:
            yield _bars("Members without a value, by field", report.missing, "share of member-days")
        if report.correlations:
            yield _bars("Rank correlation with later returns, by field", report.correlations, "mean", NOTICED)


def _lines(title: str, dates: Sequence[str], lines: Mapping[str, Sequence[float]], unit: str) -> str:
    figure, axes = _figure(title, _HIGH)
    days = np.array(dates, dtype="datetime64[D]")
    for name, values in lines.items():
        axes.plot(days, values, linewidth=0.9, label=name)
    axes.set_ylabel(unit)
    axes.set_ylim(bottom=0)
    if len(lines) > 1:
        axes.legend(loc="best")
    return _svg(figure, title)


def _sorted(name: str, values: Sequence[float]) -> str:
    title = f"{name.capitalize()}, sorted"
    figure, axes = _figure(title, _HIGH)
    axes.plot(np.linspace(0, 1, len(values)), values, linewidth=1.2)
    axes.set_xlabel("share of stocks")
    axes.set_ylabel("share of days")
    axes.set_ylim(0, 1.05)
    return _svg(figure, title)


def _bars(title: str, values: Mapping[str, float], unit: str, line: float | None = None) -> str:
    figure, axes = _figure(title, 0.8 + _BAR * len(values))
    places = np.arange(len(values))[::-1]
    axes.barh(places, np.nan_to_num(list(values.values())), height=0.7)
    axes.set_xlim(right=max(axes.get_xlim()[1], 0.01))  # a thousandth is not to look like half
    axes.set_yticks(places, list(values))
    axes.set_xlabel(unit)
    for place in () if line is None else (-line, line):
        axes.axvline(place, color="firebrick", linewidth=0.8)
    return _svg(figure, title)


def _figure(title: str, height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(_WIDE, height), layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title)
    return figure, axes


def _svg(figure: Figure, title: str) -> str:
    """Return the SVG element alone; the same report gives the same bytes."""
    buffer = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": title}):
        figure.savefig(buffer, format="svg", metadata=_NO_METADATA)
    text = buffer.getvalue()
    return text[text.index("<svg") :]
