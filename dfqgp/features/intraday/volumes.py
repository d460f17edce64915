"""Features of how the day's volume is spread over its bars. ``v`` is a bar's volume, ``V`` the day's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.features.intraday.returns import EDGE
from dfqgp.features.intraday.spec import intraday_feature

if TYPE_CHECKING:
    from dfqgp.features.intraday.day import Day, Flags, Floats


@intraday_feature("up_volume_share", "ratio", "sum(v where r > 0) / V")
def up_volume_share(day: Day) -> Floats:
    """Share of the rising bars in the day's volume."""
    return _share(day, day.returns > 0)


@intraday_feature("down_volume_share", "ratio", "sum(v where r < 0) / V")
def down_volume_share(day: Day) -> Floats:
    """Share of the falling bars in the day's volume; the rest is of bars that did not move."""
    return _share(day, day.returns < 0)


@intraday_feature("opening_volume_share", "ratio", "sum(v in the first 30 minutes) / V")
def opening_volume_share(day: Day) -> Floats:
    """Share of the first 30 trading minutes in the day's volume, the opening auction included."""
    return _share(day, day.early(EDGE))


@intraday_feature("closing_volume_share", "ratio", "sum(v in the last 30 minutes) / V")
def closing_volume_share(day: Day) -> Floats:
    """Share of the last 30 trading minutes in the day's volume, the closing auction included."""
    return _share(day, day.late(EDGE))


@intraday_feature("high_third_volume_share", "ratio", "sum(v where close >= L + 2/3 (H - L)) / V")
def high_third_volume_share(day: Day) -> Floats:
    """Share of the volume of bars that close in the upper third of the day's range; missing without a range."""
    high, low = day.largest(day.high), day.smallest(day.low)
    return _with_range(_share(day, day.close >= day.spread(low + 2.0 * (high - low) / 3.0)), high, low)


@intraday_feature("low_third_volume_share", "ratio", "sum(v where close <= L + 1/3 (H - L)) / V")
def low_third_volume_share(day: Day) -> Floats:
    """Share of the volume of bars that close in the lower third of the day's range; missing without a range."""
    high, low = day.largest(day.high), day.smallest(day.low)
    return _with_range(_share(day, day.close <= day.spread(low + (high - low) / 3.0)), high, low)


@intraday_feature("volume_concentration", "ratio", "sum (v / V)^2", "Herfindahl index")
def volume_concentration(day: Day) -> Floats:
    """Herfindahl index of the volume over the bars: 1/n where it is even, 1 where all of it is in one bar."""
    return day.total(day.shares**2)


def _share(day: Day, where: Flags) -> Floats:
    return day.total(np.where(where, day.volume, 0.0)) / day.total(day.volume)


def _with_range(values: Floats, high: Floats, low: Floats) -> Floats:
    return np.where(high > low, values, np.nan)
