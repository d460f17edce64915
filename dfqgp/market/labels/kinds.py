"""What is made of the raw return: all in float64, NaN where there is no label.

A kind is a function (raw (L, N), panel, settings) -> (L, N); row 0 of ``raw`` is row 0 of the panel. It may write into
``raw`` and return it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.market.labels.legs import close_of
from dfqgp.panel import UNKNOWN_GROUP

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from dfqgp.market.labels.settings import LabelKind, LabelSettings
    from dfqgp.panel import Panel

    Values = NDArray[np.float64]

INDUSTRY = "industry"


def raw_return(raw: Values, panel: Panel, settings: LabelSettings) -> Values:  # noqa: ARG001
    """Return the returns as they are."""
    return raw


def excess_return(raw: Values, panel: Panel, settings: LabelSettings) -> Values:  # noqa: ARG001
    """Take off the mean of the day's members of the universe that have a label."""
    members = panel.universe[: len(raw)] & ~np.isnan(raw)
    total = np.where(members, raw, 0.0).sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        raw -= total / members.sum(axis=1, keepdims=True)
    return raw


def industry_return(raw: Values, panel: Panel, settings: LabelSettings) -> Values:  # noqa: ARG001
    """Take off the mean of the members of the stock's industry that have a label; one that is alone has no label."""
    codes = panel.group(INDUSTRY)[: len(raw)]
    known = codes != UNKNOWN_GROUP
    groups = int(codes.max(initial=0)) + 1
    bins = np.where(known, codes, 0) + np.arange(len(raw))[:, None] * groups
    members = panel.universe[: len(raw)] & known & ~np.isnan(raw)
    size = len(raw) * groups
    count = np.bincount(bins[members], minlength=size)
    total = np.bincount(bins[members], weights=raw[members], minlength=size)
    with np.errstate(invalid="ignore"):
        raw -= (total / count)[bins]
    raw[~known | (count[bins] - members < 1)] = np.nan
    return raw


def volatility_return(raw: Values, panel: Panel, settings: LabelSettings) -> Values:
    """Divide by the standard deviation of h days: that of the trailing daily close returns, times the root of h."""
    spread = trailing_std(_close_returns(panel, len(raw)), settings.volatility_window)
    spread[: settings.volatility_window] = np.nan  # more history would change what a shorter window gives
    spread *= np.sqrt(settings.horizon)
    with np.errstate(all="ignore"):
        raw /= spread
    return raw


KINDS: Mapping[LabelKind, Callable[[Values, Panel, LabelSettings], Values]] = {
    "raw": raw_return,
    "excess": excess_return,
    "industry": industry_return,
    "volatility": volatility_return,
}


def trailing_std(values: Values, window: int) -> Values:
    """Return the sample standard deviation over the rows t-window+1 to t.

    NaN where fewer than half of the window, or fewer than 2, are numbers; 0 where they are all equal. Each window is
    added up anew: running sums would leave a residue after a large value has left the window.
    """
    spread = np.empty(values.shape)
    for day in range(len(values)):
        spread[day] = _std(values[max(day + 1 - window, 0) : day + 1], max(2, -(-window // 2)))
    return spread


def _std(part: Values, least: int) -> Values:
    """Return the standard deviation of each column, NaN with fewer than ``least`` numbers."""
    there = ~np.isnan(part)
    count = there.sum(axis=0)
    off = np.where(there, part - np.fmax.reduce(part), 0.0)  # from one of the values, so that equal ones give exactly 0
    off -= np.where(there, off.sum(axis=0) / np.maximum(count, 1), 0.0)
    return np.where(count < least, np.nan, np.sqrt((off * off).sum(axis=0) / np.maximum(count - 1, 1)))


def _close_returns(panel: Panel, rows: int) -> Values:
    """Close over the close of the day before, minus 1, of the first rows; NaN where one is missing."""
    close = close_of(panel, "label.kind=volatility takes the volatility from it")[:rows].astype(np.float64)
    returns = np.full(close.shape, np.nan)
    with np.errstate(all="ignore"):
        returns[1:] = close[1:] / close[:-1] - 1.0
    returns[np.isinf(returns)] = np.nan
    return returns
