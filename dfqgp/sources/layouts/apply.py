"""A vendor's table brought to the data contract.

1. the vendor's names and units become ours, but where the settings say otherwise (resolve, mapping);
2. codes get one form, and flags that say the opposite are turned round;
3. adjusted prices become raw ones, or the factor is derived from the previous closes (factor);
4. the table is checked, and price limits are derived from the previous closes (contract, fill_limits).
"""

from __future__ import annotations

import logging
from dataclasses import field, replace
from typing import TYPE_CHECKING, NoReturn, TypeVar

import numpy as np
import pandas as pd

from dfqgp.errors import ConfigError, SourceError, nearest
from dfqgp.records import record
from dfqgp.sources.contract import check
from dfqgp.sources.contract.columns import PRICES
from dfqgp.sources.contract.convert import to_flag
from dfqgp.sources.layouts.codes import standard_codes
from dfqgp.sources.layouts.factor import unadjust, with_factor
from dfqgp.sources.layouts.fill_limits import with_limits, without_preclose
from dfqgp.sources.layouts.layout import PRECLOSE
from dfqgp.sources.layouts.vendors import LAYOUTS, LayoutName
from dfqgp.sources.mapping import map_columns
from dfqgp.sources.settings import TableSettings

if TYPE_CHECKING:
    from collections.abc import Collection

    from dfqgp.sources.contract import Table
    from dfqgp.sources.layouts.layout import Layout

S = TypeVar("S", bound="LayoutSettings")

logger = logging.getLogger(__name__)

LAYOUTS_VERSION = "2"
"""Part of the fingerprint of every source with a layout: raise it when the same input gives another table."""


@record("source", ConfigError)
class LayoutSettings(TableSettings):
    """Settings of a table that may be in a vendor's layout.

    Parameters
    ----------
    columns, scales, features, units
        See TableSettings; entries replace those of the layout.
    timezone, amount, on_bad, bad_limit, prices
        See Treatment.
    layout : {"none", "ashare_daily", "tushare", "baostock", "akshare", "joinquant"}
        Whose names and units the table has; none for ours.

    Raises
    ------
    ConfigError
        If a scale is not a finite number above 0, or a unit or the layout is unknown.
    """

    layout: LayoutName = field(default="none", kw_only=True)


def resolve(settings: S, given: Collection[str]) -> S:
    """Return the settings with the entries of the layout for the columns that are there.

    Parameters
    ----------
    settings : LayoutSettings
        Entries of its own maps replace those of the layout.
    given : collection of str
        Columns of the table.

    Examples
    --------
    >>> resolve(LayoutSettings(layout="akshare"), ["日期", "成交量"]).columns
    {'date': '日期', 'volume': '成交量'}
    """
    layout = LAYOUTS[settings.layout]
    columns = {ours: theirs for ours, theirs in layout.columns.items() if theirs in given} | settings.columns
    scales = {ours: scale for ours, scale in layout.scales.items() if ours in columns} | settings.scales
    return replace(settings, columns=columns, scales=scales)


def to_ours(source: str, frame: pd.DataFrame, settings: LayoutSettings) -> pd.DataFrame:
    """Return a vendor's table under our names, in our units and with our forms of codes and flags.

    Parameters
    ----------
    source : str
        Name of the source, for messages.
    frame : pandas.DataFrame
        As it was exported; it is not changed.
    settings : LayoutSettings
        The layout, and changes to it.

    Raises
    ------
    SourceError
        If a column that the layout or the settings need is not there, or a code has no known form.
    """
    layout = LAYOUTS[settings.layout]
    maps = resolve(settings, [str(name) for name in frame.columns])
    ours = map_columns(source, frame, maps.columns, maps.scales)
    for name, remedy in layout.needs.items():
        if name not in ours:
            _refuse_absent(source, name, ours, remedy)
    if layout.standard_codes and "code" in ours:
        ours["code"] = _codes(source, ours["code"])
    for name in layout.negated & set(ours.columns):
        flag = to_flag(ours[name])
        turned = pd.Series(~np.asarray(flag.array), index=ours.index)
        ours[name] = turned if flag.unreadable is None else turned.where(~flag.unreadable, ours[name])
    return _with_raw_prices(source, ours, layout, settings)


def check_table(frame: pd.DataFrame, settings: LayoutSettings, where: str) -> Table:
    """Check a table under our names, and derive the limits that its layout leaves out; raises DataContractError."""
    layout = LAYOUTS[settings.layout]
    ready = [name for name in layout.ready if name in frame]
    wanted = tuple(dict.fromkeys([*ready, *layout.helpers, *settings.features]))
    units = {name: "price" for name in (PRECLOSE,) if layout.columns and name in wanted} | settings.units
    return finish(
        check(frame, where=where, features=wanted, units=units, treatment=settings, derived=layout.derived), settings
    )


def finish(table: Table, settings: LayoutSettings) -> Table:
    """Derive the limits that the layout leaves out, where the table is."""
    if not LAYOUTS[settings.layout].limits_from_preclose:
        return table
    limited = replace(table, columns=with_limits(table.columns))
    return limited if PRECLOSE in settings.features else without_preclose(limited)


def _codes(source: str, codes: pd.Series[str]) -> pd.Series[str]:
    standard, strange = standard_codes(codes)
    if strange:
        raise SourceError(
            name=source,
            problem=f"code {', '.join(map(repr, strange))} is of no stock that is known by its form",
            expected="600000.XSHG, sh.600000, SH600000, 600000.SH, or six digits that tell a stock's exchange",
            remedy="leave out rows of funds, bonds and indices, or write the exchange into the code",
        )
    return standard


def _with_raw_prices(source: str, frame: pd.DataFrame, layout: Layout, settings: LayoutSettings) -> pd.DataFrame:
    """Take the factor out of adjusted prices, or derive an absent one."""
    if layout.adjusted:
        of_unit = {
            unit: [name for name, each in settings.units.items() if each == unit] for unit in ("price", "shares")
        }
        prices = (*PRICES, "limit_up", "limit_down", PRECLOSE, *of_unit["price"])
        return unadjust(frame, dict.fromkeys(prices), dict.fromkeys(("volume", *of_unit["shares"])))
    if layout.factor_from_preclose and "adj_factor" not in frame:
        for name in ("date", "code", "close", PRECLOSE):
            if name not in frame:
                _refuse_absent(source, name, frame, "or add the column adj_factor, which is derived from it")
        logger.info("source %s: no column 'adj_factor'; derived from the previous closes", source)
        return with_factor(frame, settings.timezone)
    return frame


def _of_unit(unit: str, settings: LayoutSettings) -> list[str]:
    return [name for name, given in settings.units.items() if given == unit]


def _refuse_absent(source: str, name: str, frame: pd.DataFrame, remedy: str) -> NoReturn:
    raise SourceError(
        name=source,
        problem=f"no column '{name}'{nearest(name, map(str, frame.columns))}",
        expected=_MEANINGS.get(name, f"the column '{name}' of the data contract"),
        remedy=remedy,
    )


_MEANINGS = {
    PRECLOSE: "the previous close, from which the price limits follow",
    "adj_factor": "the cumulative factor, without which raw prices jump at every dividend and split",
}
