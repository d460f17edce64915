"""Operators over the pairs of two panels, and the triples of three."""

from __future__ import annotations

import math

import numpy as np

from dfqgp.ops.arguments import Numeric, Window
from dfqgp.ops.forms import Rolling, State
from dfqgp.ops.registry import operator
from dfqgp.ops.spec import Cost, Matrix
from dfqgp.ops.states import pair_add, pair_merge, spread, triple_add, triple_merge
from dfqgp.ops.time_series.windows import count, deviations, mean, over_windows, sum_of_products
from dfqgp.ops.units import FIRST, PRODUCT, QUOTIENT, TO_RATIO

PAIR, TRIPLE = (0.0,) * 8, (0.0,) * 13

COLLINEAR = 1e-10
"""A residual variance below this share of the input's own variance is 0: float32 input holds no more digits."""


def cov_value(s: State, x: float, y: float, age: float, w: float) -> float:
    return (s[7] - s[3] * s[4] / s[0]) / (s[0] - 1.0)


def corr_value(s: State, x: float, y: float, age: float, w: float) -> float:
    scale = math.sqrt(spread(s[0], s[3], s[5])) * math.sqrt(spread(s[0], s[4], s[6]))
    # 0 / 0 for a constant window is the NaN that the definition asks for
    return min(max((s[7] - s[3] * s[4] / s[0]) / scale, -1.0), 1.0) if scale > 0.0 else math.nan


def beta_value(s: State, y: float, x: float, age: float, w: float) -> float:
    return (s[7] - s[3] * s[4] / s[0]) / spread(s[0], s[4], s[6])


def alpha_value(s: State, y: float, x: float, age: float, w: float) -> float:
    return s[1] + s[3] / s[0] - beta_value(s, y, x, age, w) * (s[2] + s[4] / s[0])


def resid_value(s: State, y: float, x: float, age: float, w: float) -> float:
    return y - s[1] - s[3] / s[0] - beta_value(s, y, x, age, w) * (x - s[2] - s[4] / s[0])


def partial_value(s: State, x: float, y: float, z: float, age: float, w: float) -> float:
    n = s[0]
    xx, yy, zz = spread(n, s[4], s[7]), spread(n, s[5], s[8]), spread(n, s[6], s[9])
    xy, xz, yz = s[10] - s[4] * s[5] / n, s[11] - s[4] * s[6] / n, s[12] - s[5] * s[6] / n
    explained = 1.0 / zz if zz > 0.0 else 0.0  # a constant z explains nothing
    left_x, left_y = xx - xz * xz * explained, yy - yz * yz * explained
    if not (left_x > COLLINEAR * xx and left_y > COLLINEAR * yy):
        return math.nan
    return min(max((xy - xz * yz * explained) / (math.sqrt(left_x) * math.sqrt(left_y)), -1.0), 1.0)


def _correlation(u: Matrix, v: Matrix) -> Matrix:
    scale = np.sqrt(sum_of_products(u, u)) * np.sqrt(sum_of_products(v, v))
    return np.asarray(np.clip(sum_of_products(u, v) / scale, -1.0, 1.0))


def _slope(y: Matrix, x: Matrix) -> Matrix:
    return np.asarray(sum_of_products(y, x) / sum_of_products(x, x))


def _residual(y: Matrix, x: Matrix) -> Matrix:
    """Residuals of every row of the window."""
    return deviations(y) - _slope(y, x) * deviations(x)


def _partial_correlation(x: Matrix, y: Matrix, z: Matrix) -> Matrix:
    flat = sum_of_products(z, z) == 0
    rest = [np.where(flat, deviations(each), _residual(each, z)) for each in (x, y)]
    squares = [np.nansum(each**2, axis=0) for each in rest]
    enough = [left > COLLINEAR * sum_of_products(v, v) for left, v in zip(squares, (x, y), strict=True)]
    value = np.nansum(rest[0] * rest[1], axis=0) / np.sqrt(squares[0]) / np.sqrt(squares[1])
    return np.where(enough[0] & enough[1], np.clip(value, -1.0, 1.0), np.nan)


@operator(
    form=Rolling(PAIR, pair_add, pair_merge, corr_value), unit=TO_RATIO, cost=Cost.ROLLING, minimum=3, commutes=True
)
def ts_corr(x: Numeric, y: Numeric, w: Window) -> Numeric:
    """Pearson correlation of x and y over the pairs of w days, NaN when either is constant."""
    return over_windows(_correlation, [x, y], w, minimum=3)


@operator(
    form=Rolling(PAIR, pair_add, pair_merge, cov_value), unit=PRODUCT, cost=Cost.ROLLING, minimum=2, commutes=True
)
def ts_cov(x: Numeric, y: Numeric, w: Window) -> Numeric:
    """Sample covariance (ddof 1) of x and y over the pairs of w days, exactly 0 when either is constant."""
    return over_windows(lambda u, v: sum_of_products(u, v) / (count(u) - 1.0), [x, y], w, minimum=2)


@operator(form=Rolling(PAIR, pair_add, pair_merge, beta_value), unit=QUOTIENT, cost=Cost.ROLLING, minimum=3)
def ts_beta(y: Numeric, x: Numeric, w: Window) -> Numeric:
    """Slope of y regressed on x with intercept over the pairs of w days, NaN when x is constant."""
    return over_windows(_slope, [y, x], w, minimum=3)


@operator(form=Rolling(PAIR, pair_add, pair_merge, alpha_value), unit=FIRST, cost=Cost.ROLLING, minimum=3)
def ts_alpha(y: Numeric, x: Numeric, w: Window) -> Numeric:
    """Intercept of y regressed on x over the pairs of w days, NaN when x is constant."""
    return over_windows(lambda u, v: mean(u) - _slope(u, v) * mean(v), [y, x], w, minimum=3)


@operator(form=Rolling(PAIR, pair_add, pair_merge, resid_value), unit=FIRST, cost=Cost.ROLLING, minimum=3)
def ts_resid(y: Numeric, x: Numeric, w: Window) -> Numeric:
    """Today's residual of y regressed on x with intercept over the pairs of w days, NaN when x is constant."""
    return over_windows(lambda u, v: _residual(u, v)[-1], [y, x], w, minimum=3)


@operator(form=Rolling(TRIPLE, triple_add, triple_merge, partial_value), unit=TO_RATIO, cost=Cost.ROLLING, minimum=4)
def ts_partial_corr(x: Numeric, y: Numeric, z: Numeric, w: Window) -> Numeric:
    """Correlation of the residuals of x and y on z with intercept over w days, NaN when z explains all of either."""
    return over_windows(_partial_correlation, [x, y, z], w, minimum=4)
