"""Loops over windows: states that merge, and counts.

1. Time is cut into blocks of w rows whose boundaries are multiples of w in the calendar (origin + row).
2. Backwards from a boundary b, states of the rows t-w+1 .. b-1 are kept for each t of the block (``tails``).
3. Forwards, the state of rows b .. t (``head``) grows by one row per step; merged with the tail it covers the window.

States are float64: sums of squares of float32 cells lose in float32 the digits that a standard deviation is made of.

Each value reads its window alone, in an order that the calendar fixes: cutting a panel in time changes no bit. The
usual alternative, add and drop with a restart every max(64, 2w) rows, was turned down before it was timed: 1e30 in the
input poisons a sum of squares until the next restart, and a row's bits depend on how far back the panel goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba.extending import register_jitable

from dfqgp.backends.cpu.compile import cell_of, chosen_of, item_of, jitable, number_of, save, tuple_of
from dfqgp.backends.instructions import INPUT, NEEDED, OUT, WARMUP, WINDOW
from dfqgp.backends.symbols import digest
from dfqgp.ops import Counting, Rolling
from dfqgp.ops.forms import form_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfqgp.backends.cpu.compile import Function
    from dfqgp.ops import Operator


@register_jitable
def panel_of(i, slab, task):
    return slab[task[INPUT + i]]


@register_jitable
def row_of(i, panels, t, lo, hi):
    return panels[i][t, lo:hi]


@register_jitable
def count_up(i, counts, j, found):
    counts[i, j] += found[i]
    return found[i]


def rolling_loop(family: Sequence[Operator]) -> Function:
    """Return the loop of a rolling state and of all that it can say; pieces are ranges of columns.

    Members share the loop back from a boundary; each has its own inner loop over stocks forward. Tried, with ts_corr of
    1215 x 800 on one thread, which takes 4.0 ms: one loop in which the value is chosen takes 7.4, scratch of a constant
    width of 512 stocks 5.1.

    Inner loops run to the length of a row and not to ``hi - lo``: LLVM knows that a length is not negative, and its
    code is faster (ts_min 0.56 ms instead of 1.15, ts_std 1.9 instead of 2.9, 1215 x 800 on one thread).
    """
    op, form = family[0], form_of(family[0], Rolling)
    add, start = form.add, form.start
    items, count = len(start), len(op.panels)
    load, keep = tuple_of(items, number_of), tuple_of(items, save)
    say = chosen_of([_day(each, load, keep) for each in family], f"{op.name}_days")
    panels_of, rows_of, cells = (tuple_of(count, each) for each in (panel_of, row_of, cell_of))
    weights_of = tuple_of(len(op.literals) if form.weighs else 0, item_of)

    def loop(slab, task, constants, literals, universe, groups, origin, member, lo, hi):
        rows, w, warmup = slab.shape[1], task[WINDOW], task[WARMUP]
        panels, out, weights = panels_of(slab, task), slab[task[OUT]], weights_of(literals)
        if warmup >= rows:  # nothing to compute, and no scratch for absurd windows
            out[:, lo:hi] = np.nan
            return
        tails, head = np.empty((w, items, hi - lo)), np.empty((items, hi - lo))
        for j in range(hi - lo):
            keep(tails[0], j, start)
        for b in range(-(origin % w), rows, w):  # the first boundary is at row 0 or before it
            for i in range(1, min(w, b + 1)):
                inputs, before, now = rows_of(panels, b - i, lo, hi), tails[i - 1], tails[i]
                for j in range(inputs[0].shape[0]):
                    keep(now, j, add(load(before, j), *cells(inputs, j), float(-i), *weights))
            for j in range(hi - lo):
                keep(head, j, start)
            for t in range(max(b, 0), min(b + w, rows)):
                # In the warm-up a tail may never have been written: no count, not even an infinite one, is >= NaN.
                age, tail, wanted = float(t - b), tails[b + w - 1 - t], float(task[NEEDED]) if t >= warmup else np.nan
                say(member, head, tail, rows_of(panels, t, lo, hi), age, literals, wanted, out[t, lo:hi])

    return loop


def _day(op: Operator, load: Function, keep: Function) -> Function:
    """Return what adds a day to the states of the block's rows, and makes an operator's values of the whole windows."""
    form, count, literals_of = form_of(op, Rolling), len(op.panels), tuple_of(len(op.literals), item_of)
    add, merge, value = form.add, form.merge, form.value
    cells, weights_of = tuple_of(count, cell_of), tuple_of(len(op.literals) if form.weighs else 0, item_of)

    def day(head, tail, inputs, age, literals, wanted, result):
        given, weights = literals_of(literals), weights_of(literals)
        for j in range(result.shape[0]):
            today = cells(inputs, j)
            state = add(load(head, j), *today, age, *weights)
            keep(head, j, state)
            whole = merge(load(tail, j), state)
            v = np.float32(value(whole, *today, age, *given))
            result[j] = v if whole[0] >= wanted and abs(v) < np.inf else np.nan

    return jitable(day, f"{op.name}_{digest(op.source)}_day")


def counting_loop(family: Sequence[Operator]) -> Function:
    """Return the loop of counts: compare across stocks, row by row of the window.

    How many rows are below today's depends on today, so no state of rows can be kept: each day counts its window anew.
    """
    (op,) = family
    form = form_of(op, Counting)
    compare, value = form.compare, form.value
    items = len(compare(0.0, 0.0))
    load, add, numbers = tuple_of(items, number_of), tuple_of(items, count_up), tuple_of(len(op.literals), item_of)

    def loop(slab, task, constants, literals, universe, groups, origin, member, lo, hi):
        rows, w, warmup, need = slab.shape[1], task[WINDOW], task[WARMUP], task[NEEDED]
        xs, out, given = slab[task[INPUT]], slab[task[OUT]], numbers(literals)
        counts = np.empty((items, hi - lo), dtype=np.int32)  # as wide as a cell, so that both share vector lanes
        for t in range(rows):
            today, result = xs[t, lo:hi], out[t, lo:hi]
            if t < warmup:
                result[:] = np.nan
                continue
            counts[:] = 0
            for k in range(t - w + 1, t + 1):
                row = xs[k, lo:hi]
                for j in range(row.shape[0]):
                    add(counts, j, compare(row[j], today[j]))
            for j in range(result.shape[0]):
                said = load(counts, j)
                v = np.float32(value(*said, *given))
                result[j] = v if said[0] >= need and abs(v) < np.inf else np.nan

    return loop
