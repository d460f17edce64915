"""Weighted means of a window, and its most recent value."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np

from dfqgp.ops.arguments import Numeric, Window, window
from dfqgp.ops.forms import Rolling, State
from dfqgp.ops.registry import operator
from dfqgp.ops.spec import Cost, Matrix
from dfqgp.ops.time_series.windows import over_windows
from dfqgp.ops.units import SAME

# ---------------------------------------------------------------- (count, sum of ages, sum x, sum of age * x)


def decay_add(s: State, x: float, age: float) -> State:
    there = x == x
    v, one = (x if there else 0.0), (1.0 if there else 0.0)
    return s[0] + one, s[1] + age * one, s[2] + v, s[3] + age * v


def decay_merge(a: State, b: State) -> State:
    return a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]


def decay_value(s: State, x: float, age: float, w: float) -> float:
    oldest = w - age  # the weight of a row is w - age of t + age of the row
    return (oldest * s[2] + s[3]) / (oldest * s[0] + s[1])


# ---------------------------------------------------------------- (count, sum of weights, weighted sum)
# Weights grow from the block's boundary on instead of falling from today: their ratios are the same, and a state need
# not know today. Over 4w rows they differ by a factor of at most e^8.


def ema_add(s: State, x: float, age: float, w: float) -> State:
    there = x == x
    weight = math.pow((w - 1.0) / (w + 1.0), -age) if there else 0.0
    return s[0] + (1.0 if there else 0.0), s[1] + weight, s[2] + (weight * x if there else 0.0)


def sums_merge(a: State, b: State) -> State:
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


def ema_value(s: State, x: float, age: float, w: float) -> float:
    return s[2] / s[1]


# ---------------------------------------------------------------- (count, most recent value, its age)


def latest_add(s: State, x: float, age: float) -> State:
    better = x == x and age > s[2]
    return s[0] + (1.0 if x == x else 0.0), (x if better else s[1]), (age if better else s[2])


def latest_merge(a: State, b: State) -> State:
    better = b[2] > a[2]
    return a[0] + b[0], (b[1] if better else a[1]), (b[2] if better else a[2])


def latest(s: State, x: float, age: float, w: float) -> float:
    return s[1]


def four_windows(w: int) -> int:
    return 4 * w - 1


def one(w: int) -> int:
    return 1


def _weighted_mean(v: Matrix, weights: Matrix) -> Matrix:
    there = np.where(np.isnan(v), 0.0, weights[:, None])
    return np.asarray(np.nansum(there * v, axis=0) / there.sum(axis=0))


def _latest(v: Matrix) -> Matrix:
    last = np.argmax(np.isfinite(v)[::-1], axis=0)
    return np.asarray(np.take_along_axis(v[::-1], last[None], axis=0)[0])


@operator(form=Rolling((0.0,) * 4, decay_add, decay_merge, decay_value), unit=SAME, cost=Cost.ROLLING)
def ts_decay_linear(x: Numeric, w: Window) -> Numeric:
    """Mean of w days with weights w for today down to 1, normalised over the finite values."""
    return over_windows(lambda v: _weighted_mean(v, np.arange(1.0, w + 1.0)), [x], w, minimum=1)


@operator(form=Rolling((0.0,) * 3, ema_add, sums_merge, ema_value, weighs=True), unit=SAME, cost=Cost.ROLLING)
def ts_ema(x: Numeric, w: Annotated[int, window(low=2, high=2_500, rows=four_windows)]) -> Numeric:
    """Mean of 4w days with weights (1 - a)^k for k days ago, a = 2 / (w + 1), normalised over the finite values."""
    ages = np.arange(4.0 * w)[::-1]
    return over_windows(lambda v: _weighted_mean(v, (1.0 - 2.0 / (w + 1.0)) ** ages), [x], 4 * w, 1, need=-(-w // 2))


@operator(form=Rolling((0.0, math.nan, -math.inf), latest_add, latest_merge, latest), unit=SAME, cost=Cost.ROLLING)
def ts_backfill(x: Numeric, w: Annotated[int, window(need=one)]) -> Numeric:
    """Most recent finite value of w days."""
    return over_windows(_latest, [x], w, minimum=1, need=1)
