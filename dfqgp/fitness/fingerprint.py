"""Fingerprint of a factor: a hash of its residual ranks on 16 days, coarse enough that rounding does not reach it.

1. The days are spread evenly over those on which the search looks at correlations (``fingerprint_days``).
2. A stock's rank of the day becomes its quarter of the sample, counted from the middle outwards on either side.
3. The quarters of all stocks and days are hashed, as they are and turned upside down; the lesser hash is taken, so that
   x and -x have one fingerprint.

Two factors with one fingerprint have the same sample and the same quarter for every stock on every one of these days.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from dfqgp.backends.scoring import HostRanks

DAYS = 16
"""Days that a fingerprint looks at."""

LEAST_DAYS = 8
"""With ranks on fewer of them a factor has no fingerprint: too few cells to tell factors apart."""

HALVES = 2
"""Parts of the upper half of a day's sample, and of the lower: four parts in all.

Every border between parts is a place where rounding may move a stock from one to the other. Measured on 2,883 random
trees over 850 days of 300 A-shares: of the trees computed again with features off by a rounding, four parts miss 1.1 %,
six 1.5 %, ten 1.7 %, sixteen 2.3 %. Of the 4.2 million pairs of trees none that correlates by less than 0.9998 has one
fingerprint, with any of these; 796 of the 811 pairs that correlate by more than 0.99999 have. One tree in ten repeats
an earlier one. A fingerprint takes 60 microseconds.
"""

_OUTSIDE = np.int8(-128)


def fingerprint_days(count: int) -> NDArray[np.int64]:
    """Return which of ``count`` days a fingerprint looks at, first and last included; all of them where they are few.

    Examples
    --------
    >>> fingerprint_days(31).tolist()
    [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30]
    """
    return np.unique(np.linspace(0, max(count - 1, 0), min(count, DAYS)).round().astype(np.int64))


def fingerprints_of(ranks: Sequence[HostRanks]) -> list[str]:
    """Return the fingerprints of factors.

    Parameters
    ----------
    ranks : sequence of (D, N) uint16
        Twice the average-tie residual ranks of the days of ``fingerprint_days``, 0 outside the day's sample.

    Returns
    -------
    list of str
        16 hex digits each; the empty string for a factor that has ranks on fewer than 8 days, or equal ones only.

    Examples
    --------
    >>> up = np.tile(np.arange(2, 42, 2, dtype=np.uint16), (16, 1))
    >>> one, turned, other = fingerprints_of([up, up[:, ::-1], np.roll(up, 5, axis=1)])
    >>> one == turned, one == other
    (True, False)
    """
    return [_fingerprint(each) for each in ranks]


def _fingerprint(ranks: HostRanks) -> str:
    inside = ranks > 0
    count = inside.sum(axis=1, keepdims=True, dtype=np.int32)
    centred = np.where(inside, ranks - (count + 1), 0)  # twice the distance from the mean rank
    if (centred != 0).any(axis=1).sum() < LEAST_DAYS:
        return ""
    # The distance is less than the count, so its part is less than HALVES; an opposite has the opposite parts.
    part = np.sign(centred) * (1 + np.abs(centred) * HALVES // np.maximum(count, 1))
    upright, turned = (np.where(inside, sign * part, _OUTSIDE).astype(np.int8) for sign in (1, -1))
    return min(hashlib.blake2b(each.tobytes(), digest_size=8).hexdigest() for each in (upright, turned))
