"""Time-series operators: NumPy float64 definitions over a stock's own history."""

from __future__ import annotations

import numpy as np

from dfqgp.ops.registry import operator
from dfqgp.ops.spec import Cost, Kind, Matrix
from dfqgp.ops.units import SAME, TO_RATIO
from dfqgp.ops.windows import count, mean, over_windows, sum_of_products


def _std(v: Matrix) -> Matrix:
    return np.sqrt(sum_of_products(v, v) / (count(v) - 1.0))


def _last_rank(v: Matrix) -> Matrix:
    below, equal = (v < v[-1]).sum(axis=0), (v == v[-1]).sum(axis=0)
    return np.where(np.isnan(v[-1]), np.nan, (below + (equal + 1.0) / 2.0) / count(v))


def _correlation(u: Matrix, v: Matrix) -> Matrix:
    scale = np.sqrt(sum_of_products(u, u)) * np.sqrt(sum_of_products(v, v))
    return np.asarray(np.clip(sum_of_products(u, v) / scale, -1.0, 1.0))


def _linear_mean(v: Matrix) -> Matrix:
    weights = np.where(np.isnan(v), 0.0, np.arange(1.0, len(v) + 1.0)[:, None])
    return np.asarray(np.nansum(weights * v, axis=0) / weights.sum(axis=0))


@operator(Kind.TIME, unit=SAME)
def ts_delay(x: Matrix, d: int) -> Matrix:
    """Value d days ago."""
    out = np.full_like(x, np.nan)
    out[d:] = x[:-d]
    return out


@operator(Kind.TIME, unit=SAME)
def ts_delta(x: Matrix, d: int) -> Matrix:
    """Change over d days, x[t] - x[t-d]."""
    return x - ts_delay(x, d)


@operator(Kind.TIME, unit=TO_RATIO)
def ts_pct(x: Matrix, d: int) -> Matrix:
    """Relative change over d days, x[t] / x[t-d] - 1."""
    return x / ts_delay(x, d) - 1.0


@operator(Kind.TIME, unit=SAME, cost=Cost.ROLLING)
def ts_mean(x: Matrix, w: int) -> Matrix:
    """Mean over the finite values of w days."""
    return over_windows(mean, [x], w, minimum=1)


@operator(Kind.TIME, unit=SAME, cost=Cost.ROLLING, minimum=2)
def ts_std(x: Matrix, w: int) -> Matrix:
    """Sample standard deviation (ddof 1) over w days, exactly 0 for a constant window."""
    return over_windows(_std, [x], w, minimum=2)


@operator(Kind.TIME, unit=TO_RATIO, cost=Cost.ROLLING, minimum=2)
def ts_zscore(x: Matrix, w: int) -> Matrix:
    """Distance of today's value from the mean of w days in standard deviations, NaN when that is 0."""
    return over_windows(lambda v: (v[-1] - mean(v)) / _std(v), [x], w, minimum=2)


@operator(Kind.TIME, unit=SAME, cost=Cost.ROLLING)
def ts_min(x: Matrix, w: int) -> Matrix:
    """Least value of w days."""
    return over_windows(lambda v: np.fmin.reduce(v, axis=0), [x], w, minimum=1)


@operator(Kind.TIME, unit=SAME, cost=Cost.ROLLING)
def ts_max(x: Matrix, w: int) -> Matrix:
    """Greatest value of w days."""
    return over_windows(lambda v: np.fmax.reduce(v, axis=0), [x], w, minimum=1)


@operator(Kind.TIME, unit=TO_RATIO, cost=Cost.SORT)
def ts_rank(x: Matrix, w: int) -> Matrix:
    """Average-tie rank of today's value among w days over their number, in (0, 1]."""
    return over_windows(_last_rank, [x], w, minimum=1)


@operator(Kind.TIME, unit=TO_RATIO, cost=Cost.ROLLING, minimum=3, commutes=True)
def ts_corr(x: Matrix, y: Matrix, w: int) -> Matrix:
    """Pearson correlation of x and y over the pairs of w days, NaN when either is constant."""
    return over_windows(_correlation, [x, y], w, minimum=3)


@operator(Kind.TIME, unit=SAME, cost=Cost.ROLLING)
def ts_decay_linear(x: Matrix, w: int) -> Matrix:
    """Mean of w days with weights w for today down to 1, normalised over the finite values."""
    return over_windows(_linear_mean, [x], w, minimum=1)
