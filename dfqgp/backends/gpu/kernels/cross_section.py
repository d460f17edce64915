"""States of a day's stocks: a block of threads a day and task.

The threads are shared out over groups, each group's stocks over the threads of the group, in interleaved parts whose
states are merged in a tree. An operator without a grouping has one group, the universe. No sum depends on which thread
comes first: there are no atomic additions of floats.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends.gpu.kernels.arguments import finite, input_of
from dfqgp.backends.gpu.kernels.compile import (
    FLOAT64,
    NAN,
    Kernel,
    cuda,
    jitable,
    register_jitable,
    tuple_of,
)
from dfqgp.backends.gpu.kernels.members import values_of
from dfqgp.backends.instructions import GROUP, OUT
from dfqgp.backends.symbols import digest
from dfqgp.ops import CrossSection
from dfqgp.ops.forms import form_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfqgp.backends.tuples import Function
    from dfqgp.ops import Operator


@register_jitable
def masked_cell(i, slab, slots, universe, t, j):
    return np.float64(slab[slots[i], t, j]) if universe[t, j] else np.float64(np.nan)


@register_jitable
def number_of(i, states, place, threads):
    return states[i * threads + place]


@register_jitable
def save(i, states, place, threads, state):
    states[i * threads + place] = state[i]
    return state[i]


@register_jitable
def parts_of(groups, threads):
    """Return how many threads each group gets, a power of two: as many as there are for all groups at once."""
    parts = 1
    while 2 * parts * groups <= threads:
        parts *= 2
    return parts


def cross_section_kernel(family: Sequence[Operator]) -> Kernel:
    """Return the kernel of a state of the day's stocks, of all it can say; NaN for stocks that it does not hold."""
    op, form = family[0], form_of(family[0], CrossSection)
    value, text = values_of(family, lambda member: form_of(member, CrossSection).value)
    add, start, count, items = form.add, tuple(map(np.float64, form.start)), len(op.panels), len(form.start)
    inputs, cells = tuple_of(count, input_of), tuple_of(count, masked_cell)
    load, keep, group_of = tuple_of(items, number_of), tuple_of(items, save), _group_of(op)
    join = jitable(_join(form.merge, load, keep), f"{op.name}_{digest(text)}_join")

    def fold(slab, slots, universe, groups, grouping, t, group, part, parts):
        state = start
        for j in range(part, slab.shape[2], parts):
            if group_of(groups, grouping, t, j) == group:
                state = add(state, *cells(slab, slots, universe, t, j), np.float64(0.0))
        return state

    jitable(fold, f"{op.name}_{digest(text)}_fold")

    def kernel(slab, table, first, universe, groups, buckets, literal):
        t, task, thread, threads = cuda.blockIdx.x, first + cuda.blockIdx.y, cuda.threadIdx.x, cuda.blockDim.x
        states = cuda.shared.array(0, FLOAT64)
        slots, out = inputs(table, task), int(table[task, OUT])
        grouping, columns = int(table[task, GROUP]), slab.shape[2]
        parts = parts_of(buckets, threads)
        together = threads // parts  # groups that are folded at a time
        part, own = thread % parts, thread // parts
        for low in range(0, buckets, together):
            keep(states, thread, threads, fold(slab, slots, universe, groups, grouping, t, low + own, part, parts))
            join(states, part, parts, threads)
            for j in range(thread, columns, threads):
                group = group_of(groups, grouping, t, j) - low
                result, today = NAN, cells(slab, slots, universe, t, j)
                mine = group >= 0 and group < together
                if mine and add(start, *today, np.float64(0.0))[0] > 0.0:
                    state = load(states, group * parts, threads)
                    result = finite(value(table, task, literal, state, *today))
                if mine or low + group < 0:
                    slab[out, t, j] = result
            cuda.syncthreads()  # before the next groups' states are written

    return Kernel(kernel, op.name, text)


def _join(merge: Function, load: Function, keep: Function) -> Function:
    """Return what merges the parts of each group into its first thread's place, in a tree."""

    def join(states, part, parts, threads):
        """Merge the parts of each group into its first thread's place."""
        place, half = cuda.threadIdx.x, parts // 2
        cuda.syncthreads()
        while half > 0:
            if part < half:
                keep(states, place, threads, merge(load(states, place, threads), load(states, place + half, threads)))
            cuda.syncthreads()
            half //= 2

    return join


def _group_of(op: Operator) -> Function:
    """Return the function that says which group a stock is in; -1 is none."""

    def group(groups, grouping, t, j):
        return np.int64(groups[grouping, t, j])

    def universe(groups, grouping, t, j):
        return np.int64(0)

    chosen = group if op.takes_group else universe
    return jitable(chosen, f"group_of_{chosen.__name__}")
