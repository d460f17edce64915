"""What a newer panel says otherwise of cells that an older one had already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.quality.report import Example, Finding
from dfqgp.quality.table.base import share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from dfqgp.panel import Panel

TOLERANCE = 1e-6
"""Relative difference from which on a cell is restated."""

_DAYS = 250  # days of a block


def restatement_findings(older: Panel, newer: Panel) -> Iterator[Finding]:
    """Yield for every field that both panels have how many of the common cells differ.

    Parameters
    ----------
    older, newer : Panel
        Built of the same settings at two times. Only cells of (date, code) that both have values for are compared.
    """
    rows = np.intersect1d(older.dates, newer.dates, return_indices=True)[1:]
    columns = np.intersect1d(older.codes, newer.codes, return_indices=True)[1:]
    for name in newer.fields:
        if name in older.fields:
            yield _finding(name, older, newer, rows, columns)


def _finding(
    name: str,
    older: Panel,
    newer: Panel,
    rows: tuple[NDArray[np.int64], NDArray[np.int64]],
    columns: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> Finding:
    cells = 0
    by_day = np.zeros(len(rows[0]), dtype=np.int64)
    for start in range(0, len(rows[0]), _DAYS):
        part = slice(start, start + _DAYS)
        was, now = (
            panel.field(name)[np.ix_(mine[part], those)].astype(np.float64)
            for panel, mine, those in ((older, rows[0], columns[0]), (newer, rows[1], columns[1]))
        )
        both = np.isfinite(was) & np.isfinite(now)
        cells += int(both.sum())
        apart = both & (np.abs(now - was) > TOLERANCE * np.maximum(np.abs(was), np.abs(now)))
        by_day[part] = apart.sum(axis=1)
    count, found = int(by_day.sum()), np.flatnonzero(by_day)
    days = newer.dates[rows[1][found]]
    ends = [(days[0], "first day"), (days[-1], "last day")] if found.size else []
    examples = tuple(Example(str(day), "", words) for day, words in ends)
    return Finding("restatements", share(count, cells), count, cells, examples=examples, subject=name)
