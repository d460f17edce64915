"""Correlation of factors: the mean over days of the cross-sectional correlation of their residual ranks.

A factor comes as a panel of standardised ranks: (D, N) float32, each row of mean 0 and Euclidean norm 1 over the
sample of its day, 0 outside the sample, all 0 on a day without a value. The correlation of two factors is then the sum
of their products over all cells, divided by the number of days on which both have a value. Where the two samples of a
day differ, that reads a stock that only one of them has as an average one in the other.

The products are summed without any rounding, so that a threshold decides alike on every machine and with any number of
threads, though BLAS adds up in an order of its own:

1. Ranks are rounded to whole multiples of 2**-24 (``_whole``).
2. A day's products then sum up, even in absolute value, to less than 2**48.1 by the inequality of Cauchy and Schwarz,
   those of ``_MOST_DAYS`` = 16 days to less than 2**53: every partial sum is a whole number that float64 holds
   exactly, and exact sums do not depend on their order (``_products``).
3. Blocks of days are added as int64, which 2**14 days fit.

Rounding the ranks moves a day's correlation by about 4e-8, and by sqrt(N) * 2**-24 (2e-6 for 800 stocks) at the worst;
the ranks themselves, float32, are no better.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dfqgp.errors import PanelError

if TYPE_CHECKING:
    from collections.abc import Sequence

RankPanel = NDArray[np.float32]

_UNIT = 2.0**24
_MOST_DAYS = 16
_BLOCK_CELLS = 2**23  # 64 MiB of float64; as sums are exact, any cut gives the same bits
_TOLERANCE = 1e-3


def check_ranks(ranks: RankPanel, what: str = "rank panel") -> None:
    """Raise PanelError unless every row has mean 0 and norm 1, or is all 0.

    Parameters
    ----------
    ranks : (D, N) float32
        Standardised ranks.
    what : str
        How the message calls them.
    """
    if ranks.ndim != 2 or ranks.dtype != np.float32:
        _refuse(what, f"{ranks.dtype} {ranks.shape}", "float32 (days, assets)")
    norms = np.einsum("dn,dn->d", ranks, ranks, dtype=np.float64)
    sums = ranks.sum(axis=1, dtype=np.float64)
    fine = (norms == 0) | ((np.abs(norms - 1) <= _TOLERANCE) & (np.abs(sums) <= _TOLERANCE * ranks.shape[1] ** 0.5))
    if not fine.all():
        day = int(np.flatnonzero(~fine)[0])
        _refuse(f"row {day} of {what}", f"squared norm {norms[day]:g}, sum {sums[day]:g}", "1 and 0, or all 0")


def cross_correlations(left: Sequence[RankPanel], right: Sequence[RankPanel]) -> NDArray[np.float64]:
    """Correlate every factor on the left with every one on the right.

    Parameters
    ----------
    left, right : sequence of (D, N) float32
        Standardised rank panels of one shape; a (K, D, N) array is one.

    Returns
    -------
    (K, M) float64
        In [-1, 1] up to 1e-6; 0 for two factors that share no day. The same bits on every machine.

    Raises
    ------
    PanelError
        If the shapes differ or a panel is not of standardised ranks.

    Examples
    --------
    >>> up = np.array([[-0.5, 0.5, -0.5, 0.5], [0, 0, 0, 0]], dtype=np.float32)
    >>> cross_correlations([up], [up, -up])
    array([[ 1., -1.]])
    """
    _check_together(left, right)
    if not len(left) or not len(right):
        return np.zeros((len(left), len(right)))
    totals = _products(left, right)
    days = _filled_days(left) @ _filled_days(right).T
    return totals / (_UNIT * _UNIT) / np.maximum(days, 1)


def _products(left: Sequence[RankPanel], right: Sequence[RankPanel]) -> NDArray[np.int64]:
    days, assets = left[0].shape
    step = int(np.clip(_BLOCK_CELLS // ((len(left) + len(right)) * max(assets, 1)), 1, _MOST_DAYS))
    totals = np.zeros((len(left), len(right)), dtype=np.int64)
    for start in range(0, days, step):
        rows = slice(start, start + step)
        totals += (_whole(left, rows) @ _whole(right, rows).T).astype(np.int64)
    return totals


def _whole(panels: Sequence[RankPanel], rows: slice) -> NDArray[np.float64]:
    """Return the rows of every panel side by side, in whole multiples of the unit."""
    block = np.stack([panel[rows].ravel() for panel in panels]).astype(np.float64)
    block *= _UNIT
    return np.rint(block, out=block)


def _filled_days(panels: Sequence[RankPanel]) -> NDArray[np.float64]:
    return np.stack([panel.any(axis=1) for panel in panels]).astype(np.float64)


def _check_together(left: Sequence[RankPanel], right: Sequence[RankPanel]) -> None:
    shape: tuple[int, ...] | None = None
    for side, panels in (("left", left), ("right", right)):
        for place, panel in enumerate(panels):
            what = f"rank panel {place} on the {side}"
            check_ranks(panel, what)
            shape = shape or panel.shape
            if panel.shape != shape:
                _refuse(what, f"of shape {panel.shape}", f"{shape} as the others")


def _refuse(what: str, got: str, expected: str) -> None:
    raise PanelError(what=what, got=got, expected=expected, remedy="pass the residual ranks that scoring returns")


class RankPanels:
    """The rank panels of the library's members, in their order.

    Parameters
    ----------
    panels : sequence of (D, N) float32
        Standardised rank panels of one shape.

    Raises
    ------
    PanelError
        If a panel is not of standardised ranks, or of another shape than the first.
    """

    def __init__(self, panels: Sequence[RankPanel] = ()) -> None:
        self._panels: list[RankPanel] = []
        for panel in panels:
            self.add(panel)

    def __len__(self) -> int:
        return len(self._panels)

    @property
    def panels(self) -> tuple[RankPanel, ...]:
        """The panels in the members' order."""
        return tuple(self._panels)

    def add(self, ranks: RankPanel) -> None:
        """Append a member's panel."""
        _check_together(self._panels[:1], [ranks])
        self._panels.append(ranks)

    def remove(self, place: int) -> None:
        """Drop the panel of the member at ``place``."""
        del self._panels[place]

    def correlations(self, block: Sequence[RankPanel]) -> NDArray[np.float64]:
        """Return the (K, M) correlations of K factors with the M members; see ``cross_correlations``."""
        return cross_correlations(block, self._panels)
