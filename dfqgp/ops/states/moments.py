"""Sums and moments of one input."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dfqgp.ops.forms import State

# ---------------------------------------------------------------- mean: (count, sum)


def mean_add(s: State, x: float, age: float) -> State:
    there = x == x
    return s[0] + (1.0 if there else 0.0), s[1] + (x if there else 0.0)


def magnitude_add(s: State, x: float, age: float) -> State:
    there = x == x
    return s[0] + (1.0 if there else 0.0), s[1] + (abs(x) if there else 0.0)


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


# ---------------------------------------------------------------- about c: sums of the powers 1 to 4


def fourth_add(s: State, x: float, age: float) -> State:
    there = x == x
    c = x if there and s[0] == 0.0 else s[1]
    d = x - c if there else 0.0
    d2 = d * d
    return s[0] + (1.0 if there else 0.0), c, s[2] + d, s[3] + d2, s[4] + d2 * d, s[5] + d2 * d2


def fourth_merge(a: State, b: State) -> State:
    """Move b to the c of a: sum (x + d)^k by the binomial theorem."""
    c = a[1] if a[0] > 0.0 else b[1]
    d = b[1] - c if b[0] > 0.0 else 0.0
    n, s1, s2, s3 = b[0], b[2], b[3], b[4]
    m1, m2 = s1 + n * d, s2 + d * (2.0 * s1 + n * d)
    m3 = s3 + d * (3.0 * s2 + d * (3.0 * s1 + n * d))
    m4 = b[5] + d * (4.0 * s3 + d * (6.0 * s2 + d * (4.0 * s1 + n * d)))
    return a[0] + n, c, a[2] + m1, a[3] + m2, a[4] + m3, a[5] + m4
