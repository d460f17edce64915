"""Days that are no trading days although some row bears their date: a typing error, or a row of another market.

A day of the table becomes a trading day of the whole panel, so one stray row shifts every window and every label. What
tells such a day is how few codes have a row on it, compared with the days around it. The reasons, each with what keeps
it from a false alarm:

1. hardly a code has a row (at most 2 % of the days on both sides): a day before a jump of the number of codes, such as
   the first of a short history, has one side that is like it;
2. a weekend on which at most half as many have one, in a table with at most 2 % of its rows on weekends: a market that
   trades on weekends has more;
3. the first or last day, when hardly a code has a row and it is a weekend or at least 15 days away (the longest holiday
   of the exchanges is shorter): a last day that is still being filled stays;
4. what a gap of more than a year cuts off, if it is at most 2 % of the table: a date in 2261.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]

SHARE = 0.02
_NEIGHBOURS = 5
_FAR = 15
_YEAR = 366
_ENOUGH_ROWS = 50
"""In a smaller table 2 % is less than a row."""


def stray_days(days: Counts, counts: Counts) -> tuple[NDArray[np.bool_], Counts]:
    """Tell the days that are no trading days.

    Parameters
    ----------
    days : (D,) int64
        Distinct days since 1970-01-01, sorted.
    counts : (D,) int64
        Codes that have a row on each.

    Returns
    -------
    stray : (D,) bool
        The days that are no trading days.
    around : (D,) int64
        Codes that have a row on the days around: the smaller of the medians of up to five days on either side.

    Examples
    --------
    >>> friday = np.datetime64("2024-01-05").astype(int)
    >>> stray, around = stray_days(friday + np.array([0, 1, 3, 4]), np.array([300, 1, 299, 300]))
    >>> stray.tolist(), int(around[1])
    ([False, True, False, False], 299)
    """
    if not len(days):
        return np.zeros(0, dtype=bool), counts
    before, after = _medians(counts), _medians(counts[::-1])[::-1]
    around = np.fmin(before, after)
    weekend = (days + 3) % 7 >= 5
    few = counts <= SHARE * around
    edge = np.isnan(before) | np.isnan(after)
    gaps = np.diff(days)
    alone = np.minimum(np.append(np.inf, gaps), np.append(gaps, np.inf)) >= _FAR
    stray = few & (~edge | weekend | alone)
    if counts.sum() >= _ENOUGH_ROWS:
        if counts[weekend].sum() <= SHARE * counts.sum():
            stray |= weekend & (counts <= around / 2)
        stray |= _cut_off(counts, gaps)
    return stray, np.nan_to_num(around).astype(np.int64)


def _medians(counts: Counts) -> NDArray[np.float64]:
    """Return the median of the up to five counts before each, NaN for the first."""
    padded = np.concatenate((np.full(_NEIGHBOURS, np.nan), counts.astype(np.float64)))[:-1]
    windows = np.lib.stride_tricks.sliding_window_view(padded, _NEIGHBOURS)
    medians = np.full(len(counts), np.nan)
    medians[1:] = np.nanmedian(windows[1:], axis=1)
    return medians


def _cut_off(counts: Counts, gaps: Counts) -> NDArray[np.bool_]:
    """Return what a gap of more than a year cuts off, where it is a small part of the table."""
    until = np.cumsum(counts)
    cut = np.zeros(len(counts), dtype=bool)
    for place in np.flatnonzero(gaps > _YEAR):
        if until[place] <= SHARE * until[-1]:
            cut[: place + 1] = True
        elif until[-1] - until[place] <= SHARE * until[-1]:
            cut[place + 1 :] = True
    return cut
