"""Loops of element-wise operators and of delays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba.extending import register_jitable

from dfqgp.backends.cpu.compile import item_of, tuple_of
from dfqgp.backends.instructions import INPUT, OUT, WARMUP, WINDOW

if TYPE_CHECKING:
    from dfqgp.backends.cpu.compile import Function
    from dfqgp.ops import Elementwise, Lagged, Operator

# Cells a pass. A number is spread over a row of this length, so that one loop serves panels and numbers and vectorises;
# 16 KiB per row is long enough to hide the cost of a pass, and short enough to stay in the core's own cache.
BLOCK = 4096


@register_jitable
def operand(i, flat, task, constants, filled, lo, hi):
    """Return cells lo to hi of input i, or as many of its number where it has no slot."""
    slot = task[INPUT + i]
    if slot >= 0:
        return flat[slot, lo:hi]
    filled[i, : hi - lo] = constants[i]
    return filled[i, : hi - lo]


@register_jitable
def cell_of(i, panels, j):
    return panels[i][j]


def elementwise_loop(form: Elementwise, op: Operator) -> Function:
    """Return ``out = cell(x, y, ..., literals)``, NaN where that is not finite (NaN < inf is false too)."""
    cell, count = form.cell, len(op.panels)
    operands, cells, numbers = tuple_of(count, operand), tuple_of(count, cell_of), tuple_of(len(op.literals), item_of)

    def loop(slab, task, constants, literals, universe, groups, origin, lo, hi):
        flat = slab.reshape(slab.shape[0], slab.shape[1] * slab.shape[2])
        filled = np.empty((count, BLOCK), dtype=np.float32)
        given = numbers(literals)
        for start in range(lo, hi, BLOCK):
            stop = min(start + BLOCK, hi)
            panels = operands(flat, task, constants, filled, start, stop)
            out = flat[task[OUT], start:stop]
            for j in range(out.shape[0]):
                value = np.float32(cell(*cells(panels, j), *given))
                out[j] = value if abs(value) < np.inf else np.nan

    return loop


def lagged_loop(form: Lagged, op: Operator) -> Function:
    """Return ``out[t] = cell(x[t], x[t-d])``, NaN before row d and where that is not finite."""
    cell = form.cell

    def loop(slab, task, constants, literals, universe, groups, origin, lo, hi):
        x, out, d = slab[task[INPUT]], slab[task[OUT]], task[WINDOW] - 1
        for t in range(lo, hi):
            if t < task[WARMUP]:
                out[t] = np.nan
                continue
            now, before, result = x[t], x[t - d], out[t]
            for j in range(result.shape[0]):
                value = np.float32(cell(now[j], before[j]))
                result[j] = value if abs(value) < np.inf else np.nan

    return loop
