"""A long table on its way through the contract: its columns as arrays, of NumPy or CuPy alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from dfqgp.frames import host
from dfqgp.sources.contract.columns import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from dfqgp.frames import Array
    from dfqgp.sources.contract.texts import Texts


@dataclass(eq=False)
class Rows:
    """The rows that are left, column by column; columns are replaced one at a time, so that memory holds one twice.

    Parameters
    ----------
    xp : module
        NumPy or CuPy.
    cells : dict of str to (n,) array
        Numbers as float64 with NaN for missing, flags as bool, dates as int64 days with NEVER for missing.
    texts : dict of str to Texts
        Codes and other texts.
    unreadable : dict of str to (n,) bool
        Cells that are not of their column's kind; columns without any are left out.
    raw : callable
        Gives the cell that came, by the column's name and the row's position in the table as it came.
    origin : (n,) int64, optional
        Position of each row in the table as it came; None where that is its own.
    """

    xp: ModuleType
    cells: dict[str, Array]
    texts: dict[str, Texts]
    unreadable: dict[str, Array]
    raw: Callable[[str, int], object]
    origin: Array | None = None
    size: int = field(default=0)

    def __len__(self) -> int:
        return self.size

    def keep(self, kept: Array) -> None:
        """Leave out the rows that the mask does not name."""
        self.take(self.xp.flatnonzero(kept))

    def take(self, rows: Array) -> None:
        """Take these rows in this order."""
        for columns in (self.cells, self.unreadable):
            for name in columns:
                columns[name] = columns[name][rows]
        for name, texts in self.texts.items():
            self.texts[name] = type(texts)(texts.numbers[rows], texts.names)
        self.origin = rows if self.origin is None else self.origin[rows]
        self.size = len(rows)

    def sort(self) -> Array:
        """Sort by (code, date), rows without one of them first, and return which rows share both with another."""
        keys = self.keys()
        if bool((keys[1:] < keys[:-1]).any()):
            order = self.xp.argsort(keys, kind="stable")
            self.take(order)
            keys = keys[order]
        same = (keys[1:] == keys[:-1]) & (keys[1:] >= 0)
        edge = self.xp.zeros(1, dtype=bool)
        return self.xp.concatenate((edge, same)) | self.xp.concatenate((same, edge))

    def keys(self) -> Array:
        """Return one number per row that orders by (code, date), -1 where one of them is missing."""
        days, codes = self.cells["date"], self.texts["code"].numbers
        known = (days != NEVER) & (codes >= 0)
        if not bool(known.any()):
            return self.xp.full(len(self), -1)
        first = int(self.xp.where(known, days, np.iinfo(np.int64).max).min())
        span = int(self.xp.where(known, days, first).max()) - first + 1
        return self.xp.where(known, codes * span + (self.xp.where(known, days, first) - first), -1)

    def text(self, name: str, row: int) -> str:
        """Return a cell as messages show it: the one that came where it could not be read."""
        if name in self.unreadable and bool(self.unreadable[name][row]):
            return _shown(self.raw(name, row if self.origin is None else int(self.origin[row])))
        if name in self.texts:
            number = int(self.texts[name].numbers[row])
            return self.texts[name].names[number] if number >= 0 else "None"
        cell: Any = host(self.cells[name][row : row + 1])[0]
        if name in {"date", "list_date"}:
            return str(np.datetime64(int(cell), "D"))
        return _shown(cell)


def _shown(cell: object) -> str:
    return f"{cell:.10g}" if isinstance(cell, float | np.floating) else str(cell)
