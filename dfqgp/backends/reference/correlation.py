"""Correlation of factors by the definition: the mean over days of the correlation of their residual ranks.

A factor comes as its ranks. The correlation of a day is the sum of products of the two centred ranks over all cells,
divided by the root of both sums of squares; a stock that only one of the two samples has counts as an average one in
the other. Days on which either factor has no value, or ranks all alike, do not count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from dfqgp.backends.scoring import HostRanks


def centred(day: NDArray[np.uint16]) -> NDArray[np.float64]:
    """Return twice the distance from the mean rank, a whole number; 0 outside the sample.

    Examples
    --------
    >>> centred(np.array([2, 0, 6, 4], dtype=np.uint16))
    array([-2.,  0.,  2.,  0.])
    """
    inside = day > 0
    return np.where(inside, day - (inside.sum() + 1.0), 0.0)


def correlation(left: HostRanks, right: HostRanks) -> float:
    """Return the mean daily correlation of two factors, 0 where they share no day.

    Examples
    --------
    >>> up = np.array([[2, 4, 6]], dtype=np.uint16)
    >>> correlation(up, up[:, ::-1])
    -1.0
    """
    found = []
    for one, other in zip(left, right, strict=True):
        x, y = centred(one), centred(other)
        scale = np.sqrt((x**2).sum() * (y**2).sum())
        if scale > 0:
            found.append((x * y).sum() / scale)
    return float(np.mean(found)) if found else 0.0


def correlations(left: Sequence[HostRanks], right: Sequence[HostRanks]) -> NDArray[np.float64]:
    """Return the (K, M) correlations of every factor on the left with every one on the right."""
    return np.array([[correlation(one, other) for other in right] for one in left]).reshape(len(left), len(right))


def largest_correlations(ranks: Sequence[HostRanks], others: Sequence[HostRanks] | None = None) -> NDArray[np.float64]:
    """Return the largest absolute correlation of each factor to the others, or to those before it; (K,)."""
    return np.array([
        np.abs(correlations([each], ranks[:k] if others is None else others)).max(initial=0.0)
        for k, each in enumerate(ranks)
    ])  # fmt: skip
