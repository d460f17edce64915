"""Winsorising and z-scoring one day's sample: the NumPy definition."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


def winsorize(x: Vector, share: float) -> Vector:
    """Clip at the ``share`` and 1 - ``share`` linear quantiles.

    Examples
    --------
    >>> winsorize(np.array([0.0, 1.0, 2.0, 3.0, 100.0]), 0.25)
    array([1., 1., 2., 3., 3.])
    """
    low, high = np.quantile(x, [share, 1.0 - share])
    return np.clip(x, low, high)


def zscore(x: Vector) -> Vector | None:
    """Subtract the mean and divide by the population standard deviation (ddof 0); None for a constant row.

    Examples
    --------
    >>> zscore(np.array([1.0, 3.0]))
    array([-1.,  1.])
    >>> zscore(np.array([2.0, 2.0])) is None
    True
    """
    if x.size == 0 or x.min() == x.max():
        return None
    deviation = x - x.mean()
    return np.asarray(deviation / np.sqrt((deviation**2).mean()))
