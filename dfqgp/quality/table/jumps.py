"""Adjusted closes that jump, and prices that cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.quality.places import Places
from dfqgp.quality.report import Finding
from dfqgp.quality.table.base import LEAST, Measure, share

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from dfqgp.quality.blocks import Axes, Block, Floats, Mask

FREE = 0.4
"""Bound of a day's log return where the table has no price limits: 49 % up, 33 % down."""

MARGIN = 0.02
"""What is added to a price limit in logs, for the rounding of limits and of the factor."""

NEW = 5
"""Trading days after a listing on which there is no limit."""

LONG = 10
"""Trading days without a trade, from which on the next price may be anything."""

_TICK = 0.01
_IMPOSSIBLE = np.log(10.0)
_LOW, _HIGH = 1e-4, 1e7


class Jumps(Measure):
    """Log returns beyond the limits of the day, told apart by what moved: the raw price or the factor."""

    needs = ("close", "adj_factor")

    def __init__(self, axes: Axes) -> None:
        super().__init__(axes)
        self._steps = self._rows = self._extreme = 0
        self._days = np.zeros(len(axes.dates), dtype=np.int64)
        self._counts = dict.fromkeys(("price_jumps", "factor_jumps", "impossible_jumps"), 0)
        self._places = {name: Places() for name in (*self._counts, "extreme_prices")}

    def see(self, block: Block) -> None:
        """Compare each close with that of the trading day before."""
        step, factor = block.returns, block.change("adj_factor")
        near = ordinary(block) & np.isfinite(step)
        low, high = bounds(block)
        jump = near & (block.age > NEW) & ((step > high) | (step < low))
        by_factor = np.abs(factor) > np.abs(step) / 2
        found = {
            "price_jumps": jump & ~by_factor,
            "factor_jumps": jump & by_factor,
            "impossible_jumps": near & (np.abs(step) > _IMPOSSIBLE),
        }
        for name, mask in found.items():
            self._counts[name] += int(mask.sum())
            self._places[name].see(block, mask, np.abs(step), lambda row: _words(block, row))
        self._days += block.day_counts(jump)
        self._steps += int(near.sum())
        self._extremes(block)

    def _extremes(self, block: Block) -> None:
        adjusted = block.numbers["close"] * block.numbers["adj_factor"]
        mask = (adjusted < _LOW) | (adjusted > _HIGH)
        self._extreme += int(mask.sum())
        self._rows += len(adjusted)
        self._places["extreme_prices"].see(block, mask, np.abs(block.logs("close")), lambda row: f"{adjusted[row]:.4g}")

    def findings(self) -> Iterator[Finding]:
        """Jumps by cause, and prices out of any range."""
        for name, count in self._counts.items():
            absolute = name == "impossible_jumps"
            measure = float(count) if absolute else share(count, self._steps)
            judged = absolute or count >= LEAST
            yield Finding(name, measure, count, self._steps, judged, self._places[name].examples)
        examples = self._places["extreme_prices"].examples
        yield Finding("extreme_prices", float(self._extreme), self._extreme, self._rows, examples=examples)

    def series(self) -> Mapping[str, NDArray[np.int64]]:
        """Jumps of each day."""
        return {"unexplained jumps": self._days}


def bounds(block: Block) -> tuple[Floats, Floats]:
    """Return the lowest and the highest log return that each row's price limits allow.

    The middle of the two limits is the previous close that the exchange took, already adjusted for the day's split.
    """
    free = np.full(len(block.rows), FREE)
    if not {"limit_up", "limit_down"} <= set(block.numbers):
        return -free, free
    up, down, middle = middle_of_limits(block)
    margin = MARGIN + _TICK / middle
    with np.errstate(all="ignore"):
        low, high = np.log(down / middle) - margin, np.log(up / middle) + margin
    known = np.isfinite(low) & np.isfinite(high)
    return np.where(known, low, -free), np.where(known, high, free)


def middle_of_limits(block: Block) -> tuple[Floats, Floats, Floats]:
    """Return the upper and the lower limit and their middle, NaN where one is missing."""
    up, down = block.numbers["limit_up"], block.numbers["limit_down"]
    return up, down, (up + down) / 2


def _words(block: Block, row: int) -> str:
    was, now = block.before("close")[row], block.numbers["close"][row]
    factors = f"{block.before('adj_factor')[row]:.4g} -> {block.numbers['adj_factor'][row]:.4g}"
    return f"raw close {was:.4g} -> {now:.4g}, factor {factors}"


def ordinary(block: Block) -> Mask:
    """Whether a row can be compared with the row before: the same stock, and no long suspension between."""
    return block.same & (block.gap <= LONG)
