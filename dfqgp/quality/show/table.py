"""The findings as a table of the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from dfqgp.quality.show.rows import NOTED, NOTICED, REFUSED, rows_of, silent, summary, unmeasured

if TYPE_CHECKING:
    from dfqgp.quality.report import Report
    from dfqgp.quality.settings import QualitySettings

_STYLES = {REFUSED: "bold red", NOTICED: "yellow", NOTED: ""}


def table_of(report: Report, settings: QualitySettings) -> Table:
    """Return a table with a line for each finding; what counted nothing is named below it.

    Examples
    --------
    >>> from dfqgp.quality import Finding, QualitySettings, Report
    >>> report = Report("example", 4000, 200, 20, ("2024-01-02",), (Finding("zero_volume", 0.25, 1000, 4000),))
    >>> table_of(report, QualitySettings()).row_count
    1
    """
    table = Table(title=summary(report), title_justify="left", caption=_caption(report), caption_justify="left")
    for name in ("state", "finding", "what", "number", "limit", "places", "first example"):
        table.add_column(name, overflow="fold")
    for row in rows_of(report, settings):
        first = row.examples[0] if row.examples else ""
        cells = (row.state, row.name, row.words, row.measure.split()[0], row.limit, row.count, first)
        table.add_row(*cells, style=_STYLES[row.state])
    return table


def _caption(report: Report) -> str:
    parts = [f"Measured and silent: {', '.join(silent(report)) or 'none'}."]
    if unmeasured(report):
        parts.append(f"Not measured, for lack of columns or days: {', '.join(unmeasured(report))}.")
    if report.defaults:
        parts.append(f"Columns that the table lacks: {', '.join(report.defaults)}.")
    changed = [("dropped", report.dropped), ("repaired", report.repaired)]
    parts += [f"Rows {what}: {reason} {count:,}." for what, counts in changed for reason, count in counts.items()]
    return "\n".join(parts)
