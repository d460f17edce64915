"""What pandas, bottleneck, scipy, statsmodels and NumPy say of a stock's own history.

An oracle takes (T, N) float64 panels with NaN for missing, then the literals, and gives (T, N). It knows nothing of how
many finite values a window needs: the test hides the cells that have too few.
"""

from __future__ import annotations

import bottleneck
import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.lib.stride_tricks import sliding_window_view
from scipy import stats


def rolling(x, w):
    """pandas' windows of w days, shorter ones at the start."""
    return pd.DataFrame(x).rolling(int(w), min_periods=1)


def pairwise(x, y, w, name):
    """pandas' covariance or correlation: both sides lose the days on which either is missing."""
    both = np.isfinite(x) & np.isfinite(y)
    return getattr(rolling(np.where(both, x, np.nan), w), name)(pd.DataFrame(np.where(both, y, np.nan)))


def each_window(function, panels, w, *, today=False, least=1):
    """Apply ``function(places, values of x, values of y, ...)`` to the days of each window that all panels have.

    Places are 0 for the oldest day to w - 1. With ``today``, a window whose last day is missing has no value; fewer
    than ``least`` days give none either.
    """
    w, out = int(w), np.full(panels[0].shape, np.nan)
    if w > len(out):
        return out
    windows = np.stack([sliding_window_view(x, w, axis=0) for x in panels])
    for t, j in np.ndindex(*windows.shape[1:3]):
        there = np.isfinite(windows[:, t, j]).all(axis=0)
        if there.sum() >= least and (there[-1] or not today):
            out[t + w - 1, j] = function(np.flatnonzero(there), *windows[:, t, j][:, there])
    return out


def regressed(value, *, today=False):
    """An oracle of y on x by scipy's linear regression; a constant x gives nothing."""

    def oracle(y, x, w):
        def of_days(places, ys, xs):
            return value(stats.linregress(xs, ys), xs, ys) if xs.min() < xs.max() else np.nan

        return each_window(of_days, (y, x), w, today=today, least=3)

    return oracle


def on_days(value, *, today=False):
    """An oracle of x on the day's place in the window by scipy's linear regression."""

    def oracle(x, w):
        def of_days(places, xs):
            return value(stats.linregress(places, xs), places, xs)

        return each_window(of_days, (x,), w, today=today, least=3)

    return oracle


def partial_correlation(places, x, y, z):
    design = sm.add_constant(z) if np.ptp(z) else np.ones_like(z)
    rest = [sm.OLS(each, design).fit().resid for each in (x, y)]
    flat = any(left.var() <= 1e-10 * each.var() for left, each in zip(rest, (x, y), strict=True))
    return np.nan if flat else stats.pearsonr(*rest).statistic


def entropy(places, x, k):
    return 0.0 if np.ptp(x) == 0 else stats.entropy(np.histogram(x, bins=int(k))[0]) / np.log(k)


def of_largest(largest):
    """An oracle of the mean of x over the k days with the largest (smallest) ``by``, by pandas' nlargest."""

    def oracle(x, by, w, k):
        def of_days(places, xs, order):
            chosen = getattr(pd.Series(order), largest)(int(k), keep="last").index
            return xs[chosen].mean()

        return each_window(of_days, (x, by), w, least=int(k))

    return oracle


def shape_of(statistic):
    """An oracle of skewness or excess kurtosis by scipy, nothing for a constant window."""

    def oracle(x, w):
        least = 3 if statistic is stats.skew else 4
        return each_window(lambda _, v: statistic(v, bias=False) if np.ptp(v) else np.nan, (x,), w, least=least)

    return oracle


def finite_ema(x, w):
    """pandas' exponential mean of the 4w days alone, which a longer history would enter for ever."""
    return each_window(
        lambda places, v: pd.Series(v, index=places).reindex(range(4 * int(w))).ewm(span=w).mean().iloc[-1], (x,), 4 * w
    )


