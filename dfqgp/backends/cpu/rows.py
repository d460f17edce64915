"""Loops of cross-sectional operators: one row is one day, pieces are ranges of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba.extending import register_jitable

from dfqgp.backends.cpu.compile import GROUP, OUT, A, compile_kernel
from dfqgp.backends.cpu.sorting import average_ranks, sort_by_value

if TYPE_CHECKING:
    from collections.abc import Callable


@register_jitable
def gather(x, inside, values, places):
    """Copy the finite values inside the universe to the front of ``values``; return their number."""
    n = 0
    for j in range(x.shape[0]):
        values[n], places[n] = x[j], j
        n += inside[j] and x[j] == x[j]
    return n


@register_jitable
def rank_row(values, n, keys, spare, out):
    """Average-tie rank over n."""
    average_ranks(values, n, sort_by_value(values, n, keys, spare), out)
    for i in range(n):
        out[i] /= n


@register_jitable
def center_row(values, n, keys, spare, out):
    """Deviations from the mean, exactly 0 for a constant row; return their sum of squares."""
    total = 0.0
    for i in range(n):
        total += np.float64(values[i]) - np.float64(values[0])
    mean = total / n
    squares = 0.0
    for i in range(n):
        out[i] = np.float64(values[i]) - np.float64(values[0]) - mean
        squares += out[i] * out[i]
    return squares


@register_jitable
def zscore_row(values, n, keys, spare, out):
    """Deviations over the population standard deviation."""
    scale = np.sqrt(center_row(values, n, keys, spare, out) / n)
    for i in range(n):
        out[i] = out[i] / scale if scale > 0.0 else np.nan


def row_kernel(name: str, row: Callable[..., Any]) -> Callable[..., None]:
    """Compile the loop over days of ``row``, which maps the day's values to results in place."""

    def kernel(slab, tasks, constants, universe, groups, origin, parts, first, last):
        rows, columns = slab.shape[1], slab.shape[2]
        values, places = np.empty(columns + 1, dtype=np.float32), np.empty(columns + 1, dtype=np.int32)
        keys, spare = np.empty(columns + 1, dtype=np.uint64), np.empty(columns + 1, dtype=np.uint64)
        results = np.empty(columns + 1)
        for piece in range(first, last):
            task, part = piece // parts, piece % parts
            x, out = slab[tasks[task, A]], slab[tasks[task, OUT]]
            for t in range(rows * part // parts, rows * (part + 1) // parts):
                n = gather(x[t], universe[t], values, places)
                out[t] = np.nan
                if n > 0:
                    row(values, n, keys, spare, results)
                for i in range(n):
                    value = np.float32(results[i])
                    out[t, places[i]] = value if abs(value) < np.inf else np.nan

    return compile_kernel(kernel, name, row, gather, sort_by_value, average_ranks, center_row)


def group_demean_kernel() -> Callable[..., None]:
    """Compile group_demean: sums a group about its first value, then deviations."""

    def kernel(slab, tasks, constants, universe, groups, origin, parts, first, last):
        rows, columns = slab.shape[1], slab.shape[2]
        for piece in range(first, last):
            task, part = piece // parts, piece % parts
            x, out, codes = slab[tasks[task, A]], slab[tasks[task, OUT]], groups[tasks[task, GROUP]]
            buckets = codes.max() + 1
            count, center, total = np.empty(buckets), np.empty(buckets), np.empty(buckets)
            for t in range(rows * part // parts, rows * (part + 1) // parts):
                count[:], total[:] = 0.0, 0.0
                for j in range(columns):
                    g, v = codes[t, j], np.float64(x[t, j])
                    if g >= 0 and universe[t, j] and v == v:
                        center[g] = v if count[g] == 0.0 else center[g]
                        count[g] += 1.0
                        total[g] += v - center[g]
                for j in range(columns):
                    g, value = codes[t, j], np.float32(np.nan)
                    if g >= 0 and universe[t, j] and count[g] > 0.0:
                        value = np.float32(np.float64(x[t, j]) - center[g] - total[g] / count[g])
                    out[t, j] = value if abs(value) < np.inf else np.nan

    return compile_kernel(kernel, "group_demean")


def row_kernels() -> dict[str, Callable[..., None]]:
    """Return the kernel of every cross-sectional operator, compiled at its first launch."""
    return {
        "cs_rank": row_kernel("cs_rank", rank_row),
        "cs_zscore": row_kernel("cs_zscore", zscore_row),
        "cs_demean": row_kernel("cs_demean", center_row),
        "group_demean": group_demean_kernel(),
    }
