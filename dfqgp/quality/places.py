"""The worst places of a finding, kept while blocks go by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dfqgp.quality.report import Example

if TYPE_CHECKING:
    from collections.abc import Callable

    from dfqgp.quality.blocks import Axes, Block, Floats, Mask

SHOWN = 3
"""Examples of a finding."""


class Places:
    """Keeps the worst places, at most ``SHOWN`` of them."""

    def __init__(self) -> None:
        self._kept: list[tuple[float, Example]] = []

    def see(self, block: Block, found: Mask, badness: Floats, words: Callable[[int], str]) -> None:
        """Look at the found rows of a block; ``words`` says what stands in a row."""
        rows = np.flatnonzero(found)
        worst = rows[np.argsort(-badness[rows], kind="stable")[:SHOWN]]
        for row in worst:
            date, code = block.axes.dates[block.rows[row]], block.axes.codes[block.assets[row]]
            self._kept.append((float(badness[row]), Example(str(date), code, words(int(row)))))
        self._kept = sorted(self._kept, key=lambda each: -each[0])[:SHOWN]

    @property
    def examples(self) -> tuple[Example, ...]:
        """The worst first."""
        return tuple(example for _, example in self._kept)


def worst_days(axes: Axes, found: Mask, badness: Floats, words: Callable[[int], str]) -> tuple[Example, ...]:
    """Return the worst of the days found, T of each array."""
    return tuple(Example(str(axes.dates[day]), "", words(day)) for day in _worst(found, badness))


def worst_stocks(axes: Axes, found: Mask, badness: Floats, words: Callable[[int], str]) -> tuple[Example, ...]:
    """Return the worst of the stocks found, N of each array."""
    return tuple(Example("", axes.codes[stock], words(stock)) for stock in _worst(found, badness))


def _worst(found: Mask, badness: Floats) -> list[int]:
    places = np.flatnonzero(found)
    return [int(place) for place in places[np.argsort(-badness[places], kind="stable")[:SHOWN]]]
