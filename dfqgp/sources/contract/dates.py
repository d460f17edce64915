"""Dates: from stamps of any form to days, by the distinct stamps of a column."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Stamps = pd.Series[Any]

_OFFSET = re.compile(r"\d[T ]\d.*(Z|[+-]\d\d(:?\d\d)?)\s*$", re.IGNORECASE)

SUNDAY_MARKETS = frozenset(
    f"{area}/{city}"
    for area, cities in (
        ("Asia", "Riyadh Jerusalem Tel_Aviv Qatar Kuwait Bahrain Muscat Amman Baghdad Damascus Dhaka Kathmandu Gaza"),
        ("Africa", "Cairo Algiers Tripoli Khartoum"),
    )
    for city in cities.split()
)
"""Zones of markets that trade from Sunday to Thursday."""

_FRIDAY, _SUNDAY = 4, 6
_SUNDAYS = 4
_FEW = 0.05


def days_of(distinct: Any, timezone: str) -> tuple[NDArray[np.int64], str | None]:  # noqa: ANN401 - an array or index of anything
    """Return the day of each distinct cell of a column of dates.

    Parameters
    ----------
    distinct : array or index
        Cells that are not missing: time stamps, ISO text, or YYYYMMDD as text or number.
    timezone : str
        Stamps with an offset are converted to it before their date is taken; of others the time of day is cut off.

    Returns
    -------
    days : int64
        Days since 1970-01-01; NEVER for a cell that is no date.
    doubt : str or None
        Why the dates cannot be meant as they stand.

    Examples
    --------
    >>> days, _ = days_of(["2024-01-02", "2024-01-02T16:00:00Z", 20240104], "Asia/Shanghai")
    >>> days.astype("datetime64[D]").tolist()
    [datetime.date(2024, 1, 2), datetime.date(2024, 1, 3), datetime.date(2024, 1, 4)]
    """
    cells = pd.Series(distinct)
    if not pd.api.types.is_datetime64_any_dtype(cells.dtype):
        cells = cells.astype(object)
        aware = cells.map(_has_offset).to_numpy(dtype=bool)
        naive = _parsed(cells[~aware].map(_date_text))
        known = _local(_parsed(cells[aware].map(_utc), utc=True), timezone)
        stamps = pd.concat([naive, known]).sort_index()
    elif isinstance(cells.dtype, pd.DatetimeTZDtype):
        stamps, naive = _local(cells, timezone), cells[:0]
    else:
        stamps = naive = cells
    return stamps.to_numpy().astype("datetime64[D]").astype(np.int64), _written_in_utc(naive, timezone)


def fall_on_sundays(days: NDArray[np.int64], timezone: str) -> bool:
    """Whether distinct days look like those of a Monday to Friday market written a day too early."""
    weekday = (days + 3) % 7  # 1970-01-01 was a Thursday
    sundays = int((weekday == _SUNDAY).sum())
    early = sundays >= _SUNDAYS and len(days) <= 10 * sundays and not (weekday == _FRIDAY).any()
    return early and timezone not in SUNDAY_MARKETS


def _written_in_utc(naive: Stamps, timezone: str) -> str | None:
    """Say so if every stamp without a zone is a midnight of the market, written in UTC.

    Stamps of Fridays say that 16:00 is the close of a market of this very zone, or of another one.
    """
    known = naive.dropna()
    if known.empty or (known == known.dt.normalize()).any() or (known.dt.day_of_week == _FRIDAY).mean() > _FEW:
        return None
    local = _local(known.dt.tz_localize("UTC"), timezone)
    if not (local == local.dt.normalize()).all():
        return None
    return f"dates look like UTC: {known.iloc[0]} is a midnight of {timezone}, written in UTC without an offset"


def _has_offset(cell: object) -> bool:
    if isinstance(cell, str):
        return _OFFSET.search(cell) is not None
    return isinstance(cell, dt.datetime) and cell.tzinfo is not None


def _utc(cell: Any) -> Any:  # noqa: ANN401 - text or a stamp
    """Python's stamps in UTC, so that several offsets go into one column; pandas reads those of a text."""
    return cell if isinstance(cell, str) else cell.astimezone(dt.UTC)


def _parsed(cells: Stamps, *, utc: bool = False) -> Stamps:
    return pd.to_datetime(cells, format="ISO8601", errors="coerce", utc=utc).astype(
        "datetime64[us, UTC]" if utc else "datetime64[us]"
    )


def _local(stamps: Stamps, timezone: str) -> Stamps:
    return stamps.dt.tz_convert(timezone).dt.tz_localize(None)


def _date_text(cell: Any) -> Any:  # noqa: ANN401 - a cell of a raw table can be anything
    """Digits of a whole number, nothing for a fraction, and any other cell itself."""
    if not isinstance(cell, int | float | np.integer | np.floating):
        return cell
    return str(int(cell)) if np.isfinite(cell) and cell == cell // 1 else None
