"""Cells to the contract's types: one converter per kind, which never guesses and marks what it can't read.

A converter takes a raw column and returns the typed one and a boolean mask of the cells that hold something which
is not of that kind. Missing cells are not unreadable, except in flags, where nothing says what they mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pandas.api import types

from dfqgp.sources.contract.columns import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable

    from dfqgp.sources.contract.columns import Kind

    Column = pd.Series[Any]
    Converted = tuple[Column, Column]

_FLAGS = {"true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False}


def convert(raw: pd.DataFrame, extras: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Convert the contract's columns and the further numeric ones of a raw table.

    Parameters
    ----------
    raw : pandas.DataFrame
        Table with distinct column names; columns that are neither of the contract nor in ``extras`` are left out.
    extras : list of str
        Further numeric columns.

    Returns
    -------
    typed, unreadable : pandas.DataFrame
        The typed columns in the contract's order, and for each the mask of the cells that could not be read.
    """
    kinds: dict[str, Kind] = {column.name: column.kind for column in COLUMNS if column.name in raw}
    kinds |= dict.fromkeys(extras, "number")
    pairs = {name: CONVERTERS[kind](raw[name]) for name, kind in kinds.items()}
    typed = pd.DataFrame({name: pair[0] for name, pair in pairs.items()}, index=raw.index)
    return typed, pd.DataFrame({name: pair[1] for name, pair in pairs.items()}, index=raw.index)


def to_date(raw: Column) -> Converted:
    """Return datetime64[us] at midnight; reads dates, ISO or YYYYMMDD text, and YYYYMMDD integers."""
    if types.is_datetime64_any_dtype(raw.dtype):
        wall = raw.dt.tz_localize(None) if isinstance(raw.dtype, pd.DatetimeTZDtype) else raw
        return wall.dt.normalize().astype("datetime64[us]"), _none(raw)
    dates = (
        pd.to_datetime(raw.astype(object).map(_date_text), format="ISO8601", errors="coerce")
        .astype("datetime64[us]")
        .dt.normalize()
    )
    return dates, dates.isna() & ~_blank(raw)


def to_code(raw: Column) -> Converted:
    """Return str objects; a number is unreadable, since it may have lost its leading zeros."""
    plain = raw.astype(object)
    missing = _blank(plain)
    return plain.mask(missing, None), ~missing & ~_is_text(plain)


def to_number(raw: Column) -> Converted:
    """Return float64 with NaN for missing; numbers written as text are read."""
    if types.is_numeric_dtype(raw.dtype) and not types.is_bool_dtype(raw.dtype):
        return raw.astype("Float64").astype("float64") if raw.hasnans else raw.astype("float64"), _none(raw)
    if types.is_bool_dtype(raw.dtype) or types.is_datetime64_any_dtype(raw.dtype):
        return pd.Series(np.nan, index=raw.index), raw.notna()
    numbers = pd.to_numeric(raw.astype(object), errors="coerce").astype("float64")
    return numbers, numbers.isna() & ~_blank(raw)


def to_flag(raw: Column) -> Converted:
    """Return bool; reads True/False, 1/0 and their text."""
    if raw.dtype == np.dtype(bool):
        return raw, _none(raw)
    flags = raw.astype(object).map(lambda cell: _FLAGS.get(str(cell).strip().lower()))
    unreadable = flags.isna()
    return flags.eq(other=True), unreadable


def to_text(raw: Column) -> Converted:
    """Return str objects with None for missing; whole numbers become their digits."""
    plain = _digits(raw) if types.is_numeric_dtype(raw.dtype) else raw.astype(object)
    missing = _blank(plain)
    return plain.mask(missing, None), ~missing & ~_is_text(plain)


CONVERTERS: dict[Kind, Callable[[Column], Converted]] = {
    "date": to_date,
    "code": to_code,
    "number": to_number,
    "flag": to_flag,
    "text": to_text,
}


def _none(raw: Column) -> Column:
    return pd.Series(data=False, index=raw.index)


def _blank(raw: Column) -> Column:
    """Missing, or text of nothing but spaces."""
    missing = raw.isna()
    if types.is_numeric_dtype(raw.dtype):
        return missing
    return missing | raw.map(lambda cell: isinstance(cell, str) and not cell.strip()).astype(bool)


def _is_text(plain: Column) -> Column:
    return plain.map(lambda cell: isinstance(cell, str)).astype(bool)


def _date_text(cell: Any) -> Any:  # noqa: ANN401 - a cell of a raw table can be anything
    """Digits of a whole number, nothing for a fraction, and any other cell itself."""
    if not isinstance(cell, int | float | np.integer | np.floating):
        return cell
    return str(int(cell)) if cell == cell // 1 else None


def _digits(raw: Column) -> Column:
    """Whole numbers as text; missing cells and fractions stay, and the converter to text refuses fractions."""
    whole = raw.notna() & (raw % 1 == 0)
    return raw.astype(object).where(~whole, raw.where(whole, 0).astype("int64").astype(str))
