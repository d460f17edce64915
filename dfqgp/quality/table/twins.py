"""One stock under two codes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.quality.report import Example, Finding
from dfqgp.quality.table.base import Measure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dfqgp.quality.blocks import Axes, Block, Floats, Whole

_DAYS = 24
_LEAST_DAYS = 5
_COLUMNS = ("close", "volume", "amount")


class Twins(Measure):
    """Codes that agree in close, volume and amount on days that are spread over the table."""

    needs = _COLUMNS

    def __init__(self, axes: Axes) -> None:
        super().__init__(axes)
        self._sampled = np.zeros(len(axes.dates), dtype=bool)
        self._sampled[np.linspace(0, len(axes.dates) - 1, min(_DAYS, len(axes.dates))).astype(int)] = True
        self._rows: list[tuple[Whole, Whole, Floats]] = []

    def see(self, block: Block) -> None:
        """Keep the rows of the sampled days."""
        part = self._sampled[block.rows] & (block.numbers["volume"] > 0)
        values = np.stack([block.numbers[name][part] for name in _COLUMNS], axis=1)
        self._rows.append((block.rows[part], block.assets[part], values))

    def findings(self) -> Iterator[Finding]:
        """Pairs of neighbours in the order of their values, on at least five days."""
        rows, assets, values = (np.concatenate(each) for each in zip(*self._rows, strict=True))
        order = np.lexsort((assets, *values.T, rows))
        rows, assets, values = rows[order], assets[order], values[order]
        equal = (rows[1:] == rows[:-1]) & (values[1:] == values[:-1]).all(axis=1)
        pairs = Counter(zip(assets[:-1][equal].tolist(), assets[1:][equal].tolist(), strict=True))
        twins = [(pair, days) for pair, days in pairs.most_common() if days >= _LEAST_DAYS]
        examples = tuple(
            Example("", f"'{self.axes.codes[a]}' and '{self.axes.codes[b]}'", f"equal on {days} of {_DAYS} days")
            for (a, b), days in twins[:3]
        )
        yield Finding("twin_stocks", float(len(twins)), len(twins), len(self.axes.codes), examples=examples)
