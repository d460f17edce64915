"""Least and greatest value of a window; a state is (count, extremum).

No comparison with NaN holds, so missing cells change the count alone.
"""

from __future__ import annotations

import math

import numpy as np

from dfqgp.ops.arguments import Numeric, Window
from dfqgp.ops.forms import Rolling, State
from dfqgp.ops.registry import operator
from dfqgp.ops.spec import Cost
from dfqgp.ops.time_series.windows import over_windows
from dfqgp.ops.units import SAME


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


@operator(form=Rolling((0.0, math.inf), min_add, min_merge, extremum), unit=SAME, cost=Cost.ROLLING)
def ts_min(x: Numeric, w: Window) -> Numeric:
    """Least value of w days."""
    return over_windows(lambda v: np.fmin.reduce(v, axis=0), [x], w, minimum=1)


@operator(form=Rolling((0.0, -math.inf), max_add, max_merge, extremum), unit=SAME, cost=Cost.ROLLING)
def ts_max(x: Numeric, w: Window) -> Numeric:
    """Greatest value of w days."""
    return over_windows(lambda v: np.fmax.reduce(v, axis=0), [x], w, minimum=1)
