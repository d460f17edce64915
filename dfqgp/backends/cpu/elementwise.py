"""Loops of element-wise operators and of delays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba.extending import register_jitable

from dfqgp.backends.cpu.compile import chosen_of, item_of, jitable, tuple_of
from dfqgp.backends.instructions import INPUT, OUT, WARMUP, WINDOW
from dfqgp.backends.symbols import digest
from dfqgp.ops import Elementwise, Lagged
from dfqgp.ops.forms import form_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfqgp.backends.cpu.compile import Function
    from dfqgp.ops import Operator

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


def elementwise_loop(family: Sequence[Operator]) -> Function:
    """Return ``out = cell(x, y, ..., literals)``, NaN where that is not finite (NaN < inf is false too).

    A family has one member here: operators that follow each other are what ``chains.py`` computes together.
    """
    (op,) = family
    cell, count = form_of(op, Elementwise).cell, len(op.panels)
    operands, cells, numbers = tuple_of(count, operand), tuple_of(count, cell_of), tuple_of(len(op.literals), item_of)

    def loop(slab, task, constants, literals, universe, groups, origin, member, lo, hi):
        flat = slab.reshape(slab.shape[0], slab.shape[1] * slab.shape[2])
        blank = min(max(task[WARMUP] * slab.shape[2], lo), hi)
        flat[task[OUT], lo:blank] = np.nan
        filled = np.empty((count, BLOCK), dtype=np.float32)
        given = numbers(literals)
        for start in range(blank, hi, BLOCK):
            stop = min(start + BLOCK, hi)
            panels = operands(flat, task, constants, filled, start, stop)
            out = flat[task[OUT], start:stop]
            for j in range(out.shape[0]):
                value = np.float32(cell(*cells(panels, j), *given))
                out[j] = value if abs(value) < np.inf else np.nan

    return loop


def lagged_loop(family: Sequence[Operator]) -> Function:
    """Return ``out[t] = cell(x[t], x[t-d])``, NaN before row d and where that is not finite."""
    fill = chosen_of([_lagged_row(op) for op in family], f"{family[0].name}_rows")

    def loop(slab, task, constants, literals, universe, groups, origin, member, lo, hi):
        x, out, d = slab[task[INPUT]], slab[task[OUT]], task[WINDOW] - 1
        for t in range(lo, hi):
            if t < task[WARMUP]:
                out[t] = np.nan
            else:
                fill(member, x[t], x[t - d], out[t])

    return loop


def _lagged_row(op: Operator) -> Function:
    cell = form_of(op, Lagged).cell

    def fill(now, before, result):
        for j in range(result.shape[0]):
            value = np.float32(cell(now[j], before[j]))
            result[j] = value if abs(value) < np.inf else np.nan

    return jitable(fill, f"{op.name}_{digest(op.source)}_row")
