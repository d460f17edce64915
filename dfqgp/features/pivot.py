"""From rows of a long table to cells of dates x codes matrices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dfqgp.errors import PanelError
from dfqgp.market.calendar import Calendar, calendar_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


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
    row_dates : ndarray of datetime64[D], shape (n,)
        Date of every row of the table.
    cells : ndarray of int64, shape (n,)
        Flat position of every row of the table in a (T, N) matrix.
    """

    calendar: Calendar
    origin: int
    dates: NDArray[np.datetime64]
    codes: NDArray[np.str_]
    row_dates: NDArray[np.datetime64]
    cells: NDArray[np.int64]

    @classmethod
    def of(cls, frame: pd.DataFrame, given: NDArray[np.datetime64] | None = None) -> Pivot:
        """Find the axes and cells of a long table.

        Parameters
        ----------
        frame : pandas.DataFrame
            With ``date`` and ``code``, in any order.
        given : ndarray of datetime64, optional
            Trading calendar; the union of the dates by default.

        Raises
        ------
        PanelError
            If there are no rows, a (date, code) stands twice, or the calendar lacks a date.
        """
        row_dates = frame["date"].to_numpy().astype("datetime64[D]")
        calendar = calendar_of(row_dates, given)
        ordinals = calendar.ordinals(row_dates)
        origin, last = int(ordinals.min()), int(ordinals.max())
        columns, codes = pd.factorize(frame["code"], sort=True)
        dates = calendar.days[origin : last + 1]
        cells = (ordinals - origin) * len(codes) + columns
        pivot = cls(calendar, origin, dates, np.array([str(code) for code in codes]), row_dates, cells)
        pivot.refuse_repeats()
        return pivot

    @property
    def shape(self) -> tuple[int, int]:
        """(T, N)."""
        return len(self.dates), len(self.codes)

    def matrix(self, values: NDArray[Any], missing: Any) -> NDArray[Any]:  # noqa: ANN401 - any scalar of the dtype
        """Return the (T, N) matrix of one value per row, in the dtype of the values; ``missing`` where no row is."""
        flat = np.full(self.shape[0] * self.shape[1], missing, dtype=values.dtype)
        flat[self.cells] = values
        return flat.reshape(self.shape)

    def refuse_repeats(self) -> None:
        """Raise PanelError when two rows go to one cell."""
        filled = np.bincount(self.cells, minlength=1)
        if filled.max() > 1:
            row, column = divmod(int(filled.argmax()), len(self.codes))
            raise PanelError(
                what=f"rows of ({self.dates[row]}, {self.codes[column]})",
                got=int(filled.max()),
                expected="one row per (date, code)",
                remedy="drop the repeats",
            )
