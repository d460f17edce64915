"""Ranks and quantiles of a window."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np

from dfqgp.ops.arguments import Numeric, Window, real
from dfqgp.ops.forms import Counting, WindowQuantile
from dfqgp.ops.registry import operator
from dfqgp.ops.spec import Cost, Matrix
from dfqgp.ops.time_series.windows import count, over_windows, quantile
from dfqgp.ops.units import SAME, TO_RATIO


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


@operator(form=WindowQuantile(lambda w: 0.5), unit=SAME, cost=Cost.SORT)
def ts_median(x: Numeric, w: Window) -> Numeric:
    """Median of the finite values of w days."""
    return over_windows(lambda v: quantile(v, 0.5), [x], w, minimum=1)


@operator(form=WindowQuantile(lambda w, q: q), unit=SAME, cost=Cost.SORT)
def ts_quantile(
    x: Numeric, w: Window, q: Annotated[float, real(0.001, 0.999, draws=(0.1, 0.25, 0.75, 0.9))]
) -> Numeric:
    """Quantile q of the finite values of w days, with linear interpolation."""
    return over_windows(lambda v: quantile(v, q), [x], w, minimum=1)
