"""Ranks of a row: a radix sort of keys that carry the column, then average ties."""

from __future__ import annotations

import numpy as np
from numba.extending import register_jitable

_LOW = np.uint64(0xFFFFFFFF)
_BYTE = np.uint64(0xFF)
_TOP = np.uint32(0x80000000)
_ALL = np.uint32(0xFFFFFFFF)


@register_jitable
def sort_by_value(values, n, keys, spare):
    """Sort the first n finite float32 values; return the array whose low 32 bits are their indices, ascending.

    Least significant byte first over the order-preserving bits of the float, skipping bytes that are all the same: time
    is linear in n and does not depend on the order of values. Each pass moves keys to the other array, so the result is
    ``keys`` or ``spare``. -0.0 comes before 0.0: find ties by comparing values, not keys.
    """
    # As unsigned numbers, floats are in order once the sign bit of positive and all bits of negative ones are flipped.
    bits = values.view(np.uint32)
    for i in range(n):
        word = bits[i] ^ (_ALL if bits[i] & _TOP else _TOP)
        keys[i] = (np.uint64(word) << np.uint64(32)) | np.uint64(i)
    counts = np.zeros((4, 256), dtype=np.int32)
    for i in range(n):
        word = keys[i] >> np.uint64(32)
        counts[0, word & _BYTE] += 1
        counts[1, (word >> np.uint64(8)) & _BYTE] += 1
        counts[2, (word >> np.uint64(16)) & _BYTE] += 1
        counts[3, (word >> np.uint64(24)) & _BYTE] += 1
    for digit in range(4):
        shift = np.uint64(32 + 8 * digit)
        count = counts[digit]
        if n and count[(keys[0] >> shift) & _BYTE] == n:
            continue
        total = 0
        for value in range(256):
            here = count[value]
            count[value] = total
            total += here
        for i in range(n):
            value = (keys[i] >> shift) & _BYTE
            spare[count[value]] = keys[i]
            count[value] += 1
        keys, spare = spare, keys
    return keys


@register_jitable
def average_ranks(values, n, order, ranks):
    """Write the average-tie ranks 1..n of values sorted by ``sort_by_value`` into ``ranks``."""
    first = 0
    while first < n:
        value = values[order[first] & _LOW]
        last = first
        while last + 1 < n and values[order[last + 1] & _LOW] == value:
            last += 1
        rank = (first + last) * 0.5 + 1.0
        for i in range(first, last + 1):
            ranks[order[i] & _LOW] = rank
        first = last + 1


@register_jitable
def group_ranks(values, n, order, codes, places, runs, ranks, counts):
    """Write average-tie ranks inside groups, and the number of each value's group, 0 where it has none.

    Groups are walked side by side through one sorted row. ``runs`` (4, G) holds of each group how many values were
    seen, the last of them, and how many were seen before the first one equal to it.
    """
    seen, last, before = runs[0], runs[1], runs[2]
    seen[:] = 0.0
    for i in range(n):  # the rank's lower half: how many of the group are below
        k = order[i] & _LOW
        g = codes[places[k]]
        ranks[k] = counts[k] = 0.0
        if g >= 0:
            if seen[g] == 0.0 or values[k] != last[g]:
                last[g], before[g] = values[k], seen[g]
            seen[g] += 1.0
            ranks[k] = before[g]
    upto = runs[3]
    upto[:] = seen
    last[:] = np.nan  # equal to no value
    for i in range(n - 1, -1, -1):  # its upper half: how many are not above
        k = order[i] & _LOW
        g = codes[places[k]]
        if g >= 0:
            if values[k] != last[g]:
                last[g], before[g] = values[k], upto[g]
            upto[g] -= 1.0
            ranks[k] = (ranks[k] + before[g] + 1.0) * 0.5
            counts[k] = seen[g]


@register_jitable
def quantile(values, order, n, p):
    """Linear quantile of sorted values."""
    position = (n - 1) * p
    below = int(position)
    low = np.float64(values[order[below] & _LOW])
    high = np.float64(values[order[min(below + 1, n - 1)] & _LOW])
    return low + (high - low) * (position - below)
