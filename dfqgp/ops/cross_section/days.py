"""Day by day, the slow and obvious way: what the cross-sectional references are written with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dfqgp.ops.spec import Matrix


def over_days(function: Callable[..., Matrix], panels: list[Matrix], sample: NDArray[np.bool_]) -> Matrix:
    """Apply ``function(*rows)`` to the day's stocks whose inputs are all finite; NaN for the others.

    Parameters
    ----------
    function : callable
        Takes one (n,) array per panel and returns (n,).
    panels : list of (T, N) float64
        Inputs.
    sample : (T, N) bool
        Stocks to look at.

    Returns
    -------
    (T, N) float64
    """
    inside = sample & np.isfinite(np.stack(panels)).all(axis=0)
    out = np.full(panels[0].shape, np.nan)
    for t in np.flatnonzero(inside.any(axis=1)):
        out[t, inside[t]] = function(*(panel[t, inside[t]] for panel in panels))
    return out


def over_groups(
    function: Callable[..., Matrix], panels: list[Matrix], codes: NDArray[np.int16], universe: NDArray[np.bool_]
) -> Matrix:
    """Apply ``function(*rows)`` inside each known group of the day; NaN outside the universe and without a group."""
    out = np.full(panels[0].shape, np.nan)
    for code in np.unique(codes[codes >= 0]):
        inside = universe & (codes == code)
        out = np.where(inside, over_days(function, panels, inside), out)
    return out


def demean(v: Matrix) -> Matrix:
    """Subtract the mean; exactly 0 where all are equal."""
    return v - v.mean() if v.min() < v.max() else np.zeros_like(v)


def std(v: Matrix) -> np.float64:
    """Return the population standard deviation (ddof 0), exactly 0 where all are equal."""
    return np.float64(np.sqrt((demean(v) ** 2).mean()))


def rank(v: Matrix) -> Matrix:
    """Return average-tie ranks over their number, in (0, 1]."""
    ordered = np.sort(v)
    first, last = np.searchsorted(ordered, v, "left"), np.searchsorted(ordered, v, "right")
    return np.asarray((first + last + 1.0) / 2.0 / v.size)
