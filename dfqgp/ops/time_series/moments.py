"""Mean, standard deviation and z-score of a window.

Second moments are taken about the first finite value c that joined (merging moves them to the earlier c). As c is in
the window, sum (x-c)^2 is at most n times the sum of squares about the mean: no cancellation beyond a factor n, on any
input, and it is exactly 0 if and only if the window is constant.
"""

from __future__ import annotations

import math

import numpy as np

from dfqgp.ops.arguments import Numeric, Window
from dfqgp.ops.forms import Rolling, State
from dfqgp.ops.registry import operator
from dfqgp.ops.spec import Cost, Matrix
from dfqgp.ops.time_series.windows import count, mean, over_windows, sum_of_products
from dfqgp.ops.units import SAME, TO_RATIO

# ---------------------------------------------------------------- states: (count, sum)


def mean_add(s: State, x: float, age: float) -> State:
    there = x == x
    return s[0] + (1.0 if there else 0.0), s[1] + (x if there else 0.0)


def mean_merge(a: State, b: State) -> State:
    return a[0] + b[0], a[1] + b[1]


def mean_value(s: State, x: float, age: float, w: float) -> float:
    return s[1] / s[0]


# ---------------------------------------------------------------- states: (count, c, sum (x-c), sum (x-c)^2)


def moments_add(s: State, x: float, age: float) -> State:
    there = x == x
    c = x if there and s[0] == 0.0 else s[1]
    d = x - c if there else 0.0
    return s[0] + (1.0 if there else 0.0), c, s[2] + d, s[3] + d * d


def moments_merge(a: State, b: State) -> State:
    c = a[1] if a[0] > 0.0 else b[1]
    d = b[1] - c if b[0] > 0.0 else 0.0
    return a[0] + b[0], c, a[2] + b[2] + b[0] * d, a[3] + b[3] + d * (2.0 * b[2] + b[0] * d)


def spread(n: float, s1: float, s2: float) -> float:
    """Sum of squares about the mean from sums about c, exactly 0 where all are equal."""
    return max(s2 - s1 * s1 / n, 0.0) if s2 > 0.0 else 0.0


def std_value(s: State, x: float, age: float, w: float) -> float:
    return math.sqrt(spread(s[0], s[2], s[3]) / (s[0] - 1.0))


def zscore_value(s: State, x: float, age: float, w: float) -> float:
    return (x - s[1] - s[2] / s[0]) / std_value(s, x, age, w)


# ---------------------------------------------------------------- operators


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
