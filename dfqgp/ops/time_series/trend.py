"""Regression of a window on the day's index.

A state is (count, c, sums of x-c, of the age a, of a^2, of (x-c)^2, of a (x-c)), c the first finite value that joined.
Ages are whole numbers, so their sums are exact; merging needs no shift of them, as both states count from one day.
"""

from __future__ import annotations

import numpy as np

from dfqgp.ops.arguments import Numeric, Window
from dfqgp.ops.forms import Rolling, State
from dfqgp.ops.registry import operator
from dfqgp.ops.spec import Cost, Matrix
from dfqgp.ops.states import spread
from dfqgp.ops.time_series.windows import days_of, deviations, over_windows, sum_of_products
from dfqgp.ops.units import SAME, TO_RATIO

TREND = (0.0,) * 7


def trend_add(s: State, x: float, age: float) -> State:
    there = x == x
    c = x if there and s[0] == 0.0 else s[1]
    d, a = (x - c if there else 0.0), (age if there else 0.0)
    return s[0] + (1.0 if there else 0.0), c, s[2] + d, s[3] + a, s[4] + a * a, s[5] + d * d, s[6] + a * d


def trend_merge(a: State, b: State) -> State:
    c = a[1] if a[0] > 0.0 else b[1]
    d = b[1] - c if b[0] > 0.0 else 0.0
    squares = a[5] + b[5] + d * (2.0 * b[2] + b[0] * d)
    return a[0] + b[0], c, a[2] + b[2] + b[0] * d, a[3] + b[3], a[4] + b[4], squares, a[6] + b[6] + d * b[3]


def slope_value(s: State, x: float, age: float, w: float) -> float:
    return (s[6] - s[3] * s[2] / s[0]) / (s[4] - s[3] * s[3] / s[0])


def rsquare_value(s: State, x: float, age: float, w: float) -> float:
    product = s[6] - s[3] * s[2] / s[0]
    # 0 / 0 for a constant window
    return min(product / (s[4] - s[3] * s[3] / s[0]) * (product / spread(s[0], s[2], s[5])), 1.0)


def detrend_value(s: State, x: float, age: float, w: float) -> float:
    return x - s[1] - s[2] / s[0] - slope_value(s, x, age, w) * (age - s[3] / s[0])


def _slope(v: Matrix) -> Matrix:
    days = days_of(v)
    return np.asarray(sum_of_products(v, days) / sum_of_products(days, days))


def _rsquare(v: Matrix) -> Matrix:
    days = days_of(v)
    return np.asarray(_slope(v) * sum_of_products(v, days) / sum_of_products(v, v))


def _detrend(v: Matrix) -> Matrix:
    return np.asarray((deviations(v) - _slope(v) * deviations(days_of(v)))[-1])


@operator(form=Rolling(TREND, trend_add, trend_merge, slope_value), unit=SAME, cost=Cost.ROLLING, minimum=3)
def ts_slope(x: Numeric, w: Window) -> Numeric:
    """Slope of x regressed on the day's index over w days, per day."""
    return over_windows(_slope, [x], w, minimum=3)


@operator(form=Rolling(TREND, trend_add, trend_merge, rsquare_value), unit=TO_RATIO, cost=Cost.ROLLING, minimum=3)
def ts_rsquare(x: Numeric, w: Window) -> Numeric:
    """Share of the variance of w days that the regression on the day's index explains, NaN for a constant window."""
    return over_windows(_rsquare, [x], w, minimum=3)


@operator(form=Rolling(TREND, trend_add, trend_merge, detrend_value), unit=SAME, cost=Cost.ROLLING, minimum=3)
def ts_detrend(x: Numeric, w: Window) -> Numeric:
    """Today's residual of x regressed on the day's index over w days."""
    return over_windows(_detrend, [x], w, minimum=3)
