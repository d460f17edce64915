"""Units: two columns that should say the same are compared, over all rows, by stock and by day.

The level that all rows have in common is one thing: a whole table in lots. A stock, a day or a cell that is far from
that level is another: it has a unit of its own.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from dfqgp.quality.places import Places, worst_days, worst_stocks
from dfqgp.quality.report import Example, Finding
from dfqgp.quality.table.base import LEAST, Measure, share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dfqgp.quality.blocks import Axes, Block, Floats, Mask

_LEAST_DAYS = 20
_LEAST_STOCKS = 10
_LEAST_ROWS = 200
_HIGH_TURNOVER = 0.3


class Scale(Measure):
    """Counts the rows whose ratio is far from the level that the whole table has in common."""

    prefix: ClassVar[str]
    """Beginning of the findings' names."""

    apart: ClassVar[float]
    """How many times a ratio may be off."""

    def __init__(self, axes: Axes) -> None:
        super().__init__(axes)
        self._level = 0.0
        self._judged = False
        self._stocks = {name: np.zeros(len(axes.codes), dtype=np.int64) for name in ("rows", "off")}
        self._days = {name: np.zeros(len(axes.dates), dtype=np.int64) for name in ("rows", "off")}
        self._places = Places()

    @abstractmethod
    def ratio(self, block: Block) -> Floats:
        """Return the logarithm of what should be level; NaN where there is nothing."""

    def prepare(self, sample: Block) -> None:
        """Take the median of the sample as the level."""
        ratio = self.ratio(sample)
        ratio = ratio[np.isfinite(ratio)]
        self._judged = ratio.size >= _LEAST_ROWS
        self._level = float(np.median(ratio)) if ratio.size else 0.0

    def see(self, block: Block) -> None:
        """Count what is off, by stock and by day."""
        distance = self.ratio(block) - self._level
        known, off = np.isfinite(distance), np.abs(distance) > np.log(self.apart)
        for name, mask in (("rows", known), ("off", off)):
            self._stocks[name] += block.stock_counts(mask)
            self._days[name] += block.day_counts(mask)
        self._places.see(block, off, np.abs(distance), lambda row: f"{_times(distance[row])} the usual")

    def findings(self) -> Iterator[Finding]:
        """Level, and stocks and days that have another one."""
        yield self.level()
        rows, off = self._stocks["rows"], self._stocks["off"]
        stocks = (rows >= _LEAST_DAYS) & (off > rows / 2)
        yield self._several(
            "stocks",
            stocks,
            worst_stocks(self.axes, stocks, rows.astype(np.float64), lambda n: _words(off[n], rows[n])),
        )
        rows, off = self._days["rows"], self._days["off"]
        days = (rows >= _LEAST_STOCKS) & (off > rows / 2)
        yield self._several(
            "days", days, worst_days(self.axes, days, rows.astype(np.float64), lambda n: _words(off[n], rows[n]))
        )

    def level(self) -> Finding:
        """Return the finding of the level itself."""
        apart, rows = float(np.exp(abs(self._level))), int(self._stocks["rows"].sum())
        wrong = apart > self.apart
        examples = (Example("", "", f"{_times(self._level)} what is expected"),) if wrong else ()
        return Finding(f"{self.prefix}_level", apart, rows if wrong else 0, rows, self._judged, examples)

    def cells(self) -> Finding:
        """Return the finding of single rows."""
        count, rows = int(self._stocks["off"].sum()), int(self._stocks["rows"].sum())
        judged = self._judged and count >= LEAST
        return Finding(f"{self.prefix}_cells", share(count, rows), count, rows, judged, self._places.examples)

    def _several(self, what: str, found: Mask, examples: tuple[Example, ...]) -> Finding:
        count = int(found.sum())
        return Finding(f"{self.prefix}_{what}", float(count), count, len(found), self._judged, examples)


class AmountScale(Scale):
    """Amount over volume, the mean price of the day, against the close."""

    needs = ("amount", "volume", "close")
    prefix, apart = "amount", 3.0

    def ratio(self, block: Block) -> Floats:
        """Return log(amount / volume / close)."""
        return block.logs("amount") - block.logs("volume") - block.logs("close")

    def findings(self) -> Iterator[Finding]:
        """Single rows too: the mean price lies between the day's low and high."""
        yield from super().findings()
        yield self.cells()


class TurnoverScale(Scale):
    """Turnover against the same from volume, close and market capitalisation.

    A capitalisation of all shares instead of the float makes the turnover a few times larger, by another number for
    each stock; percent make it 100 times larger.
    """

    needs = ("turnover", "volume", "close", "mktcap")
    prefix, apart = "turnover", 20.0

    def ratio(self, block: Block) -> Floats:
        """Return log(turnover / (volume * close / mktcap))."""
        expected = block.logs("volume") + block.logs("close") - block.logs("mktcap")
        return block.logs("turnover") - expected


class TurnoverHeight(Measure):
    """The median turnover, for tables without a market capitalisation to compare it with."""

    needs = ("turnover",)

    def __init__(self, axes: Axes) -> None:
        super().__init__(axes)
        self._median, self._rows = float("nan"), 0

    def prepare(self, sample: Block) -> None:
        """Take the median of the sample."""
        known = sample.numbers["turnover"][sample.numbers["turnover"] > 0]
        self._rows = known.size
        self._median = float(np.median(known)) if known.size else float("nan")

    def see(self, block: Block) -> None:
        """Nothing more to see."""

    def findings(self) -> Iterator[Finding]:
        """Tell the median."""
        high = self._median > _HIGH_TURNOVER
        examples = (Example("", "", f"median {self._median:.3g}"),) if high else ()
        count = self._rows if high else 0
        yield Finding("turnover_high", self._median, count, self._rows, self._rows >= _LEAST_ROWS, examples)


def _times(log_ratio: float) -> str:
    return f"{np.exp(np.clip(log_ratio, -300, 300)):.3g} times"


def _words(off: int, rows: int) -> str:
    return f"{off} of {rows} rows"
