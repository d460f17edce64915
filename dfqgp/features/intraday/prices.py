"""Features of prices together with what was traded at them. ``v`` and ``a`` are a bar's volume and amount."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.features.intraday.spec import intraday_feature

if TYPE_CHECKING:
    from dfqgp.features.intraday.day import Day, Floats


@intraday_feature("price_impact", "currency^-1", "(1/n) sum |r| / a", "Amihud (2002), on bars")
def price_impact(day: Day) -> Floats:
    """Illiquidity of Amihud on bars: mean of the absolute return of a bar over the currency traded in it."""
    return day.total(np.abs(day.returns) / day.amount) / day.counts


@intraday_feature("vwap_deviation", "ratio", "last close / (sum a / sum v) - 1")
def vwap_deviation(day: Day) -> Floats:
    """Last price over the day's mean price of a share, minus 1."""
    return day.last(day.close) * day.total(day.volume) / day.total(day.amount) - 1.0


@intraday_feature("price_volume_correlation", "ratio", "corr(close, v) over the bars", least=3)
def price_volume_correlation(day: Day) -> Floats:
    """Correlation of the bars' close and volume; missing where one of them is the same in all bars."""
    price, volume = _centred(day, day.close), _centred(day, day.volume)
    scale = np.sqrt(day.total(price**2) * day.total(volume**2))
    varies = (day.largest(day.close) > day.smallest(day.close)) & (day.largest(day.volume) > day.smallest(day.volume))
    return np.where(varies, np.clip(day.total(price * volume) / scale, -1.0, 1.0), np.nan)


def _centred(day: Day, values: Floats) -> Floats:
    return values - day.spread(day.total(values) / day.counts)
