"""Windows of rolling states: a thread a stock and a run of days.

1. Days are cut into runs of R days at multiples of R in the calendar (origin + row); R depends on the window alone
   (``run_length``). A thread makes the R values of a stock's run.
2. All windows of the run share the rows ``last - w + 1 .. start``: their state is folded once.
3. Each value merges the rows of its window before these, the shared ones, and those after them up to today.

No row is ever subtracted, and a value reads its own window alone, in an order that the calendar fixes: what
``backends/cpu/rolling.py`` says of blocks of w days holds for runs. That order is another one than the CPU's, so values
agree with it to the tolerance and not to the last bit.

No thread keeps states of rows: a block of w days as on the CPU would take w states a stock, kilobytes per thread, in
memory. A run costs (w - R + 1) / R + (R - 1) / 2 + 1 additions of a row a value instead of 2, on cells that are in the
cache: 6.1 for w = 20 and R = 8, 22.5 for w = 240 and R = 16.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends.gpu.geometry import run_length
from dfqgp.backends.gpu.kernels.arguments import cell_of, column_of, finite, input_of
from dfqgp.backends.gpu.kernels.compile import NAN, Kernel, cuda, jitable, register_jitable, tuple_of
from dfqgp.backends.gpu.kernels.members import values_of
from dfqgp.backends.instructions import NEEDED, OUT, WARMUP, WINDOW
from dfqgp.backends.symbols import digest
from dfqgp.ops import Rolling
from dfqgp.ops.forms import form_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfqgp.ops import Operator


register_jitable(run_length)


def rolling_kernel(family: Sequence[Operator]) -> Kernel:
    """Return the kernel of a rolling state and of all that it can say."""
    op, form = family[0], form_of(family[0], Rolling)
    value, text = values_of(family, lambda member: form_of(member, Rolling).value)
    add, merge, start, count = form.add, form.merge, tuple(map(np.float64, form.start)), len(op.panels)
    inputs, cells = tuple_of(count, input_of), tuple_of(count, cell_of)
    weights_of = tuple_of(len(op.literals) if form.weighs else 0, column_of)

    def fold(slab, slots, weights, first, stop, boundary, j):
        state = start
        for t in range(first, stop):
            state = add(state, *cells(slab, slots, t, j), np.float64(t - boundary), *weights)
        return state

    jitable(fold, f"{op.name}_{digest(text)}_fold")

    def kernel(slab, table, first, origin, literal):
        j = cuda.blockIdx.x * cuda.blockDim.x + cuda.threadIdx.x
        task = first + cuda.blockIdx.z
        rows, w = slab.shape[1], int(table[task, WINDOW])
        length = run_length(w)
        begin = (cuda.blockIdx.y * cuda.blockDim.y + cuda.threadIdx.y) * length - origin % length
        if j >= slab.shape[2] or begin >= rows:
            return
        slots, weights, out = inputs(table, task), weights_of(table, task, literal), int(table[task, OUT])
        warmup, need = int(table[task, WARMUP]), table[task, NEEDED]
        shared = max(begin + length - w, 0)  # a run that begins before the panel has no value, nor one in the warm-up
        core = fold(slab, slots, weights, shared, begin + 1, begin, j)
        head = start
        for t in range(begin, min(begin + length, rows)):
            if t > begin and t >= 0:
                head = add(head, *cells(slab, slots, t, j), np.float64(t - begin), *weights)
            result = NAN
            if t >= warmup:
                tail = fold(slab, slots, weights, t - w + 1, shared, begin, j)
                whole = merge(merge(tail, core), head)
                if whole[0] >= need:
                    today = cells(slab, slots, t, j)
                    result = finite(value(table, task, literal, whole, *today, np.float64(t - begin)))
            if t >= 0:
                slab[out, t, j] = result

    return Kernel(kernel, op.name, text)
