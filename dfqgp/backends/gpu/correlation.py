"""Correlation of factors by matrix products of centred ranks on the device; definitions as in the CPU backend.

1. The mean rank and one over the root of the sum of squares of every factor's day (``_measure``).
2. For a tile of factors on the left and on the right, some days at a time: centred twice-ranks, those of the right
   side with stocks and factors swapped (``_center``), then one batched product. Its sums are of whole numbers that
   float64 holds exactly, so no order of adding them up changes a bit.
3. Products are scaled and days added one after the other, as the CPU does: results are the same bits (``_add_days``).
4. The means, or the largest of each row, go to where they come down from (``_store_means``, ``_keep_largest``).

Days are cut so that scratch stays under ``SCRATCH_BYTES``; this changes no result.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dfqgp.backends.gpu.geometry import FACTORS as TILE
from dfqgp.backends.gpu.geometry import PRODUCT_BYTES as SCRATCH_BYTES
from dfqgp.backends.gpu.geometry import blocks, threads_for
from dfqgp.backends.gpu.kernels.block import least2, sum2
from dfqgp.backends.gpu.kernels.compile import FLOAT64, Kernel, as_kernel_argument, cuda
from dfqgp.backends.gpu.ranks import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import DTypeLike, NDArray

    from dfqgp.backends.gpu.device import Device
    from dfqgp.backends.gpu.ranks import RankStore
    from dfqgp.backends.scoring import Ranks

SIDE, PADDED = 32, 33  # a row of 32 and one more: then a column is not all in one bank of shared memory
"""Cells of the squares in which ranks are turned."""

WIDE = (32, 4)
"""Threads of a block over a square or a table."""


def _measure(ranks, rows, middles, norms):
    """Write the number of stocks + 1 (twice the mean rank) and one over the root of the sum of squares, 0 for none."""
    buffer = cuda.shared.array(0, FLOAT64)
    k, day = cuda.blockIdx.x, cuda.blockIdx.y
    count, total, squares = 0.0, 0.0, 0.0
    for j in range(cuda.threadIdx.x, ranks.shape[2], cuda.blockDim.x):
        twice = np.float64(ranks[rows[k], day, j])
        if twice > 0.0:
            count += 1.0
            total += twice
            squares += twice * twice
    count, total = sum2(buffer, count, total)
    squares, _ = sum2(buffer, squares, 0.0)
    middle = count + 1.0
    squares += count * middle * middle - 2.0 * middle * total  # exact: whole numbers
    if cuda.threadIdx.x == 0:
        middles[day, k] = middle
        norms[day, k] = 1.0 / math.sqrt(squares) if squares > 0.0 else 0.0


def _center(ranks, rows, first, count, middles, day, turned, out):
    """Write centred twice-ranks of some days, (D, K, N), or (D, N, K) if turned; 0 outside the sample."""
    square = cuda.shared.array((SIDE, PADDED), FLOAT64)
    x, d = cuda.threadIdx.x, cuda.blockIdx.z
    top, left = SIDE * cuda.blockIdx.y, SIDE * cuda.blockIdx.x
    columns = ranks.shape[2]
    for y in range(cuda.threadIdx.y, SIDE, cuda.blockDim.y):
        if top + y < count and left + x < columns:
            twice = np.float64(ranks[rows[first + top + y], day + d, left + x])
            square[y, x] = twice - middles[day + d, first + top + y] if twice > 0.0 else 0.0
    cuda.syncthreads()
    for y in range(cuda.threadIdx.y, SIDE, cuda.blockDim.y):
        if turned and top + x < count and left + y < columns:
            out[d, left + y, top + x] = square[x, y]
        if not turned and top + y < count and left + x < columns:
            out[d, top + y, left + x] = square[y, x]


def _add_days(products, norms, one, other, day, totals, shared):
    """Add the scaled products of some days to the totals, and count the days that both factors have."""
    k = cuda.blockIdx.y * cuda.blockDim.y + cuda.threadIdx.y
    m = cuda.blockIdx.x * cuda.blockDim.x + cuda.threadIdx.x
    if k < totals.shape[0] and m < totals.shape[1]:
        total, days = totals[k, m], shared[k, m]
        for d in range(products.shape[0]):
            scale = norms[day + d, one + k] * norms[day + d, other + m]
            # A plain product would be joined with the sum and rounded once; the CPU rounds twice.
            total += cuda.fma(products[d, k, m], scale, 0.0)
            if scale > 0.0:
                days += 1
        totals[k, m], shared[k, m] = total, days


def _store_means(totals, shared, top, left, table):
    k = cuda.blockIdx.y * cuda.blockDim.y + cuda.threadIdx.y
    m = cuda.blockIdx.x * cuda.blockDim.x + cuda.threadIdx.x
    if k < totals.shape[0] and m < totals.shape[1]:
        table[top + k, left + m] = totals[k, m] / max(shared[k, m], 1)


def _keep_largest(totals, shared, top, left, lower, largest):
    """Raise the largest absolute mean of each row of the tile, below the diagonal alone if ``lower``."""
    buffer = cuda.shared.array(0, FLOAT64)
    k = cuda.blockIdx.x
    stop = min(totals.shape[1], top + k - left) if lower else totals.shape[1]
    found = 0.0
    for m in range(cuda.threadIdx.x, stop, cuda.blockDim.x):
        found = max(found, abs(totals[k, m] / max(shared[k, m], 1)))
    least, _ = least2(buffer, -found, 0.0)
    if cuda.threadIdx.x == 0:
        largest[top + k] = max(largest[top + k], -least)


measure = Kernel(_measure, "measure_ranks")
center = Kernel(_center, "center_ranks")
add_days = Kernel(_add_days, "add_days")
store_means = Kernel(_store_means, "store_means")
keep_largest = Kernel(_keep_largest, "keep_largest")


def correlations(left: Sequence[Ranks], right: Sequence[Ranks]) -> NDArray[np.float64]:
    """Return the (K, M) mean daily correlations; 0 for two factors that share no day."""
    if not left or not right:
        return np.zeros((len(left), len(right)))
    sides = _Sides.of(left, right)
    table = sides.store.device.empty((len(left), len(right)), np.float64)
    argument = as_kernel_argument(table)
    for tile in sides.tiles(lower=False):
        grid = blocks(tile.columns, WIDE[0]), blocks(tile.rows, WIDE[1])
        store_means.launch(grid, WIDE, tile.totals, tile.shared, tile.top, tile.left, argument)
    return np.array(sides.store.device.download(table))


def largest_correlations(ranks: Sequence[Ranks], others: Sequence[Ranks] | None = None) -> NDArray[np.float64]:
    """Return the largest absolute correlation of each factor to the others, or to those before it; (K,)."""
    right = ranks if others is None else others
    if not ranks or not right:
        return np.zeros(len(ranks))
    sides = _Sides.of(ranks, right)
    largest = _zeros(sides.store.device, (len(ranks),), np.float64)
    argument = as_kernel_argument(largest)
    for tile in sides.tiles(lower=others is None):
        threads = threads_for(tile.columns)
        arguments = tile.totals, tile.shared, tile.top, tile.left, others is None, argument
        keep_largest.launch((tile.rows,), (threads,), *arguments, shared=16 * threads)
    return np.array(sides.store.device.download(largest))


@dataclass(frozen=True, eq=False)
class _Tile:
    """Sums over all days of a tile of the table, as kernel arguments."""

    top: int
    left: int
    rows: int
    columns: int
    totals: Any
    shared: Any


@dataclass(frozen=True, eq=False)
class _Sides:
    """Both sides of a table of correlations: rows of the store, and what ``_measure`` found of each day."""

    store: RankStore
    rows: Any
    counts: tuple[int, int]
    start: int
    middles: Any
    norms: Any

    @classmethod
    def of(cls, left: Sequence[Ranks], right: Sequence[Ranks]) -> _Sides:
        """Measure the ranks of both sides, or of the one that is both."""
        same = left is right
        store, host = rows_of(left if same else [*left, *right])
        device, days = store.device, store.days
        rows = as_kernel_argument(device.upload(host))
        middles, norms = (as_kernel_argument(device.empty((days, len(host)), np.float64)) for _ in range(2))
        threads = threads_for(store.columns)
        if days:
            measure.launch((len(host), days), (threads,), store.argument, rows, middles, norms, shared=16 * threads)
        return cls(store, rows, (len(left), len(right)), 0 if same else len(left), middles, norms)

    def tiles(self, *, lower: bool) -> Iterator[_Tile]:
        """Yield tiles, with ``lower`` only those with a cell below the diagonal."""
        side = self._side()
        for top in range(0, self.counts[0], side):
            for left in range(0, min(top + side, self.counts[1]) if lower else self.counts[1], side):
                yield self._sum_days(top, left, side)

    def _side(self) -> int:
        """Return the side of a tile, of which one day fits the scratch."""
        side = min(TILE, max(self.counts))
        while side > 1 and self._day_bytes(side, side) > SCRATCH_BYTES:
            side //= 2
        return side

    def _day_bytes(self, rows: int, columns: int) -> int:
        return 8 * ((rows + columns) * self.store.columns + rows * columns)

    def _sum_days(self, top: int, left: int, side: int) -> _Tile:
        rows, columns = min(side, self.counts[0] - top), min(side, self.counts[1] - left)
        device, stocks = self.store.device, self.store.columns
        totals, shared = _zeros(device, (rows, columns), np.float64), _zeros(device, (rows, columns), np.int32)
        tile = _Tile(top, left, rows, columns, as_kernel_argument(totals), as_kernel_argument(shared))
        at_once = max(SCRATCH_BYTES // self._day_bytes(rows, columns), 1)
        one, other, products = (
            device.empty((min(at_once, self.store.days), *shape), np.float64)
            for shape in ((rows, stocks), (stocks, columns), (rows, columns))
        )
        for day in range(0, self.store.days, at_once):
            days = min(at_once, self.store.days - day)
            self._center(top, rows, day, one[:days], turned=False)
            self._center(self.start + left, columns, day, other[:days], turned=True)
            device.xp.matmul(one[:days], other[:days], out=products[:days])
            grid = blocks(columns, WIDE[0]), blocks(rows, WIDE[1])
            arguments = as_kernel_argument(products[:days]), self.norms, top, self.start + left, day
            add_days.launch(grid, WIDE, *arguments, tile.totals, tile.shared)
        return tile

    def _center(self, first: int, count: int, day: int, out: Any, *, turned: bool) -> None:
        grid = blocks(self.store.columns, SIDE), blocks(count, SIDE), len(out)
        arguments = self.store.argument, self.rows, first, count, self.middles, day, turned, as_kernel_argument(out)
        center.launch(grid, WIDE, *arguments)


def _zeros(device: Device, shape: tuple[int, ...], dtype: DTypeLike) -> Any:
    array = device.empty(shape, dtype)
    array.fill(0)
    return array
