"""Weighted means of a window; a state is (count, sum of ages, sum x, sum of age * x)."""

from __future__ import annotations

import numpy as np

from dfqgp.ops.arguments import Numeric, Window
from dfqgp.ops.forms import Rolling, State
from dfqgp.ops.registry import operator
from dfqgp.ops.spec import Cost, Matrix
from dfqgp.ops.time_series.windows import over_windows
from dfqgp.ops.units import SAME


def decay_add(s: State, x: float, age: float) -> State:
    there = x == x
    v, one = (x if there else 0.0), (1.0 if there else 0.0)
    return s[0] + one, s[1] + age * one, s[2] + v, s[3] + age * v


def decay_merge(a: State, b: State) -> State:
    return a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]


def decay_value(s: State, x: float, age: float, w: float) -> float:
    oldest = w - age  # the weight of a row is w - age of t + age of the row
    return (oldest * s[2] + s[3]) / (oldest * s[0] + s[1])


def _linear_mean(v: Matrix) -> Matrix:
    weights = np.where(np.isnan(v), 0.0, np.arange(1.0, len(v) + 1.0)[:, None])
    return np.asarray(np.nansum(weights * v, axis=0) / weights.sum(axis=0))


@operator(form=Rolling((0.0,) * 4, decay_add, decay_merge, decay_value), unit=SAME, cost=Cost.ROLLING)
def ts_decay_linear(x: Numeric, w: Window) -> Numeric:
    """Mean of w days with weights w for today down to 1, normalised over the finite values."""
    return over_windows(_linear_mean, [x], w, minimum=1)
