"""Minute bars in a notebook: their daily features as a table, and as fields of a panel."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from dfqgp.errors import ConfigError, DataContractError
from dfqgp.features.intraday import (
    INTRADAY,
    IntradaySettings,
    columns_for,
    daily_frame,
    days_of_files,
    days_of_frame,
    join,
)
from dfqgp.panel import Panel, need_panel
from dfqgp.records import build

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from dfqgp.panel import ArrowTable


def intraday(bars: ArrowTable | str | os.PathLike[str], **settings: Any) -> pd.DataFrame:  # noqa: ANN401
    """Return the daily features of minute bars, one row per (date, code).

    Parameters
    ----------
    bars : str, Path, pandas or polars DataFrame, pyarrow.Table, or any object with ``__arrow_c_stream__``
        One row per (time, code) with raw ``open``, ``high``, ``low``, ``close``, ``volume`` (shares) and ``amount``
        (currency), in any order. A path is a Parquet file, a folder of them or a glob pattern; it is read a day at a
        time.
    **settings
        Keys of ``conf/intraday/default.yaml``, such as ``columns``, ``scales``, ``stamp``, ``sessions``, ``on_bad``.

    Returns
    -------
    pandas.DataFrame
        ``date``, ``code``, ``bars`` (bars with trades) and the features that need nothing else, float32, sorted by
        (date, code). NaN where a stock has too few bars that day or the value is not finite. docs/intraday.md defines
        each feature; :func:`with_intraday` makes fields of a panel of them.

    Raises
    ------
    DataContractError
        With counts and examples of every kind of violation.
    SourceError
        If files cannot be read a day at a time.
    ConfigError
        For an unknown setting or a value that cannot be.
    PanelError
        If the bars are no table.

    Examples
    --------
    >>> from dfqgp.sources.synthetic import SyntheticSettings, make_market, make_minutes
    >>> bars = next(make_minutes(make_market(SyntheticSettings(assets=20, days=30))))
    >>> daily = intraday(bars, features=["realized_volatility", "up_volume_share"])
    >>> daily.columns.tolist()
    ['date', 'code', 'bars', 'realized_volatility', 'up_volume_share']
    """
    chosen = build(IntradaySettings, {**settings, **_place(bars)}, name="intraday", error=ConfigError)
    days = days_of_files(chosen) if chosen.path else days_of_frame(bars, chosen, "dfqgp.intraday")  # type: ignore[arg-type]
    return daily_frame(days, chosen, "dfqgp.intraday")


def with_intraday(panel: Panel, daily: pd.DataFrame, features: Sequence[str] = ()) -> Panel:
    """Return a panel with the daily features of minute bars as further fields.

    Parameters
    ----------
    panel : Panel
        T dates, N assets.
    daily : pandas.DataFrame
        What :func:`intraday` gives.
    features : sequence of str
        Features to take; by default those whose columns the table has.

    Returns
    -------
    Panel
        NaN where the bars have no such day or stock, and where the panel has no close (suspended or not listed).

    Raises
    ------
    FeatureError
        If a feature is not declared, its name is taken, or the panel lacks a daily field that it needs.
    DataContractError
        If the table lacks a column, or a (date, code) stands twice.
    PanelError
        If table and panel have no day or no stock in common.

    Examples
    --------
    >>> import dfqgp as dq
    >>> import pandas as pd
    >>> from dfqgp.sources.synthetic import SyntheticSettings, make_market, make_minutes
    >>> market = make_market(SyntheticSettings(assets=20, days=30))
    >>> daily = dq.intraday(pd.concat(make_minutes(market)))
    >>> panel = dq.with_intraday(dq.Panel.from_frame(market), daily)
    >>> panel.units["price_impact"], panel.units["overnight_minus_intraday"]
    ('currency^-1', 'ratio')
    """
    need_panel(panel)
    names = list(features) or [each.name for each in INTRADAY if set(columns_for([each.name])) <= set(daily.columns)]
    columns = columns_for(names)
    missing = [f"missing column '{name}'" for name in ("date", "code", *columns) if name not in daily.columns]
    if not missing and daily.duplicated(["date", "code"]).any():
        missing = ["duplicate (date, code)"]
    if missing:
        report = "\n".join(f"  - {each}" for each in missing)
        raise DataContractError(where="dfqgp.with_intraday", count=len(missing), report=report)
    return join(panel, _days(daily, columns), names)


def _place(bars: object) -> dict[str, str]:
    return {"path": os.fspath(bars)} if isinstance(bars, str | os.PathLike) else {}


def _days(daily: pd.DataFrame, columns: list[str]) -> Iterator[tuple[np.datetime64, pa.Table]]:
    dates = daily["date"].to_numpy().astype("datetime64[D]")
    for date in np.unique(dates):
        rows = daily[dates == date]
        table = pa.table({"code": rows["code"].astype(str), **{name: rows[name].astype("float32") for name in columns}})
        yield date, table
