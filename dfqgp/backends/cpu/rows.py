"""Loops of cross-sectional operators: one row is one day, pieces are ranges of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba.extending import register_jitable

from dfqgp.backends.cpu.compile import item_of, tuple_of
from dfqgp.backends.cpu.sorting import average_ranks, sort_by_value
from dfqgp.backends.instructions import GROUP, INPUT, OUT

if TYPE_CHECKING:
    from dfqgp.backends.cpu.compile import Function
    from dfqgp.ops import Operator, Ranked, Row


@register_jitable
def mask_row(x, universe, own):
    """Copy a row with NaN outside the universe: comparing with NaN vectorises better than two conditions."""
    for j in range(x.shape[0]):
        own[j] = x[j] if universe[j] else np.float32(np.nan)


@register_jitable
def masked_row(i, slab, task, universe, own, t):
    mask_row(slab[task[INPUT + i], t], universe[t], own[i])
    return own[i]


@register_jitable
def codes_of(i, task, groups, t):
    return groups[task[GROUP], t]


@register_jitable
def store_row(values, out):
    for j in range(out.shape[0]):
        value = np.float32(values[j])
        out[j] = value if abs(value) < np.inf else np.nan


def row_loop(form: Row, op: Operator) -> Function:
    """Return the loop over days of the operator's row function."""
    row, count = form.row, len(op.panels)
    rows_of, codes, numbers = (
        tuple_of(count, masked_row), tuple_of(int(op.takes_group), codes_of), tuple_of(len(op.literals), item_of),
    )  # fmt: skip

    def loop(slab, task, constants, literals, universe, groups, origin, lo, hi):
        columns = slab.shape[2]
        buckets = groups[task[GROUP]].max() + 1 if task[GROUP] >= 0 else 0  # there may be more groups than stocks
        own, results = np.empty((count, columns), dtype=np.float32), np.empty(columns)
        scratch, given = np.empty((3, max(columns, buckets))), numbers(literals)
        for t in range(lo, hi):
            row(*rows_of(slab, task, universe, own, t), *codes(task, groups, t), results, scratch, *given)
            store_row(results, slab[task[OUT], t])

    return loop


def ranked_loop(form: Ranked, op: Operator) -> Function:
    """Return the loop over days of a value of ranks, NaN outside the sample."""
    value, numbers = form.value, tuple_of(len(op.literals), item_of)

    def loop(slab, task, constants, literals, universe, groups, origin, lo, hi):
        columns = slab.shape[2]
        values, places, ranks = (
            np.empty(columns, dtype=np.float32),
            np.empty(columns, dtype=np.int32),
            np.empty(columns),
        )
        keys, spare, results = np.empty(columns, dtype=np.uint64), np.empty(columns, dtype=np.uint64), np.empty(columns)
        given = numbers(literals)
        for t in range(lo, hi):
            x, inside, n = slab[task[INPUT], t], universe[t], 0
            for j in range(columns):
                if inside[j] and x[j] == x[j]:
                    values[n], places[n] = x[j], j
                    n += 1
            average_ranks(values, n, sort_by_value(values, n, keys, spare), ranks)
            results[:] = np.nan
            for i in range(n):
                results[places[i]] = value(ranks[i], n, *given)
            store_row(results, slab[task[OUT], t])

    return loop
