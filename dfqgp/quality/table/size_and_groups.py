"""Market capitalisation and industry, which the neutralisation takes out of every factor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.panel import UNKNOWN_GROUP
from dfqgp.quality.places import Places, worst_days
from dfqgp.quality.report import Finding
from dfqgp.quality.table.base import LEAST, Measure, share
from dfqgp.quality.table.jumps import ordinary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dfqgp.quality.blocks import Axes, Block, Floats

_JUMP = np.log(10.0)
_MANY = 0.2
_LEAST_STOCKS = 10


class Size(Measure):
    """Market capitalisation that is missing, or moves without the price."""

    needs = ("mktcap", "close", "adj_factor")

    def __init__(self, axes: Axes) -> None:
        super().__init__(axes)
        self._rows = self._steps = self._missing = self._jumps = 0
        self._gaps, self._places = Places(), Places()

    def see(self, block: Block) -> None:
        """Compare the moves of the capitalisation with those of the adjusted close."""
        value = block.numbers["mktcap"]
        missing = np.isnan(value)
        move = block.change("mktcap") - block.returns
        jump = ordinary(block) & (np.abs(move) > _JUMP)
        self._rows, self._steps = self._rows + len(value), self._steps + int(np.isfinite(move).sum())
        self._missing, self._jumps = self._missing + int(missing.sum()), self._jumps + int(jump.sum())
        self._gaps.see(block, missing, np.zeros(len(value)), lambda _: "missing")
        before = block.before("mktcap")
        self._places.see(block, jump, np.abs(move), lambda row: f"{before[row]:.4g} -> {value[row]:.4g}")

    def findings(self) -> Iterator[Finding]:
        """Both, as shares."""
        measure = share(self._missing, self._rows)
        yield Finding("mktcap_missing", measure, self._missing, self._rows, examples=self._gaps.examples)
        judged = self._jumps >= LEAST
        measure = share(self._jumps, self._steps)
        yield Finding("mktcap_jumps", measure, self._jumps, self._steps, judged, self._places.examples)


class Industry(Measure):
    """Industries that are unknown or change."""

    def __init__(self, axes: Axes) -> None:
        super().__init__(axes)
        self._rows = self._unknown = 0
        self._gaps, self._places = Places(), Places()
        self._changed = np.zeros(len(axes.dates), dtype=np.int64)
        self._steps = np.zeros(len(axes.dates), dtype=np.int64)

    def see(self, block: Block) -> None:
        """Compare each day's industry with the one before."""
        now = block.groups
        before = np.concatenate((now[:1], now[:-1]))
        unknown = now == UNKNOWN_GROUP
        changed = block.same & (now != before)
        self._rows, self._unknown = self._rows + len(now), self._unknown + int(unknown.sum())
        self._changed += block.day_counts(changed)
        self._steps += block.day_counts(block.same)
        flat = np.zeros(len(now))
        self._gaps.see(block, unknown, flat, lambda _: "no industry")
        self._places.see(block, changed, flat, lambda row: f"{_name(block, before[row])} -> {_name(block, now[row])}")

    def findings(self) -> Iterator[Finding]:
        """Shares, and days on which many change at once."""
        measure = share(self._unknown, self._rows)
        yield Finding("industry_unknown", measure, self._unknown, self._rows, examples=self._gaps.examples)
        count, steps = int(self._changed.sum()), int(self._steps.sum())
        yield Finding("industry_changes", share(count, steps), count, steps, examples=self._places.examples)
        level = np.where(self._steps >= _LEAST_STOCKS, self.series()["industry changes"], 0.0)
        many = level > _MANY
        examples = worst_days(self.axes, many, level, lambda day: f"{self._changed[day]} of {self._steps[day]} stocks")
        yield Finding("industry_days", float(level.max()), int(many.sum()), len(level), examples=examples)

    def series(self) -> Mapping[str, Floats]:
        """Share of the stocks that change."""
        return {"industry changes": self._changed / np.maximum(self._steps, 1)}


def _name(block: Block, code: int) -> str:
    return "none" if code == UNKNOWN_GROUP else block.group_names[code]
