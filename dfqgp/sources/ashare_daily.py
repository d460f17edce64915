"""Daily A-share tables in a common vendor layout, ready mapped, with the exchanges' price limits derived.

The layout: date, code (``000001.SZ``), raw open, high, low, close and preclose, cumulative adj_factor, volume in
shares, amount in CNY, turnover_pct in percent, is_trading, is_st, float_mktcap, industry, and ratios such as pe_ttm and
pb_mrq, which become features under their own names.

Such a table does not say on which days a stock had no limit (the first days after a listing or a relisting). Where the
day's prices broke the derived limit, there was none that day, and it becomes NaN; on the other days without a limit the
derived one stays, and can only make a stock count as harder to trade than it was.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dfqgp.errors import SourceError, nearest
from dfqgp.sources.contract import check
from dfqgp.sources.files import fingerprint_files, read_mapped
from dfqgp.sources.limits import board_percent, limit_prices

if TYPE_CHECKING:
    from dfqgp.sources.base import Table
    from dfqgp.sources.settings import FileSettings

logger = logging.getLogger(__name__)

COLUMNS = {"turnover": "turnover_pct"}
SCALES = {"turnover": 0.01}

# Raise it when the derived columns change.
_VERSION = "1"


class AshareDailySource:
    """Daily A-share table(s) in the layout above; entries of the user's maps replace the ready ones.

    Parameters
    ----------
    settings : FileSettings
        The path, and changes to the ready column map, scales and units.
    """

    name = "ashare_daily"

    def __init__(self, settings: FileSettings) -> None:
        self.settings = replace(settings, columns=COLUMNS | settings.columns, scales=SCALES | settings.scales)

    def fingerprint(self) -> str:
        """Return a hex digest of the files' bytes, the maps and the versions of contract and limit rules."""
        return fingerprint_files(self.name, self.settings, _VERSION)

    def load(self) -> Table:
        """Read, derive the limits and check; raises SourceError or DataContractError."""
        frame = read_mapped(self.name, self.settings)
        where = f"source {self.name} ({self.settings.path})"
        return check(with_limits(frame), where=where, units=self.settings.units)


def with_limits(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table with ``limit_up`` and ``limit_down`` in place of ``preclose``.

    Parameters
    ----------
    frame : pandas.DataFrame
        Long table with date, code, high, low, is_st and preclose.

    Returns
    -------
    pandas.DataFrame
        Limits rounded half up to the cent, NaN where preclose is missing or the day's prices broke them.

    Raises
    ------
    SourceError
        If one of the columns is missing.
    """
    _require(frame, ("date", "code", "high", "low", "is_st", "preclose"))
    codes = frame["code"].astype(str).to_numpy(dtype=np.str_)
    percent = board_percent(codes, pd.to_datetime(frame["date"]).to_numpy(), frame["is_st"].to_numpy(dtype=bool))
    up, down = limit_prices(frame["preclose"].to_numpy(dtype=np.float64), percent)
    broken = (frame["high"].to_numpy() > up + 0.001) | (frame["low"].to_numpy() < down - 0.001)
    logger.info("source ashare_daily: %d rows traded beyond the derived limits and have none", int(broken.sum()))
    limits = {"limit_up": np.where(broken, np.nan, up), "limit_down": np.where(broken, np.nan, down)}
    return frame.drop(columns="preclose").assign(**limits)


def _require(frame: pd.DataFrame, columns: tuple[str, ...]) -> None:
    for name in columns:
        if name not in frame:
            raise SourceError(
                name="ashare_daily",
                problem=f"no column '{name}'{nearest(name, map(str, frame.columns))}",
                expected=", ".join(columns),
                remedy=f"set source.columns.{name}, or use source=files, which derives nothing",
            )
