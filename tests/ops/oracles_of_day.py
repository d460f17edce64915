"""What pandas, scipy, statsmodels and NumPy say of the stocks of a day, and of single cells.

Oracles of a day take (T, N) float64 panels that are NaN outside the universe, groups as (T, N) codes, then literals.
Oracles of a cell take panels and literals alone.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import special


def by_day(function):
    """Apply ``function(finite values of the day, ...)`` row by row."""

    def oracle(x, *literals):
        out = np.full(x.shape, np.nan)
        for row, values in zip(out, x, strict=True):
            there = np.isfinite(values)
            if there.any():
                row[there] = function(values[there], *literals)
        return out

    return oracle


def by_group(function):
    """Apply ``function(pandas' groups of the day)`` row by row; unknown groups have no value."""

    def oracle(x, codes):
        rows = []
        for values, group in zip(x, codes, strict=True):
            series = pd.Series(values)
            known = pd.Series(group).where(group >= 0)
            rows.append(function(series, series.groupby(known, dropna=True)).where(known.notna()))
        return np.stack(rows)

    return oracle


def frame(x):
    return pd.DataFrame(x)


def less_mean(x):
    return frame(x).sub(frame(x).mean(axis=1), axis=0)


def unless_zero(x):
    return x.where(x > 0)


def buckets(v, k):
    ranks = pd.Series(v).rank()
    edges = np.arange(k + 1) * len(v) / k
    return pd.cut(ranks, edges, labels=False).to_numpy()


def residuals(y, x):
    out = np.full(y.shape, np.nan)
    for t, (ys, xs) in enumerate(zip(y, x, strict=True)):
        there = np.isfinite(ys) & np.isfinite(xs)
        if there.any() and np.ptp(xs[there]) > 0:
            out[t, there] = sm.OLS(ys[there], sm.add_constant(xs[there])).fit().resid
    return out


def spread(groups):
    """Population standard deviation; pandas leaves a residue for equal values."""
    return groups.transform(lambda v: v.std(ddof=0) if v.max() > v.min() else 0.0)


OF_DAY = {
    "cs_rank": ("pandas", lambda x: frame(x).rank(axis=1, pct=True)),
    "cs_demean": ("pandas", less_mean),
    "cs_zscore": (
        "pandas",
        lambda x: less_mean(x).div(
            frame(x).std(axis=1, ddof=0).where(frame(x).max(axis=1) > frame(x).min(axis=1)), axis=0
        ),
    ),
    "cs_scale": ("pandas", lambda x: frame(x).div(unless_zero(frame(x).abs().sum(axis=1)), axis=0)),
    "cs_winsorize": ("numpy", by_day(lambda v, p: np.clip(v, np.quantile(v, p), np.quantile(v, 1 - p)))),
    "cs_quantile": ("pandas", by_day(buckets)),
    "cs_resid": ("statsmodels", residuals),
    "group_rank": ("pandas", by_group(lambda _, groups: groups.rank(pct=True))),
    "group_demean": ("pandas", by_group(lambda x, groups: x - groups.transform("mean"))),
    "group_zscore": (
        "pandas",
        by_group(lambda x, groups: (x - groups.transform("mean")) / unless_zero(spread(groups))),
    ),
    "group_mean": ("pandas", by_group(lambda x, groups: groups.transform("mean").where(x.notna()))),
    "group_std": ("pandas", by_group(lambda x, groups: spread(groups).where(x.notna()))),
    "group_scale": (
        "pandas",
        by_group(lambda x, groups: x / unless_zero(groups.transform(lambda v: v.abs().sum()))),
    ),
}
"""Library and function of every operator over the universe of the day."""


def logic(function):
    """Three-valued logic by pandas' nullable booleans."""

    def oracle(*panels):
        truths = [pd.array(x.ravel(), dtype="Float64").astype("boolean") for x in panels]
        return function(*truths).to_numpy(dtype=np.float64, na_value=np.nan).reshape(panels[0].shape)

    return oracle


def comparison(name):
    """A comparison by pandas' nullable floats, where a missing side gives a missing truth."""

    def oracle(x, y):
        left, right = (pd.array(each.ravel(), dtype="Float64") for each in (x, y))
        return getattr(left, name)(right).to_numpy(dtype=np.float64, na_value=np.nan).reshape(x.shape)

    return oracle


OF_CELL = {
    "add": ("pandas", lambda x, y: frame(x).add(frame(y))),
    "sub": ("pandas", lambda x, y: frame(x).sub(frame(y))),
    "mul": ("pandas", lambda x, y: frame(x).mul(frame(y))),
    "div": ("pandas", lambda x, y: frame(x).div(frame(y))),
    "neg": ("pandas", lambda x: -frame(x)),
    "abs": ("pandas", lambda x: frame(x).abs()),
    "inv": ("numpy", np.reciprocal),
    "square": ("numpy", np.square),
    "sign": ("numpy", lambda x: np.where(np.isnan(x), np.nan, np.heaviside(x, 0.5) * 2 - 1)),
    "log": ("scipy", lambda x: special.xlogy(1.0, np.where(x > 0, x, np.nan))),
    "slog1p": ("scipy", lambda x: np.copysign(special.log1p(np.abs(x)), x)),
    "sqrt": ("numpy", np.sqrt),
    "ssqrt": ("numpy", lambda x: np.copysign(np.sqrt(np.abs(x)), x)),
    "tanh": ("scipy", lambda x: 2.0 * special.expit(2.0 * x) - 1.0),
    "sigmoid": ("scipy", special.expit),
    "pow": ("numpy", lambda x, k: np.sign(x) * np.float_power(np.abs(x), k)),
    "power": (
        "numpy",  # 1 to an unknown power is 1 to NumPy
        lambda x, y: np.where(np.isnan(y), np.nan, np.sign(x) * np.float_power(np.abs(x), y)),
    ),
    "max2": ("numpy", lambda x, y: np.where(np.isnan(x) | np.isnan(y), np.nan, np.fmax(x, y))),
    "min2": ("numpy", lambda x, y: np.where(np.isnan(x) | np.isnan(y), np.nan, np.fmin(x, y))),
    "clip": ("pandas", lambda x, lo, hi: frame(x).clip(lo, hi)),
    "gt": ("pandas", comparison("__gt__")),
    "lt": ("pandas", comparison("__lt__")),
    "ge": ("pandas", comparison("__ge__")),
    "le": ("pandas", comparison("__le__")),
    "eq": ("pandas", comparison("__eq__")),
    "and": ("pandas", logic(lambda x, y: x & y)),
    "or": ("pandas", logic(lambda x, y: x | y)),
    "not": ("pandas", logic(lambda x: ~x)),
    "if_else": ("numpy", lambda c, x, y: np.select([c == 1, c == 0], [x, y], np.nan)),
}
"""Library and function of every operator on single cells."""
