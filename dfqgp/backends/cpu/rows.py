"""Loops of cross-sectional operators: one row is one day, pieces are ranges of rows."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numba.extending import register_jitable

from dfqgp.backends.cpu.compile import GROUP, OUT, A, compile_kernel
from dfqgp.backends.cpu.sorting import average_ranks, sort_by_value

if TYPE_CHECKING:
    from collections.abc import Callable


LANES = 8


@register_jitable
def lane_sum(values):
    """Sum in eight interleaved lanes: an order that is the same everywhere, and that vectorises."""
    lanes = np.zeros(LANES)
    whole = values.shape[0] - values.shape[0] % LANES
    for start in range(0, whole, LANES):
        for lane in range(LANES):
            lanes[lane] += values[start + lane]
    total = 0.0
    for lane in range(LANES):
        total += lanes[lane]
    for j in range(whole, values.shape[0]):
        total += values[j]
    return total


@register_jitable
def mask_row(x, universe, own):
    """Copy a row with NaN outside the universe: comparing with NaN vectorises better than two conditions."""
    for j in range(x.shape[0]):
        own[j] = x[j] if universe[j] else np.float32(np.nan)


@register_jitable
def center_row(own, deviation):
    """Write deviations from the mean, NaN outside the sample, all 0 for a constant row; return the number inside."""
    first, n = 0.0, 0
    for j in range(own.shape[0]):
        if own[j] == own[j]:
            first = np.float64(own[j])
            break
    for j in range(own.shape[0]):
        n += np.int64(own[j] == own[j])
    for j in range(own.shape[0]):
        d = np.float64(own[j]) - first
        deviation[j] = d if d == d else 0.0
    shift = lane_sum(deviation) / max(n, 1)
    for j in range(own.shape[0]):
        deviation[j] = np.float64(own[j]) - first - shift
    return n


@register_jitable
def demean_row(own, results, spare, keys, other_keys):
    """Deviations from the mean."""
    center_row(own, results)


@register_jitable
def zscore_row(own, results, spare, keys, other_keys):
    """Deviations over the population standard deviation."""
    n = center_row(own, results)
    for j in range(own.shape[0]):
        square = results[j] * results[j]
        spare[j] = square if square == square else 0.0
    scale = np.sqrt(lane_sum(spare) / max(n, 1))
    for j in range(own.shape[0]):
        results[j] /= scale


@register_jitable
def rank_row(own, results, spare, keys, other_keys):
    """Average-tie ranks over their number, NaN outside the sample."""
    values, places = np.empty(own.shape[0], dtype=np.float32), np.empty(own.shape[0], dtype=np.int32)
    n = 0
    for j in range(own.shape[0]):
        if own[j] == own[j]:
            values[n], places[n] = own[j], j
            n += 1
    average_ranks(values, n, sort_by_value(values, n, keys, other_keys), spare)
    results[:] = np.nan
    for i in range(n):
        results[places[i]] = spare[i] / n


def row_kernel(name: str, row: Callable[..., Any]) -> Callable[..., None]:
    """Compile the loop over days of ``row``, which writes a day's results from its masked values."""

    def kernel(slab, tasks, constants, universe, groups, origin, parts, first, last):
        rows, columns = slab.shape[1], slab.shape[2]
        own, results, spare = np.empty(columns, dtype=np.float32), np.empty(columns), np.empty(columns)
        keys, other_keys = np.empty(columns, dtype=np.uint64), np.empty(columns, dtype=np.uint64)
        for piece in range(first, last):
            task, part = piece // parts, piece % parts
            for t in range(rows * part // parts, rows * (part + 1) // parts):
                mask_row(slab[tasks[task, A], t], universe[t], own)
                row(own, results, spare, keys, other_keys)
                out = slab[tasks[task, OUT], t]
                for j in range(columns):
                    value = np.float32(results[j])
                    out[j] = value if abs(value) < np.inf else np.nan

    parts_of_it = (row, mask_row, center_row, lane_sum, sort_by_value, average_ranks)
    return compile_kernel(kernel, name, *parts_of_it)


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


@cache
def row_kernels() -> dict[str, Callable[..., None]]:
    """Return the kernel of every cross-sectional operator, compiled at its first launch."""
    return {
        "cs_rank": row_kernel("cs_rank", rank_row),
        "cs_zscore": row_kernel("cs_zscore", zscore_row),
        "cs_demean": row_kernel("cs_demean", demean_row),
        "group_demean": group_demean_kernel(),
    }
