"""Ranks of a day's residuals: a radix sort of short keys, put right by the float64 values themselves.

1. A residual's key is its distance from 0 in steps of a fraction of the standard deviation, cut off at both ends: 16
   bits. A larger residual never has a smaller key (``write_keys``).
2. Two passes over a byte each sort the keys (``sort_by_key``).
3. Residuals that share a key may still stand in the wrong order. They are neighbours, few, and an insertion sort moves
   them by little (``put_right``). Where it would move many, because some residuals are far larger than the others, the
   row is sorted again by the bits of its float32 values (``sort_again``).

Tried for 800 stocks: four passes over keys of 64 bits that hold the float32 values take more than twice as long, and
keys that are counted in the loop that computes the residuals a third longer than in a loop of their own.
"""

from __future__ import annotations

import numpy as np
from numba.extending import register_jitable

from dfqgp.backends.cpu.sorting import sort_by_value

STEPS = 6000.0
"""Of a key, to a standard deviation."""

MIDDLE, TOP = 32768.0, 65535.0
"""Keys of a residual of 0, and of those that are 5.5 standard deviations above it, or more."""

MOST_MOVES = 8
"""Moves for each stock before the insertion sort gives up."""

_LOW = np.uint64(0xFFFFFFFF)
_BYTE, _INDEX, _SHIFT = np.uint32(0xFF), np.uint32(0xFFFF), np.uint32(16)


@register_jitable
def sort_residuals(z, n, left, short, other, counts, order, ordered, values, keys, spare):
    """Write the indices of residuals and the residuals themselves in rising order; return whether two are equal.

    ``left`` is the residuals' sum of squares.
    """
    write_keys(z, n, STEPS / np.sqrt(left / n) if left > 0.0 else 0.0, short)
    sort_by_key(short, n, counts, other)
    doubtful, previous = np.uint64(0), -np.inf
    for p in range(n):
        i = short[p] & _INDEX
        residual = z[i]
        order[p], ordered[p], other[doubtful] = i, residual, p
        doubtful += np.uint64(residual <= previous)
        previous = residual
    moves, tied = put_right(order, ordered, n, other, np.int64(doubtful), MOST_MOVES * n)
    return sort_again(z, n, values, keys, spare, order, ordered) if moves < 0 else tied


@register_jitable
def write_keys(z, n, scale, short):
    """Write the key of each residual above its index."""
    for i in range(n):
        key = np.uint32(min(max(z[i] * scale + MIDDLE, 0.0), TOP))
        short[i] = np.uint32(key << _SHIFT) | np.uint32(i)


@register_jitable
def sort_by_key(short, n, counts, other):
    """Sort by the upper 16 bits; equal ones stay in the order in which they stand."""
    counts[:] = 0
    for i in range(n):
        counts[0, (short[i] >> _SHIFT) & _BYTE] += 1
        counts[1, short[i] >> np.uint32(24)] += 1
    low, high = 0, 0
    for value in range(256):
        here, there = counts[0, value], counts[1, value]
        counts[0, value], counts[1, value] = low, high
        low += here
        high += there
    for i in range(n):
        value = (short[i] >> _SHIFT) & _BYTE
        place = np.uint32(counts[0, value])
        counts[0, value] = place + 1
        other[place] = short[i]
    for i in range(n):
        value = other[i] >> np.uint32(24)
        place = np.uint32(counts[1, value])
        counts[1, value] = place + 1
        short[place] = other[i]


@register_jitable
def put_right(order, ordered, n, doubtful, count, most):
    """Sort by insertion what is almost sorted; return the number of moves and whether two residuals are equal.

    ``doubtful`` are the places of residuals that are not above the one before; an insertion may make the next one
    another. Over ``most`` moves it gives up and returns -1.
    """
    moves, done, tied = 0, 0, False
    for d in range(count):
        p = max(np.int64(doubtful[d]), done)
        while p < n and ordered[p] <= ordered[p - 1]:
            k = insert(order, ordered, p, ordered[p], order[p])
            tied |= k > 0 and ordered[k - 1] == ordered[k]
            moves += p - k
            p += 1
        if moves > most:
            return -1, False
        done = p
    return moves, tied


@register_jitable
def insert(order, ordered, p, residual, index):
    """Insert a residual into the p before it, which are in order; return its place."""
    k = p
    while k > 0 and ordered[k - 1] > residual:
        ordered[k], order[k] = ordered[k - 1], order[k - 1]
        k -= 1
    ordered[k], order[k] = residual, index
    return k


@register_jitable
def sort_again(z, n, values, keys, spare, order, ordered):
    """Sort by the float32 values, and by insertion those that agree in float32; return whether two are equal."""
    for i in range(n):
        values[i] = z[i]
    by_value, tied = sort_by_value(values, n, keys, spare), False
    for p in range(n):
        i = by_value[p] & _LOW
        k = insert(order, ordered, p, z[i], i)
        tied |= k > 0 and ordered[k - 1] == ordered[k]
    return tied


@register_jitable
def rank_residuals(order, ordered, n, tied, twice):
    """Write twice the average-tie ranks, and return the sum of t^3 - t over the sizes t of ties."""
    if not tied:
        for p in range(n):
            twice[order[p]] = 2 * p + 2
        return 0
    ties, first = 0, 0
    while first < n:
        last = first
        while last + 1 < n and ordered[last + 1] == ordered[first]:
            last += 1
        for p in range(first, last + 1):
            twice[order[p]] = first + last + 2
        size = last - first + 1
        ties += size * size * size - size
        first = last + 1
    return ties
