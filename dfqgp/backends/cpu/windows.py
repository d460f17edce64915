"""Loops over whole windows: what no state of rows can hold is made anew, or kept in order, each day.

Stocks stand side by side in the inner loops, so that all of them are vector work. A value reads its own window alone,
from the oldest row to today.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends.cpu.compile import cell_of, chosen_of, item_of, jitable, number_of, save, tuple_of
from dfqgp.backends.cpu.rolling import panel_of, row_of
from dfqgp.backends.instructions import INPUT, NEEDED, OUT, WARMUP, WINDOW
from dfqgp.backends.symbols import digest
from dfqgp.ops import Passes, WindowQuantile
from dfqgp.ops.forms import form_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfqgp.backends.cpu.compile import Function
    from dfqgp.ops import Operator


def passes_loop(family: Sequence[Operator]) -> Function:
    """Return the loop of several passes over each window; pieces are ranges of columns."""
    (op,) = family
    form = form_of(op, Passes)
    start, passes, add, turn, value = form.start, form.count, form.add, form.turn, form.value
    items, count = len(start), len(op.panels)
    panels_of, rows_of, cells = (tuple_of(count, each) for each in (panel_of, row_of, cell_of))
    load, keep, numbers = tuple_of(items, number_of), tuple_of(items, save), tuple_of(len(op.literals), item_of)

    def loop(slab, task, constants, literals, universe, groups, origin, member, lo, hi):
        rows, w, need = slab.shape[1], task[WINDOW], task[NEEDED]
        panels, out, given = panels_of(slab, task), slab[task[OUT]], numbers(literals)
        states = np.empty((items, hi - lo))
        for t in range(rows):
            result = out[t, lo:hi]
            if t < task[WARMUP]:
                result[:] = np.nan
                continue
            for j in range(result.shape[0]):
                keep(states, j, start)
            for number in range(int(passes(*given))):
                for k in range(t - w + 1, t + 1):
                    inputs, age = rows_of(panels, k, lo, hi), float(k - t)
                    for j in range(inputs[0].shape[0]):
                        keep(states, j, add(load(states, j), *cells(inputs, j), age, float(number), *given))
                for j in range(result.shape[0]):
                    keep(states, j, turn(load(states, j), float(number), *given))
            today = rows_of(panels, t, lo, hi)
            for j in range(result.shape[0]):
                state = load(states, j)
                v = np.float32(value(state, *cells(today, j), *given))
                result[j] = v if state[0] >= need and abs(v) < np.inf else np.nan

    return loop


def window_quantile_loop(family: Sequence[Operator]) -> Function:
    """Return the loop of a quantile of each window; pieces are ranges of columns.

    Each stock's window is kept in order, missing cells as infinities at its end. A day takes its oldest value out and
    puts today's in, in one pass without branches: what is not below the oldest value moves down by one, and today's
    value is clamped into its place. Nothing is rounded, so the result does not depend on where the panel starts.
    """
    share = chosen_of([_share(op) for op in family], f"{family[0].name}_shares")

    def loop(slab, task, constants, literals, universe, groups, origin, member, lo, hi):
        rows, w, need = slab.shape[1], task[WINDOW], task[NEEDED]
        x, out, q = slab[task[INPUT]], slab[task[OUT]], np.empty(1)
        share(member, literals, q)
        if task[WARMUP] >= rows:  # no scratch for absurd windows
            out[:, lo:hi] = np.nan
            return
        infinite = np.float32(np.inf)
        ordered = np.full((w + 1, hi - lo), infinite)
        oldest, newest, below = ordered[0].copy(), ordered[0].copy(), ordered[0].copy()
        counts = np.zeros(hi - lo, dtype=np.int64)
        for t in range(rows):
            result = out[t, lo:hi]
            if t >= w:
                oldest[:] = x[t - w, lo:hi]
            newest[:] = x[t, lo:hi]
            below[:] = -infinite
            for j in range(result.shape[0]):
                counts[j] += int(newest[j] == newest[j]) - int(oldest[j] < infinite)
                oldest[j] = oldest[j] if oldest[j] == oldest[j] else infinite
                newest[j] = newest[j] if newest[j] == newest[j] else infinite
            for i in range(w):
                here, after = ordered[i], ordered[i + 1]
                for j in range(here.shape[0]):
                    left = here[j] if here[j] < oldest[j] else after[j]
                    here[j] = min(max(below[j], newest[j]), left)
                    below[j] = left
            if t < task[WARMUP]:
                result[:] = np.nan
                continue
            for j in range(result.shape[0]):
                n = counts[j]
                if n < need:
                    result[j] = np.nan
                    continue
                position = (n - 1) * q[0]
                first = int(position)
                low, high = np.float64(ordered[first, j]), np.float64(ordered[min(first + 1, n - 1), j])
                result[j] = low + (high - low) * (position - first)

    return loop


def _share(op: Operator) -> Function:
    share, numbers = form_of(op, WindowQuantile).share, tuple_of(len(op.literals), item_of)

    def write(literals, q):
        q[0] = share(*numbers(literals))

    return jitable(write, f"{op.name}_{digest(op.source)}_share")
