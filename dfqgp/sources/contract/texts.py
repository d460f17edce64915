"""Columns of text as numbers and a list of names."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.frames import host

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from dfqgp.frames import Array


@dataclass(frozen=True, eq=False)
class Texts:
    """A column of text: the number of each row's text in ``names``, -1 for missing."""

    numbers: Array
    names: tuple[str, ...]

    def used(self, xp: ModuleType) -> Texts:
        """Return the same texts without the names that no row has."""
        counts = host(xp.bincount(self.numbers[self.numbers >= 0], minlength=len(self.names)))
        if counts.all():
            return self
        number = np.append(np.cumsum(counts > 0) - 1, -1)  # the last is where -1 points
        kept = tuple(name for name, count in zip(self.names, counts, strict=True) if count)
        return Texts(xp.asarray(number)[self.numbers], kept)


def tidy(xp: ModuleType, numbers: Array, names: Sequence[object]) -> tuple[Texts, int, Array | None]:
    """Strip spaces and sort.

    Parameters
    ----------
    xp : module
        NumPy or CuPy.
    numbers : (n,) int64
        Position of each row's cell in ``names``, -1 for missing.
    names : sequence
        Distinct cells of the column; what is no text is unreadable, and blank text is missing.

    Returns
    -------
    texts : Texts
        Names stripped, distinct and sorted.
    stripped : int
        Rows whose text had spaces around it.
    unreadable : (n,) bool or None
        Rows whose cell is no text; None where there are none.

    Examples
    --------
    >>> texts, stripped, unreadable = tidy(np, np.array([0, 1, 2, -1]), ["X ", "X", " "])
    >>> texts.numbers, texts.names, stripped, unreadable
    (array([ 0,  0, -1, -1]), ('X',), 1, None)
    """
    bare = [name.strip() if isinstance(name, str) else "" for name in names]
    kept = sorted({name for name in bare if name})
    order = {name: number for number, name in enumerate(kept)}
    table = np.array([*(order.get(name, -1) for name in bare), -1], dtype=np.int64)
    moved = np.array([*(bool(left) and left != name for left, name in zip(bare, names, strict=True)), False])
    strange = np.array([*(not isinstance(name, str) for name in names), False])
    stripped = int(xp.asarray(moved)[numbers].sum()) if moved.any() else 0
    unreadable = xp.asarray(strange)[numbers] if strange.any() else None
    return Texts(xp.asarray(table)[numbers], tuple(kept)), stripped, unreadable


def differ_in_case(names: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the names that are one if upper and lower case count as the same.

    Examples
    --------
    >>> differ_in_case(["aapl", "AAPL", "MSFT"])
    [('aapl', 'AAPL')]
    """
    folded: dict[str, list[str]] = defaultdict(list)
    for name in names:
        folded[name.casefold()].append(name)
    return [tuple(each) for each in folded.values() if len(each) > 1]
