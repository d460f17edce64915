"""The data contract: any long table in, a checked and normalised one out, or one error that names all that is wrong.

1. every column of the contract is converted to its type, and cells that can't be read are noted (convert);
2. rows without any price are dropped and counted;
3. absent optional columns get their default (defaults);
4. the rules are checked together (rules, violations) and every violation goes into one error;
5. the rows are sorted by (code, date).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandas.api import types

from dfqgp.errors import DataContractError, nearest
from dfqgp.sources.contract.columns import BY_NAME, COLUMNS, EXTRA_UNITS, PRICES, UNITS, kind_of
from dfqgp.sources.contract.convert import convert
from dfqgp.sources.contract.defaults import fill_defaults
from dfqgp.sources.contract.rules import readable, rules_for
from dfqgp.sources.contract.table import Table
from dfqgp.sources.contract.violations import Violation, find_violations

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from dfqgp.sources.contract.columns import Kind

logger = logging.getLogger(__name__)

# Part of every source's fingerprint: raise it when the same input gives another table.
CONTRACT_VERSION = "2"

_DTYPES = {"date": "datetime64[us]", "code": object, "number": "float64", "flag": bool, "text": object}
_REQUIRED = {column.name: pa.Column(nullable=True) for column in COLUMNS if column.required}


def check(
    frame: pd.DataFrame, *, where: str, features: Sequence[str] = (), units: Mapping[str, str] | None = None
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
    raw = _distinct_columns(frame)
    further = _further(raw, features, where)
    extras = {name: (units or {}).get(name, EXTRA_UNITS.get(name, "ratio")) for name in features if name in further}
    twice = [str(name) for name in frame.columns[frame.columns.duplicated()].unique()]
    found = [Violation(f"column '{name}' stands more than once") for name in twice]
    found += column_violations(features, units or {}, further)
    typed, unreadable = convert(raw, list(extras))
    found += find_violations(raw, _REQUIRED, readable(unreadable))
    rows, dropped = _drop_empty(typed)
    filled = fill_defaults(rows)
    found += _value_violations(filled, unreadable)
    if found:
        raise DataContractError(where=where, count=len(found), report="\n".join(map(str, found)))
    table = Table(_sorted(filled), extras, absent(frame.columns), dropped)
    _log(table, where)
    return table


def _distinct_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """First of the columns that share a name, on a fresh index, with float_mktcap standing in for an absent mktcap."""
    raw = frame.loc[:, ~frame.columns.duplicated()].reset_index(drop=True)
    raw.columns = raw.columns.map(str)
    return raw if "mktcap" in raw else raw.rename(columns={"float_mktcap": "mktcap"})


def _further(raw: pd.DataFrame, features: Sequence[str], where: str) -> list[str]:
    """Return the numeric columns that the contract does not name; what is left out of the rest is logged."""
    names = [str(name) for name in raw.columns if name not in BY_NAME]
    further = [n for n in names if types.is_numeric_dtype(raw[n].dtype) and not types.is_bool_dtype(raw[n].dtype)]
    log_left_out(names, further, features, where)
    return further


def log_left_out(names: Sequence[str], further: Sequence[str], features: Sequence[str], where: str) -> None:
    """Say which columns that the contract does not name, numeric ones (``further``) and others, are left out."""
    unused = [name for name in further if name not in features]
    if unused:
        logger.info("%s: numeric columns left out, as features does not name them: %s", where, ", ".join(unused))
    if len(names) > len(further):
        others = ", ".join(name for name in names if name not in further)
        logger.info("%s: columns left out, as they are neither of the contract nor numeric: %s", where, others)


def column_violations(features: Sequence[str], units: Mapping[str, str], further: Sequence[str]) -> list[Violation]:
    """Features that are no further numeric column, and units that are unknown or of none."""
    texts = [
        f"features names '{name}', which is no further numeric column of the table{nearest(name, further)}"
        for name in features
        if name not in further
    ]
    texts += [
        f"column '{name}': unit '{unit}' is none of {', '.join(UNITS)}{nearest(unit, UNITS)}"
        for name, unit in units.items()
        if unit not in UNITS
    ]
    texts += [
        f"column '{name}' has a unit, but features does not name it{nearest(name, features)}"
        for name in units
        if name not in features
    ]
    return [Violation(text) for text in texts]


def _drop_empty(typed: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    """Leave out rows without any price: they are days without data, as a missing row is."""
    prices = [name for name in PRICES if name in typed]
    empty = typed[prices].isna().all(axis=1) & bool(prices)
    count = int(empty.sum())
    return typed.loc[~empty], {"all prices missing": count} if count else {}


def _value_violations(filled: pd.DataFrame, unreadable: pd.DataFrame) -> list[Violation]:
    """Broken rules; rows whose date or code could not be read are reported as that alone."""
    if filled.empty:
        return [Violation("no rows with prices")]
    keys = [name for name in ("date", "code") if name in unreadable]
    rows = filled.loc[~unreadable.loc[filled.index, keys].any(axis=1)].reset_index(drop=True)
    kinds: dict[str, Kind] = {name: kind_of(name) for name in map(str, rows.columns)}
    columns = {name: pa.Column(_DTYPES[kind], nullable=True) for name, kind in kinds.items()}
    return find_violations(rows, columns, rules_for(kinds))


def absent(names: Collection[str]) -> tuple[str, ...]:
    """Return the optional columns that are not among the names, so that their defaults hold."""
    return tuple(column.name for column in COLUMNS if not column.required and column.name not in names)


def _sorted(filled: pd.DataFrame) -> pd.DataFrame:
    ranks, _ = pd.factorize(filled["code"], sort=True)
    order = np.lexsort((filled["date"].to_numpy(), ranks))
    return filled.iloc[order].reset_index(drop=True)


def _log(table: Table, where: str) -> None:
    frame = table.frame
    log_table(table.dropped, table.defaults, where, sized="mktcap" in frame)
    traded = frame["is_trading"] & (frame["volume"] > 0)
    warn_of_scale(float((frame["amount"] / frame["volume"] / frame["close"])[traded].median()), where)


def log_table(dropped: Mapping[str, int], defaults: Sequence[str], where: str, *, sized: bool) -> None:
    """Say what was dropped and which defaults hold; ``sized`` tells whether there is a market capitalisation."""
    for reason, count in dropped.items():
        logger.warning("%s: dropped %d rows: %s", where, count, reason)
    for name in defaults:
        logger.info("%s: no column '%s'; default: %s", where, name, BY_NAME[name].default)
    if not sized:
        logger.warning("%s: neither mktcap nor float_mktcap: size is left out of the neutralisation", where)


def warn_of_scale(ratio: float, where: str) -> None:
    """Volume in lots or amount in thousands can't be told from wrong data by a rule, but it shows in the vwap.

    ``ratio`` is the median of amount / volume / close.
    """
    if not 0.5 < ratio < 2.0 and not np.isnan(ratio):
        logger.warning(
            "%s: amount / volume is %.3g times the close in the median; volume should be in shares (a lot is 100) "
            "and amount in currency: set source.scales",
            where,
            ratio,
        )
