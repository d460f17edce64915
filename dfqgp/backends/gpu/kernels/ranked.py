"""Ranks of a day: a block of threads a day and task.

The day's keys are sorted in shared memory, and each stock looks its own cell up. Of a day with more stocks than fit,
one part after the other is sorted, and each stock adds up how many keys of each part are below its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends.gpu.kernels.arguments import finite
from dfqgp.backends.gpu.kernels.block import count_below, count_upto, sort_keys
from dfqgp.backends.gpu.kernels.compile import FLOAT64, NAN, Kernel, cuda, register_jitable
from dfqgp.backends.gpu.kernels.keys import LEAST, key_of
from dfqgp.backends.gpu.kernels.members import values_of
from dfqgp.backends.instructions import GROUP, INPUT, OUT
from dfqgp.ops import Ranked
from dfqgp.ops.forms import form_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfqgp.ops import Operator

SPAN = np.float64(1 << 32)
"""From the keys of one group to those of the next; a whole number of 47 bits, which float64 holds exactly."""


def ranked_kernel(family: Sequence[Operator]) -> Kernel:
    """Return the kernel of a value of average-tie ranks among the universe, NaN outside the day's sample."""
    value, text = values_of(family, lambda member: form_of(member, Ranked).value)

    def kernel(slab, table, first, universe, length, literal):
        t, task, thread, threads = cuda.blockIdx.x, first + cuda.blockIdx.y, cuda.threadIdx.x, cuda.blockDim.x
        keys = cuda.shared.array(0, FLOAT64)
        x, out, columns, n = int(table[task, INPUT]), int(table[task, OUT]), slab.shape[2], 0
        for low in range(0, columns, length):
            for i in range(thread, length, threads):
                keys[i] = np.inf
                if low + i < columns and universe[t, low + i] and slab[x, t, low + i] == slab[x, t, low + i]:
                    keys[i] = slab[x, t, low + i]
            sort_keys(keys, length)
            n += count_below(keys, length, np.inf)
            for j in range(thread, columns, threads):
                own = np.float64(slab[x, t, j])
                # Twice the rank less 1, a whole number that float32 holds: `out` is never an input.
                found = count_below(keys, length, own) + count_upto(keys, length, own)
                slab[out, t, j] = found if low == 0 else slab[out, t, j] + found
            cuda.syncthreads()  # before the next keys are written
        for j in range(thread, columns, threads):
            inside = universe[t, j] and slab[x, t, j] == slab[x, t, j]
            rank = (np.float64(slab[out, t, j]) + 1.0) * 0.5
            slab[out, t, j] = finite(value(table, task, literal, rank, n)) if inside else NAN

    return Kernel(kernel, family[0].name, text)


def group_ranked_kernel(family: Sequence[Operator]) -> Kernel:
    """Return the kernel of a value of average-tie ranks inside the day's groups, NaN outside sample and groups.

    A key is the group and, in it, the place of the value among all float32 values: one sort puts all groups in order.
    The numbers of so many groups as have room stand behind the keys; more groups are done in turns.
    """
    value, text = values_of(family, lambda member: form_of(member, Ranked).value)

    def kernel(slab, table, first, universe, groups, buckets, room, length, literal):
        t, task, thread, threads = cuda.blockIdx.x, first + cuda.blockIdx.y, cuda.threadIdx.x, cuda.blockDim.x
        keys = cuda.shared.array(0, FLOAT64)
        x, out, columns = int(table[task, INPUT]), int(table[task, OUT]), slab.shape[2]
        codes = groups[int(table[task, GROUP])]
        for begin in range(0, buckets, room):
            for g in range(thread, room, threads):
                keys[length + g] = 0.0
            for low in range(0, columns, length):
                for i in range(thread, length, threads):
                    keys[i] = np.inf
                    if low + i < columns and group_inside(slab, x, universe, codes, t, low + i) >= 0:
                        keys[i] = key_inside(slab[x, t, low + i], codes[t, low + i])
                sort_keys(keys, length)
                for g in range(thread, room, threads):
                    before, upto = (begin + g) * SPAN, (begin + g + 1) * SPAN
                    keys[length + g] += count_below(keys, length, upto) - count_below(keys, length, before)
                for j in range(thread, columns, threads):
                    group = group_inside(slab, x, universe, codes, t, j)
                    if group >= begin and group < begin + room:
                        own, before = key_inside(slab[x, t, j], group), count_below(keys, length, group * SPAN)
                        found = count_below(keys, length, own) + count_upto(keys, length, own) - 2 * before
                        slab[out, t, j] = found if low == 0 else slab[out, t, j] + found
                cuda.syncthreads()  # before the next keys are written
            for j in range(thread, columns, threads):
                group = group_inside(slab, x, universe, codes, t, j)
                if group >= begin and group < begin + room:
                    rank, n = (np.float64(slab[out, t, j]) + 1.0) * 0.5, keys[length + group - begin]
                    slab[out, t, j] = finite(value(table, task, literal, rank, n))
                elif group < 0:
                    slab[out, t, j] = NAN
            cuda.syncthreads()  # before the next groups are counted

    return Kernel(kernel, family[0].name, text)


@register_jitable
def group_inside(slab, x, universe, codes, t, j):
    """Return the group of a stock that has a value and is in the universe, -1 for others."""
    return int(codes[t, j]) if universe[t, j] and slab[x, t, j] == slab[x, t, j] else -1


@register_jitable
def key_inside(value, group):
    return group * SPAN + (key_of(value) - LEAST)
