"""The names of a table's columns: which are missing, which are asked for in vain, and what was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.errors import nearest
from dfqgp.sources.contract.columns import BY_NAME, COLUMNS, UNITS
from dfqgp.sources.contract.violations import Violation

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from dfqgp.sources.contract.treatment import Treatment

# Names that only one vendor's tables have; a test compares them with the layouts, which are built upon this package.
VENDORS = {
    "tushare": {"ts_code", "trade_date", "vol"},
    "baostock": {"tradestatus", "adjustflag", "isST", "peTTM"},
    "akshare": {"日期", "股票代码", "开盘", "收盘", "最高", "最低", "成交量"},
    "joinquant": {"money", "paused", "high_limit", "low_limit"},
}
_TELLING = 2

_SHOWN = 12
_WIDE = 5
"""Columns of digits from which on a table without prices looks like one with a column for each stock."""

_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def missing_columns(given: Sequence[str], index: Collection[str], treatment: Treatment) -> list[Violation]:
    """Return the required columns that are not there, each with what was probably meant.

    Parameters
    ----------
    given : sequence of str
        Columns of the table.
    index : collection of str
        Names of the levels of its index; "date" for one of dates without a name.
    treatment : Treatment
        Says whether ``amount`` is required.

    Examples
    --------
    >>> from dfqgp.sources.contract.treatment import Treatment
    >>> given = ["code", "Close", "open", "high", "low", "volume"]
    >>> [each.kind for each in missing_columns(given, ["date"], Treatment())]
    ["missing column 'date', which is in the index: call reset_index()", \
"missing column 'close'; did you mean 'Close'? Names are in lower case: rename it, or set source.columns.close=Close"]
    """
    required = [each.name for each in COLUMNS if each.required and each.name not in given]
    if treatment.amount == "refuse" and "amount" not in given:
        required.append("amount")
    if not required:
        return []
    if one := _separated(given) or _wide(given):
        return [Violation(f"missing columns {', '.join(required)}: {one}")]
    missing = [Violation(f"missing column '{name}'{_hint(name, given, index)}") for name in required]
    return [*missing, *_vendors(given)]


def _separated(given: Sequence[str]) -> str:
    """Say how the only column of a table looks as if its text had not been cut."""
    if len(given) != 1:
        return ""
    found = [words for mark, words in _SEPARATORS.items() if mark in given[0]]
    return f"the only column is '{given[0][:60]}', so the table is separated by {found[0]}" if found else ""


def _wide(given: Sequence[str]) -> str:
    """Say that a table has a column for each stock."""
    stocks = [name for name in given if name not in BY_NAME and any(map(str.isdigit, name))]
    if len(stocks) < max(_WIDE, len(given) / 2) or {"code", "close"} & set(given):
        return ""
    remedy = "melt it to one row per (date, code), and join the other tables to it"
    return f"the table has a column for each stock ({_shown(stocks)}): {remedy}"


def _vendors(given: Sequence[str]) -> list[Violation]:
    """Name the vendor whose columns these are."""
    found = {name: sorted(signs & set(given)) for name, signs in VENDORS.items()}
    return [
        Violation(f"{', '.join(signs)} are names of {name}: set source={name}, or layout='{name}' in a notebook")
        for name, signs in found.items()
        if len(signs) >= _TELLING
    ]


def _shown(names: Sequence[str]) -> str:
    """List names, and count those that are too many."""
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return f"{', '.join(names[:_SHOWN])}{more}"


def _hint(name: str, given: Sequence[str], index: Collection[str]) -> str:
    if name in index:
        return ", which is in the index: call reset_index()"
    others = [each for each in given if each not in BY_NAME]
    for each in others:
        if each.strip().lstrip("\ufeff").casefold() == name:
            remedy = f"rename it, or set source.columns.{name}={each}"
            return f"; did you mean '{each}'? Names are in lower case: {remedy}"
    return nearest(name, others) or f"; there are: {_shown(given)}"


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
