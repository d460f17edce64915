"""What scoring asks of a backend: daily rank ICs of factors against a prepared target, and their residual ranks."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ranks = NDArray[np.uint16]
    """(C, N): twice the average-tie rank of each residual of a day, which is exact; 0 outside the day's sample."""

MOST_ASSETS = 32_767
"""Twice the rank of so many assets still is a uint16."""


class DayState(IntEnum):
    """What became of a factor's day."""

    KEPT = 0
    FEW_ASSETS = 1
    CONSTANT = 2


@dataclass(frozen=True, eq=False)
class Target:
    """What factors are scored against, prepared once for a segment; R rows of the panel.

    Parameters
    ----------
    rows : (R,) int64
        Panel rows, ascending: any subset of the days.
    dates : (R,) datetime64[D]
        Their dates.
    horizon : int
        Days that labels overlap.
    label : (R, N) float32
        Forward returns, NaN where missing.
    order : (R, N) int32
        Columns of the day's sample by ascending label; only the first ``count`` are meant.
    count : (R,) int64
        Size of the day's sample before the factor's own missing values.
    sample : (R, N) bool
        Universe, finite label, known group, known size.
    group : (R, N) int16
        Group codes; all 0 when there is no grouping.
    size : (R, N) float32
        Log market capitalisation; all 0 leaves it out.
    min_assets : int
        Days with fewer drop out.
    winsor : float
        Share clipped at each tail.
    ridge : float
        Penalty on the neutralising regression's coefficients.
    """

    rows: NDArray[np.int64]
    dates: NDArray[np.datetime64]
    horizon: int
    label: NDArray[np.float32]
    order: NDArray[np.int32]
    count: NDArray[np.int64]
    sample: NDArray[np.bool_]
    group: NDArray[np.int16]
    size: NDArray[np.float32]
    min_assets: int
    winsor: float
    ridge: float

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        return sum(part.nbytes for part in vars(self).values() if isinstance(part, np.ndarray))


@dataclass(frozen=True, eq=False)
class DailyScores:
    """One row per factor, one column per row of the target.

    Parameters
    ----------
    ic : (K, R) float64
        Rank IC of the day, NaN where the day dropped out.
    assets : (K, R) int32
        Number of assets in the sample.
    r2 : (K, R) float32
        Share of the factor's variance that groups and size explain.
    state : (K, R) uint8
        A ``DayState``.
    turnover : (K, R) float32
        Mean absolute change of rank / n since the row before, NaN without one.
    ranks : (K, C, N) uint16
        Residual ranks of the C kept rows, see ``Ranks``; 0 where the day dropped out.
    """

    ic: NDArray[np.float64]
    assets: NDArray[np.int32]
    r2: NDArray[np.float32]
    state: NDArray[np.uint8]
    turnover: NDArray[np.float32]
    ranks: NDArray[np.uint16]

    @classmethod
    def empty(cls, factors: int, target: Target, kept_rows: int = 0) -> DailyScores:
        """Allocate for ``factors`` factors, every day dropped so far."""
        shape = (factors, len(target.rows))
        kept = (factors, kept_rows, target.label.shape[1])
        return cls(
            ic=np.full(shape, np.nan),
            assets=np.zeros(shape, dtype=np.int32),
            r2=np.full(shape, np.nan, dtype=np.float32),
            state=np.zeros(shape, dtype=np.uint8),
            turnover=np.full(shape, np.nan, dtype=np.float32),
            ranks=np.zeros(kept, dtype=np.uint16),
        )

    def put(self, rows: NDArray[np.int64], part: DailyScores) -> None:
        """Copy the factors of a part into these rows."""
        for each in fields(self):
            getattr(self, each.name)[rows] = getattr(part, each.name)
