"""From a table and its panel to a report.

1. every measure of the table's rows looks at a sample, then at all traded rows in blocks of stocks (blocks, table);
2. the measures of the panel's cells look at its masks, groups and fields (cells);
3. the findings are put into the order of the catalogue.

Limits play no part here: they are applied when the report is judged, so that changing one needs no new report.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from dfqgp.market import label_legs
from dfqgp.quality.blocks import Axes, blocks_of, sample_of
from dfqgp.quality.cells import field_findings, member_findings, members_a_day, missing_shares
from dfqgp.quality.leaks import leak_findings
from dfqgp.quality.report import Example, Finding, Leg, Report
from dfqgp.quality.table import MEASURES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from dfqgp.frames import Columns
    from dfqgp.market import LabelSettings
    from dfqgp.panel import Panel
    from dfqgp.quality.table import Measure

_DIGITS = 6
_WITHOUT = "has no label"  # as label_legs says it
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
        What the data contract did, see :class:`dfqgp.sources.contract.table.Table`.

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
    report = Report(
        where=where,
        rows=len(columns.days),
        days=panel.shape[0],
        stocks=panel.shape[1],
        dates=tuple(str(day) for day in panel.dates),
        findings=(),
        series={name: _short(values) for name, values in (series | {"members": members_a_day(panel)}).items()},
        shares={name: _short(_thinned(values)) for name, values in shares.items()},
        missing={name: round(value, _DIGITS) for name, value in missing.items()},
        defaults=tuple(defaults),
        dropped=dict(dropped or {}),
        repaired=dict(repaired or {}),
    )
    return report.plus(found)


def with_leaks(report: Report, panel: Panel) -> Report:
    """Return the report with what the panel's fields know of later returns.

    Parameters
    ----------
    report : Report
        Of the whole panel.
    panel : Panel
        Rows before the sealed holdout: no later row may decide what is reported of returns.
    """
    findings, correlations = leak_findings(panel)
    return replace(report.plus(findings), correlations=correlations)


def with_legs(report: Report, panel: Panel, label: LabelSettings) -> Report:
    """Return the report with how many legs of the labels nobody could have traded, by reason.

    Parameters
    ----------
    report : Report
        Of the whole panel.
    panel : Panel
        Rows before the sealed holdout; without the label's price there is nothing to count.
    label : LabelSettings
        Entry, exit and horizon.
    """
    if label.entry not in panel.fields:
        return report
    counts = label_legs(panel, label)
    lost = counts.members - counts.labelled
    worst = sorted((each for each in counts.reasons() if each.effect == _WITHOUT), key=lambda each: -each.legs)
    examples = tuple(Example("", "", f"{each.reason}: {each.legs:,}") for each in worst if each.legs)
    finding = Finding("lost_legs", counts.share(lost), lost, counts.members, examples=examples)
    return replace(report.plus([finding]), legs=tuple(Leg(*each) for each in counts.reasons()))


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
