"""Sums and moments of a window."""

from __future__ import annotations

import math

import numpy as np

from dfqgp.ops.arguments import Boolean, Numeric, Window
from dfqgp.ops.forms import Rolling, State
from dfqgp.ops.registry import operator
from dfqgp.ops.spec import Cost, Matrix
from dfqgp.ops.states import (
    fourth_add,
    fourth_merge,
    mean_add,
    mean_merge,
    moments_add,
    moments_merge,
    spread,
)
from dfqgp.ops.time_series.windows import count, deviations, mean, over_windows, sum_of_products
from dfqgp.ops.units import RATIO_ONLY, SAME, SQUARE, TO_RATIO

MOMENTS, FOURTH = (0.0,) * 4, (0.0,) * 6


def mean_value(s: State, x: float, age: float, w: float) -> float:
    return s[1] / s[0]


def sum_value(s: State, x: float, age: float, w: float) -> float:
    return s[1]


def variance_value(s: State, x: float, age: float, w: float) -> float:
    return spread(s[0], s[2], s[3]) / (s[0] - 1.0)


def std_value(s: State, x: float, age: float, w: float) -> float:
    return math.sqrt(spread(s[0], s[2], s[3]) / (s[0] - 1.0))


def zscore_value(s: State, x: float, age: float, w: float) -> float:
    return (x - s[1] - s[2] / s[0]) / std_value(s, x, age, w)


def skew_value(s: State, x: float, age: float, w: float) -> float:
    n, m = s[0], s[2] / s[0]
    m2 = spread(n, s[2], s[3]) / n
    m3 = (s[4] - m * (3.0 * s[3] - 2.0 * m * s[2])) / n
    return math.sqrt(n * (n - 1.0)) / (n - 2.0) * m3 / (m2 * math.sqrt(m2))  # 0 / 0 for a constant window


def kurt_value(s: State, x: float, age: float, w: float) -> float:
    n, m = s[0], s[2] / s[0]
    square = spread(n, s[2], s[3])
    fourth = s[5] - m * (4.0 * s[4] - m * (6.0 * s[3] - 3.0 * m * s[2]))
    of_normal = 3.0 * (n - 1.0) * (n - 1.0) / ((n - 2.0) * (n - 3.0))
    return n * (n + 1.0) * (n - 1.0) / ((n - 2.0) * (n - 3.0)) * (fourth / square) / square - of_normal


def product_add(s: State, x: float, age: float) -> State:
    there = x == x
    return s[0] + (1.0 if there else 0.0), s[1] * (x if there else 1.0)


def product_merge(a: State, b: State) -> State:
    return a[0] + b[0], a[1] * b[1]


def _std(v: Matrix) -> Matrix:
    return np.sqrt(sum_of_products(v, v) / (count(v) - 1.0))


def _skew(v: Matrix) -> Matrix:
    n, d = count(v), deviations(v)
    m2, m3 = (np.nansum(d**k, axis=0) / n for k in (2, 3))
    return np.asarray(np.sqrt(n * (n - 1.0)) / (n - 2.0) * m3 / m2**1.5)


def _kurt(v: Matrix) -> Matrix:
    n, d = count(v), deviations(v)
    m2, m4 = (np.nansum(d**k, axis=0) / n for k in (2, 4))
    return np.asarray((n - 1.0) / ((n - 2.0) * (n - 3.0)) * ((n + 1.0) * m4 / m2**2 - 3.0 * (n - 1.0)))


@operator(form=Rolling((0.0, 0.0), mean_add, mean_merge, mean_value), unit=SAME, cost=Cost.ROLLING)
def ts_mean(x: Numeric, w: Window) -> Numeric:
    """Mean over the finite values of w days."""
    return over_windows(mean, [x], w, minimum=1)


@operator(form=Rolling((0.0, 0.0), mean_add, mean_merge, sum_value), unit=SAME, cost=Cost.ROLLING)
def ts_sum(x: Numeric, w: Window) -> Numeric:
    """Sum of the finite values of w days, not scaled up for missing ones."""
    return over_windows(lambda v: np.nansum(v, axis=0), [x], w, minimum=1)


@operator(form=Rolling((0.0, 0.0), mean_add, mean_merge, sum_value), unit=TO_RATIO, cost=Cost.ROLLING)
def ts_count(c: Boolean, w: Window) -> Numeric:
    """How many of w days c is true on."""
    return over_windows(lambda v: np.nansum(v, axis=0), [c], w, minimum=1)


@operator(form=Rolling((0.0, 1.0), product_add, product_merge, sum_value), unit=RATIO_ONLY, cost=Cost.ROLLING)
def ts_product(x: Numeric, w: Window) -> Numeric:
    """Product of the finite values of w days."""
    return over_windows(lambda v: np.nanprod(v, axis=0), [x], w, minimum=1)


@operator(form=Rolling(MOMENTS, moments_add, moments_merge, std_value), unit=SAME, cost=Cost.ROLLING, minimum=2)
def ts_std(x: Numeric, w: Window) -> Numeric:
    """Sample standard deviation (ddof 1) over w days, exactly 0 for a constant window."""
    return over_windows(_std, [x], w, minimum=2)


@operator(form=Rolling(MOMENTS, moments_add, moments_merge, variance_value), unit=SQUARE, cost=Cost.ROLLING, minimum=2)
def ts_var(x: Numeric, w: Window) -> Numeric:
    """Sample variance (ddof 1) over w days, exactly 0 for a constant window."""
    return over_windows(lambda v: sum_of_products(v, v) / (count(v) - 1.0), [x], w, minimum=2)


@operator(form=Rolling(MOMENTS, moments_add, moments_merge, zscore_value), unit=TO_RATIO, cost=Cost.ROLLING, minimum=2)
def ts_zscore(x: Numeric, w: Window) -> Numeric:
    """Distance of today's value from the mean of w days in standard deviations, NaN when that is 0."""
    return over_windows(lambda v: (v[-1] - mean(v)) / _std(v), [x], w, minimum=2)


@operator(form=Rolling(FOURTH, fourth_add, fourth_merge, skew_value), unit=TO_RATIO, cost=Cost.ROLLING, minimum=3)
def ts_skew(x: Numeric, w: Window) -> Numeric:
    """Skewness of w days with the correction for the sample's size, NaN for a constant window."""
    return over_windows(_skew, [x], w, minimum=3)


@operator(form=Rolling(FOURTH, fourth_add, fourth_merge, kurt_value), unit=TO_RATIO, cost=Cost.ROLLING, minimum=4)
def ts_kurt(x: Numeric, w: Window) -> Numeric:
    """Excess kurtosis of w days with the correction for the sample's size, NaN for a constant window."""
    return over_windows(_kurt, [x], w, minimum=4)
