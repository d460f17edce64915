"""What a day's ranks say: their correlation with those of the labels, and their change since the day before.

Ranks are whole numbers, twice the average ranks, one for each column of the panel and 0 outside the sample. Their sums
are exact, so the order in which they are added up does not matter.
"""

from __future__ import annotations

import numpy as np
from numba.extending import register_jitable

from dfqgp.backends.cpu.scoring.days import COLUMN, TIED


@register_jitable
def products_with_labels(now, by_label, tied):
    """Return the sum of products of twice the ranks of residuals and labels, and the labels' sum of t^3 - t.

    Stocks are walked in the order of their labels, so a label's rank is the number of stocks seen so far.
    """
    seen, products = 0, 0
    if not tied:
        for k in range(by_label.shape[0]):
            rank = np.int64(now[by_label[k]])
            seen += rank > 0
            products += 2 * seen * rank
        return products, 0
    ties, before, total = 0, 0, 0
    for k in range(by_label.shape[0]):
        if not by_label[k] & TIED:
            size = seen - before
            products += total * (before + 1 + seen)
            ties += size * size * size - size
            before, total = seen, 0
        rank = np.int64(now[by_label[k] & COLUMN])
        seen += rank > 0
        total += rank
    size = seen - before
    return products + total * (before + 1 + seen), ties + size * size * size - size


@register_jitable
def correlate(products, ties, label_ties, n):
    """Return the correlation of two rankings of n, NaN if either is constant.

    Of ranks without ties the squared distances from the mean sum to (n^3 - n) / 12; ties of t take (t^3 - t) / 12 off.
    """
    xy = (products - n * (n + 1) * (n + 1)) * 0.25
    xx, yy = ((n * n * n - n - ties) // 3) * 0.25, ((n * n * n - n - label_ties) // 3) * 0.25
    return xy / np.sqrt(xx * yy) if xx * yy > 0.0 else np.nan


@register_jitable
def mean_change(twice, places, n, share, before, now, now_share):
    """Write ranks and shares rank / n by column; return the shares' mean absolute change since the day before.

    It is over the stocks that have one on both days, NaN without any.
    """
    for i in range(n):
        share[i] = twice[i] * 0.5 / n
    both, total = 0, 0.0
    for i in range(n):
        j = places[i]
        change = abs(share[i] - before[j])
        now[j], now_share[j] = twice[i], share[i]
        there = change == change
        both += there
        total += change if there else 0.0
    return total / both if both else np.nan
