"""Whether the adjustment factor moves when, and as far as, the raw prices do.

At a split or dividend the raw price falls and the factor grows by as much: over the night the logarithm of the raw
price changes by minus that of the factor, plus the market's own move.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.quality.places import Places, worst_days
from dfqgp.quality.report import Finding
from dfqgp.quality.table.base import Measure, share
from dfqgp.quality.table.jumps import middle_of_limits, ordinary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dfqgp.quality.blocks import Axes, Block, Floats

_MOVED = 1e-3
_SEEN, _LARGE, _WILD = 0.01, 0.1, 2.3
_LEAST_EVENTS = 5
_LEAST_DIRECTIONS = 10
_LEAST_SQUARES = 0.02  # the night's own moves, of about 2 %, leave the response uncertain by 0.02 / its root
_LEAST_STOCKS = 10
_TICK = 0.01


class FactorMoves(Measure):
    """The raw open against the factor."""

    needs = ("open", "close", "adj_factor")

    def __init__(self, axes: Axes) -> None:
        super().__init__(axes)
        self._moves = self._apart = self._directions = 0
        self._squares = self._products = 0.0
        self._places, self._against = Places(), Places()
        self._moved = np.zeros(len(axes.dates), dtype=np.int64)
        self._rows = np.zeros(len(axes.dates), dtype=np.int64)

    def see(self, block: Block) -> None:
        """Compare the night's raw move with the factor's."""
        factor, steps = block.change("adj_factor"), ordinary(block)
        night = block.logs("open") - np.where(block.same, np.log(block.before("close")), np.nan)
        usable = steps & np.isfinite(night)
        large = usable & (np.abs(factor) > _LARGE)
        apart = large & (np.abs(night + factor) > np.abs(factor) / 2)
        self._moves, self._apart = self._moves + int(large.sum()), self._apart + int(apart.sum())
        self._places.see(block, apart, np.abs(factor), lambda row: _words(block, row))
        seen = usable & (np.abs(factor) > _SEEN) & (np.abs(factor) < _WILD)
        self._directions += int(seen.sum())
        self._squares += float((factor[seen] ** 2).sum())
        self._products -= float((factor[seen] * night[seen]).sum())
        self._against.see(block, seen & (factor * night > 0), np.abs(factor), lambda row: _words(block, row))
        self._moved += block.day_counts(steps & (np.abs(factor) > _MOVED))
        self._rows += block.day_counts(steps)

    def findings(self) -> Iterator[Finding]:
        """Tell moves that prices do not follow, the response over all moves, days on which all factors move."""
        judged = self._moves >= _LEAST_EVENTS
        measure = share(self._apart, self._moves)
        yield Finding("factor_moves", measure, self._apart, self._moves, judged, self._places.examples)
        yield self._direction()
        moved = self.series()["factor moves"]
        many = (moved > 0.5) & (self._rows >= _LEAST_STOCKS)
        examples = worst_days(self.axes, many, moved, lambda day: f"{self._moved[day]} of {self._rows[day]} stocks")
        largest = float(moved[self._rows >= _LEAST_STOCKS].max(initial=0.0))
        yield Finding("factor_days", largest, int(many.sum()), len(moved), examples=examples)

    def _direction(self) -> Finding:
        response = self._products / self._squares if self._squares else 1.0
        judged = self._directions >= _LEAST_DIRECTIONS and self._squares >= _LEAST_SQUARES
        wrong = judged and abs(1 - response) > 0.2
        examples = self._against.examples if wrong else ()
        count = self._directions if wrong else 0
        return Finding("factor_direction", abs(1 - response), count, self._directions, judged, examples)

    def series(self) -> Mapping[str, Floats]:
        """Share of the stocks whose factor moves."""
        return {"factor moves": self._moved / np.maximum(self._rows, 1)}


class ExDays(Measure):
    """The middle of the price limits against the factor, which both know of every dividend."""

    needs = ("close", "adj_factor", "limit_up", "limit_down")

    def __init__(self, axes: Axes) -> None:
        super().__init__(axes)
        self._days = self._apart = 0
        self._places = Places()

    def see(self, block: Block) -> None:
        """Compare the move from the last close to the middle of the limits with the factor's."""
        factor = block.change("adj_factor")
        with np.errstate(all="ignore"):
            set_by_limits = np.log(middle_of_limits(block)[2] / block.before("close"))
            tolerance = 0.01 + _TICK / block.numbers["close"]
        usable = block.same & (block.gap == 1) & np.isfinite(set_by_limits)
        ex = usable & ((np.abs(set_by_limits) > tolerance) | (np.abs(factor) > tolerance))
        apart = ex & (np.abs(set_by_limits + factor) > tolerance)
        self._days, self._apart = self._days + int(ex.sum()), self._apart + int(apart.sum())
        self._places.see(block, apart, np.abs(set_by_limits + factor), lambda row: _words(block, row))

    def findings(self) -> Iterator[Finding]:
        """Ex-days that only one of the two knows."""
        judged = self._days >= _LEAST_EVENTS
        yield Finding("ex_days", share(self._apart, self._days), self._apart, self._days, judged, self._places.examples)


def _words(block: Block, row: int) -> str:
    factors = f"{block.before('adj_factor')[row]:.4g} -> {block.numbers['adj_factor'][row]:.4g}"
    return f"factor {factors}, raw {block.before('close')[row]:.4g} -> {block.numbers['open'][row]:.4g}"
