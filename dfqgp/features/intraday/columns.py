"""A table of minute bars under our column names and types; its cells are not judged here."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NoReturn

import pyarrow as pa
import pyarrow.compute as pc

from dfqgp.errors import DataContractError, nearest
from dfqgp.features.intraday.stamps import STAMP, wall_clock

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from dfqgp.features.intraday.settings import IntradaySettings

logger = logging.getLogger(__name__)

PRICES = ("open", "high", "low", "close")
NUMBERS = (*PRICES, "volume", "amount")
COLUMNS = ("time", "code", *NUMBERS)
CODE = pa.dictionary(pa.int32(), pa.string())


def refuse(where: str, lines: Sequence[str]) -> NoReturn:
    """Raise DataContractError with one line for each kind of violation."""
    report = "\n".join(f"  - {line}" for line in lines)
    raise DataContractError(where=where, count=len(lines), report=report)


def needed(given: Collection[str], settings: IntradaySettings, where: str) -> dict[str, str]:
    """Return our column names and those of a table that has the columns ``given``.

    ``amount`` is left out where the table has none and the settings derive it.

    Raises
    ------
    DataContractError
        If a column is missing.
    """
    named = {ours: settings.columns.get(ours, ours) for ours in COLUMNS}
    if settings.amount == "typical" and named["amount"] not in given:
        del named["amount"]
    missing = [(ours, theirs) for ours, theirs in named.items() if theirs not in given]
    if missing:
        refuse(where, [_missing(ours, theirs, given) for ours, theirs in missing])
    return named


def typed(table: pa.Table, settings: IntradaySettings, where: str) -> pa.Table:
    """Return bars as time (naive, microseconds), code (dictionary) and float64 numbers, in the order of COLUMNS.

    Parameters
    ----------
    table : pyarrow.Table
        Minute bars under the file's column names.
    settings : IntradaySettings
        Names, scales, time zone, and what an absent amount becomes.
    where : str
        What the table is, for messages.

    Raises
    ------
    DataContractError
        If a column is missing or not of its type.
    """
    named = needed(table.column_names, settings, where)
    columns = {ours: _whole(table.column(theirs)) for ours, theirs in named.items()}
    found = {"time": _time(columns["time"], settings, where), "code": _code(columns["code"], where)}
    for name in NUMBERS:
        if name in columns:
            found[name] = _number(name, columns[name], settings.scales.get(name, 1.0), where)
    if "amount" not in found:
        found["amount"] = typical_amount(found)
    return pa.table({name: found[name] for name in COLUMNS})


def typical_amount(columns: dict[str, pa.Array]) -> pa.Array:
    """Return the amount that stands in for an absent one: (high + low + close) / 3 x volume."""
    price = pc.add(pc.add(columns["high"], columns["low"]), columns["close"])
    return pc.multiply(pc.divide(price, 3.0), columns["volume"])


def tell_default(where: str) -> None:
    """Log that a table has no amount, and what stands in for it."""
    logger.warning("%s: no column 'amount': (high + low + close) / 3 x volume stands in for it", where)


def _missing(ours: str, theirs: str, given: Collection[str]) -> str:
    lower = {name.lower(): name for name in given}
    close = nearest(theirs, given) or (f"; did you mean '{lower[theirs]}'?" if theirs in lower else "")
    return f"missing column '{theirs}'{close}; name the file's with intraday.columns.{ours}=NAME"


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def _time(column: pa.Array, settings: IntradaySettings, where: str) -> pa.Array:
    if not column.null_count:
        try:
            return wall_clock(column, settings.timezone).cast(STAMP)
        except ValueError as error:
            expected = "a time stamp, ISO text with date and time, or 12, 14 or 17 digits"
            refuse(where, [f"time: {error}; expected {expected}"])
    refuse(where, [f"missing time: {column.null_count} bars"])


def _code(column: pa.Array, where: str) -> pa.Array:
    plain = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if not (pa.types.is_string(plain) or pa.types.is_large_string(plain) or plain == pa.string_view()):
        refuse(where, [f"code is {plain}, not text (a number may have lost its leading zeros)"])
    if column.null_count:
        refuse(where, [f"missing code: {column.null_count} bars"])
    return column.cast(CODE) if pa.types.is_dictionary(column.type) else column.cast(pa.string()).dictionary_encode()


def _number(name: str, column: pa.Array, scale: float, where: str) -> pa.Array:
    plain = column.type
    if not (pa.types.is_integer(plain) or pa.types.is_floating(plain) or pa.types.is_decimal(plain)):
        refuse(where, [f"{name} is {plain}, not a number"])
    numbers = column.cast(pa.float64(), safe=False)
    return numbers if scale == 1.0 else pc.multiply(numbers, scale)
