"""Quantiles near both ends of a row, without sorting it.

1. To find the k smallest of n values, the row is folded in halves, the lesser of two values staying, until fewer than
   4 k are left, each the least of its own part of the row. The k-th smallest of these is a bound: at least k values
   are not above it, and hardly more than k are below (``bounds_of_tails``).
2. Only the values beyond the bounds are gathered and sorted (``gather_tails``, ``sort_by_counting``).

Tried for 800 values: the 9 smallest and 9 largest kept in order in one pass take twice as long, since the processor
foresees neither which value is among them nor how far it moves.
"""

from __future__ import annotations

import numpy as np
from numba.extending import register_jitable

from dfqgp.backends.cpu.sorting import quantile, sort_by_value

PAD = 64
"""Loops over multiples of this are vectorised without a rest."""

MOST_NEEDED, MOST_OUTER = 64, 256
"""Values needed of a tail, and found in both, from which on the row is sorted after all."""


@register_jitable
def clip_limits(values, n, share, lows, highs, ordered, keys, spare):
    """Return the linear quantiles ``share`` and 1 - ``share``."""
    low, high = (n - 1) * share, (n - 1) * (1.0 - share)
    below, above = int(low), n - 1 - int(high)
    needed = max(below, above) + 2
    if needed <= MOST_NEEDED and needed < n:
        bottom, top = bounds_of_tails(values, n, needed, lows, highs, ordered)
        outer, found = lows, gather_tails(values, n, bottom, top, lows)
        if found <= MOST_OUTER:
            sort_by_counting(outer, found, ordered)
            under, over = 0, 0
            for i in range(found):
                under += outer[i] < bottom
                over += outer[i] > top
            first = ordered[below] if below < under else bottom
            after = ordered[below + 1] if below + 1 < under else bottom
            last = ordered[found - 1 - above] if above < over else top
            before = ordered[found - above] if 0 < above <= over else top if above else last
            return between(first, after, low - below), between(last, before, high - int(high))
    order = sort_by_value(values, n, keys, spare)
    return quantile(values, order, n, share), quantile(values, order, n, 1.0 - share)


@register_jitable
def between(first, after, part):
    """Return the number a part of the way from one float32 value to the next."""
    return np.float64(first) + (np.float64(after) - np.float64(first)) * part


@register_jitable
def bounds_of_tails(values, n, needed, lows, highs, ordered):
    """Return two values: at least ``needed`` are not above the first, and as many not below the second."""
    for i in range(n):  # an assignment of slices takes ten times as long
        lows[i] = highs[i] = values[i]
    lanes = n
    while lanes >= 4 * needed:
        kept = (lanes + 1) // 2
        lesser, greater = lows[kept:lanes], highs[kept:lanes]
        for lane in range(lanes - kept):  # one loop for both would not be vectorised
            value = lesser[lane]
            lows[lane] = value if value < lows[lane] else lows[lane]
        for lane in range(lanes - kept):
            value = greater[lane]
            highs[lane] = value if value > highs[lane] else highs[lane]
        lanes = kept
    sort_by_counting(lows, lanes, ordered)
    bottom = ordered[needed - 1]
    sort_by_counting(highs, lanes, ordered)
    return bottom, ordered[lanes - needed]


@register_jitable
def gather_tails(values, n, bottom, top, outer):
    """Copy the values below the one and above the other bound; return how many."""
    found = np.uint64(0)
    for i in range(n):
        outer[found] = values[i]
        found += np.uint64((values[i] < bottom) | (values[i] > top))
    return np.int64(found)


@register_jitable
def sort_by_counting(values, n, ordered):
    """Write a few values in rising order: the place of each is the number of smaller ones.

    Equal ones get one place, and the empty places after it are filled from it. Up to ``PAD`` cells after the values are
    overwritten.
    """
    padded = (n + PAD - 1) // PAD * PAD
    values[n:padded], ordered[:n] = np.inf, -np.inf
    for i in range(n):
        value, smaller = values[i], 0
        for k in range(padded):
            smaller += values[k] < value
        ordered[smaller] = value
    for i in range(1, n):
        ordered[i] = max(ordered[i - 1], ordered[i])
