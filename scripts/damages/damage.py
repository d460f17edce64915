"""What a damage is, and the good table that it is done to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from dfqgp.sources import SyntheticSettings, open_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Frame = pd.DataFrame

Outcome = Literal["refused", "repaired", "reported", "harmless", "not noticed"]
"""Refused: an error. Repaired: made good, and counted. Reported: a finding of the quality report. Harmless: the panel
is the one of the good table. Not noticed: another panel, and nothing says so."""


@dataclass(frozen=True)
class Damage:
    """One way in which a table is wrong.

    Parameters
    ----------
    what : str
        The damage in words.
    edit : callable
        Takes a good table and returns the damaged one.
    outcome : Outcome
        What has to become of it.
    words : str
        Part of the message that says so.
    options : dict
        Keywords of ``Panel.from_frame``: how the user asked for the table to be taken.
    """

    what: str
    edit: Callable[[Frame], Frame]
    outcome: Outcome
    words: str = ""
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FileDamage:
    """One way in which a file is wrong; ``write`` takes a folder and a good table and returns the file."""

    what: str
    write: Callable[[Path, Frame], Path]
    outcome: Outcome
    words: str = ""


def good_table(assets: int = 60, days: int = 300) -> Frame:
    """Return the table that damages are done to: the synthetic market, sorted by code and date."""
    return open_source(SyntheticSettings(assets=assets, days=days, seed=11)).load().frame


def days_of(frame: Frame) -> np.ndarray:
    """Return the trading days, ascending."""
    return np.unique(frame["date"])


def one_code(frame: Frame) -> str:
    """Return the code that damages of a single stock are done to: one with rows on every day, in the middle."""
    counts = frame.groupby("code").size()
    whole = counts.index[counts == counts.max()]
    return str(whole[len(whole) // 2])


def of_one(frame: Frame) -> pd.Series:
    """Mask of the rows of that stock."""
    return frame["code"] == one_code(frame)


def late(frame: Frame) -> pd.Series:
    """Mask of the rows of the second half of the days."""
    days = days_of(frame)
    return frame["date"] >= days[len(days) // 2]


def one_row(frame: Frame) -> pd.Series:
    """Mask of a single trading row of that stock."""
    rows = np.flatnonzero(of_one(frame) & frame["is_trading"])
    return pd.Series(np.arange(len(frame)) == rows[len(rows) // 2], index=frame.index)


def every(frame: Frame) -> pd.Series:
    """Mask of all rows."""
    return pd.Series(data=True, index=frame.index)


def times(
    columns: tuple[str, ...], factor: float, rows: Callable[[Frame], pd.Series] = every
) -> Callable[[Frame], Frame]:
    """Return an edit that multiplies columns on some rows."""

    def edit(frame: Frame) -> Frame:
        mask = rows(frame)
        return frame.assign(**{name: frame[name].astype(float).where(~mask, frame[name] * factor) for name in columns})

    return edit


def put(column: str, value: object, rows: Callable[[Frame], pd.Series] = one_row) -> Callable[[Frame], Frame]:
    """Return an edit that writes one value into a column on some rows."""

    def edit(frame: Frame) -> Frame:
        old = frame[column] if column in frame else pd.Series(np.nan, index=frame.index)
        return frame.assign(**{column: old.astype(object).where(~rows(frame), value)})

    return edit


def by_code(column: str, change: Callable[[Any], pd.Series]) -> Callable[[Frame], Frame]:
    """Return an edit that changes a column stock by stock."""
    return lambda frame: frame.assign(**{column: change(frame.groupby("code")[column])})


def some(share: float) -> Callable[[Frame], pd.Series]:
    """Return a chooser of a share of the rows, always the same ones."""

    def rows(frame: Frame) -> pd.Series:
        return pd.Series(np.random.default_rng(5).random(len(frame)) < share, index=frame.index)

    return rows
