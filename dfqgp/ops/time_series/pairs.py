"""Operators over the pairs of two panels."""

from __future__ import annotations

import math

import numpy as np

from dfqgp.ops.arguments import Numeric, Window
from dfqgp.ops.forms import Rolling, State
from dfqgp.ops.registry import operator
from dfqgp.ops.spec import Cost, Matrix
from dfqgp.ops.states import pair_add, pair_merge, spread
from dfqgp.ops.time_series.windows import over_windows, sum_of_products
from dfqgp.ops.units import TO_RATIO


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
