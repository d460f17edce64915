"""What scoring asks of a backend: daily rank ICs of factors against a prepared target, and their residual ranks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    HostRanks = NDArray[np.uint16]
    """(C, N): twice the average-tie rank of each residual of a day, which is exact; 0 outside the day's sample."""


class Ranks(Protocol):
    """Residual ranks of one factor in a session's own memory; in a session of the host, an array of ``HostRanks``.

    Each owns its memory: one that is kept keeps no other alive.
    """

    def __len__(self) -> int:
        """Return the number of days."""


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
    shortage : str
        Why no day has enough assets, in words; empty where some day has.
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
    shortage: str = ""

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
    ranks : list of Ranks
        Residual ranks of the C kept rows, one entry per factor; 0 where the day dropped out.
    """

    ic: NDArray[np.float64]
    assets: NDArray[np.int32]
    r2: NDArray[np.float32]
    state: NDArray[np.uint8]
    turnover: NDArray[np.float32]
    ranks: list[Ranks]

    @classmethod
    def empty(cls, factors: int, target: Target, ranks: Sequence[Ranks] = ()) -> DailyScores:
        """Allocate for ``factors`` factors, every day dropped so far."""
        shape = (factors, len(target.rows))
        return cls(
            ic=np.full(shape, np.nan),
            assets=np.zeros(shape, dtype=np.int32),
            r2=np.full(shape, np.nan, dtype=np.float32),
            state=np.zeros(shape, dtype=np.uint8),
            turnover=np.full(shape, np.nan, dtype=np.float32),
            ranks=list(ranks),
        )

    def put(self, rows: NDArray[np.int64], part: DailyScores) -> None:
        """Copy the factors of a part into these rows."""
        for name in ("ic", "assets", "r2", "state", "turnover"):
            getattr(self, name)[rows] = getattr(part, name)
        for row, ranks in zip(rows.tolist(), part.ranks, strict=True):
            self.ranks[row] = ranks


def no_ranks(factors: int, target: Target, keep: NDArray[np.bool_]) -> list[HostRanks]:
    """Allocate the ranks of the rows to keep, 0 everywhere: an array per factor."""
    shape = (int(keep.sum()), target.label.shape[1])
    return [np.zeros(shape, dtype=np.uint16) for _ in range(factors)]
