"""States that rolling windows and cross-sections share: how a row joins, how two states merge.

A state is a tuple of numbers; the first counts the rows whose inputs are all finite. A function says nothing of time:
what joins may be the days of a window or the stocks of a day. ``age`` is for states that weigh days.

Second moments are taken about the first finite value c that joined (merging moves them to the earlier c). As c is
among the values, sum (x-c)^2 is at most n times the sum of squares about the mean: no cancellation beyond a factor n,
on any input, and it is exactly 0 if and only if the values are all equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dfqgp.ops.forms import State

# ---------------------------------------------------------------- mean: (count, sum)


def mean_add(s: State, x: float, age: float) -> State:
    there = x == x
    return s[0] + (1.0 if there else 0.0), s[1] + (x if there else 0.0)


def mean_merge(a: State, b: State) -> State:
    return a[0] + b[0], a[1] + b[1]


# ---------------------------------------------------------------- about c: (count, c, sum of x-c)


def centred_add(s: State, x: float, age: float) -> State:
    there = x == x
    c = x if there and s[0] == 0.0 else s[1]
    return s[0] + (1.0 if there else 0.0), c, s[2] + (x - c if there else 0.0)


def centred_merge(a: State, b: State) -> State:
    c = a[1] if a[0] > 0.0 else b[1]
    d = b[1] - c if b[0] > 0.0 else 0.0
    return a[0] + b[0], c, a[2] + b[2] + b[0] * d


# ---------------------------------------------------------------- moments about c: also the sum of squares


def moments_add(s: State, x: float, age: float) -> State:
    there = x == x
    c = x if there and s[0] == 0.0 else s[1]
    d = x - c if there else 0.0
    return s[0] + (1.0 if there else 0.0), c, s[2] + d, s[3] + d * d


def moments_merge(a: State, b: State) -> State:
    c = a[1] if a[0] > 0.0 else b[1]
    d = b[1] - c if b[0] > 0.0 else 0.0
    return a[0] + b[0], c, a[2] + b[2] + b[0] * d, a[3] + b[3] + d * (2.0 * b[2] + b[0] * d)


def spread(n: float, s1: float, s2: float) -> float:
    """Sum of squares about the mean from sums about c, exactly 0 where all are equal."""
    return max(s2 - s1 * s1 / n, 0.0) if s2 > 0.0 else 0.0


# ---------------------------------------------------------------- pairs: count, cx, cy, sums of their products
# (count, cx, cy, sums of dx, dy, dx^2, dy^2, dx dy): dx and dy are distances from the first pair (cx, cy).


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
