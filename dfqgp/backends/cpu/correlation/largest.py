"""The largest correlation of each factor, without the table of all.

1. A few days spread over all give an estimate of every pair (``_Sketch``). Each factor's most promising pair is then
   computed exactly: its largest correlation is not below that.
2. Day by day the sketch goes on. A day's correlation is at most 1, so what a pair can still reach falls with every day,
   and a pair that can no longer reach what its factor has is out. A factor with few pairs left is not looked at again.
3. The pairs that are left are computed exactly.

Tried: sums of int16 products instead of float32 ones run at two thirds of the speed, as compiled loops do not keep
several rows in registers; looking at twice as many days at a time takes a quarter longer, since they leave the cache.

The sketch is made of float32 products; what they may be wrong by is known and belongs to what a pair can reach. So the
result has the bits that the whole table would give, whatever the sketch. It saves most where factors have a relative:
after a tenth of the days, one that correlates by 0.9 with another has few rivals left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends.cpu.correlation.days import centred_days, days_at_once, pair_correlations
from dfqgp.backends.cpu.threads import Threads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from dfqgp.backends.scoring import HostRanks

FIRST_DAYS = 16
"""Days from which the most promising pairs are read."""

_BLOCK = 128
_ONE_THREAD = Threads(1)
_ROUNDING = 2.0**-23


def largest_correlations(
    ranks: Sequence[HostRanks], others: Sequence[HostRanks] | None = None, threads: Threads = _ONE_THREAD
) -> NDArray[np.float64]:
    """Return the largest absolute correlation of each factor to the others, or to those before it; (K,).

    Examples
    --------
    >>> up = np.array([[2, 4, 6, 8], [0, 0, 0, 0]], dtype=np.uint16)
    >>> odd = np.array([[2, 6, 4, 8], [2, 0, 4, 6]], dtype=np.uint16)
    >>> largest_correlations([up, odd, up])
    array([0. , 0.8, 1. ])
    """
    right, largest = ranks if others is None else others, np.zeros(len(ranks))
    if not len(ranks) or not len(right) or not len(ranks[0]):
        return largest
    sketch, first = _Sketch(ranks, others, threads), True
    while len(sketch.active):
        sketch.look_at_more_days()
        if first and sketch.left:
            _raise_to(largest, sketch.promising(), ranks, right, threads)
            first = False
        sketch.close_rows(largest)
    _raise_to(largest, np.concatenate(sketch.pairs), ranks, right, threads)
    return largest


def _raise_to(
    largest: NDArray[np.float64],
    pairs: NDArray[np.int64],
    ranks: Sequence[HostRanks],
    right: Sequence[HostRanks],
    threads: Threads,
) -> None:
    """Raise each factor's largest correlation to those of pairs."""
    np.maximum.at(largest, pairs[:, 0], np.abs(pair_correlations(ranks, right, pairs, threads)))


class _Sketch:
    """Sums of daily correlations over the days looked at so far, in float32.

    Attributes
    ----------
    active : (A,) int64
        Factors whose pairs are not yet few.
    left : int
        Days not yet looked at.
    pairs : list of (P, 2) int64
        Pairs that are left of the factors that are no longer active.
    """

    def __init__(self, ranks: Sequence[HostRanks], others: Sequence[HostRanks] | None, threads: Threads) -> None:
        self._ranks, self._others, self._threads = ranks, others, threads
        shape = len(ranks), len(ranks if others is None else others)
        self._sums, self._shared = np.zeros(shape, dtype=np.float32), np.zeros(shape, dtype=np.float32)
        self._error = 0.0
        days, assets = ranks[0].shape
        apart = max(days // FIRST_DAYS, 1)
        self._days = np.concatenate([np.arange(start, days, apart) for start in range(apart)])
        self._step = min(days_at_once(shape[0] + (0 if others is None else shape[1]), assets, 4), FIRST_DAYS)
        # Memory that is new to the process costs more than what is written to it, so it is taken once.
        self._scratch = [np.empty(len(side) * self._step * assets, dtype=np.float32) for side in (ranks, others or [])]
        self._columns = np.full(shape[0], shape[1]) if others is not None else np.arange(shape[0])
        self.left = days
        self.active = np.flatnonzero(self._columns)
        self.pairs = [np.empty((0, 2), dtype=np.int64)]

    def look_at_more_days(self) -> None:
        """Add some days to the sums of the active rows."""
        seen = len(self._days) - self.left
        for start in range(seen, min(max(FIRST_DAYS, seen + self._step), len(self._days)), self._step):
            days = np.sort(self._days[start : start + self._step])
            last = int(self.active[-1]) + 1
            rows, has = self._units(self._ranks[:last], days, 0)
            columns, column_has = (rows, has) if self._others is None else self._units(self._others, days, 1)
            for first in range(0, len(self.active), _BLOCK):
                block = self.active[first : first + _BLOCK]
                width, part = int(self._columns[block].max()), _as_slice(block)
                self._sums[part, :width] += rows[part] @ columns[:width].T
                self._shared[part, :width] += has[part] @ column_has[:width].T
            self.left -= len(days)
            # Of a sum of n products in any order, by Cauchy and Schwarz; then of the sum over days.
            self._error += len(days) * _ROUNDING * (rows.shape[1] + len(self._days))

    def _units(
        self, ranks: Sequence[HostRanks], days: NDArray[np.int64], side: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return (K, d x N) centred ranks, each day of norm 1, and (K, d) whether there are any."""
        shape = len(ranks), len(days), ranks[0].shape[1]
        unit = self._scratch[side][: np.prod(shape)].reshape(shape)
        norms = centred_days(ranks, days, unit, self._threads)
        return unit.reshape(len(ranks), -1), (norms > 0.0).astype(np.float32)

    def promising(self) -> NDArray[np.int64]:
        """Return the pair of each active row whose estimate is the largest."""
        found = []
        for k in self.active.tolist():
            width = self._columns[k]
            estimate = np.abs(self._sums[k, :width]) / np.maximum(self._shared[k, :width], 1)
            found.append((k, int(estimate.argmax())))
        return np.array(found, dtype=np.int64).reshape(-1, 2)

    def close_rows(self, largest: NDArray[np.float64]) -> None:
        """Take the pairs of rows that have few left, or all where no day is left."""
        still = []
        for k in self.active.tolist():
            width = self._columns[k]
            shared = self._shared[k, :width] + self.left
            reach = (np.abs(self._sums[k, :width], dtype=np.float64) + (self.left + self._error)) / np.maximum(
                shared, 1
            )
            near = reach >= largest[k]
            # An exact pair takes all days, a further look a few days of all columns.
            if self.left and np.count_nonzero(near) * len(self._days) > width * self._step:
                still.append(k)
            else:
                columns = np.flatnonzero(near)
                self.pairs.append(np.column_stack([np.full(len(columns), k), columns]))
        self.active = np.array(still, dtype=np.int64)


def _as_slice(rows: NDArray[np.int64]) -> slice | NDArray[np.int64]:
    """Return ascending rows as a slice where they are neighbours, so that a matrix of them is no copy."""
    first, last = int(rows[0]), int(rows[-1])
    return slice(first, last + 1) if last - first + 1 == len(rows) else rows
