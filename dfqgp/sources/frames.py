"""Frames of other libraries, turned into pandas where they come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import pandas as pd
import pyarrow as pa
from pyarrow.dataset import Dataset

from dfqgp.errors import PanelError

if TYPE_CHECKING:
    from dfqgp.panel import ArrowTable


def to_pandas(frame: ArrowTable) -> pd.DataFrame:
    """Return a pandas frame of any table that the Arrow PyCapsule interface can hand over.

    Parameters
    ----------
    frame : ArrowTable
        A pandas frame, which is returned as it is, or an object with ``__arrow_c_stream__``: a frame of polars or
        narwhals, a relation of DuckDB, a table or reader of pyarrow and others; a dataset of pyarrow is read too.

    Raises
    ------
    PanelError
        If it is something else, or no table with named columns.

    Examples
    --------
    >>> to_pandas(pa.table({"code": ["000001.SZ"], "close": [9.4]})).to_dict("list")
    {'code': ['000001.SZ'], 'close': [9.4]}
    """
    if isinstance(frame, pd.DataFrame):
        return frame
    if isinstance(frame, Dataset):
        frame = frame.to_table()
    if not hasattr(frame, "__arrow_c_stream__"):
        _refuse(type(frame).__name__)
    try:
        table = pa.table(frame)
    except pa.ArrowInvalid as error:
        _refuse(f"{type(frame).__name__} ({error})")
    converted: pd.DataFrame = _without_decimals(table).to_pandas(date_as_object=False)
    return converted


def _without_decimals(table: pa.Table) -> pa.Table:
    """Let decimals be the nearest floating-point numbers; by their text, as Arrow's own cast is not the nearest."""
    for place, field in enumerate(table.schema):
        if pa.types.is_decimal(field.type):
            numbers = table.column(place).cast(pa.string()).cast(pa.float64())
            table = table.set_column(place, field.name, numbers)
    return table


def _refuse(got: str) -> NoReturn:
    lazy = "call its collect() first" if got == "LazyFrame" else "convert it to one of these"
    raise PanelError(
        what="frame",
        got=got,
        expected="a frame of pandas or polars, a pyarrow table or another table with __arrow_c_stream__",
        remedy=lazy,
    )
