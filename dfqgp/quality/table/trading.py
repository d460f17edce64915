"""What trading leaves behind: volume, prices that move, price limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.quality.places import Places, worst_days
from dfqgp.quality.report import Finding
from dfqgp.quality.table.base import LEAST, Measure, share

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dfqgp.quality.blocks import Axes, Block, Floats

_HALF_TICK = 0.005
_LIMIT_DAY = 0.3
_LEAST_STOCKS = 10
_PRICES = ("open", "high", "low", "close")


class Trading(Measure):
    """Days without volume, and days that repeat the one before."""

    needs = (*_PRICES, "volume")

    def __init__(self, axes: Axes) -> None:
        super().__init__(axes)
        self._rows = self._steps = self._empty = self._stale = 0
        self._empties, self._stales = Places(), Places()

    def see(self, block: Block) -> None:
        """Look for volume, and for four prices that did not move."""
        empty = ~(block.numbers["volume"] > 0)
        stale = block.same.copy()
        for name in _PRICES:
            stale &= block.numbers[name] == block.before(name)
        self._rows, self._steps = self._rows + len(empty), self._steps + int(block.same.sum())
        self._empty, self._stale = self._empty + int(empty.sum()), self._stale + int(stale.sum())
        flat = np.zeros(len(empty))
        self._empties.see(block, empty, flat, lambda row: f"volume {block.numbers['volume'][row]:g}")
        self._stales.see(block, stale, flat, lambda row: f"close {block.numbers['close'][row]:g}")

    def findings(self) -> Iterator[Finding]:
        """Both, as shares."""
        for name, count, total, places in (
            ("stale_prices", self._stale, self._steps, self._stales),
            ("zero_volume", self._empty, self._rows, self._empties),
        ):
            yield Finding(name, share(count, total), count, total, count >= LEAST, places.examples)


class PriceLimits(Measure):
    """Closes at, or outside, the price limits."""

    needs = ("close", "limit_up", "limit_down")

    def __init__(self, axes: Axes) -> None:
        super().__init__(axes)
        self._rows = self._outside = 0
        self._places = Places()
        self._by_day = {name: np.zeros(len(axes.dates), dtype=np.int64) for name in ("rows", "up", "down")}

    def see(self, block: Block) -> None:
        """Compare closes with the limits."""
        close, up, down = (block.numbers[name] for name in self.needs)
        outside = (close > up * 1.001 + _HALF_TICK) | (close < down * 0.999 - _HALF_TICK)
        known = np.isfinite(up) | np.isfinite(down)
        self._rows, self._outside = self._rows + int(known.sum()), self._outside + int(outside.sum())
        badness = np.abs(np.nan_to_num(close - (up + down) / 2))
        self._places.see(block, outside, badness, lambda row: f"close {close[row]:g}, {down[row]:g} to {up[row]:g}")
        self._by_day["rows"] += block.day_counts(np.ones(len(close), dtype=bool))
        self._by_day["up"] += block.day_counts(close >= up - _HALF_TICK)
        self._by_day["down"] += block.day_counts(close <= down + _HALF_TICK)

    def findings(self) -> Iterator[Finding]:
        """Tell closes outside, and days on which many stocks close at a limit."""
        measure, judged = share(self._outside, self._rows), self._outside >= LEAST
        yield Finding("outside_limits", measure, self._outside, self._rows, judged, self._places.examples)
        enough = self._by_day["rows"] >= _LEAST_STOCKS
        hits = np.where(enough, sum(self.series().values()), 0.0)
        many = hits > _LIMIT_DAY
        up, down, rows = (self._by_day[name] for name in ("up", "down", "rows"))
        examples = worst_days(self.axes, many, hits, lambda day: f"{up[day]} up, {down[day]} down of {rows[day]}")
        yield Finding("limit_days", float(hits.max()), int(many.sum()), len(hits), examples=examples)

    def series(self) -> Mapping[str, Floats]:
        """Share of the stocks that close at a limit."""
        rows = np.maximum(self._by_day["rows"], 1)
        return {
            f"closes at the {name}": self._by_day[key] / rows
            for name, key in (("upper limit", "up"), ("lower limit", "down"))
        }
