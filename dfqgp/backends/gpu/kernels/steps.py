"""The parts of scoring one factor on one day by the threads of a block; ``scoring.py`` says how they follow each other.

Stocks of the day's sample stand in the order of their groups; a *position* is a place in this order. A thread takes
positions ``thread::threads``, or pieces: runs of neighbours in one group, which it adds up from the first to the last.
Where the stock at a position is not inside (the factor has no value, or it is alone in its group), ``z`` is NaN.
Values that are compared later are stored once and read: of two compiled copies of one sum, one may round differently.
"""

from __future__ import annotations

import math

import numpy as np

from dfqgp.backends.gpu.kernels.block import count_below, count_upto, sort_keys, sum2, sum_before
from dfqgp.backends.gpu.kernels.compile import cuda, register_jitable


@register_jitable
def gather_sample(x, columns, group, count, piece, group_piece, groups, z, sums, members, found):
    """Write the factor's values into z; leave the number of stocks inside and the first position in ``found``."""
    thread, threads = cuda.threadIdx.x, cuda.blockDim.x
    if thread == 0:
        found[0], found[1] = 0, count
    for i in range(thread, int(group_piece[groups]), threads):
        here, first = 0, count
        for p in range(int(piece[i]), int(piece[i + 1])):
            value = x[int(columns[p])]
            z[p] = value if value != 0.0 else 0.0  # the quantiles know no -0.0
            if value == value:
                first = min(first, p)
                here += 1
        sums[0, i], sums[1, i] = here, first
    cuda.syncthreads()
    for g in range(thread, groups, threads):
        here, first = 0, count
        for i in range(int(group_piece[g]), int(group_piece[g + 1])):
            here, first = here + int(sums[0, i]), min(first, int(sums[1, i]))
        members[g] = here
        if here > 1:
            cuda.atomic.add(found, 0, here)
            cuda.atomic.min(found, 1, first)
    cuda.syncthreads()
    for p in range(thread, count, threads):
        if members[int(group[p])] < 2:
            z[p] = np.nan


@register_jitable
def center(z, m, size, count, n, first, low, high, buffer):
    """Clip z, centre it and the size into z and m; return their sums of squares.

    Sums are about ``low`` and the first stock's size, so that a high level costs the squares no digits, and equal sizes
    give exactly 0.
    """
    thread, threads, base = cuda.threadIdx.x, cuda.blockDim.x, np.float64(size[first])
    total, total_m = 0.0, 0.0
    for p in range(thread, count, threads):
        value = z[p]
        if value == value:
            value, value_m = min(max(value, low), high) - low, np.float64(size[p]) - base
            z[p], m[p] = value, value_m
            total += value
            total_m += value_m
    total, total_m = sum2(buffer, total, total_m)
    mean, mean_m = total / n, total_m / n
    squares, squares_m = 0.0, 0.0
    for p in range(thread, count, threads):
        value = z[p] - mean
        if value == value:
            value_m = m[p] - mean_m
            z[p], m[p] = value, value_m
            squares += value * value
            squares_m += value_m * value_m
    return sum2(buffer, squares, squares_m)


@register_jitable
def rescale(z, m, count, scale, scale_m):
    """Divide z and m by their scales."""
    for p in range(cuda.threadIdx.x, count, cuda.blockDim.x):
        value = z[p] / scale
        if value == value:
            z[p], m[p] = value, m[p] / scale_m
    cuda.syncthreads()


