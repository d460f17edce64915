"""What holds where an optional column is absent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from dfqgp.sources.contract.columns import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable

    Series = pd.Series[Any]

ONE_GROUP = "all"


def fill_defaults(typed: pd.DataFrame) -> pd.DataFrame:
    """Return the table with every optional column whose default is a value; the others stay absent.

    Parameters
    ----------
    typed : pandas.DataFrame
        Converted table; columns may be missing, even required ones, so that all violations can be found together.

    Returns
    -------
    pandas.DataFrame
        Contract columns first, then the further ones. Empty cells of ``list_date`` become the code's first row.
    """
    filled = typed.copy()
    for name, value in _VALUES.items():
        if name not in filled:
            filled[name] = value(filled)
    if {"date", "code"} <= set(filled.columns):
        first = filled.groupby("code")["date"].transform("min")
        filled["list_date"] = filled["list_date"].fillna(first) if "list_date" in filled else first
    known = [column.name for column in COLUMNS if column.name in filled]
    return filled[[*known, *filled.columns.difference(known, sort=False)]]


def _traded(frame: pd.DataFrame) -> Series:
    """Rows with volume; without the column nothing says that a row was not a trading day."""
    return frame["volume"] > 0 if "volume" in frame else pd.Series(data=True, index=frame.index)


_VALUES: dict[str, Callable[[pd.DataFrame], Series]] = {
    "adj_factor": lambda frame: pd.Series(1.0, index=frame.index),
    "industry": lambda frame: pd.Series(ONE_GROUP, index=frame.index, dtype=object),
    "is_trading": _traded,
    "is_st": lambda frame: pd.Series(data=False, index=frame.index),
    "in_universe": lambda frame: pd.Series(data=True, index=frame.index),
}
