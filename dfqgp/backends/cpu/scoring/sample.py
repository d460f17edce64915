"""The sample of a factor's day: its values, and the stocks that have one."""

from __future__ import annotations

import numpy as np
from numba.extending import register_jitable


@register_jitable
def gather_sample(x, columns, group, members, values, places, absent):
    """Copy the cells of a day's sample that have a value to the front of ``values`` and ``places``; return how many.

    ``members`` holds the stocks of each group in the day's sample, and is left with those that have a value. A stock
    that is then alone in its group has no residual and stays out.
    """
    n, m = np.uint64(0), np.uint64(0)
    for k in range(columns.shape[0]):  # without branches: which cells are missing is hard to foretell
        j = columns[k]
        value = x[j]
        values[n], places[n], absent[m] = value, j, j
        there = np.uint64(value == value)
        n += there
        m += np.uint64(1) - there
    for k in range(m):
        members[group[absent[k]]] -= 1
    single = False
    for g in range(members.shape[0]):
        single |= members[g] == 1
    return drop_singles(group, members, values, places, np.int64(n)) if single else np.int64(n)


@register_jitable
def drop_singles(group, members, values, places, n):
    """Close the gaps of the stocks that are alone in their groups; return how many are left."""
    kept = 0
    for i in range(n):
        if members[group[places[i]]] > 1:
            values[kept], places[kept] = values[i], places[i]
            kept += 1
    return kept
