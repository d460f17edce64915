"""Which days and stocks the table has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.quality.places import worst_days, worst_stocks
from dfqgp.quality.report import Example, Finding
from dfqgp.quality.table.base import Measure, share

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from dfqgp.quality.blocks import Axes, Block, Floats

_AROUND = 10  # days on each side of one that it is compared with
_LEAST_STOCKS = 10
_LEAST_WEEKS = 8
_LEAST_DAYS = 60
_THIN_STOCK = 0.8
_BREAK = 15  # the longest holiday of China is 11 days
_FRIDAY, _SATURDAY, _SUNDAY, _MONDAY = 4, 5, 6, 0


class Coverage(Measure):
    """Rows of each day and of each stock."""

    def __init__(self, axes: Axes) -> None:
        super().__init__(axes)
        self._by_day = np.zeros(len(axes.dates), dtype=np.int64)
        self._by_stock = np.zeros(len(axes.codes), dtype=np.int64)
        self._span = np.zeros(len(axes.codes), dtype=np.int64)

    def see(self, block: Block) -> None:
        """Count rows."""
        everything = np.ones(len(block.rows), dtype=bool)
        self._by_day += block.day_counts(everything)
        self._by_stock += block.stock_counts(everything)
        first = np.flatnonzero(~block.same)
        last = np.append(first[1:], len(block.rows)) - 1
        self._span[block.assets[first]] = (block.rows[last] - block.rows[first] + 1)[: len(first)]

    def findings(self) -> Iterator[Finding]:
        """Days and stocks with few rows, and days that are no trading days."""
        around = _usual_around(self._by_day)
        level = np.where(around >= _LEAST_STOCKS, self._by_day / np.maximum(around, 1), 1.0)
        for name, under in (("thin_days", 0.5), ("stray_days", 0.1)):
            few = level < under
            measure = share(few.sum(), few.size) if name == "thin_days" else float(few.sum())
            examples = worst_days(self.axes, few, -level, lambda day: f"{self._by_day[day]} of {around[day]:g} stocks")
            yield Finding(name, measure, int(few.sum()), few.size, examples=examples)
        yield from _calendar(self.axes)
        yield self._thin_stocks()

    def _thin_stocks(self) -> Finding:
        covered = self._by_stock / np.maximum(self._span, 1)
        long = self._span >= _LEAST_DAYS
        thin = long & (covered < _THIN_STOCK)
        examples = worst_stocks(self.axes, thin, -covered, lambda stock: f"{covered[stock]:.0%} of its days")
        return Finding(
            "thin_stocks", share(thin.sum(), long.sum()), int(thin.sum()), int(long.sum()), examples=examples
        )

    def series(self) -> Mapping[str, NDArray[np.int64]]:
        """Stocks that trade on each day."""
        return {"stocks trading": self._by_day}

    def shares(self) -> Mapping[str, Floats]:
        """Share of its days on which each stock trades, sorted."""
        return {"coverage of stocks": np.sort(self._by_stock / np.maximum(self._span, 1))}


def _usual_around(counts: NDArray[np.int64]) -> Floats:
    """Return the upper quartile of the days around each: half of them may lack stocks, too."""
    width = min(2 * _AROUND + 1, len(counts))
    windows = np.quantile(np.lib.stride_tricks.sliding_window_view(counts, width), 0.75, axis=1)
    starts = np.clip(np.arange(len(counts)) - width // 2, 0, len(windows) - 1)
    return np.asarray(windows[starts], dtype=np.float64)


def _calendar(axes: Axes) -> Iterator[Finding]:
    """Yield what the dates alone show."""
    weekday = (axes.dates.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    weekend = weekday >= _SATURDAY
    weeks = max(len(weekday) / 5, 1)
    gone = [
        (day, other)
        for day, other in ((_FRIDAY, _SUNDAY), (_MONDAY, _SATURDAY))
        if (weekday == other).sum() > 0.5 * weeks and (weekday == day).sum() < 0.05 * weeks
    ]
    shifted = weekend & bool(gone)
    examples = tuple(
        Example(str(day), "", f"a {day.astype(object):%A}") for day in axes.dates[np.flatnonzero(shifted)[:3]]
    )
    measure = share(shifted.sum(), len(shifted))
    yield Finding("shifted_weeks", measure, int(shifted.sum()), len(shifted), weeks >= _LEAST_WEEKS, examples)
    breaks = np.diff(axes.dates).astype(np.int64)
    long = np.append(breaks > _BREAK, False)
    examples = worst_days(axes, long, np.append(breaks, 0.0), lambda day: f"{breaks[day]} days to the next")
    longest = float(breaks.max()) if breaks.size else float("nan")
    yield Finding("calendar_gaps", longest, int(long.sum()), breaks.size, examples=examples)
