"""The exchanges' price limits, derived from the previous close of a checked table.

A table does not say on which days a stock had no limit (the first days after a listing or a relisting). Where the day's
prices broke the derived limit, there was none that day, and it becomes NaN; on the other days without a limit the
derived one stays, and can only make a stock count as harder to trade than it was.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from dfqgp.sources.layouts.layout import PRECLOSE
from dfqgp.sources.limits import CHINEXT_REFORM, limit_percent, limit_prices

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from dfqgp.frames import Array, Columns
    from dfqgp.sources.contract import Table

Value = TypeVar("Value")

logger = logging.getLogger(__name__)

_HALF_CENT = 0.005


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


def without_preclose(table: Table) -> Table:
    """Leave out the previous close, which nobody asked for."""
    columns = replace(table.columns, numbers=_others(table.columns.numbers))
    return replace(table, columns=columns, units=_others(table.units))


def _others(by_name: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in by_name.items() if name != PRECLOSE}


def _limits(xp: ModuleType, cells: Mapping[str, Array], percent: Array) -> dict[str, Array]:
    """Return the limits of each row, NaN where the day's prices broke them."""
    up, down = limit_prices(cells[PRECLOSE], percent, xp)
    broken = (cells["high"] > up + _HALF_CENT) | (cells["low"] < down - _HALF_CENT)
    broken &= cells["is_trading"]
    logger.info("%d rows traded beyond the derived limits and have none", int(broken.sum()))
    return {"limit_up": xp.where(broken, np.nan, up), "limit_down": xp.where(broken, np.nan, down)}
