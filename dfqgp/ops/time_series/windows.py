"""Window by window, the slow and obvious way: what the time-series references are written with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from dfqgp.ops.spec import Matrix


def over_windows(
    function: Callable[..., Matrix], panels: list[Matrix], window: int, minimum: int, need: int | None = None
) -> Matrix:
    """Apply ``function(*windows)`` to rows t-w+1 .. t of every t that has them.

    Parameters
    ----------
    function : callable
        Takes one (w, N) array per panel, NaN where any of the panels is not finite, and returns (N,).
    panels : list of (T, N) float64
        Inputs.
    window : int
        Rows in a window.
    minimum : int
        Least number of finite inputs the operator asks for.
    need : int, optional
        Finite inputs that the window is asked for besides, half of it by default.

    Returns
    -------
    (T, N) float64
        NaN where fewer than max(minimum, need) inputs (pairs, for two panels) are finite.
    """
    missing = np.asarray(np.isnan(np.stack(panels)).any(axis=0))
    panels = [np.where(missing, np.nan, panel) for panel in panels]
    least = max(minimum, -(-window // 2) if need is None else need)
    out = np.full(panels[0].shape, np.nan)
    for t in range(window - 1, len(out)):
        rows = slice(t - window + 1, t + 1)
        value = function(*(panel[rows] for panel in panels))
        out[t] = np.where((~missing[rows]).sum(axis=0) >= least, value, np.nan)
    return out


def count(v: Matrix) -> Matrix:
    """Count the finite values of each column."""
    return np.asarray(np.isfinite(v).sum(axis=0), dtype=np.float64)


def mean(v: Matrix) -> Matrix:
    """Average the finite values of each column."""
    return np.asarray(np.nansum(v, axis=0) / count(v))


def is_constant(v: Matrix) -> np.ndarray:
    """Return the mask of columns whose finite values are all equal."""
    return np.asarray(np.fmax.reduce(v, axis=0) == np.fmin.reduce(v, axis=0))


def deviations(v: Matrix) -> Matrix:
    """Subtract the mean of each column, exactly 0 where the column is constant."""
    return np.where(np.isnan(v), np.nan, np.where(is_constant(v), 0.0, v - mean(v)))


def days_of(v: Matrix) -> Matrix:
    """Return the day's index of each finite value, 0 for the oldest row, NaN where a value is missing."""
    return np.where(np.isnan(v), np.nan, np.arange(float(len(v)))[:, None])


def sum_of_products(u: Matrix, v: Matrix) -> Matrix:
    """Sum (u - mean u)(v - mean v) over each column, exactly 0 where either column is constant."""
    total = np.nansum((u - mean(u)) * (v - mean(v)), axis=0)
    return np.where(is_constant(u) | is_constant(v), 0.0, total)


def quantile(v: Matrix, q: float) -> Matrix:
    """Interpolate between the two order statistics of each column around place (n - 1) q of its finite values."""
    ordered, last = np.sort(v, axis=0), np.maximum(count(v).astype(np.int64) - 1, 0)  # NaN is sorted to the end
    below = np.floor(last * q).astype(np.int64)
    low, high = (np.take_along_axis(ordered, each[None], axis=0)[0] for each in (below, np.minimum(below + 1, last)))
    return np.asarray(low + (high - low) * (last * q - below))
