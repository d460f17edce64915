"""A table in memory, measured: what ``Panel.from_frame`` refuses by, and the report that a notebook shows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from dfqgp.dataset.measured import before_holdout, measured_panel
from dfqgp.features import assemble
from dfqgp.market import UniverseSettings
from dfqgp.quality import Finding, QualitySettings, Report, apply_limits, over_limit, with_leaks
from dfqgp.quality.show.rows import rows_of, summary
from dfqgp.sources import layouts
from dfqgp.sources.frames import to_pandas
from dfqgp.sources.layouts import LayoutSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from dfqgp.panel import ArrowTable, Panel, Quality
    from dfqgp.sources.contract import Table


class DataReport:
    """What a table shows, for a notebook: a table where it is displayed, and a page with charts.

    Parameters
    ----------
    report : Report
        What was measured.
    settings : QualitySettings
        Limits that it is compared with.
    """

    def __init__(self, report: Report, settings: QualitySettings) -> None:
        self.report, self.settings = report, settings

    @property
    def refused(self) -> list[Finding]:
        """Findings above their limit; without one, ``Panel.from_frame`` takes the table."""
        return over_limit(self.report, self.settings)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each finding that counts anything: state, what, number, limit, places, examples."""
        rows = [vars(row) | {"examples": "; ".join(row.examples)} for row in rows_of(self.report, self.settings)]
        columns = ["state", "name", "words", "measure", "limit", "count", "examples"]
        return pd.DataFrame(rows, columns=columns).set_index("name")

    def write(self, path: str | Path) -> None:
        """Write the report as one HTML file with charts."""
        from dfqgp.quality.show import write_page  # noqa: PLC0415 - it imports matplotlib

        write_page(Path(path), self.report, self.settings)

    def __repr__(self) -> str:
        return f"{summary(self.report)}\n{self.to_frame().drop(columns='words').to_string()}"

    def _repr_html_(self) -> str:
        from dfqgp.quality.show.page import body_of  # noqa: PLC0415 - it imports matplotlib

        return body_of(self.report, self.settings)


def check_table(
    frame: ArrowTable,
    *,
    features: Sequence[str] = (),
    units: Mapping[str, Any] | None = None,
    calendar: NDArray[np.datetime64] | None = None,
    min_listed_days: int = 0,
    exclude_st: bool = True,
    limits: Mapping[str, float | None] | None = None,
    **treatment: Any,  # noqa: ANN401 - checked by the record
) -> DataReport:
    """Measure a long table: coverage, jumps, factors, units, fields that know the future, and more.

    Parameters
    ----------
    frame, features, units, calendar, min_listed_days, exclude_st
        As for ``Panel.from_frame``.
    limits : mapping of str to float or None, optional
        Largest number of findings that is accepted, see docs/quality.md; None accepts any.
    **treatment
        ``layout``, ``timezone``, ``amount``, ``on_bad``, ``bad_limit`` and ``prices``, as for ``Panel.from_frame``.

    Returns
    -------
    DataReport
        ``refused`` are the findings for which ``Panel.from_frame`` would raise. Later returns are looked at in the
        first four fifths of the days only.

    Raises
    ------
    DataContractError
        With counts and examples of every violation.
    ConfigError
        If a limit is negative or of no finding, or a treatment is none of those that there are.
    PanelError
        If the frame is no table.

    Examples
    --------
    >>> import dfqgp as dq
    >>> from dfqgp.sources import SyntheticSettings, open_source
    >>> market = open_source(SyntheticSettings(assets=40, days=120)).load().frame
    >>> dq.check_table(market).refused
    []
    >>> [found.name for found in dq.check_table(market.assign(turnover=market["turnover"] * 100)).refused]
    ['turnover_level', 'turnover_high']
    """
    settings = _settings(limits or {})
    where = "check_table"
    reading = LayoutSettings(features=tuple(features), units=dict(units or {}), **treatment)
    table = layouts.check_table(layouts.to_ours(where, to_pandas(frame), reading), reading, where)
    universe = UniverseSettings(min_listed_days=min_listed_days, exclude_st=exclude_st)
    return DataReport(_measured(table, where, universe, calendar)[1], settings)


def panel_of(
    table: Table, universe: UniverseSettings, calendar: NDArray[np.datetime64] | None, quality: Quality
) -> Panel:
    """Return the panel of a checked table, measured as ``Panel.from_frame`` is told to; raises DataQualityError."""
    if quality == "off":
        return assemble(table.columns, units=table.units, calendar=calendar, universe=universe)
    settings = _settings(quality)
    panel, report = _measured(table, "Panel.from_frame", universe, calendar)
    apply_limits(report, settings)
    return panel


def _measured(
    table: Table, where: str, universe: UniverseSettings, calendar: NDArray[np.datetime64] | None
) -> tuple[Panel, Report]:
    panel, report = measured_panel(table, where=where, universe=universe, calendar=calendar)
    return panel, with_leaks(report, before_holdout(panel))


def _settings(quality: Quality) -> QualitySettings:
    if isinstance(quality, Mapping):
        return QualitySettings(limits=dict(quality))
    given: Any = quality  # a text that is neither is named by the record
    return QualitySettings(action=given)
