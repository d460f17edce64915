"""Cells to the contract's types: one converter per kind, which never guesses and marks what it can't read.

Texts, dates and flags are converted by their distinct cells, so that no Python runs per row. Missing cells are not
unreadable, except in flags, where nothing says what they mean.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pandas.api import types

from dfqgp.sources.contract.columns import NEVER, kind_of
from dfqgp.sources.contract.dates import days_of
from dfqgp.sources.contract.rows import Rows
from dfqgp.sources.contract.texts import Texts, tidy
from dfqgp.sources.contract.violations import Violation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import ModuleType

    from numpy.typing import NDArray

    from dfqgp.frames import Array
    from dfqgp.sources.contract.columns import Kind

    Column = pd.Series[Any]

_FLAGS = {"true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False}


@dataclass(frozen=True, eq=False)
class Converted:
    """A column in its type.

    Parameters
    ----------
    array : ndarray or Texts
        float64, bool, int64 days, or texts; of NumPy or CuPy.
    unreadable : (n,) bool or None
        Cells that hold something which is not of that kind; None where there are none.
    stripped : int
        Texts that had spaces around them.
    doubt : str or None
        Why the column cannot be meant as it stands.
    """

    array: Array | Texts
    unreadable: Array | None = None
    stripped: int = 0
    doubt: str | None = None


def convert(raw: pd.DataFrame, names: Sequence[str], timezone: str) -> dict[str, Converted]:
    """Convert columns of a raw table.

    Parameters
    ----------
    raw : pandas.DataFrame
        Table with distinct column names; it is not changed, and columns that need no conversion are not copied.
    names : sequence of str
        The columns wanted; those that the table lacks are left out.
    timezone : str
        Time zone of the market, see Treatment.
    """
    return {name: CONVERTERS[kind_of(name)](raw[name], timezone) for name in names if name in raw}


def rows_of(xp: ModuleType, converted: Mapping[str, Converted], size: int, raw: Callable[[str, int], object]) -> Rows:
    """Return converted columns as the rows of one table, see Rows."""
    texts = {name: each.array for name, each in converted.items() if isinstance(each.array, Texts)}
    cells = {name: each.array for name, each in converted.items() if not isinstance(each.array, Texts)}
    unreadable = {name: each.unreadable for name, each in converted.items() if each.unreadable is not None}
    return Rows(xp, cells, texts, unreadable, raw, size=size)


def repaired_in(converted: Mapping[str, Converted]) -> dict[str, int]:
    """Return what the converters repaired, and in how many rows."""
    return {f"spaces around {name}": each.stripped for name, each in converted.items() if each.stripped}


def doubts_of(converted: Mapping[str, Converted]) -> list[Violation]:
    """Return why columns cannot be meant as they stand."""
    return [Violation(f"{each.doubt} ({name})") for name, each in converted.items() if each.doubt]


def to_date(raw: Column, timezone: str) -> Converted:
    """Return days since 1970-01-01; reads stamps, ISO or YYYYMMDD text, and YYYYMMDD numbers."""
    numbers, distinct = _factorized(raw)
    blank = np.array([isinstance(cell, str) and not cell.strip() for cell in distinct], dtype=bool)
    days, doubt = days_of(distinct, timezone)
    strange = (days == NEVER) & ~blank
    unreadable = np.append(strange, False)[numbers] if strange.any() else None
    return Converted(np.append(days, NEVER)[numbers], unreadable, doubt=doubt)


def to_code(raw: Column, timezone: str = "") -> Converted:  # noqa: ARG001 - all converters take it
    """Return texts; a number is unreadable, since it may have lost its leading zeros."""
    return _texts(*_factorized(raw))


def to_text(raw: Column, timezone: str = "") -> Converted:  # noqa: ARG001 - all converters take it
    """Return texts; whole numbers become their digits."""
    numbers, distinct = _factorized(raw)
    return _texts(numbers, [_digits(cell) for cell in distinct])


def to_number(raw: Column, timezone: str = "") -> Converted:  # noqa: ARG001 - all converters take it
    """Return float64 with NaN for missing; numbers written as text are read."""
    if types.is_bool_dtype(raw.dtype) or types.is_datetime64_any_dtype(raw.dtype):
        return Converted(np.full(len(raw), np.nan), _or_none(raw.notna().to_numpy()))
    if types.is_numeric_dtype(raw.dtype):
        return Converted(raw.to_numpy(dtype=np.float64, na_value=np.nan))
    numbers = pd.to_numeric(raw.astype(object), errors="coerce").to_numpy(dtype=np.float64)
    doubtful = np.flatnonzero(np.isnan(numbers))
    cells = raw.iloc[doubtful].astype(object)
    unreadable = np.zeros(len(raw), dtype=bool)
    unreadable[doubtful] = (
        cells.notna() & cells.map(lambda cell: not isinstance(cell, str) or cell.strip() != "")
    ).astype(bool)
    return Converted(numbers, _or_none(unreadable), doubt=_comma(raw[unreadable]))


def to_flag(raw: Column, timezone: str = "") -> Converted:  # noqa: ARG001 - all converters take it
    """Return bool; reads True/False, 1/0 and their text."""
    if raw.dtype == np.dtype(bool):
        return Converted(raw.to_numpy())
    numbers, distinct = _factorized(raw)
    flags = [_FLAGS.get(str(cell).strip().lower()) for cell in distinct]
    unreadable = np.array([*(flag is None for flag in flags), True])[numbers]
    return Converted(np.array([*(flag is True for flag in flags), False])[numbers], _or_none(unreadable))


CONVERTERS: dict[Kind, Callable[[Column, str], Converted]] = {
    "date": to_date,
    "code": to_code,
    "number": to_number,
    "flag": to_flag,
    "text": to_text,
}


def _texts(numbers: NDArray[np.int64], distinct: Sequence[object]) -> Converted:
    texts, stripped, unreadable = tidy(np, numbers, distinct)
    return Converted(texts, unreadable, stripped)


def _factorized(raw: Column) -> tuple[NDArray[np.int64], Any]:
    """Return the position of each row's cell among the distinct ones, -1 for missing, and these."""
    try:
        numbers, distinct = pd.factorize(raw)
    except TypeError:  # a list or a dict in a cell: its type stands for it, which no converter reads
        numbers, distinct = pd.factorize(raw.map(lambda cell: cell if isinstance(cell, Hashable) else type(cell)))
    return numbers, distinct


def _comma(unreadable: Column) -> str | None:
    """Say so if all cells that are no numbers are some with a decimal comma."""
    cells = unreadable.astype(str)
    if unreadable.empty or not cells.str.fullmatch(r"\s*[+-]?\d+,\d+\s*").all():
        return None
    return f"numbers have a comma, such as '{cells.iloc[0]}': set source.decimal=',', or write them with a point"


def _digits(cell: Any) -> object:  # noqa: ANN401 - a cell of a raw table can be anything
    """Whole numbers as text; fractions stay, and are no text."""
    if isinstance(cell, bool | np.bool_) or not isinstance(cell, int | float | np.integer | np.floating):
        return cell
    return str(int(cell)) if np.isfinite(cell) and cell == cell // 1 else cell


def _or_none(mask: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
    return mask if mask.any() else None
