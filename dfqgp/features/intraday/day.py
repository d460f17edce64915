"""The usable bars of one day, stock after stock, with the sums that features are made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Day:
    """The bars of one day in which something was traded, sorted by stock and time.

    Parameters
    ----------
    codes : (S,) ndarray of str
        Stocks with at least one such bar, sorted.
    starts : (S,) int64
        Row of each stock's first bar.
    minutes : (n,) float64
        Trading minutes of the day that have passed at each bar's stamp; breaks between sessions do not count.
    length : float
        Trading minutes of a whole day.
    stamp : {"end", "start"}
        Which end of the bar the stamp names.
    open, high, low, close : (n,) float64
        Raw prices, above 0.
    volume, amount : (n,) float64
        Shares and currency, above 0.
    """

    codes: NDArray[np.str_]
    starts: NDArray[np.int64]
    minutes: Floats
    length: float
    stamp: str
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    amount: Floats

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """(S,) bars of each stock."""
        return np.diff(self.starts, append=len(self.minutes))

    @cached_property
    def returns(self) -> Floats:
        """(n,) log return of each bar: its close over the close before, the first bar's over its own open."""
        before = np.concatenate((self.open[:1], self.close[:-1]))
        before[self.starts] = self.open[self.starts]
        return np.log(self.close / before)

    @cached_property
    def variance(self) -> Floats:
        """(S,) realised variance: sum of squared returns."""
        return self.total(self.returns**2)

    @cached_property
    def shares(self) -> Floats:
        """(n,) each bar's share in the day's volume of its stock."""
        return self.volume / self.spread(self.total(self.volume))

    def total(self, values: Floats) -> Floats:
        """Sum (n,) values by stock."""
        sums: Floats = np.add.reduceat(values, self.starts)
        return sums

    def largest(self, values: Floats) -> Floats:
        """Return the largest of (n,) values by stock."""
        return np.maximum.reduceat(values, self.starts)

    def smallest(self, values: Floats) -> Floats:
        """Return the smallest of (n,) values by stock."""
        return np.minimum.reduceat(values, self.starts)

    def first(self, values: Floats) -> Floats:
        """Return the value in each stock's first bar."""
        return values[self.starts]

    def last(self, values: Floats) -> Floats:
        """Return the value in each stock's last bar."""
        last: Floats = values[self.starts + self.counts - 1]
        return last

    def last_where(self, values: Floats, where: Flags) -> Floats:
        """Return the value in each stock's last bar of those that ``where`` marks; NaN where it marks none."""
        row: NDArray[np.int64] = np.maximum.reduceat(np.where(where, np.arange(len(values)), -1), self.starts)
        return np.where(row < 0, np.nan, values[row])

    def spread(self, per_stock: Floats) -> Floats:
        """Give every bar the value of its stock."""
        return np.repeat(per_stock, self.counts)

    def early(self, minutes: float) -> Flags:
        """(n,) bars that lie in the first so many trading minutes."""
        return self.minutes <= minutes if self.stamp == "end" else self.minutes < minutes

    def late(self, minutes: float) -> Flags:
        """(n,) bars that lie in the last so many trading minutes."""
        return ~self.early(self.length - minutes)
