"""Operators that compare today with the days of the window."""

from __future__ import annotations

import math

import numpy as np

from dfqgp.ops.arguments import Numeric, Window
from dfqgp.ops.forms import Counting
from dfqgp.ops.registry import operator
from dfqgp.ops.spec import Cost, Matrix
from dfqgp.ops.time_series.windows import count, over_windows
from dfqgp.ops.units import TO_RATIO


def rank_compare(x: float, today: float) -> tuple[bool, bool, bool]:
    return x == x, x < today, x == today


def rank_value(there: int, below: int, equal: int, w: float) -> float:
    return (below + (equal + 1) * 0.5) / there if equal > 0 else math.nan


def _last_rank(v: Matrix) -> Matrix:
    below, equal = (v < v[-1]).sum(axis=0), (v == v[-1]).sum(axis=0)
    return np.where(np.isnan(v[-1]), np.nan, (below + (equal + 1.0) / 2.0) / count(v))


@operator(form=Counting(rank_compare, rank_value), unit=TO_RATIO, cost=Cost.SORT)
def ts_rank(x: Numeric, w: Window) -> Numeric:
    """Average-tie rank of today's value among w days over their number, in (0, 1]."""
    return over_windows(_last_rank, [x], w, minimum=1)
