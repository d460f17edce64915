"""Loops of cross-sectional operators: one row is one day, pieces are ranges of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba.extending import register_jitable

from dfqgp.backends.cpu.compile import cell_of, chosen_of, item_of, jitable, number_of, save, tuple_of
from dfqgp.backends.cpu.sorting import average_ranks, group_ranks, quantile, sort_by_value
from dfqgp.backends.instructions import GROUP, INPUT, OUT
from dfqgp.backends.symbols import digest
from dfqgp.ops import CrossSection, DayQuantiles, Ranked
from dfqgp.ops.forms import form_of

LANES = 64
"""States into which a day's stocks are folded side by side."""

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfqgp.backends.cpu.compile import Function
    from dfqgp.ops import Operator


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
def store_row(values, out):
    for j in range(out.shape[0]):
        value = np.float32(values[j])
        out[j] = value if abs(value) < np.inf else np.nan


@register_jitable
def part_of(i, rows, lo, hi):
    return rows[i][lo:hi]


def cross_section_loop(family: Sequence[Operator]) -> Function:
    """Return the loop over days of a state of stocks and of all that it can say."""
    op, form = family[0], form_of(family[0], CrossSection)
    items, count, grouped = len(form.start), len(op.panels), op.takes_group
    rows_of, cells = tuple_of(count, masked_row), tuple_of(count, cell_of)
    load, keep = tuple_of(items, number_of), tuple_of(items, save)
    fold = (group_fold if grouped else lane_fold)(form, op, cells, load, keep)
    say = chosen_of([_values(each, items, count) for each in family], f"{op.name}_values")

    def loop(slab, task, constants, literals, universe, groups, origin, member, lo, hi):
        columns = slab.shape[2]
        own = np.empty((count, columns), dtype=np.float32)
        codes = groups[max(task[GROUP], 0)] if grouped else np.zeros((1, 0), dtype=np.int16)
        states = np.empty((items, codes.max() + 1 if grouped else LANES))
        for t in range(lo, hi):
            rows = rows_of(slab, task, universe, own, t)
            row_codes = codes[t if grouped else 0]
            fold(states, rows, row_codes, columns)
            say(member, states, rows, row_codes, literals, slab[task[OUT], t])

    return loop


def _values(op: Operator, items: int, count: int) -> Function:
    """Return what makes an operator's values of a day's states; NaN for stocks that no state holds."""
    form, grouped = form_of(op, CrossSection), op.takes_group
    value, add, start = form.value, form.add, form.start
    load, cells, numbers = tuple_of(items, number_of), tuple_of(count, cell_of), tuple_of(len(op.literals), item_of)

    def say(states, rows, codes, literals, result):
        state, given = load(states, 0), numbers(literals)
        for j in range(result.shape[0]):
            today = cells(rows, j)
            if grouped:
                if codes[j] < 0:
                    result[j] = np.nan
                    continue
                state = load(states, codes[j])
            joined = add(start, *today, 0.0)[0] > 0.0
            v = np.float32(value(state, *today, *given))
            result[j] = v if joined and abs(v) < np.inf else np.nan

    return jitable(say, f"{op.name}_{digest(op.source)}_values")


def lane_fold(form: CrossSection, op: Operator, cells: Function, load: Function, keep: Function) -> Function:
    """Return what folds a day's stocks into ``states[:, 0]``: 64 interleaved lanes, then the lanes one after the other.

    One state would make each stock wait for the one before; lanes vectorise.
    """
    add, merge, start, parts = form.add, form.merge, form.start, tuple_of(len(op.panels), part_of)

    def fold(states, rows, codes, columns):
        for lane in range(LANES):
            keep(states, lane, start)
        for first in range(0, columns, LANES):
            some = parts(rows, first, min(first + LANES, columns))
            for lane in range(some[0].shape[0]):  # to the length of a row: LLVM vectorises no other
                keep(states, lane, add(load(states, lane), *cells(some, lane), 0.0))
        for lane in range(1, min(LANES, columns)):
            keep(states, 0, merge(load(states, 0), load(states, lane)))

    return jitable(fold, f"{op.name}_{digest(op.source)}_fold")


