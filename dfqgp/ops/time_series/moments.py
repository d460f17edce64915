"""Mean, standard deviation and z-score of a window."""

from __future__ import annotations

import math

import numpy as np

from dfqgp.ops.arguments import Numeric, Window
from dfqgp.ops.forms import Rolling, State
from dfqgp.ops.registry import operator
from dfqgp.ops.spec import Cost, Matrix
from dfqgp.ops.states import mean_add, mean_merge, moments_add, moments_merge, spread
from dfqgp.ops.time_series.windows import count, mean, over_windows, sum_of_products
from dfqgp.ops.units import SAME, TO_RATIO


def mean_value(s: State, x: float, age: float, w: float) -> float:
    return s[1] / s[0]


def std_value(s: State, x: float, age: float, w: float) -> float:
    return math.sqrt(spread(s[0], s[2], s[3]) / (s[0] - 1.0))


def zscore_value(s: State, x: float, age: float, w: float) -> float:
    return (x - s[1] - s[2] / s[0]) / std_value(s, x, age, w)


def _std(v: Matrix) -> Matrix:
    return np.sqrt(sum_of_products(v, v) / (count(v) - 1.0))


@operator(form=Rolling((0.0, 0.0), mean_add, mean_merge, mean_value), unit=SAME, cost=Cost.ROLLING)
def ts_mean(x: Numeric, w: Window) -> Numeric:
    """Mean over the finite values of w days."""
    return over_windows(mean, [x], w, minimum=1)


@operator(form=Rolling((0.0,) * 4, moments_add, moments_merge, std_value), unit=SAME, cost=Cost.ROLLING, minimum=2)
def ts_std(x: Numeric, w: Window) -> Numeric:
    """Sample standard deviation (ddof 1) over w days, exactly 0 for a constant window."""
    return over_windows(_std, [x], w, minimum=2)


@operator(
    form=Rolling((0.0,) * 4, moments_add, moments_merge, zscore_value), unit=TO_RATIO, cost=Cost.ROLLING, minimum=2
)
def ts_zscore(x: Numeric, w: Window) -> Numeric:
    """Distance of today's value from the mean of w days in standard deviations, NaN when that is 0."""
    return over_windows(lambda v: (v[-1] - mean(v)) / _std(v), [x], w, minimum=2)
