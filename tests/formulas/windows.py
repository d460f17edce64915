"""Functions of the formula sets on wide frames: windows of days, cross-sections, element by element.

A window has a value where it is complete and at least half of its days, and as many as the statistic needs, are
finite. Sums run over the days of each window anew, so that nothing of a day stays behind after it has left.
"""

from __future__ import annotations

import operator
import warnings
from functools import reduce

import numpy as np
import pandas as pd
from formulas.wide import Wide, apply, powered

OLDEST_IS_ONE = True
"""ts_argmax and ts_argmin give the place of the extremum in the window: 1 for its oldest day, w for today."""

# ---------------------------------------------------------------- days of a window: (w, T, N), today's first


def window(function, *panels, w, minimum=1):
    """Apply ``function(days of x, days of y, ...)``; days are a (w, T, N) array, today's rows first."""
    w = int(w)

    def value(*frames):
        there = reduce(operator.and_, (frame.notna() for frame in frames))
        days = [np.stack([frame.where(there).shift(k).to_numpy() for k in range(w)]) for frame in frames]
        enough = there.astype(np.float64).rolling(w).sum() >= max(minimum, -(-w // 2))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # of windows without a day
            return pd.DataFrame(function(*days)).where(enough)

    return apply(value, *panels, rows=w - 1)


def _number(days):
    return np.isfinite(days).sum(axis=0)


def _mean(days):
    return np.nansum(days, axis=0) / _number(days)


def _lowest(days):
    return np.fmin.reduce(days, axis=0)


def _highest(days):
    return np.fmax.reduce(days, axis=0)


def _products(u, v):
    """Sum of the products of the distances from the means, exactly 0 for constant days."""
    total = np.nansum((u - _mean(u)) * (v - _mean(v)), axis=0)
    return np.where((_lowest(u) == _highest(u)) | (_lowest(v) == _highest(v)), 0.0, total)


def _correlation(u, v):
    scale = (_products(u, u) * _products(v, v)) ** 0.5
    return np.clip(_products(u, v) / np.where(scale > 0, scale, np.nan), -1.0, 1.0)


def _weights(days):
    """The number of each finite day, w for today; NaN for the others."""
    return np.where(np.isfinite(days), np.arange(len(days), 0, -1.0)[:, None, None], np.nan)


# ---------------------------------------------------------------- windows


def total(x, w):
    return window(lambda u: np.nansum(u, axis=0), x, w=w)


def mean(x, w):
    return window(_mean, x, w=w)


def stddev(x, w):
    return window(lambda u: (_products(u, u) / (_number(u) - 1.0)) ** 0.5, x, w=w, minimum=2)


def covariance(x, y, w):
    return window(lambda u, v: _products(u, v) / (_number(u) - 1.0), x, y, w=w, minimum=2)


def correlation(x, y, w):
    """Three pairs at least, unless the window has only two days: then 1 or -1 by the directions of both."""
    return window(_correlation, x, y, w=w, minimum=min(int(w), 3))


def product(x, w):
    return window(lambda u: np.nanprod(u, axis=0), x, w=w)


def ts_min(x, w):
    return window(_lowest, x, w=w)


def ts_max(x, w):
    return window(_highest, x, w=w)


def decay_linear(x, w):
    return window(lambda u: np.nansum(_weights(u) * u, axis=0) / np.nansum(_weights(u), axis=0), x, w=w)


def _place(x, best, w):
    """The place of the most recent day that holds the extremum."""

    def value(u):
        days_ago = np.argmax(u == best(u), axis=0)
        return len(u) - days_ago if OLDEST_IS_ONE else days_ago

    return window(value, x, w=w)


def ts_argmax(x, w):
    return _place(x, _highest, w)


def ts_argmin(x, w):
    return _place(x, _lowest, w)


def _by_pandas(x, w, function):
    """A statistic of pandas' own rolling windows, with the package's rules for missing days."""
    w = int(w)

    def value(frame):
        out = function(frame.rolling(w, min_periods=max(1, -(-w // 2))))
        out.iloc[: w - 1] = np.nan
        return out

    return apply(value, x, rows=w - 1)


def ts_rank(x, w):
    ranks = _by_pandas(x, w, lambda rolling: rolling.rank(pct=True))
    return Wide(ranks.frame.where(x.frame.notna()), x.market, ranks.lookback)


def quantile(x, w, q):
    return _by_pandas(x, w, lambda rolling: rolling.quantile(q))


def slope(x, w):
    return window(_slope, x, w=w, minimum=3)


def _slope(u):
    days = _weights(u)
    return _products(days, u) / _products(days, days)


def rsquare(x, w):
    return window(lambda u: _correlation(_weights(u), u) ** 2, x, w=w, minimum=3)


def residual(x, w):
    """Last residual of the regression on the day's number."""

    def value(u):
        days = _weights(u)
        return u[0] - _mean(u) - _slope(u) * (days[0] - _mean(days))

    return window(value, x, w=w, minimum=3)


def delay(x, d):
    return apply(lambda frame: frame.shift(int(d)), x, rows=int(d))


def delta(x, d):
    return apply(lambda frame: frame - frame.shift(int(d)), x, rows=int(d))


# ---------------------------------------------------------------- cross-sections


def rank(x):
    return apply(lambda frame: frame.where(x.market.universe).rank(axis=1, pct=True), x)


def scale(x):
    def value(frame):
        inside = frame.where(x.market.universe)
        return inside.div(inside.abs().sum(axis=1), axis=0)

    return apply(value, x)


def indneutralize(x):
    """Distance from the mean of the industry, among the day's universe."""

    def value(frame):
        group, out = x.market.group, frame * np.nan
        inside = frame.where(x.market.universe & (group >= 0))
        for code in np.unique(group):
            members = inside.where(group == code)
            out = out.where(group != code, members.sub(members.mean(axis=1), axis=0))
        return out

    return apply(value, x)


# ---------------------------------------------------------------- element by element


def absolute(x):
    return apply(lambda frame: frame.abs(), x)


def sign(x):
    return apply(np.sign, x)


def log(x):
    return apply(lambda frame: np.log(frame.where(frame > 0)), x)


def signed_power(x, y):
    return apply(lambda a, b: powered(a.abs(), b) * np.sign(a), x, y)


def larger(x, y):
    return apply(np.maximum, x, y)


def smaller(x, y):
    return apply(np.minimum, x, y)


def equal(x, y):
    return apply(lambda a, b: (a == b).astype(np.float64).mask(a.isna()), x, y)


def where(condition, x, y):
    """x where the condition is 1, y where it is 0, NaN where it is missing; x and y may be numbers."""

    def value(truth, a, b):
        chosen = np.where(truth == 1.0, a, np.where(truth == 0.0, b, np.nan))
        return pd.DataFrame(chosen)

    return apply(value, condition, x, y)
