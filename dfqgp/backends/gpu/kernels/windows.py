"""Loops over whole windows, a thread a cell: what today decides, or no state of constant size can hold.

Neighbouring threads take neighbouring stocks, so that a row of their windows is read at once, and rows that several
days share come from a cache. A thread keeps nothing but numbers in registers. Results do not depend on where a panel
is cut: each window is read from its oldest row to today.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends.gpu.kernels.arguments import cell_of, column_of, finite, input_of, own_cell, sum_of
from dfqgp.backends.gpu.kernels.compile import NAN, Kernel, register_jitable, tuple_of
from dfqgp.backends.gpu.kernels.keys import key_of, value_of
from dfqgp.backends.gpu.kernels.members import values_of
from dfqgp.backends.instructions import INPUT, NEEDED, OUT, WARMUP, WINDOW
from dfqgp.ops import Counting, Passes, WindowQuantile
from dfqgp.ops.forms import form_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfqgp.ops import Operator


def counting_kernel(family: Sequence[Operator]) -> Kernel:
    """Return the kernel of counts: a thread compares each row of its window with today's.

    How many rows are below today's depends on today, so no state of rows can be shared.
    """
    value, text = values_of(family, lambda member: form_of(member, Counting).value)
    compare = form_of(family[0], Counting).compare
    nothing = (0,) * len(compare(0.0, 0.0))
    add = tuple_of(len(nothing), sum_of)

    def kernel(slab, table, first, literal):
        task, t, j = own_cell(first)
        if j >= slab.shape[2] or t >= slab.shape[1]:
            return
        x, w, need = int(table[task, INPUT]), int(table[task, WINDOW]), int(table[task, NEEDED])
        result = NAN
        if t >= int(table[task, WARMUP]):
            counts, today = nothing, slab[x, t, j]
            for k in range(t - w + 1, t + 1):
                counts = add(counts, compare(slab[x, k, j], today))
            if counts[0] >= need:
                result = finite(value(table, task, literal, *counts))
        slab[int(table[task, OUT]), t, j] = result

    return Kernel(kernel, family[0].name, text)


def passes_kernel(family: Sequence[Operator]) -> Kernel:
    """Return the kernel of several passes over a window."""
    op, form = family[0], form_of(family[0], Passes)
    value, text = values_of(family, lambda member: form_of(member, Passes).value)
    passes, add, turn, start, count = (
        form.count,
        form.add,
        form.turn,
        tuple(map(np.float64, form.start)),
        len(op.panels),
    )
    inputs, cells = tuple_of(count, input_of), tuple_of(count, cell_of)
    literals = tuple_of(len(op.literals), column_of)

    def kernel(slab, table, first, literal):
        task, t, j = own_cell(first)
        if j >= slab.shape[2] or t >= slab.shape[1]:
            return
        slots, given, result = inputs(table, task), literals(table, task, literal), NAN
        if t >= int(table[task, WARMUP]):
            state, oldest = start, t - int(table[task, WINDOW]) + 1
            for number in range(int(passes(*given))):
                for k in range(oldest, t + 1):
                    state = add(state, *cells(slab, slots, k, j), np.float64(k - t), np.float64(number), *given)
                state = turn(state, np.float64(number), *given)
            if state[0] >= table[task, NEEDED]:
                result = finite(value(table, task, literal, state, *cells(slab, slots, t, j)))
        slab[int(table[task, OUT]), t, j] = result

    return Kernel(kernel, family[0].name, text)


def window_quantile_kernel(family: Sequence[Operator]) -> Kernel:
    """Return the kernel of a quantile of a window, by linear interpolation between neighbours in its order."""
    share, text = values_of(family, lambda member: form_of(member, WindowQuantile).share)

    def kernel(slab, table, first, literal):
        task, t, j = own_cell(first)
        if j >= slab.shape[2] or t >= slab.shape[1]:
            return
        x, result = int(table[task, INPUT]), NAN
        if t >= int(table[task, WARMUP]):
            oldest = t - int(table[task, WINDOW]) + 1
            n, least, greatest = range_of(slab, x, oldest, t, j)
            if n >= int(table[task, NEEDED]):
                position = (n - 1) * share(table, task, literal)
                rank = int(position)
                low, high = neighbours(slab, x, oldest, t, j, rank, n, least, greatest)
                result = finite(low + (np.float64(high) - low) * (position - rank))
        slab[int(table[task, OUT]), t, j] = result

    return Kernel(kernel, family[0].name, text)


@register_jitable
def range_of(slab, x, oldest, t, j):
    """Return how many cells of a window are there, the least and the greatest."""
    n, least, greatest = 0, np.float32(np.inf), np.float32(-np.inf)
    for k in range(oldest, t + 1):
        value = slab[x, k, j]
        if value == value:
            n += 1
            least, greatest = min(least, value), max(greatest, value)
    return n, least, greatest


@register_jitable
def neighbours(slab, x, oldest, t, j, rank, n, low, high):
    """Return the values of ``rank``, from 0, and of the next rank among the n of a window from ``low`` to ``high``.

    Each pass over the window halves the float32 values that are left (``keys.py``) and moves both ends to values that
    stand in the window: at most 32 passes, 6 to 7 for w = 20 and 9 to 11 for w = 240 where prices, volumes or returns
    are random. Considered: a window of each stock kept in order in shared memory, out of which a day takes a value and
    into which it puts one. That is w moves a day; but w = 240 leaves 28 KiB for 7 warps of a multiprocessor, w = 1800
    leaves none, and this loop would be needed for such windows.
    """
    upto, after = n, high  # how many are at most `high`, and the least above it
    while low < high:
        middle, count, left, right = value_of((key_of(low) + key_of(high)) >> 1), 0, low, high
        for k in range(oldest, t + 1):
            value = slab[x, k, j]
            if value <= middle:
                count += 1
                left = max(left, value)
            elif value > middle:
                right = min(right, value)
        if rank >= count:
            low = right
        else:
            high, upto, after = left, count, right
            if rank == count - 1:
                low = left
    return low, (low if rank + 1 < upto else after)
