"""Settings of a table that may be in a vendor's layout, and what the layout adds to them."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING, TypeVar

from dfqgp.errors import ConfigError
from dfqgp.records import record
from dfqgp.sources.layouts.vendors import LAYOUTS, LayoutName
from dfqgp.sources.settings import TableSettings

if TYPE_CHECKING:
    from collections.abc import Collection

S = TypeVar("S", bound="LayoutSettings")


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
        If a scale is not a finite number above 0, a unit or the layout is unknown, or prices that the layout makes raw
        are said to be adjusted.
    """

    layout: LayoutName = field(default="none", kw_only=True)

    def __post_init__(self) -> None:
        if LAYOUTS[self.layout].adjusted and self.prices != "raw":
            expected = f"raw for source.layout={self.layout}, which takes the factor out of the prices"
            raise ConfigError(key="source.prices", got=repr(self.prices), expected=expected, hint="")


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
