"""Extrema of a window and where they stand.

No comparison with NaN holds, so missing cells change the count alone. Rows join in either direction of time: of equal
extrema the one with the greater age, the more recent one, is kept.
"""

from __future__ import annotations

import math

import numpy as np

from dfqgp.ops.arguments import Numeric, Window
from dfqgp.ops.forms import Rolling, State
from dfqgp.ops.registry import operator
from dfqgp.ops.spec import Cost, Matrix
from dfqgp.ops.time_series.windows import over_windows
from dfqgp.ops.units import SAME, TO_RATIO

# ---------------------------------------------------------------- the extremum: count, extremum


def min_add(s: State, x: float, age: float) -> State:
    return s[0] + (1.0 if x == x else 0.0), (x if x < s[1] else s[1])


def min_merge(a: State, b: State) -> State:
    return a[0] + b[0], (b[1] if b[1] < a[1] else a[1])


def max_add(s: State, x: float, age: float) -> State:
    return s[0] + (1.0 if x == x else 0.0), (x if x > s[1] else s[1])


def max_merge(a: State, b: State) -> State:
    return a[0] + b[0], (b[1] if b[1] > a[1] else a[1])


def extremum(s: State, x: float, age: float, w: float) -> float:
    return s[1]


# ---------------------------------------------------------------- the range: count, least, greatest


def range_add(s: State, x: float, age: float) -> State:
    return s[0] + (1.0 if x == x else 0.0), (x if x < s[1] else s[1]), (x if x > s[2] else s[2])


def range_merge(a: State, b: State) -> State:
    return a[0] + b[0], (b[1] if b[1] < a[1] else a[1]), (b[2] if b[2] > a[2] else a[2])


def range_value(s: State, x: float, age: float, w: float) -> float:
    return s[2] - s[1]


# ---------------------------------------------------------------- its place: count, greatest, its age


def argmax_add(s: State, x: float, age: float) -> State:
    better = x > s[1] or (x == s[1] and age > s[2])
    return s[0] + (1.0 if x == x else 0.0), (x if better else s[1]), (age if better else s[2])


def argmax_merge(a: State, b: State) -> State:
    better = b[1] > a[1] or (b[1] == a[1] and b[2] > a[2])
    return a[0] + b[0], (b[1] if better else a[1]), (b[2] if better else a[2])


def argmin_add(s: State, x: float, age: float) -> State:
    return argmax_add(s, -x, age)


def days_since(s: State, x: float, age: float, w: float) -> float:
    return age - s[2]


def _days_since(v: Matrix) -> Matrix:
    """Return how many rows before the last the most recent maximum of each column stands."""
    return np.asarray(np.argmax(np.where(np.isnan(v), -np.inf, v)[::-1], axis=0), dtype=np.float64)


@operator(form=Rolling((0.0, math.inf), min_add, min_merge, extremum), unit=SAME, cost=Cost.ROLLING)
def ts_min(x: Numeric, w: Window) -> Numeric:
    """Least value of w days."""
    return over_windows(lambda v: np.fmin.reduce(v, axis=0), [x], w, minimum=1)


@operator(form=Rolling((0.0, -math.inf), max_add, max_merge, extremum), unit=SAME, cost=Cost.ROLLING)
def ts_max(x: Numeric, w: Window) -> Numeric:
    """Greatest value of w days."""
    return over_windows(lambda v: np.fmax.reduce(v, axis=0), [x], w, minimum=1)


@operator(form=Rolling((0.0, math.inf, -math.inf), range_add, range_merge, range_value), unit=SAME, cost=Cost.ROLLING)
def ts_range(x: Numeric, w: Window) -> Numeric:
    """Greatest less least value of w days."""
    return over_windows(lambda v: np.fmax.reduce(v, axis=0) - np.fmin.reduce(v, axis=0), [x], w, minimum=1)


@operator(
    form=Rolling((0.0, -math.inf, -math.inf), argmin_add, argmax_merge, days_since), unit=TO_RATIO, cost=Cost.ROLLING
)
def ts_argmin(x: Numeric, w: Window) -> Numeric:
    """Days since the least value of w days, 0 for today; of equal ones the most recent."""
    return over_windows(lambda v: _days_since(-v), [x], w, minimum=1)


@operator(
    form=Rolling((0.0, -math.inf, -math.inf), argmax_add, argmax_merge, days_since), unit=TO_RATIO, cost=Cost.ROLLING
)
def ts_argmax(x: Numeric, w: Window) -> Numeric:
    """Days since the greatest value of w days, 0 for today; of equal ones the most recent."""
    return over_windows(_days_since, [x], w, minimum=1)
