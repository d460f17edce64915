"""The data contract: any long table in, a checked and normalised one out, or one error that names all that is wrong.

1. the names of the columns are looked at (names);
2. every column of the contract is converted to its type, and cells that can't be read are noted (convert);
3. the columns, arrays by now, are checked and completed (clean).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pandas.api import types

from dfqgp.sources.contract.clean import Wanted, clean
from dfqgp.sources.contract.columns import BY_NAME, EXTRA_UNITS
from dfqgp.sources.contract.convert import convert, doubts_of, repaired_in, rows_of
from dfqgp.sources.contract.logs import log_left_out
from dfqgp.sources.contract.names import column_violations, missing_columns
from dfqgp.sources.contract.treatment import Treatment
from dfqgp.sources.contract.violations import Violation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dfqgp.sources.contract.table import Table

# Part of every source's fingerprint: raise it when the same input gives another table.
CONTRACT_VERSION = "3"


def check(
    frame: pd.DataFrame,
    *,
    where: str,
    features: Sequence[str] = (),
    units: Mapping[str, str] | None = None,
    treatment: Treatment | None = None,
    derived: Sequence[str] = (),
) -> Table:
    """Check a long table against the data contract and return it normalised.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per (date, code), in any order; see docs/data_contract.md. It is not changed.
    where : str
        What the table is, for messages: a path or a name.
    features : sequence of str
        Further numeric columns to keep. The others are left out, with one log line that names them.
    units : mapping of str to str, optional
        Units of columns in ``features`` (price, shares, currency, ratio, count); ratio where not mentioned.
    treatment : Treatment, optional
        How the table is to be taken: time zone, amount, bad rows, kind of prices.
    derived : sequence of str
        Columns of the contract that the source fills in later: the table's own are left out, and no default holds.

    Returns
    -------
    Table
        Typed, sorted, with the optional columns filled in.

    Raises
    ------
    DataContractError
        With the count and up to three examples of every kind of violation.

    Examples
    --------
    >>> frame = pd.DataFrame({
    ...     "date": ["2024-01-02", "2024-01-03"], "code": "000001.SZ", "open": 9.0, "high": 9.5, "low": 8.9,
    ...     "close": [9.4, 9.1], "volume": [100, 0], "amount": [930.0, 0.0]})
    >>> table = check(frame, where="example")
    >>> table.frame["is_trading"].tolist()
    [True, False]
    >>> check(frame.assign(high=[9.5, 8.0], volume=[100, -1]), where="example")
    Traceback (most recent call last):
        ...
    dfqgp.errors.DataContractError: example: the table breaks the data contract (1 kinds of violation):
      - negative volume: 1 row, e.g. (2024-01-03, 000001.SZ, volume=-1)
    """
    treatment, given_units = treatment or Treatment(), units or {}
    raw = _distinct_columns(frame, derived)
    further = _further(raw, features, where)
    extras = {name: given_units.get(name, EXTRA_UNITS.get(name, "ratio")) for name in features if name in further}
    twice = [str(name) for name in frame.columns[frame.columns.duplicated()].unique()]
    named = [Violation(f"column '{name}' stands more than once") for name in twice]
    named += column_violations(features, given_units, further)
    named += missing_columns(list(raw.columns), _index_names(frame), treatment)
    converted = convert(raw, [*BY_NAME, *extras], treatment.timezone)
    named += doubts_of(converted)
    rows = rows_of(np, converted, len(raw), lambda name, row: raw[name].iloc[row])
    wanted = Wanted(where, treatment, extras, tuple(str(name) for name in frame.columns), tuple(derived))
    return clean(rows, wanted, named, repaired_in(converted))


def _distinct_columns(frame: pd.DataFrame, derived: Sequence[str]) -> pd.DataFrame:
    """First of the columns that share a name, with float_mktcap standing in for an absent mktcap."""
    raw = frame.loc[:, ~frame.columns.duplicated()]
    raw.columns = raw.columns.map(str)
    raw = raw.drop(columns=[name for name in derived if name in raw])
    return raw if "mktcap" in raw else raw.rename(columns={"float_mktcap": "mktcap"})


def _index_names(frame: pd.DataFrame) -> list[str]:
    names = [str(name) for name in frame.index.names if name is not None]
    return names or (["date"] if isinstance(frame.index, pd.DatetimeIndex) else [])


def _further(raw: pd.DataFrame, features: Sequence[str], where: str) -> list[str]:
    """Return the numeric columns that the contract does not name; what is left out of the rest is logged."""
    names = [str(name) for name in raw.columns if name not in BY_NAME]
    further = [n for n in names if types.is_numeric_dtype(raw[n].dtype) and not types.is_bool_dtype(raw[n].dtype)]
    log_left_out(names, further, features, where)
    return further
