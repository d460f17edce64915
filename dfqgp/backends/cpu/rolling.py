"""Loops of rolling operators.

1. Time is cut into blocks of w rows whose boundaries are multiples of w in the calendar (origin + row).
2. Backwards from a boundary b, states of the rows t-w+1 .. b-1 are kept for each t of the block (``tails``).
3. Forwards, the state of rows b .. t grows by a row a step; merged with the tail it covers the window.

Each value reads its window alone, in an order that the calendar fixes: cutting a panel in time changes no bit. The
usual alternative, add and drop with a restart every max(64, 2w) rows, was turned down before it was timed: 1e30 in the
input poisons a sum of squares until the next restart, and a row's bits depend on how far back the panel goes.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numba.extending import register_jitable

from dfqgp.backends.cpu.compile import LITERAL, OUT, WARMUP, A, B, compile_kernel
from dfqgp.backends.scalars import rolling as scalars
from dfqgp.backends.scalars.rolling import MONOIDS, Monoid
from dfqgp.ops import OPERATORS

if TYPE_CHECKING:
    from collections.abc import Callable


@register_jitable
def load2(s, j):
    return s[0, j], s[1, j]


@register_jitable
def save2(s, j, state):
    s[0, j], s[1, j] = state


@register_jitable
def load4(s, j):
    return s[0, j], s[1, j], s[2, j], s[3, j]


@register_jitable
def save4(s, j, state):
    s[0, j], s[1, j], s[2, j], s[3, j] = state


@register_jitable
def load8(s, j):
    return s[0, j], s[1, j], s[2, j], s[3, j], s[4, j], s[5, j], s[6, j], s[7, j]


@register_jitable
def save8(s, j, state):
    s[0, j], s[1, j], s[2, j], s[3, j], s[4, j], s[5, j], s[6, j], s[7, j] = state


_ACCESS = {2: (load2, save2), 4: (load4, save4), 8: (load8, save8)}


def rolling_kernel(name: str, monoid: Monoid) -> Callable[..., None]:
    """Compile the loop of a rolling operator; pieces are ranges of columns."""
    add, merge, value = monoid.add, monoid.merge, monoid.value
    items, minimum = len(monoid.start), OPERATORS[name].minimum
    start = monoid.start
    load, save = _ACCESS[items]

    def kernel(slab, tasks, constants, universe, groups, origin, parts, first, last):
        rows, columns = slab.shape[1], slab.shape[2]
        for piece in range(first, last):
            task, part = piece // parts, piece % parts
            lo, hi = columns * part // parts, columns * (part + 1) // parts
            w, warmup = tasks[task, LITERAL], max(tasks[task, LITERAL] - 1, tasks[task, WARMUP])
            xs, ys, out = slab[tasks[task, A]], slab[tasks[task, B]], slab[tasks[task, OUT]]
            if warmup >= rows:  # nothing to compute, and no scratch for absurd windows
                out[:, lo:hi] = np.nan
                continue
            need = max(float(minimum), float((w + 1) // 2))
            tails = np.empty((w, items, hi - lo))
            head = np.empty((items, hi - lo))
            for j in range(hi - lo):
                save(tails[0], j, start)
            for b in range(-(origin % w), rows, w):
                for i in range(1, min(w, b + 1)):
                    x, y, before, now = xs[b - i, lo:hi], ys[b - i, lo:hi], tails[i - 1], tails[i]
                    for j in range(x.shape[0]):
                        save(now, j, add(load(before, j), np.float64(x[j]), np.float64(y[j]), float(-i)))
                for j in range(hi - lo):
                    save(head, j, start)
                for t in range(max(b, 0), min(b + w, rows)):
                    x, y, result = xs[t, lo:hi], ys[t, lo:hi], out[t, lo:hi]
                    # In the warm-up a tail may never have been written: no count, not even an infinite one, is >= NaN.
                    age, tail, wanted = float(t - b), tails[b + w - 1 - t], need if t >= warmup else np.nan
                    for j in range(x.shape[0]):
                        state = add(load(head, j), np.float64(x[j]), np.float64(y[j]), age)
                        save(head, j, state)
                        whole = merge(load(tail, j), state)
                        v = np.float32(value(whole, np.float64(x[j]), np.float64(y[j]), age, float(w)))
                        result[j] = v if whole[0] >= wanted and abs(v) < np.inf else np.nan

    return compile_kernel(kernel, name, scalars)


def ts_rank_kernel() -> Callable[..., None]:
    """Compile ts_rank: count the smaller and the equal across stocks, row by row of the window."""

    def kernel(slab, tasks, constants, universe, groups, origin, parts, first, last):
        rows, columns = slab.shape[1], slab.shape[2]
        for piece in range(first, last):
            task, part = piece // parts, piece % parts
            lo, hi = columns * part // parts, columns * (part + 1) // parts
            w, warmup = tasks[task, LITERAL], max(tasks[task, LITERAL] - 1, tasks[task, WARMUP])
            xs, out = slab[tasks[task, A]], slab[tasks[task, OUT]]
            need = (w + 1) // 2
            below, equal, there = np.empty((3, hi - lo), dtype=np.int32)
            for t in range(rows):
                today, result = xs[t, lo:hi], out[t, lo:hi]
                if t < warmup:
                    result[:] = np.nan
                    continue
                below[:], equal[:], there[:] = 0, 0, 0
                for k in range(t - w + 1, t + 1):
                    row = xs[k, lo:hi]
                    for j in range(row.shape[0]):
                        below[j] += row[j] < today[j]
                        equal[j] += row[j] == today[j]
                        there[j] += row[j] == row[j]
                for j in range(result.shape[0]):
                    rank = (below[j] + (equal[j] + 1) * 0.5) / there[j]
                    result[j] = rank if equal[j] > 0 and there[j] >= need else np.nan

    return compile_kernel(kernel, "ts_rank")


@cache
def rolling_kernels() -> dict[str, Callable[..., None]]:
    """Return the kernel of every rolling operator, compiled at its first launch."""
    return {"ts_rank": ts_rank_kernel(), **{name: rolling_kernel(name, monoid) for name, monoid in MONOIDS.items()}}
