"""The fused scoring kernel: sample -> winsorize -> zscore -> neutralise -> rank -> IC, a day's row staying in L1.

For each factor and day, by the functions of ``steps.py``:

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

import inspect
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends.cpu import sorting, steps
from dfqgp.backends.cpu.compile import compile_kernel
from dfqgp.backends.cpu.steps import (
    correlate,
    gather_sample,
    mean_change,
    neutralize,
    rank_labels,
    rank_residuals,
    standardize,
    standardize_size,
)
from dfqgp.backends.scoring import DailyScores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dfqgp.backends.cpu.threads import Threads
    from dfqgp.backends.scoring import Target


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
                    state[k, r] = 1  # DayState.FEW_ASSETS
            elif not standardize(values, n, winsor, keys, spare, z):
                if own:
                    state[k, r] = 2  # DayState.CONSTANT
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
                    value = correlate(ranks, label_ranks, places, n)
                    ic[k, r], r2[k, r] = value, 1.0 - left / n
                    state[k, r] = 0 if value == value else 2
                    turnover[k, r] = mean_change(now, before)
                    if keep[r] >= 0:
                        for i in range(n):
                            kept[k, keep[r], places[i]] = np.uint16(2.0 * ranks[i])
            before, now = now, before


score_factors = compile_kernel(_score_factors, "score_factors", inspect.getsource(steps), inspect.getsource(sorting))


def score_rows(
    slab: NDArray[np.float32], slots: NDArray[np.int64], target: Target, keep: NDArray[np.bool_], threads: Threads
) -> DailyScores:
    """Score slots against a target, (factor x range of rows) pieces shared out over threads."""
    scores = DailyScores.empty(len(slots), target)
    kept = np.zeros((len(slots), int(keep.sum()), target.label.shape[1]), dtype=np.uint16)
    place = np.where(keep, np.cumsum(keep) - 1, -1)
    groups = max(int(target.group.max(initial=0)) + 1, 1)
    parts = threads.parts(len(slots), len(target.rows))
    arguments = (
        slab, np.ascontiguousarray(slots), target.rows, place, target.label, target.order, target.count, target.sample,
        target.group, target.size, groups, target.min_assets, target.winsor, target.ridge,
        scores.ic, scores.assets, scores.r2, scores.state, scores.turnover, kept, parts,
    )  # fmt: skip
    threads.share_out(lambda first, last: score_factors(*arguments, first, last), len(slots) * parts)
    scores.ranks.extend(each.copy() for each in kept)  # a view would keep all of them alive
    return scores
