"""From a table's own column names and units to ours."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from dfqgp.errors import SourceError, nearest
from dfqgp.sources.contract.convert import to_number

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import pandas as pd

logger = logging.getLogger(__name__)


def map_columns(
    source: str, frame: pd.DataFrame, columns: Mapping[str, str], scales: Mapping[str, float]
) -> pd.DataFrame:
    """Rename the mapped columns, then multiply the scaled ones.

    Parameters
    ----------
    source : str
        Name of the source, for messages.
    frame : pandas.DataFrame
        Table under its own names; it is not changed.
    columns : mapping of str to str
        Our column name to the table's; columns that are not mentioned keep their name.
    scales : mapping of str to float
        Factor of one of our columns.

    Raises
    ------
    SourceError
        If a mapped or scaled column is not there, or one to scale holds no numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> map_columns("files", pd.DataFrame({"vol": [3]}), {"volume": "vol"}, {"volume": 100.0}).to_dict("list")
    {'volume': [300.0]}
    """
    shadowed = shadowed_by(source, [str(name) for name in frame.columns], columns)
    taken = {ours: frame[theirs] for ours, theirs in columns.items()}
    renamed = frame.drop(columns=[*shadowed, *set(columns.values())]).assign(**taken)
    return _scale(source, renamed, scales)


def shadowed_by(source: str, given: Collection[str], columns: Mapping[str, str]) -> list[str]:
    """Return the table's columns that have one of our names but are mapped elsewhere: they are left out.

    Parameters
    ----------
    source : str
        Name of the source, for messages.
    given : collection of str
        Columns of the table.
    columns : mapping of str to str
        Our column name to the table's.

    Raises
    ------
    SourceError
        If a mapped column is not in the table.
    """
    for ours, theirs in columns.items():
        if theirs not in given:
            known = f"one of {', '.join(given)}{nearest(theirs, given)}"
            _refuse(source, f"column '{theirs}' is not in the table", known, f"set source.columns.{ours}")
    shadowed = [name for name in columns if name in given and name not in columns.values()]
    for name in shadowed:
        logger.info("source %s: the table's '%s' is left out, '%s' stands for it", source, name, columns[name])
    return shadowed


def _scale(source: str, frame: pd.DataFrame, scales: Mapping[str, float]) -> pd.DataFrame:
    given = [str(name) for name in frame.columns]
    for column, scale in scales.items():
        number = to_number(frame[column]) if column in given else None
        is_number = number is not None and number.unreadable is None
        refuse_scale(source, column, given, [column] if is_number else [])
        if number is not None:
            frame[column] = np.asarray(number.array) * scale
    return frame


def refuse_scale(source: str, column: str, given: Collection[str], numeric: Collection[str]) -> None:
    """Raise SourceError for a scale of a column that is not there or is no number."""
    if column not in given:
        expected = f"a column of the mapped table{nearest(column, given)}"
        _refuse(source, f"no column '{column}' to scale", expected, "fix source.scales")
    if column not in numeric:
        _refuse(source, f"column '{column}' to scale is text", "numbers", "fix the table or source.scales")


def _refuse(source: str, problem: str, expected: str, remedy: str) -> NoReturn:
    raise SourceError(name=source, problem=problem, expected=expected, remedy=remedy)
