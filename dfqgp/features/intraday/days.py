"""The daily result of a day's bars, as a table."""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from dfqgp.errors import PanelError
from dfqgp.features.intraday.clean import COUNTED, EMPTY, clean
from dfqgp.features.intraday.columns import needed, tell_default, typed
from dfqgp.features.intraday.spec import INTRADAY, IntradayRegistry, columns_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from dfqgp.features.intraday.day import Day
    from dfqgp.features.intraday.settings import IntradaySettings
    from dfqgp.features.intraday.spec import Builder
    from dfqgp.panel import ArrowTable

logger = logging.getLogger(__name__)

BARS = "bars"
"""Column of the daily result with the number of bars with trades; it is no feature."""


def day_table(
    bars: pa.Table, day: np.datetime64, settings: IntradaySettings, where: str, registry: IntradayRegistry = INTRADAY
) -> tuple[pa.Table, dict[str, int]]:
    """Return the daily result of one day and what was left out.

    Parameters
    ----------
    bars : pyarrow.Table
        All bars of the day, as :func:`dfqgp.features.intraday.columns.typed` gives them.
    day : datetime64[D]
        The day.
    settings : IntradaySettings
        How bars are judged.
    where : str
        What the table is, for messages.
    registry : IntradayRegistry
        Features to compute; those that need daily fields are left out.

    Returns
    -------
    table : pyarrow.Table
        ``date``, ``code``, ``bars`` and one float32 column per feature, sorted by code. NaN where a stock has too few
        bars, or the value is not finite.
    counts : dict of str to int
        Bars and days of stocks by the reason for which they were left out.

    Raises
    ------
    DataContractError
        If the bars break the contract.
    """
    cleaned = clean(bars, settings, where)
    found, features = cleaned.day, registry.of_bars()
    columns: dict[str, object] = {
        "date": pa.array(np.full(0 if found is None else len(found.codes), day)),
        "code": pa.array([] if found is None else found.codes.tolist(), type=pa.string()),
        BARS: pa.array([] if found is None else found.counts, type=pa.int32()),
    }
    for feature in features:
        least = max(feature.least, settings.least_bars())
        values = np.empty(0, dtype=np.float32) if found is None else _values(feature.build, found, least)
        columns[feature.name] = pa.array(values, type=pa.float32())
    return pa.table(columns), cleaned.counts


def days_of_frame(
    frame: ArrowTable, settings: IntradaySettings, where: str
) -> Iterator[tuple[np.datetime64, pa.Table]]:
    """Yield (day, bars) of a table in memory, in time order.

    Raises
    ------
    PanelError
        If the frame is no table.
    DataContractError
        If a column is missing or not of its type.
    """
    if not hasattr(frame, "__arrow_c_stream__"):
        expected = "a pandas or polars DataFrame, a pyarrow.Table or a path of Parquet files"
        raise PanelError(what="the bars", got=f"a {type(frame).__name__}", expected=expected, remedy="convert it")
    table = pa.table(frame)
    if "amount" not in needed(table.column_names, settings, where):
        tell_default(where)
    yield from split_days(typed(table, settings, where))


def split_days(bars: pa.Table) -> Iterator[tuple[np.datetime64, pa.Table]]:
    """Yield (day, bars of it) in time order; the tables of several days share no memory with the whole."""
    days = bars.column("time").to_numpy().astype("datetime64[D]")
    different = np.unique(days)
    for day in different:
        yield day, bars if len(different) == 1 else bars.filter(pa.array(days == day)).combine_chunks()


def daily_frame(days: Iterator[tuple[np.datetime64, pa.Table]], settings: IntradaySettings, where: str) -> pd.DataFrame:
    """Return the daily results of all days in one frame, sorted by (date, code), and log what was left out."""
    tables, left_out = [], Counter[str]()
    columns = ["date", "code", BARS, *columns_for(settings.chosen())]
    for day, bars in days:
        table, counts = day_table(bars, day, settings, f"{where}, {day}")
        tables.append(table.select(columns))
        left_out.update(counts)
    report(left_out, where)
    frame = pa.concat_tables(tables).to_pandas() if tables else pd.DataFrame(columns=columns)
    return frame.astype({"date": "datetime64[us]"})


def report(left_out: Mapping[str, int], where: str) -> None:
    """Log what was left out, in one line."""
    found = [name for name in COUNTED if left_out.get(name)]
    if found:
        level = logging.INFO if found == [EMPTY] else logging.WARNING  # minutes without trades are usual
        logger.log(level, "%s: left out %s", where, ", ".join(f"{left_out[name]} {name}" for name in found))


def _values(build: Builder, day: Day, least: int) -> NDArray[np.float32]:
    with np.errstate(all="ignore"):
        values = np.asarray(build(day), dtype=np.float32)
    values[~np.isfinite(values) | (day.counts < least)] = np.nan
    return values
