"""Settings of minute bars and of the features made of them."""

from __future__ import annotations

import itertools
import re
from dataclasses import field
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from dfqgp.errors import ConfigError, nearest
from dfqgp.features.intraday.spec import INTRADAY
from dfqgp.records import plain, record

Stamp = Literal["end", "start"]

_SESSION = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_PLACES = ("path", "features", "max_rows")  # where the bars are and what is taken of them: no day's values change


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("Input should be a time zone such as Asia/Shanghai") from None
    return name


def _session(text: str) -> str:
    if not _SESSION.fullmatch(text):
        raise ValueError("Input should be a session such as 09:30-11:30")
    return text


@record("intraday", ConfigError)
class IntradaySettings:
    """Which minute bars there are, how they are read, and which features of them join the panel.

    Parameters
    ----------
    path : str
        A Parquet file, a folder of them (its folders included) or a glob pattern; empty for no bars.
    columns : dict of str to str
        Our column name to the file's; columns that are not mentioned keep their name.
    scales : dict of str to float
        Factor by which a numeric column is multiplied after renaming, such as 100 for a volume in lots.
    features : tuple of str
        Features that join the panel; empty for all.
    timezone : str
        Zone of the exchange: aware stamps are converted to it before date and time are taken.
    stamp : {"end", "start"}
        Which end of its bar a stamp names.
    sessions : tuple of str
        Trading sessions of a day, both ends included, as ``HH:MM-HH:MM``. Bars outside them are left out.
    bar_minutes : int
        Length of a bar.
    min_share : float
        Bars with trades that a stock needs for a value that day, as a share of the bars of a whole day.
    amount : {"typical", "refuse"}
        Where there is no amount column: (high + low + close) / 3 x volume, or an error.
    on_bad : {"refuse", "drop"}
        What to do with bars that break a rule: an error that lists them, or leave them out and count them.
    bad_limit : float
        Largest share of a day's bars that ``drop`` may leave out; more is an error.
    max_rows : int
        Bars that may be in memory at once. One day needs less where each file holds one day.

    Raises
    ------
    ConfigError
        For a value that cannot be meant, an unknown feature, or sessions that are not in time order.
    """

    path: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    scales: dict[str, Annotated[float, Field(gt=0)]] = field(default_factory=dict)
    features: tuple[str, ...] = ()
    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    stamp: Stamp = "end"
    sessions: Annotated[tuple[Annotated[str, AfterValidator(_session)], ...], Field(min_length=1)] = (
        "09:30-11:30",
        "13:00-15:00",
    )
    bar_minutes: Annotated[int, Field(ge=1)] = 1
    min_share: Annotated[float, Field(gt=0, le=1)] = 0.5
    amount: Literal["typical", "refuse"] = "typical"
    on_bad: Literal["refuse", "drop"] = "refuse"
    bad_limit: Annotated[float, Field(ge=0, le=1)] = 0.001
    max_rows: Annotated[int, Field(ge=1)] = 8_000_000

    def __post_init__(self) -> None:
        for name in self.features:
            if name not in INTRADAY:
                expected = "intraday features: " + ", ".join(each.name for each in INTRADAY)
                hint = nearest(name, [each.name for each in INTRADAY])
                raise ConfigError(key="intraday.features", got=repr(name), expected=expected, hint=hint)
        ends = [end for session in self.minutes_of_day() for end in session]
        if any(after <= before for before, after in itertools.pairwise(ends)):
            expected = "sessions in time order, none reaching into the next"
            raise ConfigError(key="intraday.sessions", got=list(self.sessions), expected=expected, hint="")

    def minutes_of_day(self) -> tuple[tuple[int, int], ...]:
        """Return the minutes after midnight at which each session starts and ends.

        Examples
        --------
        >>> IntradaySettings().minutes_of_day()
        ((570, 690), (780, 900))
        """
        parts = [[int(part) for part in re.split("[:-]", session)] for session in self.sessions]
        return tuple((60 * a + b, 60 * c + d) for a, b, c, d in parts)

    def length(self) -> int:
        """Return the trading minutes of a whole day."""
        return sum(end - start for start, end in self.minutes_of_day())

    def least_bars(self) -> int:
        """Return the bars with trades that a stock needs on a day.

        Examples
        --------
        >>> IntradaySettings().least_bars(), IntradaySettings(bar_minutes=5).least_bars()
        (120, 24)
        """
        return max(1, -int(-self.min_share * self.length() // self.bar_minutes))

    def values(self) -> dict[str, object]:
        """Return what decides a day's values beside its bars, as plain data."""
        return {name: value for name, value in plain(self).items() if name not in _PLACES}

    def place(self) -> str:
        """Return the absolute path of the bars."""
        return str(Path(self.path).expanduser().absolute())

    def chosen(self) -> tuple[str, ...]:
        """Return the features that join the panel, in the order of their declaration."""
        return tuple(each.name for each in INTRADAY if not self.features or each.name in self.features)
