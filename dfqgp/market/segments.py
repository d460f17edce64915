"""Segments of time: train, validation and the sealed holdout, with a purge at every border.

A label of day t looks at rows up to t + reach (``LabelSettings.reach``). The last ``reach`` rows of a segment would
look across its border, so they are purged: a segment scores rows ``start`` to ``scored_stop`` - 1 and reads none past
``stop`` - 1.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import AfterValidator, Field

from dfqgp.errors import ConfigError
from dfqgp.records import record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


def _check_day(text: str) -> str:
    try:
        dt.date.fromisoformat(text or "2000-01-01")
    except ValueError:
        raise ValueError("Input should be a date such as 2023-01-31") from None
    return text


Share = Annotated[float, Field(gt=0, lt=1)]
Day = Annotated[str, AfterValidator(_check_day)]


@record("segments", ConfigError)
class SegmentSettings:
    """How the days are shared out.

    Parameters
    ----------
    train, valid, holdout : float
        Fractions of the days, each above 0, together 1. Not used when the dates are given.
    valid_start, holdout_start : str
        First day of the validation and of the holdout as ISO dates; both or, as the empty string, neither.
    min_scored_days : int
        Fewest days that a segment must have left after the purge.

    Raises
    ------
    ConfigError
        If the fractions do not add up to 1, or a date is no ISO date, out of order or alone.
    """

    train: Share = 0.6
    valid: Share = 0.2
    holdout: Share = 0.2
    valid_start: Day = ""
    holdout_start: Day = ""
    min_scored_days: Annotated[int, Field(ge=1)] = 20

    def __post_init__(self) -> None:
        total = self.train + self.valid + self.holdout
        if not math.isclose(total, 1.0, abs_tol=1e-6):
            _refuse("train + valid + holdout", total, "1")
        dates = (self.valid_start, self.holdout_start)
        if bool(self.valid_start) != bool(self.holdout_start):
            _refuse("valid_start and holdout_start", dates, "both dates or neither")
        if self.valid_start and dt.date.fromisoformat(dates[0]) >= dt.date.fromisoformat(dates[1]):
            _refuse("holdout_start", self.holdout_start, f"a day after valid_start, {self.valid_start}")


@dataclass(frozen=True)
class Segment:
    """A stretch of rows: ``start`` to ``stop`` - 1 may be read, ``start`` to ``scored_stop`` - 1 are scored."""

    name: str
    start: int
    stop: int
    scored_stop: int

    @property
    def scored(self) -> slice:
        """The rows whose labels lie inside the segment."""
        return slice(self.start, self.scored_stop)


@dataclass(frozen=True)
class Segments:
    """The three segments in time order."""

    train: Segment
    valid: Segment
    holdout: Segment

    def __iter__(self) -> Iterator[Segment]:
        return iter((self.train, self.valid, self.holdout))

    @property
    def search_stop(self) -> int:
        """Row after the last one that a search may hold: the sealed holdout begins here."""
        return self.valid.stop


def split(dates: NDArray[np.datetime64], settings: SegmentSettings, reach: int) -> Segments:
    """Cut the days into train, validation and holdout, and purge the reach of the labels at the end of each.

    Parameters
    ----------
    dates : ndarray of datetime64[D], shape (T,)
        Trading days, strictly increasing.
    settings : SegmentSettings
        Fractions or first days.
    reach : int
        Rows after t that a label of day t may read, at least 1, see :attr:`LabelSettings.reach`.

    Raises
    ------
    ConfigError
        If a segment keeps fewer than ``min_scored_days`` days to score.

    Examples
    --------
    >>> days = np.arange("2024-01-01", "2024-04-10", dtype="datetime64[D]")
    >>> split(days, SegmentSettings(min_scored_days=5), reach=6).valid
    Segment(name='valid', start=60, stop=80, scored_stop=74)
    """
    borders = (0, *_borders(dates, settings), len(dates))
    names = ("train", "valid", "holdout")
    parts = [
        Segment(name, start, stop, stop - reach) for name, start, stop in zip(names, borders, borders[1:], strict=False)
    ]
    for part in parts:
        _check_length(part, dates, settings.min_scored_days)
    return Segments(*parts)


def _borders(dates: NDArray[np.datetime64], settings: SegmentSettings) -> tuple[int, int]:
    if settings.valid_start:
        first_days = [dt.date.fromisoformat(day) for day in (settings.valid_start, settings.holdout_start)]
        valid, holdout = np.searchsorted(dates, np.array(first_days, dtype="datetime64[D]"))
        return int(valid), int(holdout)
    return round(len(dates) * settings.train), round(len(dates) * (settings.train + settings.valid))


def _check_length(part: Segment, dates: NDArray[np.datetime64], least: int) -> None:
    days = max(part.scored_stop - part.start, 0)
    if days < least:
        span = f"{dates[0]} .. {dates[-1]}, {len(dates)} days" if len(dates) else "no days"
        purged = part.stop - part.scored_stop
        _refuse(
            part.name,
            f"a segment of {part.stop - part.start} days, {days} of them to score after a purge of {purged}",
            f"at least {least} to score (the panel has {span}); use more days, other borders, or a shorter "
            "label.horizon or label.delay",
        )


def _refuse(name: str, got: object, expected: str) -> None:
    raise ConfigError(key=f"segments.{name}", got=got, expected=expected, hint="")