@register_jitable
def group_effects(z, m, piece, group_piece, groups, members, ridge, sums, effects, buffer):
    """Fit groups and size to z; leave the groups' effects, return the size's slope.

    A group's sums are those of its pieces, one after the other.
    """
    thread, threads = cuda.threadIdx.x, cuda.blockDim.x
    zm, mm = 0.0, 0.0
    for i in range(thread, int(group_piece[groups]), threads):
        sum_z, sum_m = 0.0, 0.0
        for p in range(int(piece[i]), int(piece[i + 1])):
            value, value_m = z[p], m[p]
            if value == value:
                sum_z += value
                sum_m += value_m
                zm += value * value_m
                mm += value_m * value_m
        sums[0, i], sums[1, i] = sum_z, sum_m
    cuda.syncthreads()
    for g in range(thread, groups, threads):
        sum_z, sum_m = 0.0, 0.0
        for i in range(int(group_piece[g]), int(group_piece[g + 1])):
            sum_z += sums[0, i]
            sum_m += sums[1, i]
        effects[0, g], effects[1, g] = sum_z, sum_m
        if members[g] > 1:
            zm -= sum_m * sum_z / (members[g] + ridge)
            mm -= sum_m * sum_m / (members[g] + ridge)
    zm, mm = sum2(buffer, zm, mm)
    slope = zm / (mm + ridge) if mm + ridge > 0.0 else 0.0  # 0: size is left out, or groups explain it all
    for g in range(thread, groups, threads):
        if members[g] > 1:
            effects[0, g] = (effects[0, g] - slope * effects[1, g]) / (members[g] + ridge)
    cuda.syncthreads()
    return slope


@register_jitable
def subtract_fit(z, m, group, count, effects, slope):
    """Turn z into its residual; return this thread's share of the sum of squares that is left."""
    left = 0.0
    for p in range(cuda.threadIdx.x, count, cuda.blockDim.x):
        value = z[p]
        if value == value:
            value -= effects[0, int(group[p])] + slope * m[p]
            z[p] = value
            left += value * value
    return left


@register_jitable
def rank_residuals(z, count, keys, length, twice):
    """Write twice the average-tie ranks: 1 + the stocks with a smaller residual + those with at most as large a one.

    Residuals are sorted ``length`` at a time, so that shared memory bounds no number of stocks.
    """
    thread, threads = cuda.threadIdx.x, cuda.blockDim.x
    for p in range(thread, count, threads):
        twice[p] = 1.0
    for start in range(0, count, length):
        here = length
        while here >> 1 >= count - start:
            here >>= 1
        for i in range(thread, here, threads):
            p = start + i
            value = z[p] if p < count else math.inf
            keys[i] = value if value == value else math.inf
        sort_keys(keys, here)
        for p in range(thread, count, threads):
            value = z[p]
            if value == value:
                twice[p] += count_below(keys, here, value) + count_upto(keys, here, value)
        cuda.syncthreads()


@register_jitable
def count_inside(z, order, count, n, before, buffer):
    """Write how many stocks with a lower place in the order of labels are inside; n after the last."""
    thread, threads = cuda.threadIdx.x, cuda.blockDim.x
    span = (count + threads - 1) // threads
    start, stop = min(thread * span, count), min(thread * span + span, count)
    here = 0.0
    for q in range(start, stop):
        p = int(order[q])
        if z[p] == z[p]:
            here += 1.0
    running = sum_before(buffer, here)
    for q in range(start, stop):
        p = int(order[q])
        before[q] = running
        if z[p] == z[p]:
            running += 1.0
    if thread == 0:
        before[count] = n
    cuda.syncthreads()


@register_jitable
def correlate(z, twice, before, first, last, count, n, left, buffer):
    """Return the correlation of residual and label ranks, NaN if either is constant, and the sum of ``left``.

    Twice the rank of a label is 1 + the stocks inside below its ties + those up to them. Sums are of whole numbers
    below 2**53, hence exact in any order.
    """
    xy, xx, yy, middle = 0.0, 0.0, 0.0, n + 1.0
    for p in range(cuda.threadIdx.x, count, cuda.blockDim.x):
        if z[p] == z[p]:
            x = twice[p] - middle
            y = 1.0 + before[int(first[p])] + before[int(last[p]) + 1] - middle
            xy += x * y
            xx += x * x
            yy += y * y
    xy, xx = sum2(buffer, xy, xx)
    yy, left = sum2(buffer, yy, left)
    return xy / math.sqrt(xx * yy) if xx * yy > 0.0 else math.nan, left
