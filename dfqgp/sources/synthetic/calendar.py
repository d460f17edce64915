"""Trading days of the synthetic market: weekdays without a few fixed holidays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOLIDAYS = ("01-01", "05-01", "05-02", "05-03", "10-01", "10-02", "10-03", "10-04", "10-05", "10-06", "10-07")


def trading_days(start: str, count: int) -> NDArray[np.datetime64]:
    """Return the first ``count`` trading days on or after ``start``.

    Parameters
    ----------
    start : str
        ISO date.
    count : int
        Number of days.

    Returns
    -------
    ndarray of datetime64[D], shape (count,)
        Strictly increasing.

    Examples
    --------
    >>> trading_days("2019-12-30", 3).astype(str).tolist()
    ['2019-12-30', '2019-12-31', '2020-01-02']
    """
    first = np.datetime64(start, "D")
    year = int(first.astype("datetime64[Y]").astype(int)) + 1970
    # A year has more than 240 such days, so these years are enough.
    years = range(year, year + count // 240 + 2)
    closed = np.array([f"{y:04d}-{day}" for y in years for day in HOLIDAYS], dtype="datetime64[D]")
    return np.busday_offset(first, np.arange(count), roll="forward", holidays=closed)
