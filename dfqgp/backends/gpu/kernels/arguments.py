"""How kernels read instructions and cells: items of tuples whose length an operator's declaration fixes."""

from __future__ import annotations

import numpy as np

from dfqgp.backends.gpu.kernels.compile import NAN, cuda, register_jitable
from dfqgp.backends.instructions import INPUT


@register_jitable
def own_cell(first):
    """Return the instruction, day and stock of this thread; the stock or the day may be outside the panel."""
    j = cuda.blockIdx.x * cuda.blockDim.x + cuda.threadIdx.x
    t = cuda.blockIdx.y * cuda.blockDim.y + cuda.threadIdx.y
    return first + cuda.blockIdx.z, t, j


@register_jitable
def input_of(i, table, task):
    return int(table[task, INPUT + i])


@register_jitable
def column_of(i, table, task, first):
    return table[task, first + i]


@register_jitable
def cell_of(i, slab, slots, t, j):
    return np.float64(slab[slots[i], t, j])


@register_jitable
def sum_of(i, counts, found):
    return counts[i] + found[i]


@register_jitable
def finite(value):
    """Return a result as float32, NaN where it is not finite."""
    v = np.float32(value)
    return v if abs(v) < np.inf else NAN
