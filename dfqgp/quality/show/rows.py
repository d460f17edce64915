"""The findings of a report as rows of text, for the terminal and the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dfqgp.quality.catalogue import CATALOGUE
from dfqgp.quality.judge import is_noticed, is_over

if TYPE_CHECKING:
    from dfqgp.quality.report import Report
    from dfqgp.quality.settings import QualitySettings

REFUSED, NOTICED, NOTED = "refused", "noticed", "noted"


@dataclass(frozen=True)
class Row:
    """One finding in words.

    Parameters
    ----------
    state : str
        ``refused`` above its limit, ``noticed`` where it is worth a look, ``noted`` otherwise.
    """

    state: str
    name: str
    words: str
    measure: str
    limit: str
    count: str
    examples: tuple[str, ...]


def rows_of(report: Report, settings: QualitySettings) -> list[Row]:
    """Return a row for each finding that counts anything, those that refuse the data first."""
    rows = []
    for finding in report.findings:
        if finding.count:
            kind, limit = CATALOGUE[finding.name], settings.limit_of(finding.name)
            state = REFUSED if is_over(finding, report, settings) else NOTICED if is_noticed(finding) else NOTED
            rows.append(
                Row(
                    state,
                    f"{finding.name} {finding.subject}".strip(),
                    kind.words,
                    f"{finding.measure:.4g} {kind.measure}",
                    "none" if limit is None else f"{limit:g}",
                    f"{finding.count:,} of {finding.total:,}",
                    tuple(str(example)[1:-1] for example in finding.examples),
                )
            )
    return sorted(rows, key=lambda row: (REFUSED, NOTICED, NOTED).index(row.state))


def silent(report: Report) -> list[str]:
    """Return the names of what was measured and counted nothing."""
    counted = {finding.name for finding in report.findings if finding.count}
    return [name for name in CATALOGUE if name not in counted and any(name == f.name for f in report.findings)]


def unmeasured(report: Report) -> list[str]:
    """Return the names of what could not be measured: the table lacks the columns."""
    measured = {finding.name for finding in report.findings}
    optional = {"missing_fields", "constant_by_stock", "constant_by_day", "restatements"}  # named where they are found
    return [name for name in CATALOGUE if name not in measured | optional]


def summary(report: Report) -> str:
    """Return what was measured in one line."""
    span = f"{report.dates[0]} to {report.dates[-1]}" if report.dates else "no dates"
    return f"{report.where}: {report.rows:,} rows, {report.days:,} days ({span}), {report.stocks:,} stocks"
