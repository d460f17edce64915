"""Moments of two and of three inputs together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dfqgp.ops.forms import State

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


# ---------------------------------------------------------------- triples: as pairs, with a third input z
# (count, cx, cy, cz, sums of dx, dy, dz, dx^2, dy^2, dz^2, dx dy, dx dz, dy dz).


def triple_add(s: State, x: float, y: float, z: float, age: float) -> State:
    there = x == x and y == y and z == z
    first = there and s[0] == 0.0
    cx, cy, cz = (x if first else s[1]), (y if first else s[2]), (z if first else s[3])
    dx, dy, dz = (x - cx if there else 0.0), (y - cy if there else 0.0), (z - cz if there else 0.0)
    return (
        s[0] + (1.0 if there else 0.0), cx, cy, cz, s[4] + dx, s[5] + dy, s[6] + dz,
        s[7] + dx * dx, s[8] + dy * dy, s[9] + dz * dz, s[10] + dx * dy, s[11] + dx * dz, s[12] + dy * dz,
    )  # fmt: skip


def triple_merge(a: State, b: State) -> State:
    some, n = a[0] > 0.0, b[0]
    cx, cy, cz = (a[1] if some else b[1]), (a[2] if some else b[2]), (a[3] if some else b[3])
    x, y, z = (b[1] - cx if n > 0.0 else 0.0), (b[2] - cy if n > 0.0 else 0.0), (b[3] - cz if n > 0.0 else 0.0)
    return (
        a[0] + n, cx, cy, cz, a[4] + b[4] + n * x, a[5] + b[5] + n * y, a[6] + b[6] + n * z,
        a[7] + b[7] + x * (2.0 * b[4] + n * x), a[8] + b[8] + y * (2.0 * b[5] + n * y),
        a[9] + b[9] + z * (2.0 * b[6] + n * z), a[10] + b[10] + x * b[5] + y * b[4] + n * x * y,
        a[11] + b[11] + x * b[6] + z * b[4] + n * x * z, a[12] + b[12] + y * b[6] + z * b[5] + n * y * z,
    )  # fmt: skip
