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
from typing import TYPE_CHECKING, Literal

import numpy as np

from dfqgp.errors import ConfigError, SourceError, nearest
from dfqgp.records import record
from dfqgp.sources.base import Partition, Source
from dfqgp.sources.contract import check
from dfqgp.sources.limits import limit_percent, limit_prices
from dfqgp.sources.read_files import FileReadSettings, fingerprint_files, read_mapped

if TYPE_CHECKING:
    import pandas as pd

    from dfqgp.sources.table import Table

logger = logging.getLogger(__name__)

COLUMNS = {"turnover": "turnover_pct"}
SCALES = {"turnover": 0.01}
FEATURES = ("pe_ttm", "pb_mrq", "ps_ttm", "pcf_ttm")
"""Further columns that become features wherever the table has them."""

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
    columns, scales, units
        Changes to the ready ones.
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

    def check(self, frame: pd.DataFrame) -> Table:
        """Check and derive the limits; raises DataContractError."""
        ready = [name for name in FEATURES if name in frame]
        table = check(
            # Empty columns here, filled later, so that the contract does not report a default for them.
            frame.assign(limit_up=np.nan, limit_down=np.nan),
            where=f"source {self.name} ({self.settings.path})",
            features=list(dict.fromkeys([*ready, "preclose", *self.settings.features])),
            units={"preclose": "price"} | self.settings.units,
        )
        return self._without_preclose(with_limits(table))

    def _without_preclose(self, table: Table) -> Table:
        """Leave out what only the limits need, unless it was asked for."""
        if "preclose" in self.settings.features:
            return table
        units = {name: unit for name, unit in table.units.items() if name != "preclose"}
        return replace(table, frame=table.frame.drop(columns="preclose"), units=units)


def with_limits(table: Table) -> Table:
    """Return the table with ``limit_up`` and ``limit_down`` derived from its ``preclose``.

    Parameters
    ----------
    table : Table
        Checked table with the further numeric column ``preclose``.

    Returns
    -------
    Table
        Limits rounded half up to the cent, NaN where preclose is missing or the day's prices broke them.
    """
    frame = table.frame
    codes = frame["code"].to_numpy(dtype=np.str_)
    percent = limit_percent(codes, frame["date"].to_numpy(), frame["is_st"].to_numpy())
    up, down = limit_prices(frame["preclose"].to_numpy(), percent)
    broken = (frame["high"].to_numpy() > up + _HALF_CENT) | (frame["low"].to_numpy() < down - _HALF_CENT)
    broken &= frame["is_trading"].to_numpy()
    logger.info("source ashare_daily: %d rows traded beyond the derived limits and have none", int(broken.sum()))
    limits = {"limit_up": np.where(broken, np.nan, up), "limit_down": np.where(broken, np.nan, down)}
    return replace(table, frame=frame.assign(**limits))
