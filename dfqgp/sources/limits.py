"""Daily price limits from the previous close, in the exchanges' own arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from types import ModuleType

    from numpy.typing import NDArray

    from dfqgp.frames import Array

MAIN_PERCENT = 10
ST_PERCENT = 5
GROWTH_PERCENT = 20
BEIJING_PERCENT = 30

# The day from which ChiNext stocks move within 20 % instead of 10 %.
CHINEXT_REFORM = np.datetime64("2020-08-24")


def limit_prices(preclose: Array, percent: Array, xp: ModuleType = np) -> tuple[Array, Array]:
    """Return (upper, lower) limit prices, rounded half up to the cent.

    Parameters
    ----------
    preclose : ndarray
        Previous close as the exchange publishes it, ex rights, in whole cents; NaN gives NaN.
    percent : ndarray of int64
        Limit in percent.
    xp : module
        NumPy or CuPy, whose arrays these are.

    Returns
    -------
    tuple of ndarray
        Upper and lower limits, float64.

    Examples
    --------
    >>> up, down = limit_prices(np.array([10.05, 7.77]), np.array([10, 5]))
    >>> up.tolist(), down.tolist()
    ([11.06, 8.16], [9.05, 7.38])
    """
    # Products of whole numbers are exact in float64, so that a half cent is a half cent.
    cents = xp.rint(preclose * 100.0)
    up, down = (xp.floor((cents * (100 + side * percent) + 50) / 100) / 100 for side in (1, -1))
    return up, down


def limit_percent(
    codes: NDArray[np.str_], dates: NDArray[np.datetime64], is_st: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return each row's limit in percent by board, date and ST status.

    Main boards 10, their ST stocks 5; STAR market (688, 689) 20; ChiNext (300, 301, 302) 20 from 2020-08-24, before
    that as the main boards; Beijing (suffix BJ, or codes from 4, 8 and 92) 30. ST narrows the limit on the main boards
    and on ChiNext before its reform only.

    Parameters
    ----------
    codes : ndarray of str
        Six digits, with or without a suffix such as ``.SZ``.
    dates : ndarray of datetime64
        Trading days.
    is_st : ndarray of bool
        Under special treatment that day.

    Returns
    -------
    ndarray of int64
        Percent.
    """
    board = codes.astype("U2")
    beijing = np.char.endswith(codes, ".BJ") | np.isin(codes.astype("U1"), ["4", "8"]) | (board == "92")
    star = np.isin(codes.astype("U3"), ["688", "689"])
    chinext = (board == "30") & (dates >= CHINEXT_REFORM)
    narrow = np.where(is_st, ST_PERCENT, MAIN_PERCENT)
    return np.select([beijing, star | chinext], [BEIJING_PERCENT, GROWTH_PERCENT], narrow).astype(np.int64)
