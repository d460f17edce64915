"""Settings of the sources: one flat record, of which each source reads its own part."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from dfqgp.errors import ConfigError, nearest
from dfqgp.sources.columns import UNITS

SOURCE_NAMES = ("synthetic", "files", "ashare_daily")


@dataclass(frozen=True)
class FileSettings:
    """Which files to read, and how their columns are called.

    Parameters
    ----------
    path : str
        A .csv, .csv.gz or .parquet file, a folder of them, or a glob pattern.
    columns : dict of str to str
        Our column name to the file's; columns that are not mentioned keep their name.
    scales : dict of str to float
        Factor by which one of our columns is multiplied after renaming, such as 0.01 for percent.
    units : dict of str to str
        Unit of further numeric columns (price, shares, currency, ratio, count); ratio where not mentioned.

    Raises
    ------
    ConfigError
        If a scale is not a finite number above 0 or a unit is unknown.
    """

    path: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    scales: dict[str, float] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for column, scale in self.scales.items():
            if not (math.isfinite(scale) and scale > 0):
                _refuse(f"scales.{column}", scale, "a finite number above 0")
        for column, unit in self.units.items():
            if unit not in UNITS:
                _refuse(f"units.{column}", unit, f"one of {', '.join(UNITS)}", nearest(unit, UNITS))


@dataclass(frozen=True)
class MarketSettings:
    """What the synthetic market looks like.

    Parameters
    ----------
    assets, days : int
        Number of stocks and of trading days.
    seed : int
        Seed of every random draw; same settings, same bytes.
    start : str
        ISO date; the first trading day is the first one on or after it.
    industries : int
        Number of industries, the first ones larger.
    listed_later : float
        Share of the stocks that list after the first day, in [0, 1).
    suspension_rate : float
        Chance that a stock starts a suspension on a day, in [0, 0.1].
    signal : float
        Multiplies the strength of every planted signal, in [0, 3]; 0 is a market without signals.

    Raises
    ------
    ConfigError
        If a value is outside its range.
    """

    assets: int = 200
    days: int = 750
    seed: int = 7
    start: str = "2019-01-02"
    industries: int = 12
    listed_later: float = 0.1
    suspension_rate: float = 0.002
    signal: float = 1.0

    def __post_init__(self) -> None:
        _within("assets", self.assets, 2, 100_000)
        _within("days", self.days, 2, 25_000)
        _within("seed", self.seed, 0, 2**63 - 1)
        _within("industries", self.industries, 1, 100)
        _within("listed_later", self.listed_later, 0.0, 0.9)
        _within("suspension_rate", self.suspension_rate, 0.0, 0.1)
        _within("signal", self.signal, 0.0, 3.0)
        try:
            np.datetime64(self.start, "D")
        except ValueError:
            _refuse("start", self.start, "an ISO date such as 2019-01-02")


@dataclass(frozen=True)
class SourceSettings(FileSettings, MarketSettings):
    """Settings of every source; ``name`` chooses which one reads them.

    Parameters
    ----------
    name : str
        ``synthetic`` (reads the fields of MarketSettings), ``files`` or ``ashare_daily`` (those of FileSettings).

    Raises
    ------
    ConfigError
        If the name is unknown, a file source has no path, or a path stands where no file is read.
    """

    name: str = "synthetic"

    def __post_init__(self) -> None:
        FileSettings.__post_init__(self)
        MarketSettings.__post_init__(self)
        if self.name not in SOURCE_NAMES:
            _refuse("name", self.name, f"one of {', '.join(SOURCE_NAMES)}", nearest(self.name, SOURCE_NAMES))
        if self.name == "synthetic" and self.path:
            _refuse("path", self.path, "no path with source=synthetic", "; choose source=files to read it")
        if self.name != "synthetic" and not self.path:
            _refuse("path", "nothing", "a file, folder or glob pattern", "; set source.path=FILE")


def _refuse(field_name: str, got: object, expected: str, hint: str = "") -> None:
    raise ConfigError(key=f"source.{field_name}", got=repr(got), expected=expected, hint=hint)


def _within(field_name: str, got: float, low: float, high: float) -> None:
    if not low <= got <= high:
        _refuse(field_name, got, f"a number from {low} to {high}")
