"""Cross-sectional operators: NumPy float64 definitions over the universe of the day, and the kernels on a day's row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.ops.arguments import Group, Numeric, Universe
from dfqgp.ops.forms import Ranked, Row
from dfqgp.ops.registry import operator
from dfqgp.ops.spec import Cost, Matrix
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


LANES = 8


def lane_sum(values: Matrix) -> float:
    """Sum in eight interleaved lanes: an order that is the same everywhere, and that vectorises."""
    lanes = np.zeros(LANES)
    whole = values.shape[0] - values.shape[0] % LANES
    for start in range(0, whole, LANES):
        for lane in range(LANES):
            lanes[lane] += values[start + lane]
    total = 0.0
    for lane in range(LANES):
        total += lanes[lane]
    for j in range(whole, values.shape[0]):
        total += values[j]
    return total


def center_row(x: NDArray[np.float32], deviation: Matrix) -> int:
    """Write deviations from the mean, NaN where x is, all 0 for a constant row; return the number of cells.

    Sums are taken about the first value: a constant row gives exact zeros, and a high level costs no digits.
    """
    first, n = 0.0, 0
    for j in range(x.shape[0]):
        if x[j] == x[j]:
            first = np.float64(x[j])
            break
    for j in range(x.shape[0]):
        n += int(x[j] == x[j])
    for j in range(x.shape[0]):
        d = np.float64(x[j]) - first
        deviation[j] = d if d == d else 0.0
    shift = lane_sum(deviation) / max(n, 1)
    for j in range(x.shape[0]):
        deviation[j] = np.float64(x[j]) - first - shift
    return n


def demean_row(x: NDArray[np.float32], out: Matrix, scratch: Matrix) -> None:
    """Deviations from the mean."""
    center_row(x, out)


def zscore_row(x: NDArray[np.float32], out: Matrix, scratch: Matrix) -> None:
    """Deviations over the population standard deviation; 0 / 0 for a constant row is the NaN that is asked for."""
    n, squares = center_row(x, out), scratch[0, : x.shape[0]]
    for j in range(x.shape[0]):
        square = out[j] * out[j]
        squares[j] = square if square == square else 0.0
    scale = np.sqrt(lane_sum(squares) / max(n, 1))
    for j in range(x.shape[0]):
        out[j] /= scale


def group_demean_row(x: NDArray[np.float32], codes: NDArray[np.int16], out: Matrix, scratch: Matrix) -> None:
    """Deviations from the mean of the group, summed about the group's first value."""
    count, center, total = scratch[0], scratch[1], scratch[2]
    count[:] = 0.0
    total[:] = 0.0
    for j in range(x.shape[0]):
        g, v = codes[j], np.float64(x[j])
        if g >= 0 and v == v:
            center[g] = v if count[g] == 0.0 else center[g]
            count[g] += 1.0
            total[g] += v - center[g]
    for j in range(x.shape[0]):
        g = codes[j]
        inside = g >= 0 and count[g] > 0.0
        out[j] = np.float64(x[j]) - center[g] - total[g] / count[g] if inside else np.nan


@operator(form=Ranked(lambda rank, count: rank / count), unit=TO_RATIO, cost=Cost.SORT)
def cs_rank(x: Numeric, universe: Universe) -> Numeric:
    """Average-tie rank among the day's universe over its number, in (0, 1]."""
    return _each_day(_rank, x, universe)


@operator(form=Row(zscore_row), unit=TO_RATIO)
def cs_zscore(x: Numeric, universe: Universe) -> Numeric:
    """Distance from the day's mean in population standard deviations (ddof 0), NaN when that is 0."""
    return _each_day(_zscore, x, universe)


@operator(form=Row(demean_row), unit=SAME)
def cs_demean(x: Numeric, universe: Universe) -> Numeric:
    """Distance from the day's mean."""
    return _each_day(_demean, x, universe)


@operator(form=Row(group_demean_row), unit=SAME)
def group_demean(x: Numeric, g: Group, universe: Universe) -> Numeric:
    """Distance from the mean of the day's group, NaN where the group is unknown."""
    out = np.full_like(x, np.nan)
    for code in np.unique(g[g >= 0]):
        inside = universe & (g == code)
        out = np.where(inside, _each_day(_demean, x, inside), out)
    return out
