"""Signals planted into the synthetic market: what they are, how strong, and how they move the next returns.

Each signal is an expression of the project's language. The generator does not use the engine: ``value`` is the same
formula in a few lines of NumPy, on the history that a day's close has left, with a suspended day missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class History:
    """Back-adjusted matrices up to a day, days x assets, NaN where a stock did not trade."""

    open: Floats
    close: Floats
    volume: Floats
    turnover: Floats
    returns: Floats

    @classmethod
    def empty(cls, shape: tuple[int, int]) -> History:
        """Return a history without any trade, to be written day by day."""
        return cls(*(np.full(shape, np.nan) for _ in range(5)))

    def record(self, day: int, open_: Floats, close: Floats, volume: Floats, turnover: Floats) -> None:
        """Write one day's adjusted values."""
        self.open[day], self.close[day], self.volume[day], self.turnover[day] = open_, close, volume, turnover
        if day:
            self.returns[day] = close / self.close[day - 1] - 1


@dataclass(frozen=True)
class Planted:
    """One planted signal.

    Parameters
    ----------
    expression : str
        The signal in the project's language.
    strength : float
        Mean daily rank IC against ``open[t+6] / open[t+1] - 1`` (adjusted) that the default market shows.
    gain : float
        Standard deviations of a stock's daily return that one standard deviation of the signal adds to the next day.
        Measured: the value at which the mean over many seeds meets ``strength``, all signals being planted together.
    value : callable
        (history, day) -> the signal's cross-section at that day's close.
    """

    expression: str
    strength: float
    gain: float
    value: Callable[[History, int], Floats]


def reversal(history: History, day: int) -> Floats:
    """Return the negative 5-day return."""
    if day < 5:
        return np.full(history.close.shape[1], np.nan)
    change: Floats = 1 - history.close[day] / history.close[day - 5]
    return change


def price_volume(history: History, day: int) -> Floats:
    """Return the negative 10-day correlation of open and volume."""
    x, y = _window(history.open, day, 10), _window(history.volume, day, 10)
    pairs = np.isfinite(x) & np.isfinite(y)
    x, y = _centred(x, pairs), _centred(y, pairs)
    with np.errstate(divide="ignore", invalid="ignore"):
        corr = (x * y).sum(axis=0) / np.sqrt((x * x).sum(axis=0) * (y * y).sum(axis=0))
    return _known(-corr, pairs, 10, day >= 9)


def low_volatility(history: History, day: int) -> Floats:
    """Return the negative 20-day standard deviation of returns."""
    x = _window(history.returns, day, 20)
    finite = np.isfinite(x)
    deviations = _centred(x, finite)
    with np.errstate(divide="ignore", invalid="ignore"):
        std = np.sqrt((deviations * deviations).sum(axis=0) / (finite.sum(axis=0) - 1))
    return _known(-std, finite, 20, day >= 20)


def quiet_turnover(history: History, day: int) -> Floats:
    """Return the negative ratio of turnover to its 20-day mean."""
    x = _window(history.turnover, day, 20)
    finite = np.isfinite(x)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = x[-1] * finite.sum(axis=0) / np.where(finite, x, 0.0).sum(axis=0)
    return _known(-ratio, finite, 20, day >= 19)


PLANTED = (
    Planted("-ts_delta(close, 5) / ts_delay(close, 5)", 0.05, 0.0428, reversal),
    Planted("-ts_corr(open, volume, 10)", 0.04, 0.029, price_volume),
    Planted("-ts_std(returns, 20)", 0.04, 0.0225, low_volatility),
    Planted("-turnover / ts_mean(turnover, 20)", 0.03, 0.033, quiet_turnover),
)


def expected_returns(history: History, day: int, signal: float) -> Floats:
    """Return what the signals of ``day`` add to the next day's returns, in units of each stock's volatility.

    Parameters
    ----------
    history : History
        Written up to ``day``.
    day : int
        Row of the last close; before the first row nothing is added.
    signal : float
        Multiplies every gain.

    Returns
    -------
    ndarray, shape (N,)
        0 where a signal is missing.
    """
    total = np.zeros(history.close.shape[1])
    if signal == 0 or day < 0:
        return total
    for planted in PLANTED:
        total += planted.gain * signal * _scores(planted.value(history, day))
    return total


def _scores(values: Floats) -> Floats:
    """Ranks of the finite values, centred, with standard deviation 1; 0 for the others."""
    scores = np.zeros(len(values))
    finite = np.flatnonzero(np.isfinite(values))
    if len(finite) > 1:
        ranks = np.argsort(np.argsort(values[finite], kind="stable"), kind="stable")
        scores[finite] = ((ranks + 0.5) / len(finite) - 0.5) * np.sqrt(12.0)
    return scores


def _window(matrix: Floats, day: int, width: int) -> Floats:
    return matrix[max(day - width + 1, 0) : day + 1]


def _centred(values: Floats, mask: NDArray[np.bool_]) -> Floats:
    """Deviations from each column's mean over ``mask``, 0 elsewhere."""
    count = np.maximum(mask.sum(axis=0), 1)
    kept = np.where(mask, values, 0.0)
    return np.where(mask, kept - kept.sum(axis=0) / count, 0.0)


def _known(values: Floats, mask: NDArray[np.bool_], width: int, ready: bool) -> Floats:  # noqa: FBT001 - a plain condition
    """Keep values with at least half of the window; with 10 and 20 rows that is above every operator's minimum."""
    return np.where(ready & (mask.sum(axis=0) >= -(-width // 2)), values, np.nan)
