"""What pandas, bottleneck and NumPy offer for each operator, doing the same: same windows, NaN and not-finite rules.

Each peer takes float32 matrices (and a window) and returns a matrix. Several are given where several exist; the
fastest is the one to beat.
"""

from __future__ import annotations

import bottleneck as bn
import numpy as np
import pandas as pd


def finite(x):
    """The not-finite rule."""
    x[~np.isfinite(x)] = np.nan
    return x


def shifted(x, d):
    out = np.full_like(x, np.nan)
    out[d:] = x[:-d]
    return out


def bottleneck_window(function):
    return lambda x, w: function(x, w, min_count=-(-w // 2), axis=0)


def pandas_window(method, **options):
    return lambda x, w: getattr(pd.DataFrame(x).rolling(w, min_periods=-(-w // 2)), method)(**options).to_numpy()


def decay(x, w):
    """Shifted sums; pandas would call Python for every window."""
    top, bottom = np.zeros(x.shape), np.zeros(x.shape)
    there = np.isfinite(x)
    clean = np.where(there, x, 0.0)
    for k in range(w):
        top[k:] += (w - k) * clean[: len(x) - k]
        bottom[k:] += (w - k) * there[: len(x) - k]
    return top / bottom


def demean_groups(x, codes):
    out = np.full_like(x, np.nan)
    for code in range(codes.max() + 1):
        inside = codes == code
        out[:, inside] = x[:, inside] - np.nanmean(x[:, inside], axis=1, keepdims=True)
    return out


ELEMENT = {
    "add": lambda x, y: finite(x + y),
    "sub": lambda x, y: finite(x - y),
    "mul": lambda x, y: finite(x * y),
    "div": lambda x, y: finite(x / y),
    "max2": lambda x, y: finite(np.maximum(x, y)),
    "min2": lambda x, y: finite(np.minimum(x, y)),
    "neg": lambda x: finite(-x),
    "abs": lambda x: finite(np.abs(x)),
    "sign": lambda x: finite(np.sign(x)),
    "log": lambda x: finite(np.log(x)),
    "slog1p": lambda x: finite(np.sign(x) * np.log1p(np.abs(x))),
    "sqrt": lambda x: finite(np.sqrt(x)),
    "ssqrt": lambda x: finite(np.sign(x) * np.sqrt(np.abs(x))),
}

WINDOW = {
    "ts_delay": {"NumPy": shifted},
    "ts_delta": {"NumPy": lambda x, d: finite(x - shifted(x, d))},
    "ts_pct": {"NumPy": lambda x, d: finite(x / shifted(x, d) - 1)},
    "ts_mean": {"bottleneck": bottleneck_window(bn.move_mean), "pandas": pandas_window("mean")},
    "ts_std": {
        "bottleneck": lambda x, w: bn.move_std(x, w, min_count=-(-w // 2), axis=0, ddof=1),
        "pandas": pandas_window("std"),
    },
    "ts_zscore": {
        "bottleneck": lambda x, w: (x - bottleneck_window(bn.move_mean)(x, w)) / bottleneck_window(bn.move_std)(x, w)
    },
    "ts_min": {"bottleneck": bottleneck_window(bn.move_min), "pandas": pandas_window("min")},
    "ts_max": {"bottleneck": bottleneck_window(bn.move_max), "pandas": pandas_window("max")},
    "ts_rank": {"bottleneck": bottleneck_window(bn.move_rank), "pandas": pandas_window("rank", pct=True)},
    "ts_corr": {
        "pandas": lambda x, y, w: pd.DataFrame(x).rolling(w, min_periods=-(-w // 2)).corr(pd.DataFrame(y)).to_numpy()
    },
    "ts_decay_linear": {"NumPy": decay},
}

CROSS = {
    "cs_rank": {
        "bottleneck": lambda x: bn.nanrankdata(x, axis=1) / (x.shape[1] - np.isnan(x).sum(axis=1, keepdims=True)),
        "pandas": lambda x: pd.DataFrame(x).rank(axis=1, pct=True).to_numpy(),
    },
    "cs_zscore": {
        "bottleneck": lambda x: (x - bn.nanmean(x, axis=1)[:, None]) / bn.nanstd(x, axis=1)[:, None],
        "NumPy": lambda x: (x - np.nanmean(x, axis=1, keepdims=True)) / np.nanstd(x, axis=1, keepdims=True),
    },
    "cs_demean": {
        "bottleneck": lambda x: x - bn.nanmean(x, axis=1)[:, None],
        "NumPy": lambda x: x - np.nanmean(x, axis=1, keepdims=True),
    },
}
