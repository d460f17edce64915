"""Operators over all stocks of the day's universe."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np

from dfqgp.ops.arguments import Numeric, Universe, real, whole
from dfqgp.ops.cross_section.days import demean, over_days, rank, std
from dfqgp.ops.forms import CrossSection, DayQuantiles, Ranked, State
from dfqgp.ops.registry import operator
from dfqgp.ops.spec import Cost, Matrix
from dfqgp.ops.states import (
    centred_add,
    centred_merge,
    magnitude_add,
    mean_merge,
    moments_add,
    moments_merge,
    pair_add,
    pair_merge,
    spread,
)
from dfqgp.ops.units import FIRST, SAME, TO_RATIO


def deviation(s: State, x: float) -> float:
    return x - s[1] - s[2] / s[0]


def zscore_value(s: State, x: float) -> float:
    return deviation(s, x) / math.sqrt(spread(s[0], s[2], s[3]) / s[0])


def share_of_sum(s: State, x: float) -> float:
    return x / s[1]


def residual(s: State, y: float, x: float) -> float:
    slope = (s[7] - s[3] * s[4] / s[0]) / spread(s[0], s[4], s[6])  # 0 / 0 where x is constant
    return y - s[1] - s[3] / s[0] - slope * (x - s[2] - s[4] / s[0])


def bucket(position: float, count: float, k: float) -> float:
    return math.ceil(position * k / count) - 1.0


def clipped(low: float, high: float, x: float, p: float) -> float:
    return min(max(x, low), high)


def _residual(y: Matrix, x: Matrix) -> Matrix:
    beta = (demean(y) * demean(x)).sum() / (demean(x) ** 2).sum()
    return np.asarray(demean(y) - beta * demean(x))


@operator(form=Ranked(lambda position, count: position / count), unit=TO_RATIO, cost=Cost.SORT)
def cs_rank(x: Numeric, universe: Universe) -> Numeric:
    """Average-tie rank among the day's universe over its number, in (0, 1]."""
    return over_days(rank, [x], universe)


@operator(form=CrossSection((0.0,) * 4, moments_add, moments_merge, zscore_value), unit=TO_RATIO)
def cs_zscore(x: Numeric, universe: Universe) -> Numeric:
    """Distance from the day's mean in population standard deviations (ddof 0), NaN when that is 0."""
    return over_days(lambda v: demean(v) / std(v), [x], universe)


@operator(form=CrossSection((0.0,) * 3, centred_add, centred_merge, deviation), unit=SAME)
def cs_demean(x: Numeric, universe: Universe) -> Numeric:
    """Distance from the day's mean."""
    return over_days(demean, [x], universe)


@operator(form=CrossSection((0.0,) * 2, magnitude_add, mean_merge, share_of_sum), unit=TO_RATIO)
def cs_scale(x: Numeric, universe: Universe) -> Numeric:
    """Share of the day's sum of absolute values, NaN when that is 0."""
    return over_days(lambda v: v / np.abs(v).sum(), [x], universe)


@operator(form=DayQuantiles(clipped), unit=SAME, cost=Cost.SORT)
def cs_winsorize(
    x: Numeric, p: Annotated[float, real(0.001, 0.499, draws=(0.01, 0.05))], universe: Universe
) -> Numeric:
    """Nearest value to x from the day's p-quantile to its (1 - p)-quantile, with linear interpolation."""
    return over_days(lambda v: np.clip(v, *np.quantile(v, [p, 1.0 - p])), [x], universe)


@operator(form=Ranked(bucket), unit=TO_RATIO, cost=Cost.SORT)
def cs_quantile(x: Numeric, k: Annotated[int, whole(2, 100, draws=(5, 10))], universe: Universe) -> Numeric:
    """Bucket of the day's rank, 0 for the lowest k-th of the universe to k - 1."""
    return over_days(lambda v: np.ceil(rank(v) * v.size * k / v.size) - 1.0, [x], universe)


@operator(form=CrossSection((0.0,) * 8, pair_add, pair_merge, residual), unit=FIRST)
def cs_resid(y: Numeric, x: Numeric, universe: Universe) -> Numeric:
    """Residual of y regressed on x with intercept over the day's universe, NaN where x is the same everywhere."""
    return over_days(_residual, [y, x], universe)
