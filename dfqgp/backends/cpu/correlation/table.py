"""Correlation of factors by matrix products of centred ranks, a day at a time.

1. Centred twice-ranks are whole numbers of less than 2**16, so a day's sums of products over up to 32,767 stocks stay
   below 2**47: every partial sum is a whole number that float64 holds exactly. BLAS adds up in an order of its own,
   but exact sums do not depend on their order, nor on the machine or the number of threads (``_day``).
2. A day's products are divided by both roots of sums of squares, and days are added one after the other.

Factors on the left are taken in blocks: scratch is block x M, and of a square no block above the diagonal is computed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from dfqgp.backends.scoring import HostRanks

_BLOCK = 128


def correlations(left: Sequence[HostRanks], right: Sequence[HostRanks]) -> NDArray[np.float64]:
    """Return the (K, M) mean daily correlations; 0 for two factors that share no day.

    Examples
    --------
    >>> up = np.array([[2, 4, 6, 8], [0, 0, 0, 0]], dtype=np.uint16)
    >>> down = np.array([[8, 6, 4, 2], [2, 0, 4, 6]], dtype=np.uint16)
    >>> correlations([up], [up, down])
    array([[ 1., -1.]])
    """
    found = _mean_products(left, right, lower=right is left)
    return np.tril(found) + np.tril(found, -1).T if right is left else found


def _mean_products(left: Sequence[HostRanks], right: Sequence[HostRanks], *, lower: bool) -> NDArray[np.float64]:
    """Return the (K, M) mean daily correlations; with ``lower`` only those below the diagonal are meant."""
    totals, shared = np.zeros((len(left), len(right))), np.zeros((len(left), len(right)), dtype=np.int32)
    for day in range(len(left[0]) if len(left) and len(right) else 0):
        one, one_norm = _day(left, day)
        other, other_norm = (one, one_norm) if right is left else _day(right, day)
        for start in range(0, len(left), _BLOCK):
            rows, columns = slice(start, start + _BLOCK), slice(start + _BLOCK if lower else len(right))
            scale = np.outer(one_norm[rows], other_norm[columns])
            totals[rows, columns] += (one[rows] @ other[columns].T) * scale
            shared[rows, columns] += scale > 0.0
    return totals / np.maximum(shared, 1)


def _day(ranks: Sequence[HostRanks], day: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (K, N) centred twice-ranks of a day and one over the root of their sums of squares, 0 for none."""
    twice = np.stack([each[day] for each in ranks])
    inside = twice > 0
    centred = np.where(inside, twice - (inside.sum(axis=1, keepdims=True) + 1.0), 0.0)
    squares = np.einsum("kn,kn->k", centred, centred)
    return centred, np.divide(1.0, np.sqrt(squares), out=np.zeros(len(ranks)), where=squares > 0.0)
