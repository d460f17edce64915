"""Functions of the formula sets on wide frames: windows of days, cross-sections, element by element.

A window has a value where it is complete and at least half of its days, and as many as the statistic needs, are
finite. Sums run over shifted frames, so that nothing of a day stays behind after it has left the window.
"""

from __future__ import annotations

import operator
from functools import reduce

import numpy as np
import pandas as pd
from formulas.wide import Wide, apply

OLDEST_IS_ONE = True
"""ts_argmax and ts_argmin give the place of the extremum in the window: 1 for its oldest day, w for today."""

# ---------------------------------------------------------------- sums over the days of a window


def window(function, *panels, w, minimum=1):
    """Apply ``function(days of x, days of y, ...)``; days is a list of w frames, today's first."""
    w = int(w)

    def value(*frames):
        there = reduce(operator.and_, (frame.notna() for frame in frames))
        days = [[frame.where(there).shift(k) for k in range(w)] for frame in frames]
        enough = there.astype(np.float64).rolling(w).sum() >= max(minimum, -(-w // 2))
        return function(*days).where(enough)

    return apply(value, *panels, rows=w - 1)


def _total(days):
    return reduce(operator.add, (day.fillna(0.0) for day in days))


def _number(days):
    return reduce(operator.add, (day.notna().astype(np.float64) for day in days))


def _mean(days):
    return _total(days) / _number(days)


def _lowest(days):
    return reduce(np.fmin, days)


def _highest(days):
    return reduce(np.fmax, days)


def _products(u, v):
    """Sum of the products of the distances from the means, exactly 0 for constant days."""
    mu, mv = _mean(u), _mean(v)
    total = _total([(a - mu) * (b - mv) for a, b in zip(u, v, strict=True)])
    return total.mask((_lowest(u) == _highest(u)) | (_lowest(v) == _highest(v)), 0.0)


def _correlation(u, v):
    scale = (_products(u, u) * _products(v, v)) ** 0.5
    return (_products(u, v) / scale.where(scale > 0)).clip(-1.0, 1.0)


def _count_days(days):
    """The number of each finite day: w for today."""
    return [(day * 0.0) + (len(days) - k) for k, day in enumerate(days)]


# ---------------------------------------------------------------- windows


def total(x, w):
    return window(_total, x, w=w)


def mean(x, w):
    return window(_mean, x, w=w)


def stddev(x, w):
    return window(lambda u: (_products(u, u) / (_number(u) - 1.0)) ** 0.5, x, w=w, minimum=2)


def covariance(x, y, w):
    return window(lambda u, v: _products(u, v) / (_number(u) - 1.0), x, y, w=w, minimum=2)


def correlation(x, y, w):
    return window(_correlation, x, y, w=w, minimum=3)


def product(x, w):
    return window(lambda u: reduce(operator.mul, (day.fillna(1.0) for day in u)), x, w=w)


def ts_min(x, w):
    return window(_lowest, x, w=w)


def ts_max(x, w):
    return window(_highest, x, w=w)


def decay_linear(x, w):
    def value(u):
        weights = [day.notna() * float(len(u) - k) for k, day in enumerate(u)]
        weighted = [day.fillna(0.0) * weight for day, weight in zip(u, weights, strict=True)]
        return reduce(operator.add, weighted) / reduce(operator.add, weights)

    return window(value, x, w=w)


def _place(x, best, w):
    """The place of the most recent day that holds the extremum."""

    def value(u):
        extremum = best(u)
        days_ago = reduce(lambda found, k: found.mask(u[k] == extremum, float(k)), reversed(range(len(u))), u[0] * 0.0)
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
    days = _count_days(u)
    return _products(days, u) / _products(days, days)


def rsquare(x, w):
    return window(lambda u: _correlation(_count_days(u), u) ** 2, x, w=w, minimum=3)


def residual(x, w):
    """Last residual of the regression on the day's number."""

    def value(u):
        days = _count_days(u)
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
    return apply(lambda a, b: np.sign(a) * a.abs() ** b, x, y)


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
