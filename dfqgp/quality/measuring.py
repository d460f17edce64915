"""From a table and its panel to a report.

1. every measure of the table's rows looks at a sample, then at all traded rows in blocks of stocks (blocks, table);
2. the measures of the panel's cells look at its masks, groups and fields (cells);
3. the findings are put into the order of the catalogue.

Limits play no part here: they are applied when the report is judged, so that changing one needs no new report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dfqgp.quality.blocks import Axes, blocks_of, sample_of
from dfqgp.quality.catalogue import CATALOGUE
from dfqgp.quality.cells import field_findings, member_findings, members_a_day, missing_shares
from dfqgp.quality.report import Report
from dfqgp.quality.table import MEASURES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from dfqgp.frames import Columns
    from dfqgp.panel import Panel
    from dfqgp.quality.report import Finding
    from dfqgp.quality.table import Measure

_DIGITS = 6
_DRAWN = 400  # numbers of a list that the page draws


def measure(
    columns: Columns,
    panel: Panel,
    *,
    where: str = "table",
    defaults: Iterable[str] = (),
    dropped: Mapping[str, int] | None = None,
    repaired: Mapping[str, int] | None = None,
) -> Report:
    """Measure a table and the panel that was built of it.

    Parameters
    ----------
    columns : Columns
        Checked long table, rows in any order, on the host or on a device.
    panel : Panel
        All its days and stocks.
    where : str
        What the table is, for messages.
    defaults, dropped, repaired
        What the data contract did, see :class:`dfqgp.sources.table.Table`.

    Returns
    -------
    Report
        Of all rows. It holds no statistic of a field against later returns, so it may cover the sealed holdout.

    Examples
    --------
    >>> from dfqgp.features import assemble
    >>> from dfqgp.features.rows import columns_of
    >>> from dfqgp.sources import SyntheticSettings, open_source
    >>> columns = columns_of(open_source(SyntheticSettings(assets=20, days=90)).load().frame)
    >>> report = measure(columns, assemble(columns))
    >>> report.finding("price_jumps").count
    0
    """
    axes = Axes(panel.dates, columns.codes)
    measures = [make(axes) for make in MEASURES if set(make.needs) <= set(columns.numbers)]
    _look(measures, columns, axes)
    missing = missing_shares(panel)
    found = [finding for each in measures for finding in each.findings()]
    found += [*member_findings(panel), *field_findings(panel, missing)]
    series = {name: values for each in measures for name, values in each.series().items()}
    shares = {name: values for each in measures for name, values in each.shares().items()}
    return Report(
        where=where,
        rows=len(columns.days),
        days=panel.shape[0],
        stocks=panel.shape[1],
        dates=tuple(str(day) for day in panel.dates),
        findings=in_order(found),
        series={name: _short(values) for name, values in (series | {"members": members_a_day(panel)}).items()},
        shares={name: _short(_thinned(values)) for name, values in shares.items()},
        missing={name: round(value, _DIGITS) for name, value in missing.items()},
        defaults=tuple(defaults),
        dropped=dict(dropped or {}),
        repaired=dict(repaired or {}),
    )


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings in the order of the catalogue."""
    places = {name: place for place, name in enumerate(CATALOGUE)}
    return tuple(sorted(findings, key=lambda each: (places[each.name], each.subject)))


def _look(measures: list[Measure], columns: Columns, axes: Axes) -> None:
    sample = sample_of(columns, axes)
    for each in measures:
        each.prepare(sample)
    for block in blocks_of(columns, axes):
        for each in measures:
            each.see(block)


def _thinned(values: NDArray[Any]) -> NDArray[Any]:
    """Return at most as many numbers as a chart can show, the first and the last among them."""
    places = np.linspace(0, len(values) - 1, min(len(values), _DRAWN)).astype(int)
    thinned: NDArray[Any] = values[places]
    return thinned


def _short(values: NDArray[Any]) -> tuple[float, ...]:
    """Return few digits: a report is stored with its panel."""
    return tuple(np.round(values.astype(np.float64), _DIGITS).tolist())
