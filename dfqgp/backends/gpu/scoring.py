"""The fused scoring kernel: a block of threads per factor and day, from the factor's row to its rank IC.

For each factor and day, by the functions of ``steps.py``, all in float64; docs/fitness_spec.md has the definition:

1. Gather the day's sample where the factor has a value; drop stocks that are alone in their group (``gather_sample``).
2. Clip at the linear quantiles and z-score (``quantiles``, ``center``, ``rescale``).
3. Subtract the ridge fit on groups and size, in the closed form that ``dfqgp.backends.cpu.scoring.neutralize`` states
   (``group_effects``, ``subtract_fit``).
4. Rank the residuals (``rank_residuals``), and the labels by their prepared order (``count_inside``).
5. Correlate (``correlate``): the sums are exact, so equal ranks give the bits that every other backend gives.

A second kernel compares the ranks of neighbouring days, which the first leaves in scratch: as many factors at a time as
the scratch holds.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from dfqgp.backends.gpu.geometry import RANK_BYTES, SORTED, power_of_two, threads_for
from dfqgp.backends.gpu.kernels.block import sum2
from dfqgp.backends.gpu.kernels.compile import FLOAT64, INT32, Kernel, as_kernel_argument, cuda
from dfqgp.backends.gpu.kernels.quantiles import BINS, quantiles
from dfqgp.backends.gpu.kernels.steps import (
    center,
    correlate,
    count_inside,
    gather_sample,
    group_effects,
    rank_residuals,
    rescale,
    subtract_fit,
)
from dfqgp.backends.gpu.targets import (
    COLUMN,
    COUNT,
    FIRST,
    GROUP,
    GROUP_PIECE,
    GROUPS,
    LAST,
    ORDER,
    PIECE,
    ROW,
)
from dfqgp.backends.instructions import OUT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfqgp.backends.gpu.device import Device
    from dfqgp.backends.gpu.parts import Part
    from dfqgp.backends.gpu.targets import DeviceTarget

STOCKS_PER_THREAD = 8
"""Aimed at. A kernel of many barriers waits more than it computes: several small blocks on a multiprocessor fill each
other's gaps where one large block cannot."""


def _score_days(
    slab, table, start, factors, head, codes, cuts, size, min_assets, winsor, ridge, length, cells, sums, ranks,
    ic, assets, r2, state,
):  # fmt: skip
    keys = cuda.shared.array(0, FLOAT64)
    bins = cuda.shared.array(BINS, INT32)  # a line each: the simulator tells arrays by their lines
    found = cuda.shared.array(2, INT32)
    buffer = keys[length:]
    z, m, before = cells[cuda.blockIdx.x, 0], cells[cuda.blockIdx.x, 1], cells[cuda.blockIdx.x, 2]
    partial, effects, members = sums[cuda.blockIdx.x, :2], sums[cuda.blockIdx.x, 2:4], sums[cuda.blockIdx.x, 4]
    thread, threads = cuda.threadIdx.x, cuda.blockDim.x
    # Factors are next to each other: blocks that run at the same time read the same day's tables.
    for item in range(cuda.blockIdx.x, factors * head.shape[0], cuda.gridDim.x):
        r, k = item // factors, item % factors
        count, groups = int(head[r, COUNT]), int(head[r, GROUPS])
        column, group, piece, group_piece = codes[r, COLUMN], codes[r, GROUP], cuts[r, PIECE], cuts[r, GROUP_PIECE]
        for j in range(thread, ranks.shape[2], threads):
            ranks[k, r, j] = 0
        x = slab[int(table[start + k, OUT]), int(head[r, ROW])]
        gather_sample(x, column, group, count, piece, group_piece, groups, z, partial, members, found)
        n, first = int(found[0]), int(found[1])
        value, explained, became = math.nan, math.nan, 1  # DayState.FEW_ASSETS
        if n >= min_assets:
            became = 2  # DayState.CONSTANT
            low, high = quantiles(z, count, n, winsor, bins, buffer)
            squares, squares_m = 0.0, 0.0
            if low < high:
                squares, squares_m = center(z, m, size[r], count, n, first, low, high, buffer)
            if squares > 0.0:
                scale, scale_m = math.sqrt(squares / n), math.inf  # equal sizes are 0
                if squares_m > 0.0:
                    scale_m = math.sqrt(squares_m / n)
                rescale(z, m, count, scale, scale_m)
                slope = group_effects(z, m, piece, group_piece, groups, members, ridge, partial, effects, buffer)
                left = subtract_fit(z, m, group, count, effects, slope)
                twice = m  # which is not needed any more
                rank_residuals(z, count, keys, length, twice)
                count_inside(z, codes[r, ORDER], count, n, before, buffer)
                value, left = correlate(z, twice, before, codes[r, FIRST], codes[r, LAST], count, n, left, buffer)
                explained = 1.0 - left / n
                became = 0 if value == value else 2
                for p in range(thread, count, threads):
                    if z[p] == z[p]:
                        ranks[k, r, int(column[p])] = int(twice[p])
        if thread == 0:
            ic[k, r], assets[k, r], r2[k, r], state[k, r] = value, n, explained, became
        cuda.syncthreads()  # before the next item overwrites what other threads still read


