"""The fused fitness kernel: sample -> winsorize -> zscore -> neutralise -> rank -> IC, a day's row staying in L1.

For each factor and day (``score_day``):

1. Gather the day's sample where the factor is finite; drop stocks that are alone in their group (``gather_sample``).
2. Clip at the linear quantiles and z-score (``standardize``).
3. Subtract the ridge fit on one-hot groups and size, in closed form: with group sizes n_g, sums X_g of the factor and
   M_g of the size m, penalty l, the slope is b = (m'x - sum M_g X_g / (n_g + l)) / (m'm + l - sum M_g^2 / (n_g + l))
   and the groups' effects are (X_g - b M_g) / (n_g + l) (``neutralize``).
4. Rank the residuals: radix sort of their float32 values, then insertion by the float64 ones, since two residuals that
   agree in float32 are not a tie (``rank_residuals``).
5. Rank the labels by walking their prepared order (``rank_labels``).
6. Correlate (``correlate``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit
from numba.extending import register_jitable

from dfqgp.backends.cpu.sorting import sort_by_value
from dfqgp.backends.daily import DailyScores, Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


_LOW = np.uint64(0xFFFFFFFF)


@register_jitable
def gather_sample(x, sample, group, members, values, places):
    """Copy the usable cells to the front of ``values`` and ``places``; return their number."""
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
def quantile(values, order, n, p):
    """Linear quantile of sorted values."""
    position = (n - 1) * p
    below = int(position)
    low = np.float64(values[order[below] & _LOW])
    high = np.float64(values[order[min(below + 1, n - 1)] & _LOW])
    return low + (high - low) * (position - below)


@register_jitable
def standardize(values, n, winsor, keys, spare, z):
    """Write winsorised z-scores; return False for a constant row."""
    order = sort_by_value(values, n, keys, spare)
    low, high = quantile(values, order, n, winsor), quantile(values, order, n, 1.0 - winsor)
    if not low < high:
        return False
    total = 0.0
    for i in range(n):
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
    slope = zm / (mm + ridge) if mm + ridge > 0.0 else 0.0
    left = 0.0
    for i in range(n):
        g = group[places[i]]
        z[i] -= (sum_z[g] - slope * sum_m[g]) / (members[g] + ridge) + slope * m[i]
        left += z[i] * z[i]
    return left


@register_jitable
def rank_residuals(z, n, values, keys, spare, ranks):
    """Average-tie ranks 1..n of float64 residuals."""
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
    """Return the correlation of two rankings of n and the first one's sum of squares; NaN if either is constant."""
    mean = (n + 1) * 0.5
    xy, xx, yy = 0.0, 0.0, 0.0
    for i in range(n):
        x, y = ranks[i] - mean, label_ranks[places[i]] - mean
        xy += x * y
        xx += x * x
        yy += y * y
    return (xy / np.sqrt(xx * yy) if xx * yy > 0.0 else np.nan), xx


def _score_factors(
    slab, slots, rows, keep, label, order, count, sample, group, size, groups, min_assets, winsor, ridge,
    ic, assets, r2, state, turnover, kept, parts, first, last,
):  # fmt: skip
    columns = label.shape[1]
    values, places = np.empty(columns, dtype=np.float32), np.empty(columns, dtype=np.int32)
    keys, spare = np.empty(columns, dtype=np.uint64), np.empty(columns, dtype=np.uint64)
    z, m, ranks, label_ranks = np.empty(columns), np.empty(columns), np.empty(columns), np.empty(columns)
    members, ties = np.empty(groups, dtype=np.int64), np.empty(columns, dtype=np.int32)
    sum_z, sum_m = np.empty(groups), np.empty(groups)
    inside = np.zeros(columns, dtype=np.bool_)
    before, now = np.empty(columns), np.empty(columns)
    for piece in range(first, last):
        k, part = piece // parts, piece % parts
        start, stop = rows.shape[0] * part // parts, rows.shape[0] * (part + 1) // parts
        before[:] = np.nan
        # The row before the piece is computed again, so that turnover doesn't depend on how rows were cut.
        for r in range(max(start - 1, 0), stop):
            x, own = slab[slots[k], rows[r]], r >= start
            now[:] = np.nan
            n = gather_sample(x, sample[r], group[r], members, values, places)
            if own:
                assets[k, r] = n
            if n < min_assets:
                if own:
                    state[k, r] = 1
            elif not standardize(values, n, winsor, keys, spare, z):
                if own:
                    state[k, r] = 2
            else:
                standardize_size(size[r], places, n, m)
                left = neutralize(z, m, places, group[r], n, members, ridge, sum_z, sum_m)
                rank_residuals(z, n, values, keys, spare, ranks)
                inside[:] = False
                for i in range(n):
                    inside[places[i]] = True
                    now[places[i]] = ranks[i] / n
                if own:
                    rank_labels(label[r], order[r], count[r], inside, label_ranks, ties)
                    value, squares = correlate(ranks, label_ranks, places, n)
                    ic[k, r], r2[k, r] = value, 1.0 - left / n
                    state[k, r] = 0 if value == value else 2
                    turnover[k, r] = mean_change(now, before)
                    if keep[r] >= 0 and squares > 0.0:
                        for i in range(n):
                            kept[k, keep[r], places[i]] = (ranks[i] - (n + 1) * 0.5) / np.sqrt(squares)
            before, now = now, before


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


score_factors: Callable[..., None] = njit(nogil=True, error_model="numpy", cache=True)(_score_factors)


def score_rows(
    slab: NDArray[np.float32],
    slots: list[int],
    target: Target,
    share_out: Callable[[Callable[[int, int], None], int], None],
    parts: int,
) -> DailyScores:
    """Score slots against a target, (factor x range of rows) pieces shared out over threads."""
    scores = DailyScores.empty(len(slots), target)
    keep = np.where(target.keep_ranks, np.cumsum(target.keep_ranks) - 1, -1)
    groups = max(int(target.group.max(initial=0)) + 1, 1)
    inputs: tuple[object, ...] = (
        slab,
        np.array(slots, dtype=np.int64),
        target.rows,
        keep,
        target.label,
        target.order,
        target.count,
    )
    inputs += (target.sample, target.group, target.size, groups, target.min_assets, target.winsor, target.ridge)
    outputs = (scores.ic, scores.assets, scores.r2, scores.state, scores.turnover, scores.ranks)
    share_out(lambda first, last: score_factors(*inputs, *outputs, parts, first, last), len(slots) * parts)
    return scores
