"""Quantiles of a day: a block of threads a day and task."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends.gpu.kernels.arguments import finite
from dfqgp.backends.gpu.kernels.block import sum2
from dfqgp.backends.gpu.kernels.compile import FLOAT64, INT32, NAN, Kernel, cuda
from dfqgp.backends.gpu.kernels.members import values_of
from dfqgp.backends.gpu.kernels.quantiles import BINS, quantiles
from dfqgp.backends.instructions import INPUT, OUT
from dfqgp.ops import DayQuantiles
from dfqgp.ops.forms import form_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfqgp.ops import Operator


def day_quantiles_kernel(family: Sequence[Operator]) -> Kernel:
    """Return the kernel of a value of the day's quantiles p and 1 - p, NaN outside the day's sample.

    The sample is written where the values will stand: quantiles are counted in four passes over a row, so that shared
    memory bounds no number of stocks.
    """
    value, text = values_of(family, lambda member: form_of(member, DayQuantiles).value)

    def kernel(slab, table, first, universe, literal):
        t, task, thread, threads = cuda.blockIdx.x, first + cuda.blockIdx.y, cuda.threadIdx.x, cuda.blockDim.x
        buffer = cuda.shared.array(0, FLOAT64)
        bins = cuda.shared.array(BINS, INT32)
        x, row, columns = int(table[task, INPUT]), slab[int(table[task, OUT]), t], slab.shape[2]
        here = 0.0
        for j in range(thread, columns, threads):
            row[j] = slab[x, t, j] if universe[t, j] else NAN
            here += 1.0 if row[j] == row[j] else 0.0
        n, _ = sum2(buffer, here, 0.0)  # after its barriers all threads see the sample
        if n > 0.0:
            low, high = quantiles(row, columns, n, table[task, literal], bins, buffer)
            for j in range(thread, columns, threads):
                if row[j] == row[j]:
                    row[j] = finite(value(table, task, literal, low, high, np.float64(row[j])))

    return Kernel(kernel, family[0].name, text)
