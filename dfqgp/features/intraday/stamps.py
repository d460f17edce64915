"""Stamps of bars: text, numbers and time stamps to wall-clock time at the exchange, and that to trading minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MINUTE = 60_000_000
DAY = 1440 * MINUTE
STAMP = pa.timestamp("us")

_DIGITS = {12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S", 17: "%Y%m%d%H%M%S%f"}


def wall_clock(stamps: pa.Array, timezone: str) -> pa.Array:
    """Return naive time stamps of the exchange in microseconds; null where there is none.

    Parameters
    ----------
    stamps : pyarrow.Array
        Time stamps, naive ones taken as they are; ISO text; or text and whole numbers of 12, 14 or 17 digits, such as
        20240102093100 or 20240102093100000.
    timezone : str
        Zone to which aware stamps, and text with an offset, are converted.

    Raises
    ------
    ValueError
        If a cell is none of these; the message shows it.

    Examples
    --------
    >>> wall_clock(pa.array(["2024-01-02 09:31:00", "20240102093200000"]), "Asia/Shanghai").to_pylist()[1]
    datetime.datetime(2024, 1, 2, 9, 32)
    >>> wall_clock(pa.array(["2024-01-02T01:31:00Z"]), "Asia/Shanghai").to_pylist()
    [datetime.datetime(2024, 1, 2, 9, 31)]
    """
    if pa.types.is_timestamp(stamps.type):
        if stamps.type.tz is None:
            return stamps.cast(STAMP, safe=False)
        return pc.local_timestamp(stamps.cast(pa.timestamp("us", tz=timezone), safe=False))
    if pa.types.is_integer(stamps.type):
        stamps = stamps.cast(pa.string())
    if pa.types.is_dictionary(stamps.type):
        stamps = stamps.cast(stamps.type.value_type)
    if not (pa.types.is_string(stamps.type) or pa.types.is_large_string(stamps.type)):
        raise ValueError(f"{stamps.type} is no time stamp")
    encoded = stamps.dictionary_encode()
    read = {text: _read(text, timezone) for text in encoded.dictionary.to_pylist()}
    return pa.array(list(read.values()), type=STAMP).take(encoded.indices)


def _read(text: str, timezone: str) -> pd.Timestamp:
    try:
        if text.isdecimal():
            return pd.to_datetime(text, format=_DIGITS[len(text)])
        stamp = pd.Timestamp(text)
    except (KeyError, ValueError):
        raise ValueError(f"'{text}' is no time stamp") from None
    if ":" not in text:
        raise ValueError(f"'{text}' has no date and time of day")
    return stamp if stamp.tz is None else stamp.tz_convert(timezone).tz_localize(None)


def trading_minutes(stamps: NDArray[np.int64], sessions: Sequence[tuple[int, int]]) -> NDArray[np.float64]:
    """Return the trading minutes that have passed at each stamp; NaN outside the sessions, whose ends belong to them.

    Parameters
    ----------
    stamps : (n,) int64
        Microseconds.
    sessions : sequence of (int, int)
        Minutes after midnight at which each session starts and ends.

    Examples
    --------
    >>> minutes = np.array([570, 571, 690, 700, 780, 900, 901]) * MINUTE
    >>> trading_minutes(minutes, [(570, 690), (780, 900)]).tolist()
    [0.0, 1.0, 120.0, nan, 120.0, 240.0, nan]
    """
    clock = (stamps % DAY) / MINUTE
    passed, before = np.full(len(stamps), np.nan), 0
    for start, end in sessions:
        inside = (clock >= start) & (clock <= end)
        passed[inside] = before + clock[inside] - start
        before += end - start
    return passed
