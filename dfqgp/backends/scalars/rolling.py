"""Rolling operators as monoids: the state of some rows, how a row joins it, how two states merge, what they say.

The rows of a block start at a boundary b; ``age`` counts rows from it (negative before). A window that ends at t is the
rows before b merged with the rows from b to t, so a value is the same function of its own window wherever a panel
was cut, and a row leaves without ever being subtracted. Nothing is left behind by a spike, an infinity or 1e30.

A state is a tuple of float64 whose first item counts the rows with finite inputs. ``x`` and ``y`` are the inputs of the
row, the same for one-panel operators; a row where either is NaN is missing.

Second moments are taken about the first finite value c that joined (merging moves them to the earlier c). As c is
in the window, sum (x-c)^2 is at most n times the sum of squares about the mean: no cancellation beyond a factor n, on
any input, and it is exactly 0 if and only if the window is constant.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from numba.extending import register_jitable

if TYPE_CHECKING:
    from collections.abc import Callable

State = tuple[float, ...]


@dataclass(frozen=True)
class Monoid:
    """A rolling operator's four parts.

    Parameters
    ----------
    start : tuple of float
        State of no rows.
    add : callable
        (state, x, y, age) -> state with the row joined.
    merge : callable
        (earlier state, later state) -> state of both.
    value : callable
        (state, x, y, age of t, window) -> value at t; x and y are the inputs at t.
    """

    start: State
    add: Callable[[State, float, float, float], State]
    merge: Callable[[State, State], State]
    value: Callable[[State, float, float, float, float], float]


# ---------------------------------------------------------------- mean: count, sum


@register_jitable
def mean_add(s: State, x: float, y: float, age: float) -> State:
    there = x == x
    return s[0] + (1.0 if there else 0.0), s[1] + (x if there else 0.0)


@register_jitable
def mean_merge(a: State, b: State) -> State:
    return a[0] + b[0], a[1] + b[1]


@register_jitable
def mean_value(s: State, x: float, y: float, age: float, w: float) -> float:
    return s[1] / s[0]


# ---------------------------------------------------------------- extrema: count, extremum


@register_jitable
def min_add(s: State, x: float, y: float, age: float) -> State:
    return s[0] + (1.0 if x == x else 0.0), (x if x < s[1] else s[1])


@register_jitable
def min_merge(a: State, b: State) -> State:
    return a[0] + b[0], (b[1] if b[1] < a[1] else a[1])


@register_jitable
def max_add(s: State, x: float, y: float, age: float) -> State:
    return s[0] + (1.0 if x == x else 0.0), (x if x > s[1] else s[1])


@register_jitable
def max_merge(a: State, b: State) -> State:
    return a[0] + b[0], (b[1] if b[1] > a[1] else a[1])


@register_jitable
def second(s: State, x: float, y: float, age: float, w: float) -> float:
    return s[1]


# ---------------------------------------------------------------- moments: count, c, sum (x-c), sum (x-c)^2


@register_jitable
def moments_add(s: State, x: float, y: float, age: float) -> State:
    there = x == x
    c = x if there and s[0] == 0.0 else s[1]
    d = x - c if there else 0.0
    return s[0] + (1.0 if there else 0.0), c, s[2] + d, s[3] + d * d


@register_jitable
def moments_merge(a: State, b: State) -> State:
    c = a[1] if a[0] > 0.0 else b[1]
    d = b[1] - c if b[0] > 0.0 else 0.0
    return a[0] + b[0], c, a[2] + b[2] + b[0] * d, a[3] + b[3] + d * (2.0 * b[2] + b[0] * d)


@register_jitable
def spread(n: float, s1: float, s2: float) -> float:
    """Sum of squares about the mean from sums about c, exactly 0 where all are equal."""
    return max(s2 - s1 * s1 / n, 0.0) if s2 > 0.0 else 0.0


@register_jitable
def std_value(s: State, x: float, y: float, age: float, w: float) -> float:
    return math.sqrt(spread(s[0], s[2], s[3]) / (s[0] - 1.0))


@register_jitable
def zscore_value(s: State, x: float, y: float, age: float, w: float) -> float:
    return (x - s[1] - s[2] / s[0]) / std_value(s, x, y, age, w)


# ---------------------------------------------------------------- co-moments: count, cx, cy, sums about them


@register_jitable
def pair_add(s: State, x: float, y: float, age: float) -> State:
    there = x == x and y == y
    first = there and s[0] == 0.0
    cx, cy = (x if first else s[1]), (y if first else s[2])
    dx, dy = (x - cx if there else 0.0), (y - cy if there else 0.0)
    n = s[0] + (1.0 if there else 0.0)
    return n, cx, cy, s[3] + dx, s[4] + dy, s[5] + dx * dx, s[6] + dy * dy, s[7] + dx * dy


@register_jitable
def pair_merge(a: State, b: State) -> State:
    cx, cy = (a[1] if a[0] > 0.0 else b[1]), (a[2] if a[0] > 0.0 else b[2])
    dx, dy = (b[1] - cx if b[0] > 0.0 else 0.0), (b[2] - cy if b[0] > 0.0 else 0.0)
    sx, sy = a[3] + b[3] + b[0] * dx, a[4] + b[4] + b[0] * dy
    sxx = a[5] + b[5] + dx * (2.0 * b[3] + b[0] * dx)
    syy = a[6] + b[6] + dy * (2.0 * b[4] + b[0] * dy)
    return a[0] + b[0], cx, cy, sx, sy, sxx, syy, a[7] + b[7] + dx * b[4] + dy * b[3] + b[0] * dx * dy


@register_jitable
def corr_value(s: State, x: float, y: float, age: float, w: float) -> float:
    scale = math.sqrt(spread(s[0], s[3], s[5])) * math.sqrt(spread(s[0], s[4], s[6]))
    # 0 / 0 for a constant window is the NaN that the definition asks for
    return min(max((s[7] - s[3] * s[4] / s[0]) / scale, -1.0), 1.0) if scale > 0.0 else math.nan


# ---------------------------------------------------------------- linear decay: count, sum age, sum x, sum age * x


@register_jitable
def decay_add(s: State, x: float, y: float, age: float) -> State:
    there = x == x
    v, one = (x if there else 0.0), (1.0 if there else 0.0)
    return s[0] + one, s[1] + age * one, s[2] + v, s[3] + age * v


@register_jitable
def decay_merge(a: State, b: State) -> State:
    return a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]


@register_jitable
def decay_value(s: State, x: float, y: float, age: float, w: float) -> float:
    oldest = w - age  # the weight of a row is w - age of t + age of the row
    return (oldest * s[2] + s[3]) / (oldest * s[0] + s[1])


_INF = math.inf

MONOIDS = {
    "ts_mean": Monoid((0.0, 0.0), mean_add, mean_merge, mean_value),
    "ts_std": Monoid((0.0,) * 4, moments_add, moments_merge, std_value),
    "ts_zscore": Monoid((0.0,) * 4, moments_add, moments_merge, zscore_value),
    "ts_min": Monoid((0.0, _INF), min_add, min_merge, second),
    "ts_max": Monoid((0.0, -_INF), max_add, max_merge, second),
    "ts_corr": Monoid((0.0,) * 8, pair_add, pair_merge, corr_value),
    "ts_decay_linear": Monoid((0.0,) * 4, decay_add, decay_merge, decay_value),
}
