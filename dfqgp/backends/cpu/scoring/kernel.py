"""The fused scoring kernel: sample -> winsorize -> zscore -> neutralise -> rank -> IC, a day's row staying in L1.

For each factor and day:

1. Gather the day's sample where the factor is finite; drop stocks that are alone in their group (``gather_sample``).
2. Find the linear quantiles among the few smallest and largest values (``clip_limits``), clip, and z-score the factor
   and the size (``standardize``).
3. Subtract the ridge fit on one-hot groups and size, in closed form (``take_off_fit``).
4. Rank the residuals by a radix sort of short keys, put right by the float64 values (``sort_residuals``).
5. Correlate with the labels by walking their prepared order (``products_with_labels``, ``correlate``).
6. Compare with the ranks of the day before (``mean_change``).
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends.cpu import sorting
from dfqgp.backends.cpu.compile import compile_kernel
from dfqgp.backends.cpu.scoring import agreement, days, neutralize, ranks, sample, tails
from dfqgp.backends.cpu.scoring.agreement import correlate, mean_change, products_with_labels
from dfqgp.backends.cpu.scoring.neutralize import standardize, take_off_fit
from dfqgp.backends.cpu.scoring.ranks import rank_residuals, sort_residuals
from dfqgp.backends.cpu.scoring.sample import gather_sample
from dfqgp.backends.cpu.scoring.tails import PAD, clip_limits
from dfqgp.backends.scoring import DailyScores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dfqgp.backends.cpu.scoring.days import Days
    from dfqgp.backends.cpu.threads import Threads


def _score_factors(
    slab, slots, rows, keep, columns, by_label, count, tied, stocks, group, size, min_assets, winsor, ridge,
    ic, assets, r2, state, turnover, kept, parts, first, last,
):  # fmt: skip
    width, groups = columns.shape[1], stocks.shape[1]
    values, places = np.empty(width + 1, dtype=np.float32), np.empty(width + 1, dtype=np.uint16)
    absent, codes = np.empty(width + 1, dtype=np.uint16), np.empty(width, dtype=np.uint16)
    lows, highs = np.empty(width + PAD, dtype=np.float32), np.empty(width + PAD, dtype=np.float32)
    tails = np.empty(width + 1, dtype=np.float32)
    keys, spare = np.empty(width, dtype=np.uint64), np.empty(width, dtype=np.uint64)
    z, m, ordered, share = np.empty(width), np.empty(width), np.empty(width), np.empty(width)
    short, other, counts = np.empty(width, np.uint32), np.empty(width, np.uint32), np.empty((2, 256), np.int32)
    order, twice = np.empty(width, dtype=np.uint16), np.empty(width, dtype=np.uint16)
    members, effects, sum_m = np.empty(groups, dtype=np.int32), np.empty(groups), np.empty(groups)
    before, shares, now = np.empty(width), np.empty(width), np.empty(width, dtype=np.uint16)
    for piece in range(first, last):
        k, part = piece // parts, piece % parts
        start, stop = rows.shape[0] * part // parts, rows.shape[0] * (part + 1) // parts
        before[:] = np.nan
        # The row before the piece is computed again, so that turnover doesn't depend on how rows were cut.
        for r in range(max(start - 1, 0), stop):
            own = r >= start
            now[:], shares[:] = 0, np.nan
            for g in range(groups):
                members[g] = stocks[r, g]
            x, inside = slab[slots[k], rows[r]], columns[r, : count[r]]
            n = gather_sample(x, inside, group[r], members, values, places, absent)
            result, value, explained, moved = 1, np.nan, np.nan, np.nan  # DayState.FEW_ASSETS
            if n >= min_assets:
                low, high = clip_limits(values, n, winsor, lows, highs, tails, keys, spare)
                result = 2  # DayState.CONSTANT
                if standardize(values, n, low, high, size[r], places, z, m):
                    left = take_off_fit(z, m, places, group[r], n, members, ridge, codes, effects, sum_m)
                    equal = sort_residuals(z, n, left, short, other, counts, order, ordered, values, keys, spare)
                    ties = rank_residuals(order, ordered, n, equal, twice)
                    moved = mean_change(twice, places, n, share, before, now, shares)
                    if own:
                        products, label_ties = products_with_labels(now, by_label[r, : count[r]], tied[r])
                        value, explained = correlate(products, ties, label_ties, n), 1.0 - left / n
                        result = 0 if value == value else 2
                        if keep[r] >= 0:
                            kept[k, keep[r]] = now
            if own:
                assets[k, r], state[k, r], ic[k, r], r2[k, r], turnover[k, r] = n, result, value, explained, moved
            before, shares = shares, before


_PARTS = (agreement, days, neutralize, ranks, sample, sorting, tails)
score_factors = compile_kernel(_score_factors, "score_factors", *map(inspect.getsource, _PARTS))


def score_rows(
    slab: NDArray[np.float32], slots: NDArray[np.int64], prepared: Days, keep: NDArray[np.bool_], threads: Threads
) -> DailyScores:
    """Score slots against a target, (factor x range of rows) pieces shared out over threads."""
    target = prepared.target
    scores = DailyScores.empty(len(slots), target)
    kept = np.zeros((len(slots), int(keep.sum()), target.label.shape[1]), dtype=np.uint16)
    place = np.where(keep, np.cumsum(keep) - 1, -1)
    parts = threads.parts(len(slots), len(target.rows))
    arguments = (
        slab, np.ascontiguousarray(slots), target.rows, place, prepared.columns, prepared.by_label, prepared.count,
        prepared.tied, prepared.members, target.group, target.size, target.min_assets, target.winsor, target.ridge,
        scores.ic, scores.assets, scores.r2, scores.state, scores.turnover, kept, parts,
    )  # fmt: skip
    threads.share_out(lambda first, last: score_factors(*arguments, first, last), len(slots) * parts)
    scores.ranks.extend(each.copy() for each in kept)  # a view would keep all of them alive
    return scores
