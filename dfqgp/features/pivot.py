"""From rows of a long table to cells of dates x codes matrices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dfqgp.errors import PanelError
from dfqgp.frames import host
from dfqgp.market.calendar import Calendar, calendar_of

if TYPE_CHECKING:
    from types import ModuleType

    from numpy.typing import NDArray

    from dfqgp.frames import Array, Columns


@dataclass(frozen=True, eq=False)
class Pivot:
    """Axes of a panel, and the cell that each row of the long table goes to.

    Parameters
    ----------
    calendar : Calendar
        All trading days known.
    origin : int
        Ordinal of the first row.
    dates : ndarray of datetime64[D], shape (T,)
        Days of the calendar from the table's first to its last.
    codes : ndarray of str, shape (N,)
        Sorted and distinct.
    cells : (n,) int64
        Flat position of every row of the table in a (T, N) matrix, where the table is.
    xp : module
        NumPy or CuPy: where the table is.
    """

    calendar: Calendar
    origin: int
    dates: NDArray[np.datetime64]
    codes: NDArray[np.str_]
    cells: Array
    xp: ModuleType

    @classmethod
    def of(cls, columns: Columns, given: NDArray[np.datetime64] | None = None) -> Pivot:
        """Find the axes and cells of a long table.

        Parameters
        ----------
        columns : Columns
            Rows in any order.
        given : ndarray of datetime64, optional
            Trading calendar; the union of the dates by default.

        Raises
        ------
        PanelError
            If there are no rows, a (date, code) stands twice, or the calendar lacks a date.
        """
        first, seen = _days_seen(columns)
        own = (first + np.flatnonzero(seen)).astype("datetime64[D]")
        calendar = calendar_of(own, given)
        ordinals = calendar.ordinals(own)
        origin, last = int(ordinals[0]), int(ordinals[-1])
        row_of_day = np.full(len(seen), -1)
        row_of_day[seen] = ordinals - origin
        rows = columns.xp.asarray(row_of_day)[columns.days - first]
        cells = rows * len(columns.codes) + columns.assets
        pivot = cls(
            calendar, origin, calendar.days[origin : last + 1], np.array(columns.codes, dtype=str), cells, columns.xp
        )
        pivot.refuse_repeats()
        return pivot

    @property
    def shape(self) -> tuple[int, int]:
        """(T, N)."""
        return len(self.dates), len(self.codes)

    def matrix(self, values: Array, missing: Any) -> NDArray[Any]:  # noqa: ANN401 - any scalar of the dtype
        """Return the (T, N) matrix of one value per row, in the dtype of the values; ``missing`` where no row is.

        It is laid out where the table is, and comes to host memory as a whole.
        """
        flat = self.xp.full(self.shape[0] * self.shape[1], missing, dtype=values.dtype)
        flat[self.cells] = values
        return host(flat).reshape(self.shape)

    def refuse_repeats(self) -> None:
        """Raise PanelError when two rows go to one cell."""
        filled = self.xp.bincount(self.cells, minlength=1)
        if int(filled.max()) > 1:
            row, column = divmod(int(filled.argmax()), len(self.codes))
            raise PanelError(
                what=f"rows of ({self.dates[row]}, {self.codes[column]})",
                got=int(filled.max()),
                expected="one row per (date, code)",
                remedy="drop the repeats",
            )


def _days_seen(columns: Columns) -> tuple[int, NDArray[np.bool_]]:
    """Return the first day, and for every day from it to the last whether the table has it."""
    if not len(columns.days):
        return 0, np.zeros(0, dtype=bool)
    first = int(columns.days.min())
    return first, host(columns.xp.bincount(columns.days - first) > 0)
