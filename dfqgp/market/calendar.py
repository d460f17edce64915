"""The trading calendar: which days there are, and the ordinal of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dfqgp.errors import PanelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Days = NDArray[np.datetime64]

_SHOWN = 5


@dataclass(frozen=True, eq=False)
class Calendar:
    """Trading days and their ordinals.

    Parameters
    ----------
    days : ndarray of datetime64[D], shape (D,)
        Trading days, strictly increasing. Build it with :func:`calendar_of`, which sees to that.
    """

    days: Days

    def ordinals(self, dates: Days) -> NDArray[np.int64]:
        """Return the position of every date in the calendar.

        Parameters
        ----------
        dates : ndarray of datetime64
            Trading days, any order.

        Raises
        ------
        PanelError
            If a date is not a day of the calendar.

        Examples
        --------
        >>> days = np.array(["2024-01-02", "2024-01-03", "2024-01-05"], dtype="datetime64[D]")
        >>> calendar_of(days).ordinals(days[[2, 0]])
        array([2, 0])
        """
        dates = _as_days(dates)
        found = np.minimum(np.searchsorted(self.days, dates), len(self.days) - 1)
        _refuse_unknown(dates[self.days[found] != dates])
        return found.astype(np.int64)

    def trading_days_since(self, listed: Days, dates: Days) -> NDArray[np.int64]:
        """Return how many trading days after its listing each date lies: 0 on the first day, negative before.

        Parameters
        ----------
        listed : ndarray of datetime64, shape (n,)
            Listing dates; one that is no trading day counts as the next one. Before the calendar's first day holidays
            are not known and weekdays are counted. NaT was never listed and gives a negative number.
        dates : ndarray of datetime64, shape (n,)
            Days of the calendar.

        Raises
        ------
        PanelError
            If a date is not a day of the calendar.

        Examples
        --------
        >>> days = np.array(["2024-01-02", "2024-01-03", "2024-01-05"], dtype="datetime64[D]")
        >>> calendar_of(days).trading_days_since(days[[0, 1, 2]], days[[2, 2, 0]])
        array([ 2,  1, -2])
        """
        listed = _as_days(listed)
        first = np.searchsorted(self.days, listed).astype(np.int64)
        early = listed < self.days[0]
        first[early] = -np.busday_count(listed[early], self.days[0])
        return self.ordinals(dates) - first


def calendar_of(dates: Days, given: Days | None = None) -> Calendar:
    """Return the given calendar, or the union of the dates where none is given.

    Parameters
    ----------
    dates : ndarray of datetime64
        Dates of a table, any order, repeats allowed.
    given : ndarray of datetime64, optional
        Trading days that must contain all of ``dates``; it may reach further on both sides.

    Raises
    ------
    PanelError
        If there is no day at all, or a date is missing from the given calendar.

    Examples
    --------
    >>> calendar_of(np.array(["2024-01-03", "2024-01-02", "2024-01-03"], dtype="datetime64[D]")).days
    array(['2024-01-02', '2024-01-03'], dtype='datetime64[D]')
    """
    own = np.unique(_as_days(dates))
    if not own.size:
        raise PanelError(what="calendar", got="empty", expected="at least one date", remedy="pass a table with rows")
    if given is None:
        return Calendar(own)
    days = np.unique(_as_days(given))
    _refuse_unknown(np.setdiff1d(own, days))
    return Calendar(days)


def _as_days(dates: NDArray[Any]) -> Days:
    return np.asarray(dates).astype("datetime64[D]")


def _refuse_unknown(missing: Days) -> None:
    if missing.size:
        shown = ", ".join(str(day) for day in np.unique(missing)[:_SHOWN])
        raise PanelError(
            what="calendar",
            got=f"without {np.unique(missing).size} of the table's dates ({shown})",
            expected="every date of the table to be a trading day of it",
            remedy="extend the calendar or drop those rows",
        )
