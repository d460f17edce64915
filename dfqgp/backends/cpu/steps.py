"""The parts of scoring one factor on one day; ``scoring.py`` says how they follow each other.

Rows are the front of scratch arrays: ``values``, ``z`` and ``m`` hold n stocks, ``places`` their columns.
"""

from __future__ import annotations

import numpy as np
from numba.extending import register_jitable

from dfqgp.backends.cpu.sorting import quantile, sort_by_value

_LOW = np.uint64(0xFFFFFFFF)


@register_jitable
def gather_sample(x, sample, group, members, values, places):
    """Copy the usable cells to the front of ``values`` and ``places``; return their number.

    The first pass counts groups: a stock alone in its group has no residual and stays out.
    """
    members[:] = 0
    for j in range(x.shape[0]):
        if sample[j] and x[j] == x[j]:
            members[group[j]] += 1
    n = 0
    for j in range(x.shape[0]):
        if sample[j] and x[j] == x[j] and members[group[j]] > 1:
            values[n], places[n] = x[j], j
            n += 1
    return n


@register_jitable
def standardize(values, n, winsor, keys, spare, z):
    """Write winsorised z-scores; return False for a constant row."""
    order = sort_by_value(values, n, keys, spare)
    low, high = quantile(values, order, n, winsor), quantile(values, order, n, 1.0 - winsor)
    if not low < high:
        return False
    total = 0.0
    for i in range(n):  # less ``low``, so that a high level of the factor costs the squares no digits
        z[i] = min(max(np.float64(values[i]), low), high) - low
        total += z[i]
    return scale_to_unit(z, n, total / n)


@register_jitable
def scale_to_unit(z, n, mean):
    """Subtract the mean and divide by the population standard deviation; return False if that is 0."""
    squares = 0.0
    for i in range(n):
        z[i] -= mean
        squares += z[i] * z[i]
    if squares <= 0.0:
        return False
    scale = np.sqrt(squares / n)
    for i in range(n):
        z[i] /= scale
    return True


@register_jitable
def standardize_size(size, places, n, m):
    """Write z-scored sizes over the sample, zeros when they are all equal (as they are where size is left out)."""
    first, total = np.float64(size[places[0]]), 0.0
    for i in range(n):
        m[i] = np.float64(size[places[i]]) - first
        total += m[i]
    if not scale_to_unit(m, n, total / n):
        m[:n] = 0.0


@register_jitable
def neutralize(z, m, places, group, n, members, ridge, sum_z, sum_m):
    """Turn z into its residual; return the sum of squares that is left."""
    sum_z[:], sum_m[:] = 0.0, 0.0
    zm, mm = 0.0, 0.0
    for i in range(n):
        g = group[places[i]]
        sum_z[g] += z[i]
        sum_m[g] += m[i]
        zm += z[i] * m[i]
        mm += m[i] * m[i]
    for g in range(sum_z.shape[0]):
        if members[g] > 1:
            zm -= sum_m[g] * sum_z[g] / (members[g] + ridge)
            mm -= sum_m[g] * sum_m[g] / (members[g] + ridge)
    slope = zm / (mm + ridge) if mm + ridge > 0.0 else 0.0  # 0: size is left out, or groups explain it all
    left = 0.0
    for i in range(n):
        g = group[places[i]]
        z[i] -= (sum_z[g] - slope * sum_m[g]) / (members[g] + ridge) + slope * m[i]
        left += z[i] * z[i]
    return left


@register_jitable
def rank_residuals(z, n, values, keys, spare, ranks):
    """Average-tie ranks 1..n of float64 residuals.

    The radix sort knows float32 keys alone. What it leaves in the wrong order agrees in float32, hence are neighbours,
    and an insertion sort moves few of them by little.
    """
    for i in range(n):
        values[i] = z[i]
    order = sort_by_value(values, n, keys, spare)
    for i in range(1, n):
        key, k = order[i], i
        while k > 0 and z[order[k - 1] & _LOW] > z[key & _LOW]:
            order[k] = order[k - 1]
            k -= 1
        order[k] = key
    first = 0
    while first < n:
        last = first
        while last + 1 < n and z[order[last + 1] & _LOW] == z[order[first] & _LOW]:
            last += 1
        for i in range(first, last + 1):
            ranks[order[i] & _LOW] = (first + last) * 0.5 + 1.0
        first = last + 1


@register_jitable
def rank_labels(label, order, count, inside, ranks, ties):
    """Average-tie ranks 1..n of the labels of the stocks inside, in O(count)."""
    n, first = 0, 0
    for k in range(count):
        j = order[k]
        if inside[j]:
            ties[n] = j
            if n > 0 and label[j] != label[ties[n - 1]]:
                for i in range(first, n):
                    ranks[ties[i]] = (first + n - 1) * 0.5 + 1.0
                first = n
            n += 1
    for i in range(first, n):
        ranks[ties[i]] = (first + n - 1) * 0.5 + 1.0


@register_jitable
def correlate(ranks, label_ranks, places, n):
    """Return the correlation of two rankings of n, NaN if either is constant."""
    mean = (n + 1) * 0.5
    xy, xx, yy = 0.0, 0.0, 0.0
    for i in range(n):
        x, y = ranks[i] - mean, label_ranks[places[i]] - mean
        xy += x * y
        xx += x * x
        yy += y * y
    return xy / np.sqrt(xx * yy) if xx * yy > 0.0 else np.nan


@register_jitable
def mean_change(now, before):
    """Mean absolute difference over the stocks in both, NaN without any."""
    n, total = 0, 0.0
    for j in range(now.shape[0]):
        change = abs(now[j] - before[j])
        if change == change:
            n += 1
            total += change
    return total / n if n else np.nan
