"""Order statistics of a row, by the digits of its float32 values.

Eight bits a time, from the highest: count the values that share the digits found so far by their next digit, and go on
with the digit in whose range the wanted rank falls. Four passes over the row find the value exactly, whatever its
number of stocks. Tried on paper: a bitonic sort moves ten times the bytes through shared memory, and needs all of it.
"""

from __future__ import annotations

import math

import numpy as np

from dfqgp.backends.gpu.kernels.block import least2
from dfqgp.backends.gpu.kernels.compile import cuda, register_jitable
from dfqgp.backends.gpu.kernels.keys import LEAST, key_of, value_of

_DIGITS, _FEW = 256, 16  # values of a digit, and how many of them are added up at a time
_SUMS = 2 * _DIGITS  # where sums of few counts start
_FOUND = _SUMS + 2 * _DIGITS // _FEW  # where a pass leaves what it found

BINS = _FOUND + 4
"""Length of the int32 array in shared memory that counts are kept in: two wanted ranks, counted at the same time."""


@register_jitable
def quantiles(x, count, n, share, bins, buffer):
    """Return the linear quantiles ``share`` and 1 - ``share`` of the n cells of x that are not NaN.

    Parameters
    ----------
    x : (count,) float64 or float32
        Holds float32 values.
    bins : (BINS,) int32
    buffer : float64
        As in ``dfqgp.backends.gpu.kernels.block``; both are in shared memory.
    """
    low_position, high_position = (n - 1) * share, (n - 1) * (1.0 - share)
    below, above = int(low_position), int(high_position)
    low, high, low_upto, high_upto = _values_of_ranks(x, count, below, above, bins)
    after_low, after_high = math.inf, math.inf
    for p in range(cuda.threadIdx.x, count, cuda.blockDim.x):
        value = x[p]
        if value > low:
            after_low = min(after_low, value)
        if value > high:
            after_high = min(after_high, value)
    after_low, after_high = least2(buffer, after_low, after_high)
    if below + 1 < low_upto or low_upto == n:  # equal values follow, or nothing does
        after_low = low
    if above + 1 < high_upto or high_upto == n:
        after_high = high
    return low + (after_low - low) * (low_position - below), high + (after_high - high) * (high_position - above)


@register_jitable
def _values_of_ranks(x, count, below, above, bins):
    """Return the values of two ranks from 0, and how many values are at most as large as each."""
    low_key, high_key, low_rank, high_rank = 0, 0, below, above
    for shift in range(24, -8, -8):
        _count_digits(x, count, shift, low_key, high_key, bins)
        _find_digits(low_rank, high_rank, bins)
        low_key, high_key = (low_key << 8) | int(bins[_FOUND]), (high_key << 8) | int(bins[_FOUND + 1])
        low_rank, high_rank = int(bins[_FOUND + 2]), int(bins[_FOUND + 3])
    low_upto = below - low_rank + int(bins[low_key & 255])
    high_upto = above - high_rank + int(bins[_DIGITS + (high_key & 255)])
    return np.float64(value_of(low_key + LEAST)), np.float64(value_of(high_key + LEAST)), low_upto, high_upto


@register_jitable
def _count_digits(x, count, shift, low_key, high_key, bins):
    """Count the next digit of the values that start with the digits of either key."""
    for b in range(cuda.threadIdx.x, 2 * _DIGITS, cuda.blockDim.x):
        bins[b] = 0
    cuda.syncthreads()
    for p in range(cuda.threadIdx.x, count, cuda.blockDim.x):
        value = x[p]
        if value == value:
            key = (key_of(value) - LEAST) >> shift
            if key >> 8 == low_key:
                cuda.atomic.add(bins, key & 255, 1)
            if key >> 8 == high_key:
                cuda.atomic.add(bins, _DIGITS + (key & 255), 1)
    cuda.syncthreads()


@register_jitable
def _find_digits(low_rank, high_rank, bins):
    """Leave the digits in whose ranges the ranks fall, and the ranks among the values that have them."""
    thread, threads = cuda.threadIdx.x, cuda.blockDim.x
    for few in range(thread, 2 * _DIGITS // _FEW, threads):
        total = 0
        for b in range(few * _FEW, few * _FEW + _FEW):
            total += bins[b]
        bins[_SUMS + few] = total
    cuda.syncthreads()
    for b in range(thread, 2 * _DIGITS, threads):
        side, few = b // _DIGITS, b // _FEW
        rank = high_rank if side else low_rank
        if bins[b] > 0:
            for i in range(side * _DIGITS // _FEW, few):
                rank -= bins[_SUMS + i]
            for i in range(few * _FEW, b):
                rank -= bins[i]
            if 0 <= rank < bins[b]:
                bins[_FOUND + side], bins[_FOUND + 2 + side] = b & 255, rank
    cuda.syncthreads()
