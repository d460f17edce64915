"""One operator of each form of kernels, as docs/adding_an_operator.md shows them."""

import math
from typing import Annotated

import numpy as np

import dfqgp as dq
from dfqgp.ops import Boolean, Cost, Delay, Group, Numeric, Universe, Window, real
from dfqgp.ops.cross_section.days import over_days, over_groups, rank
from dfqgp.ops.time_series.delays import ts_delay
from dfqgp.ops.time_series.windows import count, over_windows, quantile
from dfqgp.ops.units import SAME, TO_RATIO


@dq.operator(form=dq.ops.Elementwise(lambda x, y: (x - y) / (abs(x) + abs(y))), unit=TO_RATIO)
def imbalance(x: Numeric, y: Numeric) -> Numeric:
    """Difference over the sum of absolute values, in [-1, 1]."""
    return (x - y) / (np.abs(x) + np.abs(y))


@dq.operator(form=dq.ops.Lagged(lambda x, before: (x + before) * 0.5), unit=SAME)
def ts_midpoint(x: Numeric, d: Delay) -> Numeric:
    """Mean of today's value and that of d days ago."""
    return (x + ts_delay(x, d)) / 2


def square_add(s, x, age):
    there = x == x  # NaN is not equal to itself
    return s[0] + (1.0 if there else 0.0), s[1] + (x * x if there else 0.0)


def square_merge(a, b):
    return a[0] + b[0], a[1] + b[1]


def root_mean(s, x, age, w):
    return math.sqrt(s[1] / s[0])


@dq.operator(form=dq.ops.Rolling((0.0, 0.0), square_add, square_merge, root_mean), unit=SAME, cost=Cost.ROLLING)
def ts_rms(x: Numeric, w: Window) -> Numeric:
    """Root of the mean square of w days."""
    return over_windows(lambda v: np.sqrt(np.nansum(v * v, axis=0) / count(v)), [x], w, minimum=1)


def lower_compare(x, today):
    return x == x, x < today, x == today


def lower_share(there, lower, equal, w):
    return lower / there if equal > 0 else math.nan  # nothing equals a missing value of today


def lower_than_today(v):
    return np.where(np.isnan(v[-1]), np.nan, (v < v[-1]).sum(axis=0) / count(v))


@dq.operator(form=dq.ops.Counting(lower_compare, lower_share), unit=TO_RATIO, cost=Cost.SORT)
def ts_share_lower(x: Numeric, w: Window) -> Numeric:
    """Share of w days whose value is lower than today's."""
    return over_windows(lower_than_today, [x], w, minimum=1)


@dq.operator(form=dq.ops.WindowQuantile(lambda w: 0.75), unit=SAME, cost=Cost.SORT)
def ts_upper_quartile(x: Numeric, w: Window) -> Numeric:
    """Upper quartile of w days, by linear interpolation."""
    return over_windows(lambda v: quantile(v, 0.75), [x], w, minimum=1)


def second_add(s, x, age, number, w):
    if number == 0.0:  # the first pass counts, and finds the greatest
        return s[0] + (1.0 if x == x else 0.0), (x if x > s[1] else s[1]), s[2]
    return s[0], s[1], (x if s[2] < x < s[1] else s[2])


def second_turn(s, number, w):
    return s


def second_value(s, x, w):
    return s[2]  # -inf, where all are equal, becomes NaN


def second_greatest(v):
    lower = np.where(v < np.fmax.reduce(v, axis=0), v, np.nan)
    return np.fmax.reduce(lower, axis=0)


@dq.operator(
    form=dq.ops.Passes((0.0, -math.inf, -math.inf), lambda w: 2, second_add, second_turn, second_value),
    unit=SAME,
    cost=Cost.SORT,
    minimum=2,
)
def ts_second_max(x: Numeric, w: Window) -> Numeric:
    """Second greatest among the different values of w days, NaN when all are equal."""
    return over_windows(second_greatest, [x], w, minimum=2)


def peak_add(s, x, age):
    there = x == x
    return s[0] + (1.0 if there else 0.0), (max(s[1], abs(x)) if there else s[1])


def peak_merge(a, b):
    return a[0] + b[0], max(a[1], b[1])


def over_peak(s, x):
    return x / s[1]


@dq.operator(form=dq.ops.CrossSection((0.0, 0.0), peak_add, peak_merge, over_peak), unit=TO_RATIO)
def group_over_peak(x: Numeric, g: Group, universe: Universe) -> Numeric:
    """Value over the largest absolute value of the day's group, in [-1, 1]."""
    return over_groups(lambda v: v / np.abs(v).max(), [x], g, universe)


@dq.operator(form=dq.ops.Ranked(lambda rank, count: (count + 1.0 - rank) / count), unit=TO_RATIO, cost=Cost.SORT)
def cs_rank_from_top(x: Numeric, universe: Universe) -> Numeric:
    """Average-tie rank from the greatest of the day's universe on, over its number, in (0, 1]."""
    return over_days(lambda v: rank(-v), [x], universe)


@dq.operator(
    form=dq.ops.DayQuantiles(lambda low, high, x, p: 1.0 if x < low or x > high else 0.0),
    unit=TO_RATIO,
    cost=Cost.SORT,
)
def cs_outside(x: Numeric, p: Annotated[float, real(0.01, 0.49, draws=(0.05, 0.1))], universe: Universe) -> Boolean:
    """Whether x is below the day's p-quantile or above its (1 - p)-quantile."""
    return over_days(lambda v: (v < np.quantile(v, p)) | (v > np.quantile(v, 1 - p)), [x], universe)
