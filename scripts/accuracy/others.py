"""Rolling statistics of other libraries on inputs that sums which rows enter and leave do not survive.

Every library gets the same numbers, as float64. Compared are the windows that hold nothing of the trouble any more, or
all windows where the trouble is the level: the right answer follows from the window alone, whatever came before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import bottleneck
import numpy as np
import pandas as pd
import polars as pl
from numpy.lib.stride_tricks import sliding_window_view
from scipy import stats

from accuracy.measure import panel_of
from dfqgp.backends import BackendSettings, open_backend
from dfqgp.engine import Engine
from dfqgp.expr import call, field, operators_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]
    Statistic = Callable[[Matrix, Matrix], Matrix]

W, ROWS, COLUMNS = 20, 200, 6
HURT = 60


def _after(value: float) -> Callable[[np.random.Generator], Matrix]:
    def made(rng: np.random.Generator) -> Matrix:
        x = rng.standard_normal((ROWS, COLUMNS))
        x[HURT] = value
        return x

    return made


def _flat(rng: np.random.Generator) -> Matrix:
    x = rng.standard_normal((ROWS, COLUMNS))
    x[HURT + 1 :] = 0.1
    return x


TROUBLES: dict[str, Callable[[np.random.Generator], Matrix]] = {
    "random": _after(0.0),
    "after 1e4": _after(1e4),
    "after 1e30": _after(1e30),
    "after an infinity": _after(np.inf),
    "3000 +- 0.5": lambda rng: 3000 + rng.uniform(-0.5, 0.5, (ROWS, COLUMNS)),
    "3000 +- 0.005": lambda rng: 3000 + rng.uniform(-0.005, 0.005, (ROWS, COLUMNS)),
    "constant": _flat,
}
"""Panel by heading; the trouble, where there is one, stands on day ``HURT``."""


def _pandas(name: str) -> Statistic:
    return lambda x, _: getattr(pd.DataFrame(x).rolling(W), name)().to_numpy()


def _polars(name: str, **options: bool) -> Statistic:
    def statistic(x: Matrix, _: Matrix) -> Matrix:
        frame = pl.DataFrame(x, schema=[f"c{j}" for j in range(x.shape[1])])
        return frame.select(getattr(pl.all(), name)(window_size=W, **options)).to_numpy()

    return statistic


def _polars_correlation(x: Matrix, y: Matrix) -> Matrix:
    pairs = [pl.DataFrame({"u": u, "v": v}) for u, v in zip(x.T, y.T, strict=True)]
    return np.hstack([each.select(pl.rolling_corr("u", "v", window_size=W)).to_numpy() for each in pairs])


def _running_sums(kind: type[np.floating], *, variance: bool) -> Statistic:
    """Mean or standard deviation by differences of sums from the first day on."""

    def statistic(x: Matrix, _: Matrix) -> Matrix:
        sums = [np.vstack([np.zeros(x.shape[1], kind), np.cumsum(x.astype(kind) ** k, axis=0)]) for k in (1, 2)]
        first, second = ((each[W:] - each[:-W]) / kind(W) for each in sums)
        value = np.sqrt((second - first**2) * W / (W - 1)) if variance else first
        return np.vstack([np.full((W - 1, x.shape[1]), np.nan), value])

    return statistic


def _own(name: str) -> Statistic:
    def statistic(x: Matrix, y: Matrix) -> Matrix:
        fields = (field("x"), field("y")) if name == "ts_corr" else (field("x"),)
        node = call(name, fields, (W,))
        panel = panel_of([each.astype(np.float32) for each in (x, y, x)])
        backend = open_backend(BackendSettings(name="cpu"))
        return Engine(panel, backend, operators=operators_of([node])).evaluate([node])[0]

    return statistic


STATISTICS: dict[str, dict[str, Statistic]] = {
    "mean": {
        "dfqgp": _own("ts_mean"),
        "pandas": _pandas("mean"),
        "polars": _polars("rolling_mean"),
        "bottleneck": lambda x, _: bottleneck.move_mean(x, W, axis=0),
        "running sums": _running_sums(np.float64, variance=False),
        "running sums, float32": _running_sums(np.float32, variance=False),
    },
    "standard deviation": {
        "dfqgp": _own("ts_std"),
        "pandas": _pandas("std"),
        "polars": _polars("rolling_std"),
        "bottleneck": lambda x, _: bottleneck.move_std(x, W, axis=0, ddof=1),
        "running sums": _running_sums(np.float64, variance=True),
        "running sums, float32": _running_sums(np.float32, variance=True),
    },
    "skewness": {
        "dfqgp": _own("ts_skew"),
        "pandas": _pandas("skew"),
        "polars": _polars("rolling_skew", bias=False),
    },
    "kurtosis": {
        "dfqgp": _own("ts_kurt"),
        "pandas": _pandas("kurt"),
        "polars": _polars("rolling_kurtosis", bias=False),
    },
    "correlation": {
        "dfqgp": _own("ts_corr"),
        "pandas": lambda x, y: pd.DataFrame(x).rolling(W).corr(pd.DataFrame(y)).to_numpy(),
        "polars": _polars_correlation,
    },
}
"""Library and function by statistic."""


# What a window says by itself; days are the last axis of (T, N, w), and distances from the first day cost no digit.
_TRUTHS: dict[str, Statistic] = {
    "mean": lambda u, _: u.mean(axis=-1),
    "standard deviation": lambda u, _: u.std(axis=-1, ddof=1),
    "skewness": lambda u, _: stats.skew(u, axis=-1, bias=False),
    "kurtosis": lambda u, _: stats.kurtosis(u, axis=-1, bias=False),
    "correlation": lambda u, v: _correlation(u - u.mean(axis=-1, keepdims=True), v - v.mean(axis=-1, keepdims=True)),
}


def _correlation(u: Matrix, v: Matrix) -> Matrix:
    return (u * v).sum(axis=-1) / np.sqrt((u**2).sum(axis=-1) * (v**2).sum(axis=-1))


def error_of_other(statistic: str, library: str, trouble: str) -> str:
    """Say how far a library is from the truth on the windows without the trouble.

    Returns
    -------
    str
        The largest error as a power of ten, relative to the value, or to 1 where that is greater and the statistic has
        no unit; ``NaN`` where it has no value and there is one; ``not 0`` or ``not NaN`` for a constant window.
    """
    x, y = (TROUBLES[trouble](np.random.default_rng(seed)).astype(np.float32).astype(np.float64) for seed in (0, 1))
    first = 0 if trouble.startswith("3000") else HURT + 1
    value = STATISTICS[statistic][library](x, y)[first + W - 1 :]
    wanted = _truth(statistic, x, y)[first:]
    if trouble == "constant" and statistic != "mean":
        return _of_constant(value, 0.0 if statistic == "standard deviation" else np.nan)
    if np.isnan(value).any():
        return "NaN"
    scale = np.abs(wanted) if statistic in ("mean", "standard deviation") else np.maximum(np.abs(wanted), 1.0)
    return power_of_ten(float((np.abs(value - wanted) / scale).max()))


def _truth(statistic: str, x: Matrix, y: Matrix) -> Matrix:
    windows = [sliding_window_view(each, W, axis=0) for each in (x, y)]
    anchors = [each[..., :1] for each in windows]
    with np.errstate(all="ignore"):
        value = _TRUTHS[statistic](*(each - anchor for each, anchor in zip(windows, anchors, strict=True)))
        return value + anchors[0][..., 0] if statistic == "mean" else value


def _of_constant(value: Matrix, wanted: float) -> str:
    if np.isnan(wanted):
        return "right" if np.isnan(value).all() else "not NaN"
    return "right" if (value == wanted).all() else "NaN" if np.isnan(value).any() else "not 0"


def power_of_ten(error: float) -> str:
    """Return the least power of ten that an error is not above, as text; 1e-6 for anything smaller.

    Examples
    --------
    >>> power_of_ten(6e-8), power_of_ten(0.02), power_of_ten(600.0)
    ('1e-6', '1e-1', '1e+3')
    """
    exponent = max(int(np.ceil(np.log10(error))), -6) if error > 0 else -6
    return f"1e{exponent:+d}".replace("+0", "0") if exponent else "1"
