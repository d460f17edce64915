"""The traded rows of a long table, some stocks at a time, each stock's in the order of days.

A table of a whole market has tens of millions of rows. Measures look at blocks of stocks, so that what they compute on
the way stays small, and add up what they find. In a block the trading day before is the row before, whatever
suspension lies between.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from dfqgp.frames import host

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from dfqgp.frames import Array, Columns

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]
    Mask = NDArray[np.bool_]

ROWS = 250_000
"""Rows of a block: the largest stock is added as a whole."""


@dataclass(frozen=True, eq=False)
class Axes:
    """Days and stocks of the panel.

    Parameters
    ----------
    dates : (T,) datetime64[D]
        Trading days.
    codes : tuple of str
        N stocks.
    """

    dates: NDArray[np.datetime64]
    codes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Block:
    """The traded rows of some stocks, n rows sorted by (asset, day).

    Parameters
    ----------
    axes : Axes
        What ``rows`` and ``assets`` number.
    rows, assets : (n,) int64
        Number of the day and of the stock.
    numbers : mapping of str to (n,) float64
        Columns of the table; raw prices.
    groups : (n,) int16
        Industry, -1 unknown.
    group_names : tuple of str
        Names of the industries.
    """

    axes: Axes
    rows: Whole
    assets: Whole
    numbers: Mapping[str, Floats]
    groups: NDArray[np.int16]
    group_names: tuple[str, ...]
    _kept: dict[str, NDArray[Any]] = field(default_factory=dict)

    @property
    def same(self) -> Mask:
        """Whether the row before is of the same stock."""
        return self._keep("same", lambda: _shifted(self.assets, -1) == self.assets)

    @property
    def gap(self) -> Whole:
        """Trading days of the market since the row before; not meant where ``same`` is False."""
        return self._keep("gap", lambda: self.rows - _shifted(self.rows, 0))

    @property
    def age(self) -> Whole:
        """Rows of the stock before this one."""
        return self._keep("age", self._age)

    def before(self, name: str) -> Floats:
        """Return a column's value on the stock's trading day before; NaN on its first."""
        return self._keep(f"before {name}", lambda: np.where(self.same, _shifted(self.numbers[name], np.nan), np.nan))

    def logs(self, name: str) -> Floats:
        """Return the logarithm of a column; NaN where it is not above 0."""
        return self._keep(f"logs {name}", lambda: _log(self.numbers[name]))

    def change(self, name: str) -> Floats:
        """Return the logarithm of a column over that of the stock's trading day before; NaN on its first."""
        logs = self.logs(name)
        return self._keep(f"change {name}", lambda: np.where(self.same, logs - _shifted(logs, np.nan), np.nan))

    @property
    def returns(self) -> Floats:
        """Change of the logarithm of the adjusted close; NaN on a stock's first trading day."""
        return self._keep("returns", lambda: self.change("close") + self.change("adj_factor"))

    def day_counts(self, mask: Mask) -> Whole:
        """Return how many rows of the mask each of the T days has."""
        return np.bincount(self.rows[mask], minlength=len(self.axes.dates))

    def stock_counts(self, mask: Mask) -> Whole:
        """Return how many rows of the mask each of the N stocks has."""
        return np.bincount(self.assets[mask], minlength=len(self.axes.codes))

    def _age(self) -> Whole:
        places = np.arange(len(self.rows))
        return places - np.maximum.accumulate(np.where(self.same, 0, places))

    def _keep(self, name: str, make: Callable[[], NDArray[Any]]) -> NDArray[Any]:
        if name not in self._kept:
            self._kept[name] = make()
        return self._kept[name]


def blocks_of(columns: Columns, axes: Axes, rows: int = ROWS) -> Iterator[Block]:
    """Yield the traded rows of a table in blocks of whole stocks.

    Parameters
    ----------
    columns : Columns
        Rows in any order, on the host or on a device.
    axes : Axes
        Days and stocks of the panel that was built of it.
    rows : int
        About how many rows a block has.
    """
    order = _order(host(columns.days), host(columns.assets))
    ordered = host(columns.assets) if order is None else host(columns.assets)[order]
    starts = np.searchsorted(ordered, np.arange(len(axes.codes) + 1))
    for start, stop in _cuts(starts, rows):
        block = _block(columns, axes, np.arange(start, stop) if order is None else order[start:stop])
        if len(block.rows):  # stocks that never trade have nothing to look at
            yield block


def sample_of(columns: Columns, axes: Axes, rows: int = 100_000) -> Block:
    """Return about ``rows`` traded rows spread evenly over the table; the row before is not the trading day before."""
    step = max(len(columns.days) // rows, 1)
    return _block(columns, axes, np.arange(0, len(columns.days), step))


def _block(columns: Columns, axes: Axes, part: Whole) -> Block:
    """Take the traded ones of some rows."""

    def take(column: Array) -> NDArray[Any]:
        return host(column[columns.xp.asarray(part)])

    part = part[take(columns.flags["is_trading"])]
    return Block(
        axes,
        np.searchsorted(axes.dates.astype(np.int64), take(columns.days)),
        take(columns.assets),
        {name: take(column) for name, column in columns.numbers.items()},
        take(columns.groups),
        columns.group_names,
    )


def _cuts(starts: Whole, rows: int) -> Iterator[tuple[int, int]]:
    """Cut at the first stock that ends after every ``rows`` rows."""
    start, last = 0, int(starts[-1])
    while start < last:
        stop = int(starts[min(int(np.searchsorted(starts, start + rows)), len(starts) - 1)])
        yield start, stop
        start = stop


def _order(days: Whole, assets: Whole) -> Whole | None:
    """Return the order by (asset, day); None where the rows have it."""
    steps = np.diff(assets)
    sorted_already = bool(((steps > 0) | ((steps == 0) & (np.diff(days) > 0))).all())
    return None if sorted_already else np.lexsort((days, assets))


def _shifted(values: NDArray[Any], first: float) -> NDArray[Any]:
    """Return the value of the row before; ``first`` for the first row."""
    out = np.empty_like(values)
    out[:1], out[1:] = first, values[:-1]
    return out


def _log(values: Floats) -> Floats:
    with np.errstate(all="ignore"):
        return np.log(np.where(values > 0, values, np.nan))