ORACLES = {
    "ts_delay": ("pandas", lambda x, d: pd.DataFrame(x).shift(d)),
    "ts_delta": ("pandas", lambda x, d: pd.DataFrame(x).diff(d)),
    "ts_pct": ("pandas", lambda x, d: pd.DataFrame(x).pct_change(d, fill_method=None)),
    "ts_mean": ("pandas", lambda x, w: rolling(x, w).mean()),
    "ts_sum": ("pandas", lambda x, w: rolling(x, w).sum()),
    "ts_count": ("pandas", lambda x, w: rolling(x, w).sum()),
    "ts_product": ("numpy", lambda x, w: each_window(lambda _, v: v.prod(), (x,), w)),
    "ts_std": ("pandas", lambda x, w: rolling(x, w).std()),
    "ts_var": ("pandas", lambda x, w: rolling(x, w).var()),
    "ts_zscore": (
        "scipy",
        lambda x, w: each_window(
            lambda _, v: stats.zscore(v, ddof=1)[-1] if np.ptp(v) else np.nan, (x,), w, today=True, least=2
        ),
    ),
    "ts_skew": ("scipy", shape_of(stats.skew)),
    "ts_kurt": ("scipy", shape_of(stats.kurtosis)),
    "ts_min": ("bottleneck", lambda x, w: bottleneck.move_min(x, w, min_count=1, axis=0)),
    "ts_max": ("bottleneck", lambda x, w: bottleneck.move_max(x, w, min_count=1, axis=0)),
    "ts_range": ("pandas", lambda x, w: rolling(x, w).max() - rolling(x, w).min()),
    "ts_argmin": ("bottleneck", lambda x, w: bottleneck.move_argmin(x, w, min_count=1, axis=0)),
    "ts_argmax": ("bottleneck", lambda x, w: bottleneck.move_argmax(x, w, min_count=1, axis=0)),
    "ts_rank": ("pandas", lambda x, w: rolling(x, w).rank(pct=True).where(np.isfinite(x))),
    "ts_median": ("bottleneck", lambda x, w: bottleneck.move_median(x, w, min_count=1, axis=0)),
    "ts_quantile": ("pandas", lambda x, w, q: rolling(x, w).quantile(q)),
    "ts_mad": ("numpy", lambda x, w: each_window(lambda _, v: np.abs(v - v.mean()).mean(), (x,), w)),
    "ts_decay_linear": (
        "numpy",
        lambda x, w: each_window(lambda places, v: np.average(v, weights=places + 1), (x,), w),
    ),
    "ts_ema": ("pandas", finite_ema),
    "ts_backfill": ("pandas", lambda x, w: pd.DataFrame(x).ffill(limit=int(w) - 1) if w > 1 else x),
    "ts_cov": ("pandas", lambda x, y, w: pairwise(x, y, w, "cov")),
    "ts_corr": (
        "scipy",
        lambda x, y, w: each_window(
            lambda _, u, v: stats.pearsonr(u, v).statistic if np.ptp(u) and np.ptp(v) else np.nan, (x, y), w, least=3
        ),
    ),
    "ts_beta": ("scipy", regressed(lambda fit, *_: fit.slope)),
    "ts_alpha": ("scipy", regressed(lambda fit, *_: fit.intercept)),
    "ts_resid": ("scipy", regressed(lambda fit, x, y: y[-1] - fit.intercept - fit.slope * x[-1], today=True)),
    "ts_slope": ("scipy", on_days(lambda fit, *_: fit.slope)),
    "ts_rsquare": ("scipy", on_days(lambda fit, _, x: fit.rvalue**2 if np.ptp(x) else np.nan)),
    "ts_detrend": ("scipy", on_days(lambda fit, p, x: x[-1] - fit.intercept - fit.slope * p[-1], today=True)),
    "ts_partial_corr": (
        "statsmodels",
        lambda x, y, z, w: each_window(partial_correlation, (x, y, z), w, least=4),
    ),
    "ts_entropy": (
        "scipy",
        lambda x, w, k: each_window(lambda places, v: entropy(places, v, k), (x,), w),
    ),
    "ts_top_mean": ("pandas", of_largest("nlargest")),
    "ts_bottom_mean": ("pandas", of_largest("nsmallest")),
}
"""Library and function of every operator over a stock's own history."""
