"""The checked long table that every source delivers: a pandas frame, or arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from dfqgp.frames import Columns


@dataclass(frozen=True, eq=False)
class Table:
    """A long table that keeps the data contract, one row per (date, code).

    Parameters
    ----------
    frame : pandas.DataFrame
        Sorted by (code, date) with a fresh index; columns and types as docs/data_contract.md says: ``date``
        datetime64[us] at midnight, ``code`` str, numbers float64, flags bool, ``industry`` str or None, ``list_date``
        datetime64[us]. ``mktcap``, ``turnover``, ``limit_up`` and ``limit_down`` are absent where the input gave
        none. Prices are raw; suspended rows are kept with ``is_trading`` False.
    units : mapping of str to str
        Unit name of every further numeric column.
    defaults : tuple of str
        Optional columns that were absent, so that their documented default holds.
    dropped : mapping of str to int
        Reason and number of rows left out; reasons that dropped nothing are not listed.
    """

    frame: pd.DataFrame
    units: Mapping[str, str] = field(default_factory=dict)
    defaults: tuple[str, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class ColumnTable:
    """A long table that keeps the data contract, as arrays, maybe on a device.

    Parameters
    ----------
    frame : Columns
        Its columns, rows in any order.
    units, defaults, dropped
        As in :class:`Table`.
    """

    frame: Columns
    units: Mapping[str, str] = field(default_factory=dict)
    defaults: tuple[str, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)
