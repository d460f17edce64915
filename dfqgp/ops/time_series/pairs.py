"""Operators over the pairs of two panels; a state is (count, cx, cy, sums of dx, dy, dx^2, dy^2, dx dy).

dx and dy are distances from the first pair (cx, cy), for the reason that ``moments.py`` gives.
"""

from __future__ import annotations

import math

import numpy as np

from dfqgp.ops.arguments import Numeric, Window
from dfqgp.ops.forms import Rolling, State
from dfqgp.ops.registry import operator
from dfqgp.ops.spec import Cost, Matrix
from dfqgp.ops.time_series.moments import spread
from dfqgp.ops.time_series.windows import over_windows, sum_of_products
from dfqgp.ops.units import TO_RATIO


def pair_add(s: State, x: float, y: float, age: float) -> State:
    there = x == x and y == y
    first = there and s[0] == 0.0
    cx, cy = (x if first else s[1]), (y if first else s[2])
    dx, dy = (x - cx if there else 0.0), (y - cy if there else 0.0)
    n = s[0] + (1.0 if there else 0.0)
    return n, cx, cy, s[3] + dx, s[4] + dy, s[5] + dx * dx, s[6] + dy * dy, s[7] + dx * dy


def pair_merge(a: State, b: State) -> State:
    cx, cy = (a[1] if a[0] > 0.0 else b[1]), (a[2] if a[0] > 0.0 else b[2])
    dx, dy = (b[1] - cx if b[0] > 0.0 else 0.0), (b[2] - cy if b[0] > 0.0 else 0.0)
    sx, sy = a[3] + b[3] + b[0] * dx, a[4] + b[4] + b[0] * dy
    sxx = a[5] + b[5] + dx * (2.0 * b[3] + b[0] * dx)
    syy = a[6] + b[6] + dy * (2.0 * b[4] + b[0] * dy)
    return a[0] + b[0], cx, cy, sx, sy, sxx, syy, a[7] + b[7] + dx * b[4] + dy * b[3] + b[0] * dx * dy


def corr_value(s: State, x: float, y: float, age: float, w: float) -> float:
    scale = math.sqrt(spread(s[0], s[3], s[5])) * math.sqrt(spread(s[0], s[4], s[6]))
    # 0 / 0 for a constant window is the NaN that the definition asks for
    return min(max((s[7] - s[3] * s[4] / s[0]) / scale, -1.0), 1.0) if scale > 0.0 else math.nan


def _correlation(u: Matrix, v: Matrix) -> Matrix:
    scale = np.sqrt(sum_of_products(u, u)) * np.sqrt(sum_of_products(v, v))
    return np.asarray(np.clip(sum_of_products(u, v) / scale, -1.0, 1.0))


@operator(
    form=Rolling((0.0,) * 8, pair_add, pair_merge, corr_value),
    unit=TO_RATIO, cost=Cost.ROLLING, minimum=3, commutes=True,
)  # fmt: skip
def ts_corr(x: Numeric, y: Numeric, w: Window) -> Numeric:
    """Pearson correlation of x and y over the pairs of w days, NaN when either is constant."""
    return over_windows(_correlation, [x, y], w, minimum=3)
