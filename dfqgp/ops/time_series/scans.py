"""What takes several looks at a window: distances from its mean, bins between its extrema, its largest values."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np

from dfqgp.ops.arguments import Numeric, Window, whole
from dfqgp.ops.forms import Passes, State
from dfqgp.ops.registry import operator
from dfqgp.ops.spec import Cost, Matrix
from dfqgp.ops.time_series.windows import count, deviations, is_constant, over_windows
from dfqgp.ops.units import FIRST, SAME, TO_RATIO

# ---------------------------------------------------------------- (count, c, sum of x-c, mean less c, sum of distances)


def mad_add(s: State, x: float, age: float, number: float, w: float) -> State:
    there = x == x
    if number == 0.0:
        c = x if there and s[0] == 0.0 else s[1]
        return s[0] + (1.0 if there else 0.0), c, s[2] + (x - c if there else 0.0), s[3], s[4]
    return s[0], s[1], s[2], s[3], s[4] + (abs(x - s[1] - s[3]) if there else 0.0)


def mad_turn(s: State, number: float, w: float) -> State:
    return s[0], s[1], s[2], s[2] / s[0] if s[0] > 0.0 else 0.0, s[4]


def mad_value(s: State, x: float, w: float) -> float:
    return s[4] / s[0]


# ---------------------------------------------------------------- (count, least, greatest, rows of the bin, entropy)


def entropy_add(s: State, x: float, age: float, number: float, w: float, k: float) -> State:
    there = x == x
    if number == 0.0:
        return (
            s[0] + (1.0 if there else 0.0),
            min(s[1], x if there else s[1]),
            max(s[2], x if there else s[2]),
            0.0,
            0.0,
        )
    place = min(math.floor((x - s[1]) / (s[2] - s[1]) * k), k - 1.0) if there and s[2] > s[1] else -1.0
    return s[0], s[1], s[2], s[3] + (1.0 if place == number - 1.0 else 0.0), s[4]


def entropy_turn(s: State, number: float, w: float, k: float) -> State:
    share = s[3] / s[0] if s[3] > 0.0 else 1.0  # an empty bin adds nothing
    return s[0], s[1], s[2], 0.0, s[4] - share * math.log(share)


def entropy_value(s: State, x: float, w: float, k: float) -> float:
    return s[4] / math.log(k)


# ---------------------------------------------------------------- the k days with the largest ``by``
# (count, by and age of the day found last, by, age and x of the best day after it, sum of x)


def top_add(s: State, x: float, by: float, age: float, number: float, w: float, k: float) -> State:
    there = x == x and by == by
    after = there and (by < s[1] or (by == s[1] and age < s[2]))
    better = after and (by > s[3] or (by == s[3] and age > s[4]))
    n = s[0] + (1.0 if there and number == 0.0 else 0.0)
    return n, s[1], s[2], (by if better else s[3]), (age if better else s[4]), (x if better else s[5]), s[6]


def bottom_add(s: State, x: float, by: float, age: float, number: float, w: float, k: float) -> State:
    return top_add(s, x, -by, age, number, w, k)


def top_turn(s: State, number: float, w: float, k: float) -> State:
    return s[0], s[3], s[4], -math.inf, -math.inf, 0.0, s[6] + s[5]


def top_value(s: State, x: float, by: float, w: float, k: float) -> float:
    return s[6] / k


TOP = (0.0, math.inf, math.inf, -math.inf, -math.inf, 0.0, 0.0)


def _entropy(v: Matrix, k: int) -> Matrix:
    low, high = np.fmin.reduce(v, axis=0), np.fmax.reduce(v, axis=0)
    place = np.minimum(np.floor((v - low) / (high - low) * k), k - 1)
    shares = [(place == each).sum(axis=0) / count(v) for each in range(k)]
    entropy = -sum(share * np.log(np.where(share > 0, share, 1.0)) for share in shares)
    return np.where(is_constant(v), 0.0, entropy / np.log(k))


def _top_mean(x: Matrix, by: Matrix, k: int) -> Matrix:
    """Average x over the rows with the largest ``by``; sorted from the most recent, equal ones keep this order."""
    order = np.argsort(-by[::-1], axis=0, kind="stable")[:k]  # NaN is sorted to the end
    return np.asarray(np.take_along_axis(x[::-1], order, axis=0).sum(axis=0) / k)


def as_many(k: int) -> int:
    return k


Days = Annotated[int, whole(1, 250, draws=(1, 3, 5), need=as_many)]
Bins = Annotated[int, whole(2, 20, draws=(5, 10), need=as_many)]


@operator(form=Passes((0.0,) * 5, lambda w: 2, mad_add, mad_turn, mad_value), unit=SAME, cost=Cost.SORT)
def ts_mad(x: Numeric, w: Window) -> Numeric:
    """Mean absolute distance of the finite values of w days from their mean."""
    return over_windows(lambda v: np.nansum(np.abs(deviations(v)), axis=0) / count(v), [x], w, minimum=1)


@operator(
    form=Passes((0.0, math.inf, -math.inf, 0.0, 0.0), lambda w, k: k + 1, entropy_add, entropy_turn, entropy_value),
    unit=TO_RATIO, cost=Cost.SCAN,
)  # fmt: skip
def ts_entropy(x: Numeric, w: Window, k: Bins) -> Numeric:
    """Entropy of w days in k equal bins between their least and greatest value over log k; 0 for a constant window."""
    return over_windows(lambda v: _entropy(v, k), [x], w, minimum=k)


@operator(form=Passes(TOP, lambda w, k: k, top_add, top_turn, top_value), unit=FIRST, cost=Cost.SCAN)
def ts_top_mean(x: Numeric, by: Numeric, w: Window, k: Days) -> Numeric:
    """Mean of x over the k days among w with the largest ``by``; of equal ones the most recent come first."""
    return over_windows(lambda u, v: _top_mean(u, v, k), [x, by], w, minimum=k)


@operator(form=Passes(TOP, lambda w, k: k, bottom_add, top_turn, top_value), unit=FIRST, cost=Cost.SCAN)
def ts_bottom_mean(x: Numeric, by: Numeric, w: Window, k: Days) -> Numeric:
    """Mean of x over the k days among w with the smallest ``by``; of equal ones the most recent come first."""
    return over_windows(lambda u, v: _top_mean(u, -v, k), [x, by], w, minimum=k)
