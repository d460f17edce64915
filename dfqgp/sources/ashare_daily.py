"""Daily A-share tables in a common vendor layout, ready mapped, with the exchanges' price limits derived.

The layout: date, code (``000001.SZ``), raw open, high, low, close and preclose, cumulative adj_factor, volume in
shares, amount in CNY, turnover_pct in percent, is_trading, is_st, float_mktcap, industry, and the ratios of FEATURES.

Such a table does not say on which days a stock had no limit (the first days after a listing or a relisting). Where the
day's prices broke the derived limit, there was none that day, and it becomes NaN; on the other days without a limit the
derived one stays, and can only make a stock count as harder to trade than it was.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeVar

import numpy as np

from dfqgp.errors import ConfigError, SourceError, nearest
from dfqgp.records import record
from dfqgp.sources.base import Partition, Source
from dfqgp.sources.columnar import Request, load_on_device
from dfqgp.sources.contract import check
from dfqgp.sources.contract.columns import LIMITS
from dfqgp.sources.limits import CHINEXT_REFORM, limit_percent, limit_prices
from dfqgp.sources.read_files import FileReadSettings, fingerprint_files, read_mapped

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    import pandas as pd

    from dfqgp.frames import Array, Columns
    from dfqgp.sources.contract import Table

Value = TypeVar("Value")

logger = logging.getLogger(__name__)

COLUMNS = {"turnover": "turnover_pct"}
SCALES = {"turnover": 0.01}
FEATURES = ("pe_ttm", "pb_mrq", "ps_ttm", "pcf_ttm")
"""Further columns that become features wherever the table has them."""

UNITS = {"preclose": "price"}

# Raise it when the derived columns change.
_VERSION = "1"

_HALF_CENT = 0.005


@record("source", ConfigError)
class AshareDailySettings(FileReadSettings):
    """Settings of :class:`AshareDailySource`.

    Parameters
    ----------
    name : {"ashare_daily"}
        Chooses this source.
    path : str
        See FileReadSettings.
    columns, scales, units, frames
        See FileReadSettings; the first three are changes to the ready ones.
    features : tuple of str
        Further numeric columns that become features beside those of FEATURES.

    Raises
    ------
    ConfigError
        If the path is empty, a scale is not a finite number above 0 or a unit is unknown.
    """

    name: Literal["ashare_daily"] = "ashare_daily"

    def open(self) -> Source:
        """Return the source; nothing is read yet."""
        return AshareDailySource(self)


class AshareDailySource(Source):
    """Daily A-share table(s) in the layout above; entries of the user's maps replace the ready ones.

    Parameters
    ----------
    settings : AshareDailySettings
        The path, and changes to the ready column map, scales and units.
    """

    name = "ashare_daily"

    def __init__(self, settings: AshareDailySettings) -> None:
        self.settings = replace(settings, columns=COLUMNS | settings.columns, scales=SCALES | settings.scales)
        self.treatment = self.settings

    def partitions(self) -> list[Partition]:
        """Return one partition: the files' bytes, the settings but the path and the limit rules decide it."""
        return [Partition(fingerprint_files(self.name, self.settings, _VERSION))]

    def read(self, partition: Partition) -> pd.DataFrame:  # noqa: ARG002 - there is one
        """Read, rename and scale; raises SourceError."""
        frame = read_mapped(self.name, self.settings)
        if "preclose" not in frame:
            raise SourceError(
                name=self.name,
                problem=f"no column 'preclose'{nearest('preclose', map(str, frame.columns))}",
                expected="the previous close, from which the price limits follow",
                remedy="set source.columns.preclose, or use source=files, which derives nothing",
            )
        return frame

    def load(self) -> Table:
        """Read and check, by pandas or on a device, and derive the limits; see :meth:`Source.load`."""
        if self.settings.frames == "pandas":
            return super().load()
        features = ("preclose", *self.settings.features)
        request = Request(self.name, self.settings, features, ready=FEATURES, derived=LIMITS, units=UNITS)
        return self._completed(load_on_device(request))

    def check(self, frame: pd.DataFrame) -> Table:
        """Check and derive the limits; raises DataContractError."""
        ready = [name for name in FEATURES if name in frame]
        table = check(
            frame,
            where=f"source {self.name} ({self.settings.path})",
            features=list(dict.fromkeys([*ready, "preclose", *self.settings.features])),
            units=UNITS | self.settings.units,
            treatment=self.settings,
            derived=LIMITS,
        )
        return self._completed(table)

    def _completed(self, table: Table) -> Table:
        """Add the limits, and leave out what only they need, unless it was asked for."""
        columns = with_limits(table.columns)
        if "preclose" in self.settings.features:
            return replace(table, columns=columns)
        return replace(table, columns=replace(columns, numbers=_without(columns.numbers)), units=_without(table.units))


def with_limits(columns: Columns) -> Columns:
    """Return the columns with ``limit_up`` and ``limit_down`` derived from ``preclose``, where they are.

    The board is a property of a code; what varies by row is whether the stock is ST and whether ChiNext was reformed.

    Parameters
    ----------
    columns : Columns
        Of a checked table, with the further numeric column ``preclose``.

    Returns
    -------
    Columns
        Limits rounded half up to the cent, NaN where preclose is missing or the day's prices broke them.
    """
    codes = np.array(columns.codes, dtype=np.str_)
    days = (CHINEXT_REFORM - 1, CHINEXT_REFORM)
    table = np.array([[limit_percent(codes, np.full(len(codes), day), np.full(len(codes), st)) for st in (False, True)]
                      for day in days])  # fmt: skip
    late = columns.days >= int(CHINEXT_REFORM.astype(np.int64))
    rows = late.astype(np.int64), columns.flags["is_st"].astype(np.int64), columns.assets
    percent = columns.xp.asarray(table)[rows]
    limits = _limits(columns.xp, {**columns.numbers, **columns.flags}, percent)
    return replace(columns, numbers={**columns.numbers, **limits})


def _without(by_name: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in by_name.items() if name != "preclose"}


def _limits(xp: ModuleType, cells: Mapping[str, Array], percent: Array) -> dict[str, Array]:
    """Return the limits of each row, NaN where the day's prices broke them."""
    up, down = limit_prices(cells["preclose"], percent, xp)
    broken = (cells["high"] > up + _HALF_CENT) | (cells["low"] < down - _HALF_CENT)
    broken &= cells["is_trading"]
    logger.info("source ashare_daily: %d rows traded beyond the derived limits and have none", int(broken.sum()))
    return {"limit_up": xp.where(broken, np.nan, up), "limit_down": xp.where(broken, np.nan, down)}
