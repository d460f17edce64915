"""The cumulative factor: taken out of prices that a vendor adjusted, or derived from the previous closes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dfqgp.sources.contract.convert import to_date, to_number
from dfqgp.sources.layouts.layout import PRECLOSE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


def unadjust(frame: pd.DataFrame, prices: Iterable[str], shares: Iterable[str]) -> pd.DataFrame:
    """Return raw prices and shares of a table whose ``adj_factor`` was applied to them.

    Parameters
    ----------
    frame : pandas.DataFrame
        With ``adj_factor``, adjusted over raw price; it is not changed.
    prices, shares : iterable of str
        Columns to divide, and to multiply; those that are not there are passed over.

    Returns
    -------
    pandas.DataFrame
        Where the factor is missing or not above 0 the row is as it was, so that the data contract names it.

    Examples
    --------
    >>> adjusted = pd.DataFrame({"close": [20.0], "volume": [50.0], "adj_factor": [2.0]})
    >>> unadjust(adjusted, ["close"], ["volume"]).to_dict("list")
    {'close': [10.0], 'volume': [100.0], 'adj_factor': [2.0]}
    """
    factor = _numbers(frame, "adj_factor")
    factor = np.where(factor > 0, factor, 1.0)
    raw = {name: _numbers(frame, name) / factor for name in prices if name in frame}
    raw |= {name: _numbers(frame, name) * factor for name in shares if name in frame}
    return frame.assign(**raw)


def with_factor(frame: pd.DataFrame, timezone: str) -> pd.DataFrame:
    """Return the table with an ``adj_factor`` from the previous closes.

    The exchange publishes the previous close ex rights, so that close[t-1] / preclose[t] is what a dividend or a split
    did to the price on day t. Their product up to a day is the factor; it is 1 on the first row of a stock.

    Parameters
    ----------
    frame : pandas.DataFrame
        With ``date``, ``code``, ``close`` and ``preclose``, rows in any order; it is not changed.
    timezone : str
        Time zone of the market, see Treatment.

    Returns
    -------
    pandas.DataFrame
        A previous close that is missing or not above 0 counts as no change. Closes are in whole cents, so that a
        change is known to about 0.005 over the price.

    Examples
    --------
    >>> days = pd.DataFrame({"date": ["2024-01-02", "2024-01-03"], "code": "000001.SZ", "close": [10.0, 5.1],
    ...                      "preclose": [9.9, 5.0]})
    >>> with_factor(days, "Asia/Shanghai")["adj_factor"].tolist()
    [1.0, 2.0]
    """
    days = np.asarray(to_date(frame["date"], timezone).array)
    assets, _ = pd.factorize(frame["code"].astype(object))
    order = np.lexsort((days, assets))
    close, preclose = _numbers(frame, "close")[order], _numbers(frame, PRECLOSE)[order]
    known = (preclose[1:] > 0) & (close[:-1] > 0) & (assets[order][1:] == assets[order][:-1])
    steps = np.ones(len(frame))
    np.divide(close[:-1], preclose[1:], out=steps[1:], where=known)
    factor = np.empty(len(frame))
    factor[order] = pd.Series(steps).groupby(assets[order]).cumprod().to_numpy()
    return frame.assign(adj_factor=factor)


def _numbers(frame: pd.DataFrame, name: str) -> NDArray[Any]:
    return np.asarray(to_number(frame[name]).array)