def group_fold(form: CrossSection, op: Operator, cells: Function, load: Function, keep: Function) -> Function:
    """Return what folds a day's stocks into ``states[:, g]``, one state per group."""
    add, start = form.add, form.start

    def fold(states, rows, codes, columns):
        for g in range(states.shape[1]):
            keep(states, g, start)
        for j in range(columns):
            g = codes[j]
            if g >= 0:
                keep(states, g, add(load(states, g), *cells(rows, j), 0.0))

    return jitable(fold, f"{op.name}_{digest(op.source)}_fold")


@register_jitable
def gather(x, inside, values, places):
    """Copy the cells that are there to the front of ``values``, and their columns to ``places``; return how many."""
    n = 0
    for j in range(x.shape[0]):
        if inside[j] and x[j] == x[j]:
            values[n], places[n] = x[j], j
            n += 1
    return n


def ranked_loop(family: Sequence[Operator]) -> Function:
    """Return the loop over days of values of ranks, NaN outside the sample."""
    grouped = family[0].takes_group
    say = chosen_of([_of_ranks(op) for op in family], f"{family[0].name}_values")

    def loop(slab, task, constants, literals, universe, groups, origin, member, lo, hi):
        columns = slab.shape[2]
        values, places = np.empty(columns, dtype=np.float32), np.empty(columns, dtype=np.int32)
        ranks, counts, results = np.empty(columns), np.empty(columns), np.empty(columns)
        keys, spare = np.empty(columns, dtype=np.uint64), np.empty(columns, dtype=np.uint64)
        codes = groups[max(task[GROUP], 0)] if grouped else np.zeros((1, 0), dtype=np.int16)
        runs = np.empty((4, codes.max() + 1 if grouped else 0))
        for t in range(lo, hi):
            n = gather(slab[task[INPUT], t], universe[t], values, places)
            order = sort_by_value(values, n, keys, spare)
            if grouped:
                group_ranks(values, n, order, codes[t], places, runs, ranks, counts)
            else:
                average_ranks(values, n, order, ranks)
                counts[:n] = n
            results[:] = np.nan
            say(member, ranks[:n], counts, places, literals, results)
            store_row(results, slab[task[OUT], t])

    return loop


def _of_ranks(op: Operator) -> Function:
    """Return what makes an operator's values of ranks; a count of 0 says that a stock has no group."""
    value, numbers = form_of(op, Ranked).value, tuple_of(len(op.literals), item_of)

    def say(ranks, counts, places, literals, results):
        given = numbers(literals)
        for i in range(ranks.shape[0]):
            if counts[i] > 0:
                results[places[i]] = value(ranks[i], counts[i], *given)

    return jitable(say, f"{op.name}_{digest(op.source)}_values")


def day_quantiles_loop(family: Sequence[Operator]) -> Function:
    """Return the loop over days of a value of two quantiles, NaN outside the sample."""
    (op,) = family
    value, numbers = form_of(op, DayQuantiles).value, tuple_of(len(op.literals), item_of)

    def loop(slab, task, constants, literals, universe, groups, origin, member, lo, hi):
        columns = slab.shape[2]
        values, places = np.empty(columns, dtype=np.float32), np.empty(columns, dtype=np.int32)
        keys, spare = np.empty(columns, dtype=np.uint64), np.empty(columns, dtype=np.uint64)
        results, given = np.empty(columns), numbers(literals)
        for t in range(lo, hi):
            n = gather(slab[task[INPUT], t], universe[t], values, places)
            results[:] = np.nan
            if n > 0:
                order = sort_by_value(values, n, keys, spare)
                low, high = quantile(values, order, n, given[0]), quantile(values, order, n, 1.0 - given[0])
                for i in range(n):
                    results[places[i]] = value(low, high, np.float64(values[i]), *given)
            store_row(results, slab[task[OUT], t])

    return loop
