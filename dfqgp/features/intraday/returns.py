"""Features of the bars' returns.

``r`` is a bar's log return: close over the close of the stock's bar before, for the first bar close over its open. Sums
are over the bars of the day in which something was traded; ``n`` is their number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.features.intraday.spec import intraday_feature

if TYPE_CHECKING:
    from dfqgp.features.intraday.day import Day, Floats

EDGE = 30.0
"""Trading minutes that the opening and the closing of a day last."""


@intraday_feature(
    "realized_volatility",
    "ratio",
    "sqrt(sum r^2)",
    "Andersen, Bollerslev, Diebold, Labys (2003)",
)
def realized_volatility(day: Day) -> Floats:
    """Square root of the sum of the squared returns of the bars; a day's figure, not annualised."""
    return np.sqrt(day.variance)


@intraday_feature(
    "realized_skewness",
    "ratio",
    "sqrt(n) sum r^3 / (sum r^2)^1.5",
    "Amaya, Christoffersen, Jacobs, Vasquez (2015)",
    least=3,
)
def realized_skewness(day: Day) -> Floats:
    """Skewness of the bars' returns about 0; missing where no price moved."""
    return np.sqrt(day.counts) * day.total(day.returns**3) / day.variance**1.5


@intraday_feature(
    "realized_kurtosis",
    "ratio",
    "n sum r^4 / (sum r^2)^2",
    "Amaya, Christoffersen, Jacobs, Vasquez (2015)",
    least=4,
)
def realized_kurtosis(day: Day) -> Floats:
    """Kurtosis of the bars' returns about 0, not in excess of 3; missing where no price moved."""
    return day.counts * day.total(day.returns**4) / day.variance**2


@intraday_feature(
    "downside_variance_share",
    "ratio",
    "sum(r^2 where r < 0) / sum r^2",
    "Barndorff-Nielsen, Kinnebrock, Shephard (2010)",
)
def downside_variance_share(day: Day) -> Floats:
    """Share of the falling bars in the realised variance; missing where no price moved."""
    return day.total(np.where(day.returns < 0, day.returns, 0.0) ** 2) / day.variance


@intraday_feature(
    "jump_share",
    "ratio",
    "max(0, 1 - b / sum r^2), b = pi/2 n/(n-1) sum |r[k]| |r[k-1]|",
    "Barndorff-Nielsen, Shephard (2004)",
    least=3,
)
def jump_share(day: Day) -> Floats:
    """Share of jumps in the realised variance: what bipower variation leaves, at least 0."""
    size = np.abs(day.returns)
    product = np.concatenate((np.zeros(1), size[1:] * size[:-1]))
    product[day.starts] = 0.0
    bipower = np.pi / 2 * day.counts / (day.counts - 1) * day.total(product)
    return np.maximum(0.0, 1.0 - bipower / day.variance)


@intraday_feature("intraday_return", "ratio", "last close / first open - 1")
def intraday_return(day: Day) -> Floats:
    """Return from the day's first price to its last."""
    return day.last(day.close) / day.first(day.open) - 1.0


@intraday_feature("opening_return", "ratio", "last close of the first 30 minutes / first open - 1")
def opening_return(day: Day) -> Floats:
    """Return of the first 30 trading minutes; missing without a trade in them."""
    return day.last_where(day.close, day.early(EDGE)) / day.first(day.open) - 1.0


@intraday_feature(
    "closing_return",
    "ratio",
    "last close / last close before the last 30 minutes - 1",
    "Gao, Han, Li, Zhou (2018)",
)
def closing_return(day: Day) -> Floats:
    """Return of the last 30 trading minutes; missing without a trade in them and one before them."""
    late = day.late(EDGE)
    return day.last_where(day.close, late) / day.last_where(day.close, ~late) - 1.0
