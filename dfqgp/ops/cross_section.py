"""Cross-sectional operators: NumPy float64 definitions over the universe of the day, and the kernels beside them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.ops.arguments import Group, Numeric, Universe
from dfqgp.ops.forms import CrossSection, Ranked, State
from dfqgp.ops.registry import operator
from dfqgp.ops.spec import Cost, Matrix
from dfqgp.ops.states import centred_add, centred_merge, moments_add, moments_merge, spread
from dfqgp.ops.units import SAME, TO_RATIO

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


def _each_day(function: Callable[[Matrix], Matrix], x: Matrix, sample: NDArray[np.bool_]) -> Matrix:
    out = np.full_like(x, np.nan)
    for t, row in enumerate(x):
        inside = sample[t] & np.isfinite(row)
        if inside.any():
            out[t, inside] = function(row[inside])
    return out


def _demean(v: Matrix) -> Matrix:
    return v - v.mean() if v.min() < v.max() else np.zeros_like(v)


def _rank(v: Matrix) -> Matrix:
    ordered = np.sort(v)
    first, last = np.searchsorted(ordered, v, "left"), np.searchsorted(ordered, v, "right")
    return np.asarray((first + last + 1.0) / 2.0 / v.size)


def _zscore(v: Matrix) -> Matrix:
    deviation = v - v.mean()
    scale = np.sqrt((deviation**2).mean()) if v.min() < v.max() else np.nan
    return np.asarray(deviation / scale)


def deviation(s: State, x: float) -> float:
    return x - s[1] - s[2] / s[0]


def zscore_value(s: State, x: float) -> float:
    return deviation(s, x) / math.sqrt(spread(s[0], s[2], s[3]) / s[0])


@operator(form=Ranked(lambda rank, count: rank / count), unit=TO_RATIO, cost=Cost.SORT)
def cs_rank(x: Numeric, universe: Universe) -> Numeric:
    """Average-tie rank among the day's universe over its number, in (0, 1]."""
    return _each_day(_rank, x, universe)


@operator(form=CrossSection((0.0,) * 4, moments_add, moments_merge, zscore_value), unit=TO_RATIO)
def cs_zscore(x: Numeric, universe: Universe) -> Numeric:
    """Distance from the day's mean in population standard deviations (ddof 0), NaN when that is 0."""
    return _each_day(_zscore, x, universe)


@operator(form=CrossSection((0.0,) * 3, centred_add, centred_merge, deviation), unit=SAME)
def cs_demean(x: Numeric, universe: Universe) -> Numeric:
    """Distance from the day's mean."""
    return _each_day(_demean, x, universe)


@operator(form=CrossSection((0.0,) * 3, centred_add, centred_merge, deviation), unit=SAME)
def group_demean(x: Numeric, g: Group, universe: Universe) -> Numeric:
    """Distance from the mean of the day's group, NaN where the group is unknown."""
    out = np.full_like(x, np.nan)
    for code in np.unique(g[g >= 0]):
        inside = universe & (g == code)
        out = np.where(inside, _each_day(_demean, x, inside), out)
    return out