def _compare_days(ranks, factors, assets, places, table, start, column, turnover, kept):
    buffer = cuda.shared.array(0, FLOAT64)
    thread, threads, days = cuda.threadIdx.x, cuda.blockDim.x, ranks.shape[1]
    for item in range(cuda.blockIdx.x, factors * days, cuda.gridDim.x):
        k, r = item // days, item % days
        n, place, yesterday = assets[k, r], int(places[r]), max(r - 1, 0)
        n_before, total, both = assets[k, yesterday], 0.0, 0.0
        for j in range(thread, ranks.shape[2], threads):
            now, before = ranks[k, r, j], ranks[k, yesterday, j]
            if place >= 0:
                kept[int(table[start + k, column]), place, j] = now
            if r > 0 and now > 0 and before > 0:
                total += abs(np.float64(now) * 0.5 / n - np.float64(before) * 0.5 / n_before)
                both += 1.0
        total, both = sum2(buffer, total, both)
        if thread == 0:
            turnover[k, r] = total / both if both > 0.0 else math.nan


score_days = Kernel(_score_days, "score_days")
compare_days = Kernel(_compare_days, "compare_days")


class Scorer:
    """The scratch of the scoring kernels, and their launches.

    Parameters
    ----------
    device : Device
        Where it is.
    targets : sequence of DeviceTarget
        What is scored against.
    blocks : int
        Blocks that run at a time: how many the device holds. It changes no result.
    """

    def __init__(self, device: Device, targets: Sequence[DeviceTarget], blocks: int) -> None:
        columns, days = max(target.columns for target in targets), max(target.days for target in targets)
        self._blocks, self._threads = blocks, threads_for(-(-columns // STOCKS_PER_THREAD))
        self._length = min(power_of_two(columns), SORTED)
        self.at_once = min(max(RANK_BYTES // max(2 * days * columns, 1), 1), 4 * blocks)
        cells = device.empty((blocks, 3, columns + 1), np.float64)
        sums = device.empty((blocks, 5, max(target.width for target in targets)), np.float64)
        self._ranks = device.empty((self.at_once * days * columns,), np.uint16)
        self._none = as_kernel_argument(device.empty((1, 1, 1), np.uint16))
        self.nbytes = cells.nbytes + sums.nbytes + self._ranks.nbytes
        self._cells, self._sums = as_kernel_argument(cells), as_kernel_argument(sums)

    def score(
        self, slab: Any, table: Any, first: int, part: Part, target: DeviceTarget, places: Any, column: int, kept: Any
    ) -> None:
        """Enqueue the scoring of the factors of consecutive rows of a table.

        Parameters
        ----------
        slab : (S, T, N) float32
            Slots.
        table : (I, W) float64
            Column OUT has the factors' slots.
        first : int
            Row of the first factor.
        part : Part
            Where scores go; it knows how many factors there are.
        target : DeviceTarget
            What is scored against.
        places : (R,) int32
            Places of the rows to keep, see ``DeviceTarget.places``.
        column : int
            Column of the table with the row of ``kept`` that a factor's ranks go to; not read where no row is kept.
        kept : (M, C, N) uint16, or None
            Where the ranks of the rows to keep go.
        """
        kept = self._none if kept is None else kept
        for start in range(0, part.factors, self.at_once):
            stop = min(start + self.at_once, part.factors)
            self._launch(slab, table, first + start, part.rows(start, stop), target, places, column, kept)

    def _launch(self, slab, table, first, part, target, places, column, kept):
        factors, days, columns = part.factors, target.days, target.columns
        grid = (min(self._blocks, factors * days),)
        if not factors * days:
            return
        ranks = as_kernel_argument(self._ranks[: factors * days * columns].reshape(factors, days, columns))
        ic, assets, r2, turnover, state = map(as_kernel_argument, part.arrays)
        score_days.launch(
            grid, (self._threads,), slab, table, first, factors, *target.tables, target.min_assets, target.winsor,
            target.ridge, self._length, self._cells, self._sums, ranks, ic, assets, r2, state,
            shared=8 * (self._length + 2 * self._threads),
        )  # fmt: skip
        compare_days.launch(
            grid, (self._threads,), ranks, factors, assets, places, table, first, column, turnover, kept,
            shared=16 * self._threads,
        )  # fmt: skip
